"""Windows of days: what the words mean on a given day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.windows import (
    NAMED_WINDOWS,
    Days,
    WindowError,
    weekday,
    window_days,
)

_FRIDAY = date(2026, 11, 20)
_DAYS = st.dates(date(2020, 1, 1), date(2050, 1, 1))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", (11, 20), (11, 20)),
        ("tomorrow", (11, 21), (11, 21)),
        ("next 14 days", (11, 20), (12, 3)),
        ("Next  2 Weeks", (11, 20), (12, 3)),
        ("next 1 month", (11, 20), (12, 19)),
        ("this weekend", (11, 20), (11, 22)),
        ("next weekend", (11, 27), (11, 29)),
        ("this week", (11, 20), (11, 22)),
        ("next week", (11, 23), (11, 29)),
        ("this month", (11, 20), (11, 30)),
        ("next month", (12, 1), (12, 31)),
        ("2026-12-24", (12, 24), (12, 24)),
        ("2026-12-01 to 2026-12-31", (12, 1), (12, 31)),
        ("until 2026-11-25", (11, 20), (11, 25)),
    ],
)
def test_a_window_means_the_days_that_people_mean(text, first, last):
    assert window_days(text, today=_FRIDAY) == Days(date(2026, *first), date(2026, *last))


def test_the_rest_of_a_weekend_is_still_this_weekend():
    sunday = date(2026, 11, 22)
    assert window_days("this weekend", today=sunday) == Days(sunday, sunday)


def test_a_fixed_window_that_is_over_holds_no_day():
    days = window_days("2026-01-01 to 2026-01-31", today=_FRIDAY)
    assert days.first > days.last


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("this wekend", "'this weekend'"),
        ("next 15 dyas", "'next 14 days'"),
        ("2026-13-01", "no date of the calendar"),
        ("2026-12-31 to 2026-12-01", "swap"),
        ("next 0 days", "out of range"),
        ("whenever", "for example"),
        ("", "for example"),
    ],
)
def test_a_window_that_means_nothing_is_refused_with_what_would(text, words):
    with pytest.raises(WindowError, match=words):
        window_days(text, today=_FRIDAY)


@given(st.sampled_from([*NAMED_WINDOWS, "next 1 day", "next 9 weeks", "from 2021-01-01"]), _DAYS)
def test_no_window_reaches_into_the_past_or_is_empty(text, today):
    days = window_days(text, today=today)
    assert today <= days.first <= days.last


@given(_DAYS)
def test_two_weekends_do_not_meet(today):
    this, following = (window_days(f"{word} weekend", today=today) for word in ("this", "next"))
    assert following.first - this.last == timedelta(days=5)


@pytest.mark.parametrize("text", ["fri", "Fri", "friday", "Fridays", " FRIDAY "])
def test_a_day_of_the_week_may_be_written_in_many_ways(text):
    assert weekday(text) == "fri"


@pytest.mark.parametrize(("text", "near"), [("thurdsay", "thursday"), ("t", "tue"), ("", "use")])
def test_no_day_of_the_week_is_refused_with_the_nearest(text, near):
    with pytest.raises(WindowError, match=near):
        weekday(text)
