"""The next look comes before fifty plays can have happened."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from showlist_assets.domain.listening.polling import LATEST, SOONEST, next_poll_at
from showlist_assets_tests.benchmarks.polled_listener import HABITS, Habit, poll
from showlist_assets_tests.clock import NOW


def _listens(*ends: datetime) -> pl.DataFrame:
    return pl.DataFrame({"ended_at": ends}, schema={"ended_at": pl.Datetime("us", "UTC")})


def _every(minutes: float, plays: int = 60, *, ago: timedelta = timedelta()) -> pl.DataFrame:
    return _listens(*(NOW - ago - timedelta(minutes=minutes * one) for one in range(plays)))


def test_who_plays_nothing_is_asked_every_six_hours() -> None:
    assert next_poll_at(NOW, 0, _listens()) == NOW + LATEST


def test_the_wait_is_that_of_35_plays_at_the_fastest_pace() -> None:
    assert next_poll_at(NOW, 5, _every(3)) == NOW + timedelta(minutes=105)


def test_a_pace_of_three_weeks_ago_is_forgotten() -> None:
    assert next_poll_at(NOW, 5, _every(3, ago=timedelta(days=21))) == NOW + LATEST


def test_fifty_new_plays_at_once_ask_for_the_next_look_soon() -> None:
    assert next_poll_at(NOW, 50, _every(60)) == NOW + SOONEST


def test_nobody_is_asked_more_than_every_half_hour() -> None:
    assert next_poll_at(NOW, 5, _every(0.1)) == NOW + SOONEST


@pytest.mark.parametrize("name", HABITS)
def test_each_of_four_listeners_is_followed_in_thirty_looks_a_day(name: str) -> None:
    polled = poll(HABITS[name], days=40)
    assert polled.lost <= 0.003
    assert polled.looks_a_day <= 30
    assert polled.silently == 0


def test_what_no_look_can_follow_is_in_a_gap() -> None:
    polled = poll(Habit(4.0, (8, 22), 120, (15, 31)), days=20)
    assert polled.lost > 0
    assert polled.silently == 0
