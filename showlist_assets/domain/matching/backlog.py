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
    matched_artists: pl.DataFrame,
    *,
    today: date,
    horizons: Sequence[int] = HORIZONS,
) -> pl.DataFrame:
    """How many shows of each state are resolved: nobody on the bill is pending.

    Columns: ``state``, and for each horizon ``shows_N`` and ``resolved_N``, the shows of the next N
    days (today included) and how many of them are resolved. A state without shows has no row.
    """
    waiting = matched_artists.filter(pl.col("outcome") == "pending")
    bills = expanded_artists.select("state", "show_id", "performer_key", "local_date").join(
        waiting.select("state", "performer_key", waits=pl.lit(value=True)),
        on=["state", "performer_key"],
        how="left",
    )
    shows = bills.group_by("state", "show_id").agg(
        pl.col("local_date").first(), resolved=~pl.col("waits").fill_null(value=False).any()
    )
    ahead = {days: _within(days, today) for days in horizons}
    return (
        shows.group_by("state")
        .agg(
            *(condition.sum().alias(f"shows_{days}") for days, condition in ahead.items()),
            *(
                (condition & pl.col("resolved")).sum().alias(f"resolved_{days}")
                for days, condition in ahead.items()
            ),
        )
        .sort("state")
    )


def progress(resolved: pl.DataFrame) -> Numbers:
    """How many shows lie ahead and are resolved (rows of ``backlog.resolved_shows``)."""
    numbers: Numbers = {}
    for days in HORIZONS:
        shows = int(resolved.get_column(f"shows_{days}").sum())
        done = int(resolved.get_column(f"resolved_{days}").sum())
        numbers[f"shows_next_{days}_days"] = shows
        numbers[f"shows_next_{days}_days_resolved"] = done
        numbers[f"shows_next_{days}_days_resolved_share"] = share(done, shows)
    return numbers


def _within(days: int, today: date) -> pl.Expr:
    return pl.col("local_date").is_between(today, today + timedelta(days=days), closed="left")


def pending_performers(matched_artists: pl.DataFrame) -> pl.DataFrame:
    """Who waits, soonest show first: ``state``, ``performer_key`` and ``next_show_on``.

    A performer who waits in several states is one call, and stands in the state of the soonest
    show.
    """
    return (
        matched_artists.filter(pl.col("outcome") == "pending")
        .select("state", "performer_key", "next_show_on")
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
