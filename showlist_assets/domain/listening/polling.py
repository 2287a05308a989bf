"""When to look at Spotify's recently played tracks again: it tells the last fifty and no more.

What belongs here: the next look. What does not: looking (``services.listening.polling``), and what
a late look has missed (``gaps``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import polars as pl

WALL: Final = 50
"""How many plays Spotify tells at most."""
SOONEST: Final = timedelta(minutes=30)
LATEST: Final = timedelta(hours=6)
# Spotify tells some plays hours late, and a pace may grow: not fifty.
_PLAYS_AHEAD: Final = 35
# Thirty looks a day are enough of anybody; whoever plays faster gets fewer plays to spare.
_SPARING: Final = timedelta(minutes=49)
_FEWER_TO_SPARE: Final = 45
_REMEMBERED: Final = timedelta(days=14)


def next_poll_at(polled_at: datetime, new: int, listens: pl.DataFrame) -> datetime:
    """When the next look is due: before fifty plays can have happened.

    Args:
        polled_at: When the last look was (UTC).
        new: How many plays it told that were not known.
        listens: ``Listens`` with what it told.
    """
    if new >= WALL:
        return polled_at + SOONEST
    recent = listens.filter(pl.col("ended_at").is_between(polled_at - _REMEMBERED, polled_at))
    ends = recent["ended_at"].sort()
    wait = _time_of_fastest(ends, _PLAYS_AHEAD)
    sparing = min(_SPARING, _time_of_fastest(ends, _FEWER_TO_SPARE))
    return polled_at + min(LATEST, max(SOONEST, wait, sparing))


def _time_of_fastest(ends: pl.Series, plays: int) -> timedelta:
    """The shortest time in which there were ``plays`` plays."""
    shortest = (ends - ends.shift(plays)).min()
    return shortest if isinstance(shortest, timedelta) else LATEST
