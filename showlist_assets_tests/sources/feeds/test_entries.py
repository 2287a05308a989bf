"""What several forms of a calendar print as free text: when the doors open."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sources.feeds.entries import clock_in, doors_in

_SEVEN = time(19)


@pytest.mark.parametrize(
    "text",
    [
        "Doors 7 PM",
        "Doors: 7:00pm",
        "Doors: 7:00 PM / Show: 8:00 PM",
        "Doors 7PM/Show 8PM, all ages",
        "DOORS AT 7 P.M. SHOW AT 8 P.M.",
        "doors open at 19:00, show 20:00",
        "Doors will open at 7pm.",
        "The doors are at 7 pm",
        "Door time: 7pm",
        "Doors @ 7pm",
        "Doors - 7 PM",
        "7pm doors, 8pm show",
        "Show: 8 PM\nDoors: 7 PM",
        "8 PM\nDoors 7 PM",
        "Doors 7 PM. Doors 7 PM sharp!",
        "VIP doors 5 PM, doors 7 PM",
        "Doors\xa07\xa0PM",
    ],
)
def test_a_plain_text_tells_when_the_doors_open(text):
    assert doors_in(text) == _SEVEN


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "Doors an hour before.",
        "Doors 7 / Show 8",
        "Doors: 7:00",
        "Doors 6 PM on Friday, doors 7 PM on Saturday",
        "8pm doors 7pm",
        "VIP doors 5 PM",
        "Outdoors 7 PM",
        "The Doors. 7 PM",
        "Doors close at 10 PM",
        "$20 at the door, 7 PM",
        "Doors 13 PM",
        "Doors 7:75 PM",
        "Doors 0 PM",
        "Doors & Dinner 6 PM",
    ],
)
def test_what_is_not_plain_tells_nothing(text):
    assert doors_in(text) is None


def test_only_the_beginning_of_a_long_text_is_searched():
    assert doors_in("x " * 5_000 + "doors 7 PM") is None
    assert doors_in("7pm doors, " * 5) == _SEVEN
    assert doors_in("7pm doors, " * 100_000) is None


@pytest.mark.parametrize(
    ("text", "clock"),
    [("7 PM", _SEVEN), ("7:30 p.m.", time(19, 30)), ("19:00", _SEVEN), ("12 am", time(0)),
     ("12pm", time(12)), ("7", None), ("7:00", None), ("at 7 PM", None), ("25:00", None),
     (None, None)],
)  # fmt: skip
def test_a_clock_is_one_that_can_only_be_read_in_one_way(text, clock):
    assert clock_in(text) == clock


@given(st.times())
def test_every_minute_of_the_day_is_read_as_people_write_it(clock):
    clock = clock.replace(second=0, microsecond=0, tzinfo=None)
    assert doors_in(f"Doors: {clock:%I:%M %p}") == clock
    assert doors_in(f"{clock:%I:%M%p} doors") == clock
    assert clock_in(f"{clock:%I:%M %p}") == clock


@given(st.text() | st.from_regex(r"([0-9]{1,2}(:[0-9]{2})? ?[ap]m )?[dD]oors[ :-]?.{0,9}"))
def test_any_text_can_be_searched(text):
    found = doors_in(text)
    assert found is None or found.second == 0
