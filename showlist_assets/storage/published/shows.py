"""A show in full, and the shows near a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.names import performer_key
from showlist_assets.domain.venue_keys import venue_key
from showlist_assets.storage.published.changes import changes_of_show
from showlist_assets.storage.published.rows import read_as, read_rows
from showlist_assets.storage.published.summaries import (
    Circle,
    Condition,
    Region,
    ShowSummary,
    read_summaries,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from duckdb import DuckDBPyConnection

    from showlist_assets.storage.published.changes import Change

_GOES_AHEAD: Final = ("scheduled", "rescheduled")


@dataclass(frozen=True)
class Act:
    """Somebody on a bill.

    Attributes:
        act_kind: An artist, a tribute, the festival itself, or something else.
        outcome: "matched", "rejected" or "pending"; None for what is not looked up.
        level: How sure the match is, in a word.
        reason: The decision in words.
        track_id: The best-known song.
        why_no_track: Why there is none; None where there is one.
    """

    performer_key: str
    name: str
    billing: int
    role: str
    act_kind: str
    genres: tuple[str, ...]
    outcome: str | None
    level: str | None
    confidence: float | None
    reason: str | None
    spotify_artist_id: str | None
    spotify_artist_name: str | None
    track_id: str | None
    track_name: str | None
    energy: float | None
    why_no_track: str | None

    @property
    def is_matched(self) -> bool:
        """Whether it is known who this is on Spotify."""
        return self.spotify_artist_id is not None

    @property
    def track_url(self) -> str | None:
        """The song's page on Spotify."""
        return f"https://open.spotify.com/track/{self.track_id}" if self.track_id else None

    @property
    def artist_url(self) -> str | None:
        """The artist's page on Spotify."""
        one = self.spotify_artist_id
        return f"https://open.spotify.com/artist/{one}" if one else None


@dataclass(frozen=True)
class Listing:
    """One listing of a show; ``why`` says why it is taken for this show."""

    source: str
    event_id: str
    platform: str
    is_resale: bool
    title: str
    status: str
    ticket_url: str | None
    lowest_price: float | None
    highest_price: float | None
    seen_at: datetime
    why: str
    is_sure: bool


@dataclass(frozen=True)
class ShowPage:
    """All that is known of one show.

    Attributes:
        status: scheduled, rescheduled, postponed, cancelled, or vanished where no source lists it.
        acts: The bill in order. Of a show that has vanished, names alone.
        listings: The preferred one first.
        changes: What happened to it, the newest first.
    """

    state: str
    show_id: str
    title: str
    kind: str
    status: str
    starts_at: datetime | None
    starts_at_local: datetime | None
    doors_at_local: datetime | None
    local_date: date | None
    ends_at: datetime | None
    last_date: date | None
    venue_timezone: str | None
    venue_name: str
    venue_address: str | None
    venue_city: str | None
    venue_postal_code: str | None
    latitude: float | None
    longitude: float | None
    venue_capacity: int | None
    lowest_price: float | None
    highest_price: float | None
    ticket_url: str | None
    announced_at: datetime | None
    fetched_at: datetime | None
    acts: tuple[Act, ...]
    listings: tuple[Listing, ...]
    changes: tuple[Change, ...]

    @property
    def venue_key(self) -> str:
        """The venue in an address."""
        return venue_key(self.venue_name, self.venue_city, self.state)

    @property
    def goes_ahead(self) -> bool:
        """Whether anybody can go to it, unless it is over."""
        return self.status in _GOES_AHEAD


_SHOW: Final = """
    select state, show_id, title, kind, status, starts_at, starts_at_local, doors_at_local,
           local_date, ends_at, last_date, venue_timezone, venue_name, venue_address, venue_city,
           venue_postal_code, latitude, longitude, venue_capacity, lowest_price, highest_price,
           ticket_url, announced_at, fetched_at, listings
    from shows_with_listings where show_id = $show_id
    order by fetched_at desc nulls last, state limit 1
"""
_LAST_KNOWN: Final = """
    select state, show_id, title, 'concert' as kind,
           case when status in ('scheduled', 'rescheduled') then 'vanished' else status end
               as status,
           starts_at_local, local_date, last_date, venue_name, venue_city, ticket_url, acts
    from show_changes where show_id = $show_id
    order by changed_at desc, change limit 1
"""
# A bill of a show that is over or off is in no upcoming show: the song comes from the artist.
_BILL: Final = """
    with bill as (
        select * from expanded_artists where state = $state and show_id = $show_id
    ), ahead as (
        select performer_key, why_no_track from upcoming_shows
        where state = $state and show_id = $show_id and row_number = 1
    ), who as (
        select * from matched_artists where performer_key in (select performer_key from bill)
    ), songs as (
        select spotify_artist_id, arg_min(track_id, rank) as track_id,
               arg_min(track_name, rank) as track_name
        from top_tracks where spotify_artist_id in (select spotify_artist_id from who)
        group by spotify_artist_id
    )
    select bill.performer_key, bill.performer_name as name, bill.billing, bill.role, bill.act_kind,
           bill.genres, who.outcome, who.level, who.confidence, who.reason, who.spotify_artist_id,
           who.spotify_artist_name, songs.track_id, songs.track_name, f.energy,
           case when songs.track_id is null then coalesce(ahead.why_no_track, who.reason) end
               as why_no_track
    from bill
    left join who on who.performer_key = bill.performer_key
    left join songs on songs.spotify_artist_id = who.spotify_artist_id
    left join audio_features f on f.track_id = songs.track_id
    left join ahead on ahead.performer_key = bill.performer_key
    order by bill.billing, bill.performer_key
"""


def show(cursor: DuckDBPyConnection, show_id: str) -> ShowPage | None:
    """The show with all that is known of it; None where no show ever had that id."""
    found = read_rows(cursor, _SHOW, {"show_id": show_id})
    if not found:
        return _vanished(cursor, show_id)
    told = found[0]
    listings = tuple(Listing(**one) for one in told.pop("listings"))
    key = {"state": told["state"], "show_id": show_id}
    return ShowPage(
        **told,
        listings=listings,
        acts=read_as(cursor, Act, _BILL, key),
        changes=changes_of_show(cursor, told["state"], show_id),
    )


def _vanished(cursor: DuckDBPyConnection, show_id: str) -> ShowPage | None:
    """What the history last knew of a show that no source lists any more."""
    found = read_rows(cursor, _LAST_KNOWN, {"show_id": show_id})
    if not found:
        return None
    told = found[0]
    names: tuple[str, ...] = told.pop("acts")
    unknown: dict[str, Any] = dict.fromkeys(
        ("starts_at", "doors_at_local", "ends_at", "venue_timezone", "venue_address",
         "venue_postal_code", "latitude", "longitude", "venue_capacity", "lowest_price",
         "highest_price", "announced_at", "fetched_at")
    )  # fmt: skip
    return ShowPage(
        **unknown,
        **told,
        acts=tuple(_named(name, billing) for billing, name in enumerate(names, start=1)),
        listings=(),
        changes=changes_of_show(cursor, told["state"], show_id),
    )


def _named(name: str, billing: int) -> Act:
    unknown: dict[str, Any] = dict.fromkeys(
        ("outcome", "level", "confidence", "reason", "spotify_artist_id", "spotify_artist_name",
         "track_id", "track_name", "energy", "why_no_track")
    )  # fmt: skip
    return Act(
        performer_key=performer_key(name),
        name=name,
        billing=billing,
        role="headliner" if billing == 1 else "support",
        act_kind="artist",
        genres=(),
        **unknown,
    )


def shows_near(
    cursor: DuckDBPyConnection,
    latitude: float,
    longitude: float,
    miles: float,
    first: date,
    last: date | None = None,
    *,
    limit: int = 100,
    offset: int = 0,
) -> tuple[ShowSummary, ...]:
    """Shows within so many miles of a place on some day from ``first`` to ``last``, soonest first.

    In whatever state they are.
    """
    region = Region(circle=Circle(latitude, longitude, miles))
    return shows_in(cursor, region, first, last, limit=limit, offset=offset)


def shows_in(
    cursor: DuckDBPyConnection,
    region: Region,
    first: date,
    last: date | None = None,
    *,
    limit: int = 100,
    offset: int = 0,
) -> tuple[ShowSummary, ...]:
    """Shows in a region on some day from ``first`` to ``last``, the soonest first."""
    condition = Condition().within(region).between(first, last)
    return read_summaries(cursor, condition, limit=limit, offset=offset)
