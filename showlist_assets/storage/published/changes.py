"""What happened to shows: announced, moved, called off, gone; and what is over soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.venue_keys import venue_key
from showlist_assets.storage.published.rows import bounded, read_as, read_rows
from showlist_assets.storage.published.summaries import Condition, ShowSummary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from duckdb import DuckDBPyConnection

    from showlist_assets.storage.published.summaries import Region

ANNOUNCED: Final = ("announced",)
MOVED: Final = ("moved", "back")
CANCELLED: Final = ("cancelled", "postponed")
GONE: Final = ("vanished",)
LINE_UP: Final = ("line_up",)
NEWS: Final = (*ANNOUNCED, *MOVED, *CANCELLED, *GONE, *LINE_UP)


@dataclass(frozen=True)
class Change:
    """One change of one show, and what was known of the show after it.

    Attributes:
        was: What it was before, in words; of a line-up, who left.
        becomes: What it is now, in words; of a line-up, who joined.
        is_ahead: Whether the show goes ahead as it is told now.
    """

    state: str
    show_id: str
    changed_at: datetime
    change: str
    was: str | None
    becomes: str | None
    title: str
    status: str
    local_date: date | None
    last_date: date | None
    starts_at_local: datetime | None
    venue_name: str
    venue_city: str | None
    acts: tuple[str, ...]
    ticket_url: str | None
    is_ahead: bool

    @property
    def venue_key(self) -> str:
        """The venue in an address."""
        return venue_key(self.venue_name, self.venue_city, self.state)

    @property
    def words(self) -> str:
        """What happened, as a sentence."""
        return change_in_words(self.change, self.was, self.becomes)


def change_in_words(change: str, was: str | None, becomes: str | None) -> str:
    """A change of the history as a sentence."""
    if change == "line_up":
        joined = f"{becomes} joined the bill" if becomes else ""
        left = f"{was} left it" if joined and was else f"{was} left the bill" if was else ""
        return f"{'; '.join(filter(None, (joined, left))) or 'The bill changed'}."
    if change in _SAID_ALONE:
        return _SAID_ALONE[change]
    now = f"{_BEGINS.get(change, 'Changed')}: {becomes or 'not told'}"
    return f"{now}; it was {was}." if was else f"{now}."


_SAID_ALONE: Final = {
    "cancelled": "Cancelled.",
    "postponed": "Postponed: the new date is not announced yet.",
    "back": "It goes ahead after all.",
    "vanished": "No source lists it any more, so it is presumed cancelled.",
}
_BEGINS: Final = {"announced": "Announced", "known": "Known since the first look", "moved": "Moved"}

# Goes ahead: no other row of the history could say so of what several states and listings tell.
_CHANGES: Final = """
    select c.state, c.show_id, c.changed_at, c.change, c.was, c.becomes, c.title, c.status,
           c.local_date, c.last_date, c.starts_at_local, c.venue_name, c.venue_city, c.acts,
           c.ticket_url, coalesce(s.status in ('scheduled', 'rescheduled'), false) as is_ahead
    from show_changes c
    left join shows_with_listings s on s.state = c.state and s.show_id = c.show_id
    where {condition}
    order by c.changed_at desc, c.local_date nulls last, c.state, c.show_id, c.change
    limit $limit offset $offset
"""


def changes(
    cursor: DuckDBPyConnection,
    kinds: Iterable[str] = NEWS,
    *,
    states: Iterable[str] = (),
    since: datetime | None = None,
    first: date | None = None,
    ahead_only: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> tuple[Change, ...]:
    """Changes of shows, the newest first.

    Args:
        cursor: Of a publication.
        kinds: Those to tell of (``ANNOUNCED``, ``MOVED``, ``CANCELLED``, ``GONE``, ``LINE_UP``).
        states: In which; everywhere where none is named.
        since: Only what was learnt after this moment.
        first: Only shows that are not over by this date.
        ahead_only: Leave out shows that have been called off since.
        limit: How many.
        offset: How many to pass over, for a further page.
    """
    condition = Condition(["list_contains($kinds, c.change)"], {"kinds": list(kinds)})
    if within := list(states):
        condition = condition.also("list_contains($states, c.state)", states=within)
    if since is not None:
        condition = condition.also("c.changed_at > $since", since=since)
    if first is not None:
        condition = condition.also(
            "(c.local_date is null or coalesce(c.last_date, c.local_date) >= $first)", first=first
        )
    if ahead_only:
        condition = condition.also("s.status in ('scheduled', 'rescheduled')")
    values = {**condition.values, "limit": bounded(limit), "offset": max(0, offset)}
    return read_as(cursor, Change, _CHANGES.format(condition=condition.sql), values)


def changes_of_show(cursor: DuckDBPyConnection, state: str, show_id: str) -> tuple[Change, ...]:
    """The whole history of one show, the newest first."""
    condition = Condition(["c.state = $state and c.show_id = $show_id"])
    values = {"state": state, "show_id": show_id, "limit": bounded(100), "offset": 0}
    return read_as(cursor, Change, _CHANGES.format(condition=condition.sql), values)


def change_counts(
    cursor: DuckDBPyConnection, *, since: datetime, states: Iterable[str] = ()
) -> dict[str, int]:
    """How many changes of each kind were learnt after ``since``; only kinds that are news."""
    found = read_rows(
        cursor,
        """
        select change, count(*) as changes from show_changes
        where changed_at > $since and list_contains($kinds, change)
          and (len($states) = 0 or list_contains($states, state))
        group by change
        """,
        {"since": since, "kinds": list(NEWS), "states": list(states)},
    )
    return {row["change"]: row["changes"] for row in found}


def leaving_soon(
    cursor: DuckDBPyConnection,
    region: Region,
    first: date,
    last: date,
    *,
    limit: int = 50,
    offset: int = 0,
) -> tuple[ShowSummary, ...]:
    """Shows from ``first`` to ``last`` with an act that plays in the region for the last time.

    As far as anything is announced; ``ShowSummary.leaving`` names the acts.
    """
    here = Condition().within(region).between(first, None)
    query = f"""
        with here as (
            select state, show_id, starts_at, performer_key, performer_name, billing, track_id,
                   {", ".join(_TOLD.values())}, coalesce(last_date, local_date) as ends_on,
                   ends_on = max(ends_on) over (partition by performer_key) as is_last,
                   {here.miles_away.removeprefix("any_value")} as distance
            from upcoming_shows where {here.sql}
        )
        select {", ".join(f"any_value({column}) as {name}" for name, column in _TOLD.items())},
               state, show_id, list(performer_name order by billing, performer_key) as acts,
               list(performer_name order by billing, performer_key) filter (where is_last)
                   as leaving,
               count(track_id) as acts_with_songs, any_value(distance) as miles_away
        from here where ends_on <= $last
        group by state, show_id
        having bool_or(is_last)
        order by any_value(ends_on), any_value(starts_at) nulls last, state, show_id
        limit $limit offset $offset
    """  # noqa: S608  our own words
    values = {
        **here.values, "last": last, "limit": bounded(limit), "offset": max(0, offset),
    }  # fmt: skip
    return read_as(cursor, ShowSummary, query, values)


_TOLD: Final = {
    name: {"kind": "event_kind"}.get(name, name)
    for name in (
        "title", "kind", "status", "local_date", "last_date", "starts_at_local", "doors_at_local",
        "venue_timezone", "venue_name", "venue_city", "latitude", "longitude", "venue_capacity",
        "lowest_price", "ticket_url",
    )
}  # fmt: skip
