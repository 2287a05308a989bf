"""When two listings are one show."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.same_show import (
    Listing,
    ShowIdentity,
    first_listings,
    is_one_start,
    show_identity,
)

_DAY = date(2026, 12, 4)
_EVENING = datetime(2026, 12, 4, 20)  # noqa: DTZ001  the venue's wall clock


def _identity(act: str = "Tin Owl", **other: object) -> ShowIdentity:
    facts: dict = {
        "venue_name": "The Boiler Room",
        "venue_city": "St. Charles",
        "state": "MO",
        "local_date": _DAY,
    }
    return show_identity(act, **{**facts, **other})


@pytest.mark.parametrize(
    "other",
    [
        {"act": "TIN OWL"},
        {"venue_name": "Boiler Room"},
        {"venue_city": "SAINT CHARLES"},
    ],
)
def test_spelling_makes_no_other_show(other):
    assert _identity(**other) == _identity()


@pytest.mark.parametrize(
    "other",
    [
        {"act": "Tin Fox"},
        {"venue_name": "The Boiler Room Annex"},
        {"venue_city": "Fulton"},
        {"state": "IL"},
        {"local_date": date(2026, 12, 5)},
        {"local_date": None},
    ],
)
def test_another_act_place_or_day_is_another_show(other):
    assert _identity(**other) != _identity()


@pytest.mark.parametrize(("minutes", "is_one"), [(0, True), (44, True), (45, False), (-45, False)])
def test_an_early_and_a_late_show_are_two(minutes, is_one):
    assert is_one_start(_EVENING, _EVENING + timedelta(minutes=minutes)) is is_one


def test_an_unknown_start_may_be_any():
    assert is_one_start(None, _EVENING)
    assert is_one_start(_EVENING, None)


_LISTINGS = st.lists(
    st.builds(
        Listing,
        st.text("abcdef", min_size=1, max_size=2),
        st.none() | st.integers(0, 300).map(lambda after: _EVENING + timedelta(minutes=after)),
        st.frozensets(st.sampled_from(["owl", "fox", "hen"]), min_size=1),
    ),
    unique_by=lambda one: one.show_id,
)


@given(_LISTINGS)
def test_each_listing_stands_for_itself_or_for_one_that_does(listings):
    stands = first_listings(listings)
    known = {one.show_id: one for one in listings}
    assert not stands.keys() & set(stands.values())
    for listing, first in stands.items():
        assert known[listing].acts & known[first].acts
        assert is_one_start(known[listing].starts_at_local, known[first].starts_at_local)
