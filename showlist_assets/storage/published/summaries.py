"""Shows ahead as lists have them: one row a show, with who plays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.venue_keys import venue_key
from showlist_assets.storage.published.rows import bounded, read_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from duckdb import DuckDBPyConnection

# On the smaller side, so that no show within the circle is outside of its band.
_MILES_PER_DEGREE: Final = 68.0


@dataclass(frozen=True)
class ShowSummary:
    """A show ahead in a list.

    Attributes:
        acts: Names as billed, the headliner first.
        acts_with_songs: How many of them can be heard.
        miles_away: From the middle of the circle that was asked about, if one was.
        leaving: Of a list of shows that are over soon, the acts that play here for the last time.
    """

    state: str
    show_id: str
    title: str
    kind: str
    status: str
    local_date: date | None
    last_date: date | None
    starts_at_local: datetime | None
    doors_at_local: datetime | None
    venue_timezone: str | None
    venue_name: str
    venue_city: str | None
    latitude: float | None
    longitude: float | None
    venue_capacity: int | None
    lowest_price: float | None
    ticket_url: str | None
    acts: tuple[str, ...]
    acts_with_songs: int
    miles_away: float | None
    leaving: tuple[str, ...] = ()

    @property
    def venue_key(self) -> str:
        """The venue in an address."""
        return venue_key(self.venue_name, self.venue_city, self.state)


@dataclass(frozen=True)
class Circle:
    """Everything within so many miles of a position in degrees."""

    latitude: float
    longitude: float
    miles: float


@dataclass(frozen=True)
class Region:
    """States, all where none is named, and within them a circle, if one is drawn."""

    states: tuple[str, ...] = ()
    circle: Circle | None = None


@dataclass
class Condition:
    """What rows of ``upcoming_shows`` must fulfil: parts of a query, and the values bound in it."""

    parts: list[str] = field(default_factory=lambda: ["row_number = 1"])
    values: dict[str, Any] = field(default_factory=dict)
    miles_away: str = "null::double"

    @property
    def sql(self) -> str:
        """Behind ``where``."""
        return " and ".join(self.parts)

    def also(self, part: str, **values: Any) -> Condition:
        """The same and ``part``, with what it binds."""
        return Condition([*self.parts, part], {**self.values, **values}, self.miles_away)

    def one_of(self, column: str, wanted: Iterable[str]) -> Condition:
        """The same, with one of some texts in ``column``."""
        # Bound one by one, DuckDB skips the parts of the file that hold none of them.
        values = {f"{column}_{number}": each for number, each in enumerate(dict.fromkeys(wanted))}
        names = ", ".join(f"${name}" for name in values)
        return self.also(f"{column} in ({names})" if values else "false", **values)

    def within(self, region: Region) -> Condition:
        """The same, in a region."""
        found = self.one_of("state", region.states) if region.states else self
        if region.circle:
            circle = region.circle
            distance = "miles($lat, $lon, latitude, longitude)"
            # Degrees are compared first, because the sines of a whole country take their time.
            found = found.also(
                f"latitude between $lat - $band and $lat + $band and {distance} <= $miles",
                lat=circle.latitude, lon=circle.longitude, miles=circle.miles,
                band=circle.miles / _MILES_PER_DEGREE,
            )  # fmt: skip
            found.miles_away = f"any_value({distance})"
        return found

    def between(self, first: date, last: date | None) -> Condition:
        """The same, on some day from ``first`` to ``last``; a festival is on on each of its own."""
        found = self.also("coalesce(last_date, local_date) >= $first", first=first)
        return found if last is None else found.also("local_date <= $last", last=last)


# Which rows, and then their columns: filtered in one go, all columns of the file would be read.
_SUMMARIES: Final = """
    select state, show_id, any_value(title) as title, any_value(event_kind) as kind,
           any_value(status) as status, any_value(local_date) as local_date,
           any_value(last_date) as last_date, any_value(starts_at_local) as starts_at_local,
           any_value(doors_at_local) as doors_at_local,
           any_value(venue_timezone) as venue_timezone, any_value(venue_name) as venue_name,
           any_value(venue_city) as venue_city, any_value(latitude) as latitude,
           any_value(longitude) as longitude, any_value(venue_capacity) as venue_capacity,
           any_value(lowest_price) as lowest_price, any_value(ticket_url) as ticket_url,
           list(performer_name order by billing, performer_key) as acts,
           count(track_id) as acts_with_songs, {miles_away} as miles_away
    from upcoming_shows
    where rowid in (select rowid from upcoming_shows where {condition})
    group by state, show_id
    order by local_date nulls last, any_value(starts_at) nulls last, state, show_id
    limit $limit offset $offset
"""


def read_summaries(
    cursor: DuckDBPyConnection, condition: Condition, *, limit: int, offset: int = 0
) -> tuple[ShowSummary, ...]:
    """The shows of which rows fulfil ``condition``, the soonest first."""
    query = _SUMMARIES.format(condition=condition.sql, miles_away=condition.miles_away)
    values: Mapping[str, Any] = {
        **condition.values, "limit": bounded(limit), "offset": max(0, offset),
    }  # fmt: skip
    return read_as(cursor, ShowSummary, query, values)
