"""Four made-up listeners, and what looking at their last fifty plays by the rule misses.

Usual listeners play in the evening, an office plays all working day, a sampler leaves songs after a
minute or so, and one player is never off.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from showlist_assets.domain.listening.gaps import Look, gap_after
from showlist_assets.domain.listening.polling import WALL, next_poll_at

BEGIN: Final = datetime(2025, 1, 1, tzinfo=UTC)
_REMEMBERED: Final = timedelta(days=15)


@dataclass(frozen=True)
class Habit:
    """When sessions begin (hours of the day), how many a day, how long, and how long a play is."""

    sessions: float
    hours: tuple[float, float]
    session_minutes: float
    play_seconds: tuple[float, float]
    working_days: bool = False


HABITS: Final = {
    "usual": Habit(2.0, (7, 22), 30, (150, 280)),
    "office": Habit(1.0, (8, 9.5), 450, (150, 280), working_days=True),
    "sampler": Habit(4.0, (8, 22), 55, (55, 110)),
    "always on": Habit(1.0, (0, 0), 1440, (150, 280)),
}


@dataclass(frozen=True)
class Polled:
    """What a year of looks comes to.

    Attributes:
        lost: Share of the plays that no look saw.
        silently: How many of those no gap covers.
    """

    plays_a_day: float
    looks_a_day: float
    lost: float
    silently: int


def ends_of_plays(habit: Habit, days: int, seed: int) -> list[datetime]:
    """When each play ended, in order."""
    rng = random.Random(seed)
    ends: list[datetime] = []
    until = BEGIN
    for day in range(days):
        midnight = BEGIN + timedelta(days=day)
        if habit.working_days and midnight.weekday() > 4:
            continue
        count = int(habit.sessions) if habit.sessions == 1 else _about(rng, habit.sessions)
        for begin in sorted(
            midnight + timedelta(hours=rng.uniform(*habit.hours)) for _ in range(count)
        ):
            length = habit.session_minutes * (1 if habit.sessions == 1 else rng.expovariate(1))
            at, stop = max(begin, until), begin + timedelta(minutes=length)
            while at < stop:
                at += timedelta(seconds=rng.uniform(*habit.play_seconds))
                ends.append(at)
            until = at
    return ends


def _about(rng: random.Random, mean: float) -> int:
    return sum(rng.random() < mean / 8 for _ in range(8))


def poll(habit: Habit, days: int = 365, seed: int = 1) -> Polled:
    """Look by the rule for ``days`` days."""
    ends = ends_of_plays(habit, days, seed)
    listens = pl.DataFrame({"ended_at": ends}, schema={"ended_at": pl.Datetime("us", "UTC")})
    known: list[int] = []
    looks = lost = silently = 0
    at, last_look, due_at = BEGIN, None, None
    while at < BEGIN + timedelta(days=days):
        looks += 1
        there = bisect_right(ends, at)
        before = known[-1] + 1 if known else 0
        seen = range(max(before, there - WALL), there)
        returned = min(there, WALL)
        look = Look(at, returned, len(seen), ends[there - returned] if returned else None)
        gap = gap_after(
            look,
            newest_known=ends[before - 1] if known else None,
            last_look=last_look,
            due_at=due_at,
        )
        if known and seen and seen[0] > before:
            lost += seen[0] - before
            silently += 0 if len(gap) else seen[0] - before
        known += seen
        recent = bisect_right(ends, at - _REMEMBERED)
        last_look, due_at = (
            at,
            next_poll_at(at, len(seen), listens[[one for one in known[-6000:] if one >= recent]]),
        )
        at = due_at
    return Polled(len(ends) / days, looks / days, lost / max(1, len(ends)), silently)
