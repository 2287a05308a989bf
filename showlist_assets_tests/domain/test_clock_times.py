"""Times of day as people read them."""

from __future__ import annotations

from datetime import datetime, time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.clock_times import CLOCK_TIME, clock_time


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(20), "8:00 PM"),
        (time(0, 5), "12:05 AM"),
        (time(12), "12:00 PM"),
        (time(11, 59), "11:59 AM"),
    ],
)
def test_a_time_of_day_is_told_with_am_or_pm(at, words):
    assert clock_time(at) == words


@given(st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_nothing_is_lost_and_tables_say_it_in_the_same_way(at):
    told = clock_time(at)
    assert datetime.strptime(told, "%I:%M %p").time() == at  # noqa: DTZ007  a wall clock
    assert pl.Series([at]).dt.strftime(CLOCK_TIME).to_list() == [told]
