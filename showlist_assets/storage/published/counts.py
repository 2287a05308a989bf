"""How many shows are ahead: by state, by city, by day, by genre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from showlist_assets.storage.published.rows import bounded, read_as, read_rows
from showlist_assets.storage.published.summaries import Condition, Region

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class StateCount:
    """Shows ahead in a state, and the date of the first one."""

    state: str
    shows: int
    next_show: date | None


@dataclass(frozen=True)
class GenreCount:
    """Shows with an act of a genre, as most sources spell it."""

    genre: str
    shows: int


@dataclass(frozen=True)
class DayCount:
    """Shows on a day."""

    day: date
    shows: int


def states_with_shows(cursor: DuckDBPyConnection, *, first: date) -> tuple[StateCount, ...]:
    """Every state with shows that are not over by ``first``, the one with most in front."""
    condition = Condition(["row_number = 1"]).also(
        "(local_date is null or coalesce(last_date, local_date) >= $first)", first=first
    )
    query = f"""
        select state, count(distinct show_id) as shows, min(local_date) as next_show
        from upcoming_shows where {condition.sql}
        group by state order by shows desc, state
    """  # noqa: S608  our own words
    return read_as(cursor, StateCount, query, condition.values)


def genre_counts(
    cursor: DuckDBPyConnection,
    region: Region,
    first: date,
    last: date | None = None,
    *,
    limit: int = 12,
) -> tuple[GenreCount, ...]:
    """The commonest genres of the acts from ``first`` to ``last``."""
    condition = Condition().within(region).between(first, last)
    query = f"""
        select mode(genre) as genre, count(distinct (state, show_id)) as shows
        from (
            select state, show_id, unnest(genres) as genre
            from upcoming_shows where {condition.sql}
        )
        where trim(genre) <> ''
        group by lower(genre) order by shows desc, lower(genre) limit $limit
    """  # noqa: S608  our own words
    return read_as(cursor, GenreCount, query, {**condition.values, "limit": bounded(limit)})


def days_counts(
    cursor: DuckDBPyConnection, region: Region, first: date, last: date
) -> tuple[DayCount, ...]:
    """Shows on each day from ``first`` to ``last`` that has any; a festival on each of its own."""
    condition = Condition().within(region).between(first, last)
    query = f"""
        select day::date as day, count(*) as shows
        from (
            select unnest(range(greatest(any_value(local_date), $first)::timestamp,
                                (least(coalesce(any_value(last_date), any_value(local_date)), $last)
                                 + 1)::timestamp, interval 1 day)) as day
            from upcoming_shows where {condition.sql}
            group by state, show_id
        )
        group by day order by day limit $limit
    """  # noqa: S608  our own words
    return read_as(cursor, DayCount, query, {**condition.values, "limit": bounded(366)})


def busiest_city(cursor: DuckDBPyConnection) -> str:
    """The city with most shows ahead, as in "New York, NY"; empty where there is none."""
    found = read_rows(
        cursor,
        """
        select venue_city || ', ' || state as city
        from upcoming_shows where row_number = 1 and venue_city is not null
        group by venue_city, state order by count(distinct show_id) desc, city limit 1
        """,
        {},
    )
    return found[0]["city"] if found else ""
