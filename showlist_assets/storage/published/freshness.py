"""How fresh the shows of each state are, which source is silent, and who is not looked up yet."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from showlist_assets.storage.published.rows import read_as, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class SourceFreshness:
    """The last answers of one source about one state.

    Attributes:
        answered_at: When it answered last (UTC); None where it never did.
        complete_through: The date up to which that answer held every listing.
        failing_since: Since when it does not answer; None where it does.
        because: What it said when it failed last; None if it never failed.
    """

    state: str
    source: str
    answered_at: datetime | None
    complete_through: date | None
    listings: int
    failing_since: datetime | None
    because: str | None

    @property
    def is_fresh(self) -> bool:
        """Whether the last fetch was answered."""
        return self.failing_since is None and self.answered_at is not None


@dataclass(frozen=True)
class StateFreshness:
    """How far the shows of a state can be relied on.

    Attributes:
        is_missing: No source ever answered, so that nothing listed is not "no shows".
        pending: How many performers of shows ahead have not been looked up yet.
    """

    state: str
    sources: tuple[SourceFreshness, ...]
    is_missing: bool
    pending: int

    @property
    def as_of(self) -> datetime | None:
        """When the source that is furthest behind answered last; None where none ever did."""
        return min((one.answered_at for one in self.sources if one.answered_at), default=None)

    @property
    def failing(self) -> tuple[SourceFreshness, ...]:
        """The sources that do not answer."""
        return tuple(one for one in self.sources if one.failing_since)


def freshness(cursor: DuckDBPyConnection, states: Iterable[str] = ()) -> tuple[StateFreshness, ...]:
    """Of each of ``states`` in their order, known or not; without one, of all that were fetched."""
    wanted = list(dict.fromkeys(states))
    fetched = read_as(
        cursor,
        SourceFreshness,
        """
        select state, source, answered_at, complete_through, listings, failing_since,
               nullif(because, '') as because
        from source_fetches
        where len($states) = 0 or list_contains($states, state)
        order by state, source
        """,
        {"states": wanted},
    )
    by_state = {state: tuple(rows) for state, rows in groupby(fetched, lambda one: one.state)}
    named = wanted or list(by_state)
    missing, pending = missing_states(cursor, named), _pending(cursor, named)
    return tuple(
        StateFreshness(state, by_state.get(state, ()), state in missing, pending.get(state, 0))
        for state in named
    )


def missing_states(cursor: DuckDBPyConnection, states: Iterable[str]) -> frozenset[str]:
    """Those of ``states`` of which no source ever answered (``FetchRecord.missing``)."""
    found = read_rows(
        cursor,
        """
        select wanted.state
        from (select unnest($states::varchar[]) as state) wanted
        left join (
            select state, bool_and(failing_since is not null and was_missing) as is_missing
            from source_fetches group by state
        ) fetched on fetched.state = wanted.state
        where coalesce(
            fetched.is_missing,
            not exists (select 1 from raw_events where raw_events.state = wanted.state)
        )
        """,
        {"states": list(states)},
    )
    return frozenset(row["state"] for row in found)


def _pending(cursor: DuckDBPyConnection, states: list[str]) -> dict[str, int]:
    # A performer stands under one state in the table of decisions, and may play in several.
    found = read_rows(
        cursor,
        """
        select state, count(distinct performer_key) as pending
        from upcoming_shows
        where row_number = 1 and list_contains($states, state) and performer_key in (
            select performer_key from matched_artists where outcome = 'pending'
        )
        group by state
        """,
        {"states": states},
    )
    return {row["state"]: row["pending"] for row in found}
