from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sources.ticketmaster.periods import Period, periods_from

START = datetime(2026, 11, 20, tzinfo=UTC)


def test_periods_cover_all_time_without_a_gap():
    periods = list(periods_from(START))
    assert periods[0].start == START
    assert periods[-1].end is None
    assert all(one.end == other.start for one, other in pairwise(periods))


@given(length=st.timedeltas(timedelta(seconds=1), timedelta(days=800)))
def test_halves_share_an_instant_and_are_shorter(length):
    period = Period(START, START + length)
    halves = period.halves()
    assert bool(halves) == (length > timedelta(minutes=1))
    if halves:
        first, second = halves
        assert (first.start, first.end, second.end) == (period.start, second.start, period.end)
        assert first.start < first.end < second.end


def test_a_day_is_cut_last_and_then_its_hours():
    four_days = Period(START, START + timedelta(days=4))
    assert four_days.halves()[0].end == START + timedelta(days=2)
    three_days = Period(START, START + timedelta(days=3))
    assert three_days.halves()[0].end == START + timedelta(days=1)
    one_day = Period(START, START + timedelta(days=1))
    assert one_day.halves()[0].end == START + timedelta(hours=12)


def test_cutting_ends_whatever_the_period():
    depth, left = 0, [Period(START, None)]
    while left:
        depth += 1
        left = [half for period in left for half in period.halves()[-1:]]
    assert depth < 60


def test_a_period_is_asked_for_as_the_api_reads_it():
    assert Period(START, None).as_query() == {"startDateTime": "2026-11-20T00:00:00Z"}
    assert Period(START, START + timedelta(hours=1)).as_query() == {
        "startDateTime": "2026-11-20T00:00:00Z",
        "endDateTime": "2026-11-20T01:00:00Z",
    }
