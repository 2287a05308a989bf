"""Whether an event goes ahead, by its source's field and by its title."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.statuses import event_status
from showlist_assets.domain.tables.raw_events import STATUSES


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("[CANCELED] Tin Sparrow", "cancelled"),
        ("Tin Sparrow (Show Cancelled)", "cancelled"),
        ("Cancelled Tin Sparrow", "cancelled"),
        ("Tin Sparrow has been cancelled", "cancelled"),
        ("CANCELLED Midsummer Ball", "cancelled"),
        ("Called off: Tin Sparrow", "cancelled"),
        ("This event has been cancelled due to weather - Tin Sparrow", "cancelled"),
        ("CANCELLED", "cancelled"),
        ("Tin Sparrow \u2013 Postponed until spring", "postponed"),
        ("POSTPONED-Tin Sparrow", "postponed"),
        ("Tin Sparrow: new date TBA", "postponed"),
        ("*RESCHEDULED* Tin Sparrow", "rescheduled"),
        ("Tin Sparrow (postponed from May 3)", "rescheduled"),
        ("MOVED TO THE CELLAR: Tin Sparrow", "rescheduled"),
        ("Tin Sparrow | New Venue", "rescheduled"),
        ("CANCELLED: Tin Sparrow - rescheduled from May 3", "cancelled"),
        ("Tin Sparrow", "scheduled"),
        ("Tin Sparrow: The Cancelled Letters Tour", "scheduled"),
        ("Tin Sparrow - sold out", "scheduled"),
        ("Tin Sparrow (not cancelled)", "scheduled"),
    ],
)
def test_a_notice_in_the_title_is_believed(title, status):
    assert event_status("normal", title, ["Tin Sparrow"]) == status


@pytest.mark.parametrize(
    ("title", "acts"),
    [
        ("Cancelled Letters", ["Cancelled Letters"]),
        ("Cancelled Letters", []),
        ("CANCELLED LETTERS", ["Cancelled Letters"]),
        ("Postponed: The Spring Tour", ["Postponed"]),
        ("Moved - Tin Sparrow", ["Moved", "Tin Sparrow"]),
        ("Tin Sparrow with Rescheduled Dreams", ["Tin Sparrow", "Rescheduled Dreams"]),
        ("Cancelled Tin Sparrow", ["Cancelled Tin Sparrow", "Tin Sparrow"]),
    ],
)
def test_the_name_of_an_act_is_no_notice(title, acts):
    assert event_status("normal", title, acts) == "scheduled"


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("canceled ", "cancelled"),
        ("CANCELLED", "cancelled"),
        ("event_cancelled", "cancelled"),
        ("Post-Poned", "postponed"),
        ("re-scheduled", "rescheduled"),
        ("removed", "scheduled"),
        (None, "scheduled"),
    ],
)
def test_the_field_is_read_in_any_spelling(printed, status):
    assert event_status(printed, "Tin Sparrow", ["Tin Sparrow"]) == status


def test_of_field_and_title_the_graver_one_wins():
    assert event_status("rescheduled", "CANCELLED: Tin Sparrow", []) == "cancelled"
    assert event_status("cancelled", "RESCHEDULED: Tin Sparrow", []) == "cancelled"


@given(st.none() | st.text(), st.none() | st.text(), st.lists(st.text(), max_size=3))
def test_whatever_they_say_it_is_one_of_the_words(printed, title, acts):
    assert event_status(printed, title, acts) in STATUSES
