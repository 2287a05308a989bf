"""How complete the matching is, who still waits, and how the day's calls are shared out.

What belongs here: counting and sharing. What does not: how many calls are free
(``sources.http.ledger``) and when a catch-up starts (``defs.schedules``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.matching.songs import NO_SONG, NOBODY, SONGS, UNKNOWN
from showlist_assets.domain.tables.measures import Numbers, share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

HORIZONS: Final = (14, 60)
"""Days ahead for which the share of resolved shows is told."""

# Most new names are found by their first search; those that are not cost a second or a third.
# Measured on real concerts: docs/measured.md.
CALLS_PER_PERFORMER: Final = 1.3


def resolved_shows(
    expanded_artists: pl.DataFrame,
    to_hear: pl.DataFrame,
    *,
    today: date,
    horizons: Sequence[int] = HORIZONS,
) -> pl.DataFrame:
    """How many shows of each state have something to hear, or are known to have nobody to hear.

    Columns: ``state``, and for each horizon ``shows_N``, the shows of the next N days (today
    included); ``with_songs_N``, those with a song by somebody on the bill; ``nobody_to_hear_N``,
    those of which everybody is decided and has none. Both are resolved. A state without shows has
    no row.

    Args:
        expanded_artists: Who is billed.
        to_hear: ``state``, ``performer_key`` and ``to_hear``, as ``songs.with_what_to_hear`` gives
            them; of whom it has no row, nothing is known.
        today: The first day that counts.
        horizons: Days ahead.
    """
    key = ["state", "performer_key"]
    bills = expanded_artists.select(*key, "show_id", "local_date", "last_date").join(
        to_hear.select(*key, "to_hear"), on=key, how="left"
    )
    heard = pl.col("to_hear").fill_null(UNKNOWN)
    shows = bills.group_by("state", "show_id").agg(
        pl.col("local_date", "last_date").first(),
        with_songs=(heard == SONGS).any(),
        nobody_to_hear=heard.is_in([NO_SONG, NOBODY]).all(),
    )
    ahead = {days: _within(days, today) for days in horizons}
    return (
        shows.group_by("state")
        .agg(
            *(condition.sum().alias(f"shows_{days}") for days, condition in ahead.items()),
            *(
                (condition & pl.col(kind)).sum().alias(f"{kind}_{days}")
                for days, condition in ahead.items()
                for kind in ("with_songs", "nobody_to_hear")
            ),
        )
        .sort("state")
    )


def progress(resolved: pl.DataFrame) -> Numbers:
    """How many shows lie ahead, are resolved and how (rows of ``backlog.resolved_shows``)."""
    numbers: Numbers = {}
    for days in HORIZONS:
        shows, with_songs, nobody = (
            int(resolved.get_column(f"{kind}_{days}").sum())
            for kind in ("shows", "with_songs", "nobody_to_hear")
        )
        name = f"shows_next_{days}_days"
        numbers[name] = shows
        numbers[f"{name}_with_songs"] = with_songs
        numbers[f"{name}_nobody_to_hear"] = nobody
        numbers[f"{name}_resolved"] = with_songs + nobody
        numbers[f"{name}_resolved_share"] = share(with_songs + nobody, shows)
    return numbers


def _within(days: int, today: date) -> pl.Expr:
    last_day = pl.coalesce("last_date", "local_date")
    return (last_day >= today) & (pl.col("local_date") < today + timedelta(days=days))


def pending_performers(matched_artists: pl.DataFrame) -> pl.DataFrame:
    """Who waits, soonest show first: ``state``, ``performer_key`` and ``next_show_on``.

    A performer who waits in several states is one call, and stands in the state of the soonest
    show.
    """
    return soonest_first(matched_artists.filter(pl.col("outcome") == "pending"))


def soonest_first(waiting: pl.DataFrame) -> pl.DataFrame:
    """``waiting``, rows of ``MatchedArtists``, in the form of ``pending_performers``."""
    return (
        waiting.select("state", "performer_key", "next_show_on")
        .sort("next_show_on", "state", "performer_key", nulls_last=True)
        .unique("performer_key", keep="first", maintain_order=True)
    )


@dataclass(frozen=True)
class Share:
    """What one run of a catch-up covers, and how many calls it may make."""

    first: str
    last: str
    calls: int


def share_out(pending: pl.DataFrame, ranges: Sequence[Sequence[str]], *, calls: int) -> list[Share]:
    """The runs of a catch-up, in the order of their soonest pending show.

    Each range of states gets as many calls as it has performers among the most urgent ones of the
    whole country that ``calls`` are enough for; what is left over goes to the first.

    Args:
        pending: As ``pending_performers`` gives it.
        ranges: The states of each run, in the order of the partitions.
        calls: Calls that are free.
    """
    affordable = max(1, math.floor(calls / CALLS_PER_PERFORMER))
    urgent = pending.head(affordable)
    run_of = {state: number for number, states in enumerate(ranges) for state in states}
    counted: dict[int, int] = {}
    for state in urgent.get_column("state"):
        counted[run_of[state]] = counted.get(run_of[state], 0) + 1
    # Equal shares would spend calls on a far show here while one of tomorrow waits elsewhere.
    shares = {
        number: math.floor(calls * count / max(1, urgent.height))
        for number, count in counted.items()
    }
    left = calls - sum(shares.values())
    return [
        Share(ranges[number][0], ranges[number][-1], share + (left if position == 0 else 0))
        for position, (number, share) in enumerate(shares.items())
    ]


def done_by(pending: int, *, free: int, per_day: int, now: datetime) -> datetime | None:
    """When ``pending`` performers will have been looked up; None if never.

    Args:
        pending: How many wait.
        free: Calls that are free now.
        per_day: Calls that come free in 24 hours.
        now: The present (UTC).
    """
    calls = pending * CALLS_PER_PERFORMER - free
    if calls <= 0:
        return now
    # Whole days: the budget is that of any 24 hours, and a catch-up spends it at once.
    return now + timedelta(days=math.ceil(calls / per_day)) if per_day else None


def expected_by(
    pending: pl.DataFrame, *, free: int, per_day: int, now: datetime
) -> dict[str, date]:
    """About when each performer who waits will have been looked up, by performer key.

    Nobody is named where there are no calls at all. Arguments are those of ``done_by``.

    Args:
        pending: As ``pending_performers`` gives it: they are looked up in this order.
        free: Calls that are free now.
        per_day: Calls that come free in 24 hours.
        now: The present (UTC).
    """
    expected = {}
    for place, key in enumerate(pending.get_column("performer_key"), start=1):
        until = done_by(place, free=free, per_day=per_day, now=now)
        if until is not None:
            expected[key] = until.date()
    return expected
