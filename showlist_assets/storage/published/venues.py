"""A venue in full: what is on, how many it holds, how it usually sounds; and venues on a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.venue_keys import state_of_venue_key, venue_key
from showlist_assets.storage.published.rows import bounded, read_as, read_rows
from showlist_assets.storage.published.summaries import (
    Circle,
    Condition,
    Region,
    ShowSummary,
    read_summaries,
)

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

__all__ = ["VenueDot", "VenuePage", "venue", "venue_key", "venues_near"]

_MOST_SHOWS: Final = 200
_MOST_GENRES: Final = 8
# A sign that stands in no printed name, so that "A B" in "C" is not "A" in "B C".
_PAIR: Final = "venue_name || chr(31) || coalesce(venue_city, '')"


@dataclass(frozen=True)
class VenuePage:
    """All that is known of one venue.

    Attributes:
        energy: The median energy of the songs of those who play there, 0 to 1; None where no song
            was measured.
        loudness: Their median loudness in decibels.
        songs_measured: How many songs these medians are of.
        genres: Those of the acts ahead, the commonest first.
        shows: Those ahead, the soonest first.
    """

    venue_key: str
    name: str
    city: str | None
    state: str
    address: str | None
    postal_code: str | None
    latitude: float | None
    longitude: float | None
    capacity: int | None
    timezone: str | None
    energy: float | None
    loudness: float | None
    valence: float | None
    tempo: float | None
    songs_measured: int
    genres: tuple[str, ...]
    shows: tuple[ShowSummary, ...]


@dataclass(frozen=True)
class VenueDot:
    """A venue on a map, and how many shows it has."""

    name: str
    city: str | None
    state: str
    latitude: float
    longitude: float
    shows: int

    @property
    def venue_key(self) -> str:
        """The venue in an address."""
        return venue_key(self.name, self.city, self.state)


_HOUSE: Final = f"""
    select mode(venue_name) as name, mode(venue_city) as city, any_value(state) as state,
           mode(venue_address) as address, mode(venue_postal_code) as postal_code,
           median(latitude) as latitude, median(longitude) as longitude,
           max(venue_capacity) as capacity, mode(venue_timezone) as timezone
    from shows_with_listings where state = $state and list_contains($pairs, {_PAIR})
"""  # noqa: S608  our own words
_SOUND: Final = f"""
    select median(energy) as energy, median(loudness) as loudness, median(valence) as valence,
           median(tempo) as tempo, count(energy) as songs_measured
    from (
        select distinct track_id, energy, loudness, valence, tempo from upcoming_shows
        where state = $state and list_contains($pairs, {_PAIR}) and track_id is not null
    )
"""  # noqa: S608  our own words
_GENRES: Final = f"""
    select mode(genre) as genre from (
        select performer_key, unnest(genres) as genre from upcoming_shows
        where row_number = 1 and state = $state and list_contains($pairs, {_PAIR})
    )
    where trim(genre) <> ''
    group by lower(genre) order by count(distinct performer_key) desc, lower(genre) limit $limit
"""  # noqa: S608  our own words


def venue(cursor: DuckDBPyConnection, key: str) -> VenuePage | None:
    """The venue of that key (``venue_key``), under all its spellings; None where none has it."""
    state = state_of_venue_key(key)
    pairs = _spellings(cursor, key, state) if state else []
    if not pairs:
        return None
    values: dict[str, Any] = {"state": state, "pairs": pairs}
    genres = read_rows(cursor, _GENRES, {**values, "limit": _MOST_GENRES})
    house, sound = read_rows(cursor, _HOUSE, values)[0], read_rows(cursor, _SOUND, values)[0]
    here = Condition().also(f"state = $state and list_contains($pairs, {_PAIR})", **values)
    return VenuePage(
        venue_key=key,
        **house,
        **sound,
        genres=tuple(row["genre"] for row in genres),
        shows=read_summaries(cursor, here, limit=_MOST_SHOWS),
    )


def _spellings(cursor: DuckDBPyConnection, key: str, state: str) -> list[str]:
    """Name and city of the venue as its shows print them."""
    found = read_rows(
        cursor,
        f"select distinct venue_name, venue_city, {_PAIR} as pair "  # noqa: S608  our own words
        "from shows_with_listings where state = $state",
        {"state": state},
    )
    return [
        row["pair"]
        for row in found
        if venue_key(row["venue_name"], row["venue_city"], state) == key
    ]


def venues_near(
    cursor: DuckDBPyConnection,
    latitude: float,
    longitude: float,
    miles: float,
    first: date,
    last: date | None = None,
    *,
    limit: int = 300,
) -> tuple[VenueDot, ...]:
    """Venues within so many miles with shows from ``first`` to ``last``, the busiest first."""
    region = Region(circle=Circle(latitude, longitude, miles))
    condition = Condition().within(region).between(first, last)
    query = f"""
        select venue_name as name, venue_city as city, state, median(latitude) as latitude,
               median(longitude) as longitude, count(distinct show_id) as shows
        from upcoming_shows where {condition.sql}
        group by venue_name, venue_city, state
        order by shows desc, state, venue_name, venue_city limit $limit
    """  # noqa: S608  our own words
    return read_as(cursor, VenueDot, query, {**condition.values, "limit": bounded(limit)})
