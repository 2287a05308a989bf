"""A show in full: its bill, when and where, what changed, and who lists it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.places import KILOMETRES_PER_MILE, miles_between
from showlist_assets.domain.states import may_be_known
from showlist_assets.domain.zones import known_zone
from showlist_assets.storage.published.changes import change_in_words
from showlist_assets.web import wording
from showlist_assets.web.map import Dot, MapView, circle_map
from showlist_assets.web.paths import artist_path, show_path, venue_path
from showlist_assets.web.rendering import path_in, segment
from showlist_assets.web.tastes import NOBODYS, VisitorsTaste
from showlist_assets.web.views.listing import (
    ShowRow,
    acts_in_words,
    city_in_words,
    row_of,
    title_beside,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from showlist_assets.storage.published.changes import Change
    from showlist_assets.storage.published.shows import Act, Listing, ShowPage
    from showlist_assets.storage.published.songs import Song
    from showlist_assets.storage.published.summaries import ShowSummary
    from showlist_assets.web.tastes import Opinion, TasteLine

SOURCE_NAMES: Final = {
    "ticketmaster": "Ticketmaster",
    "seatgeek": "SeatGeek",
    "feeds": "The venue's calendar",
}
_ROLES: Final = {"headliner": "headlines", "support": "opens"}
# Of a festival of a hundred acts the page stays short.
_ACTS_WITH_SONGS: Final = 6
_SONGS_OF_AN_ACT: Final = 3
_SHORT_BILL: Final = 5
_NEARBY_MILES: Final = 150
_MOST_OTHERS: Final = 6
# Wide enough for a coast or a county's border to tell where it is.
_AROUND_MILES: Final = 20
_MAP_WIDTH: Final = 480
_MAP_HEIGHT: Final = 300


@dataclass(frozen=True)
class Heard:
    """A song of an act."""

    track_id: str
    name: str


@dataclass(frozen=True)
class BillLine:
    """An act of the bill.

    Attributes:
        why: Why no song of it is known; empty where one is.
        doubt: How sure it is who this is, where that is not beyond doubt.
        taste: How it fits the visitor's taste; None where that is not known.
        opinion: What the visitor may say of it; None for a guest.
    """

    name: str
    path: str
    role: str
    spotify_id: str
    genres: str
    songs: tuple[Heard, ...]
    why: str
    doubt: str
    taste: TasteLine | None = None
    opinion: Opinion | None = None


@dataclass(frozen=True)
class SourceLine:
    """A listing of the show."""

    name: str
    url: str
    facts: str
    why: str


@dataclass(frozen=True)
class ChangeLine:
    """Something that happened to the show."""

    date: date
    words: str


@dataclass(frozen=True)
class ShowView:
    """The page of a show.

    Attributes:
        status: What keeps people from just going, in a sentence; empty: nothing.
        badge: The same in a word or two.
        calendar_path: One event for a calendar; empty where its date is not known.
        others_near: Whether the ``others`` are near the venue.
    """

    headline: str
    title: str
    badge: str
    status: str
    is_off: bool
    date: date | None
    dates: str
    starts_at: datetime | None
    time: str
    zone: str
    doors: str
    venue: str
    venue_path: str
    address: tuple[str, ...]
    capacity: str
    price: str
    ticket_url: str
    calendar_path: str
    bill: tuple[BillLine, ...]
    sources: tuple[SourceLine, ...]
    changes: tuple[ChangeLine, ...]
    others: tuple[ShowRow, ...]
    others_near: bool
    map: MapView | None


def heard_acts(show: ShowPage) -> tuple[str, ...]:
    """The Spotify ids of the acts of which several songs are named."""
    known = dict.fromkeys(act.spotify_artist_id for act in show.acts if act.spotify_artist_id)
    return tuple(known)[:_ACTS_WITH_SONGS]


def show_of(
    show: ShowPage,
    songs: Mapping[str, Sequence[Song]],
    others: Iterable[ShowSummary],
    *,
    today: date,
    prefix: str,
    taste: VisitorsTaste = NOBODYS,
) -> ShowView:
    """The page of ``show``; ``songs`` are those of ``heard_acts``.

    ``others`` are further shows of its acts, ``prefix`` the path under which the page lies.
    """
    names = [act.name for act in show.acts if act.act_kind != "festival"]
    acts = acts_in_words(names)
    near, rows = _others(show, others, today)
    # Of a festival's fourteen, thirteen do not open for the first.
    is_short = len(names) <= _SHORT_BILL
    start = show.starts_at_local
    return ShowView(
        headline=acts or wording.printed(show.title),
        title=title_beside(show.title, names),
        badge=_BADGES.get(show.status, ""),
        status=_status(show, today),
        is_off=not show.goes_ahead,
        date=show.local_date,
        dates=_dates(show.local_date, show.last_date, today),
        starts_at=start,
        time=wording.clock(start) if start else "",
        zone=_zone(start, show.venue_timezone),
        doors=wording.clock(show.doors_at_local) if show.doors_at_local else "",
        venue=wording.printed(show.venue_name),
        venue_path=venue_path(show.venue_name, show.venue_city, show.state),
        address=_address(show),
        capacity=f"{show.venue_capacity:,}" if show.venue_capacity else "",
        price=_price(show),
        ticket_url=(show.ticket_url or "") if show.goes_ahead else "",
        calendar_path=f"{show_path(show.show_id)}.ics" if show.local_date else "",
        bill=_bill(show, songs, taste, is_short=is_short),
        sources=tuple(map(_source, show.listings)),
        changes=tuple(map(_change, show.changes)),
        others=rows,
        others_near=near,
        map=_map(show, prefix),
    )


_BADGES: Final = {
    "rescheduled": "new date",
    "postponed": "postponed",
    "cancelled": "cancelled",
    "vanished": "not listed any more",
}


def _status(show: ShowPage, today: date) -> str:
    if show.status == "rescheduled":
        moved = next((one for one in show.changes if one.change == "moved"), None)
        return moved.words if moved else "This is a new date or place: it was another one before."
    if not show.goes_ahead:
        return change_in_words(show.status, None, None)
    last = show.last_date or show.local_date
    return "This show is over." if last and last < today else ""


def _dates(first: date | None, last: date | None, today: date) -> str:
    if first is None:
        return "Not announced yet"
    written = wording.long_day(first)
    if last and last > first:
        written = f"{written} to {wording.long_day(last)}"
    final = last or first
    return written if final.year == today.year else f"{written}, {final.year}"


def _zone(start: datetime | None, name: str | None) -> str:
    zone = known_zone(name)
    # Who reads this may be in another one.
    return start.replace(tzinfo=zone).strftime("%Z") if start and zone else ""


def _address(show: ShowPage) -> tuple[str, ...]:
    city = city_in_words(show.venue_city, show.state)
    lines = (show.venue_address or "", f"{city} {show.venue_postal_code or ''}".strip())
    return tuple(wording.printed(line) for line in lines if line)


def _price(show: ShowPage) -> str:
    low, high = show.lowest_price, show.highest_price
    if low is None:
        return ""
    if high is not None and high > low:
        return f"{wording.dollars(low)} to {wording.dollars(high)}"
    return f"from {wording.dollars(low)}" if low else "free"


def _bill(
    show: ShowPage, songs: Mapping[str, Sequence[Song]], taste: VisitorsTaste, *, is_short: bool
) -> tuple[BillLine, ...]:
    lines, asked = [], set[str]()
    for act in show.acts:
        line = _bill_line(act, songs, taste, is_short=is_short)
        # Two names on a bill may be one artist, of whom one answer is wanted.
        lines.append(replace(line, opinion=None) if line.spotify_id in asked else line)
        asked.add(line.spotify_id)
    return tuple(lines)


def _bill_line(
    act: Act, songs: Mapping[str, Sequence[Song]], taste: VisitorsTaste, *, is_short: bool
) -> BillLine:
    known = songs.get(act.spotify_artist_id or "", ())
    heard = tuple(Heard(song.track_id, wording.printed(song.track_name)) for song in known)
    if not heard and act.track_id:
        heard = (Heard(act.track_id, wording.printed(act.track_name or "")),)
    path = f"/artists/{segment(act.performer_key)}" if act.performer_key else _path(act.name)
    spotify_id, key = act.spotify_artist_id or "", act.performer_key
    name = act.spotify_artist_name or act.name
    return BillLine(
        name=wording.printed(act.name),
        path=path,
        role=_ROLES.get(act.role, "") if is_short and act.act_kind != "festival" else "",
        spotify_id=spotify_id,
        genres=", ".join(map(wording.printed, act.genres[:3])),
        songs=heard[:_SONGS_OF_AN_ACT],
        why="" if heard else wording.printed(act.why_no_track or "Not looked up yet."),
        doubt=_DOUBTS.get(act.level or "", "") if act.is_matched else "",
        taste=taste.line_of(spotify_id=spotify_id, performer_key=key),
        opinion=taste.opinion_of(name, path, spotify_id=spotify_id, performer_key=key)
        if spotify_id
        else None,
    )


_DOUBTS: Final = {"medium": "probably the right band", "low": "maybe another band"}
_path: Final = artist_path


def _source(listing: Listing) -> SourceLine:
    name = SOURCE_NAMES.get(listing.source, listing.source)
    sold_by = "" if listing.platform in (listing.source, "") else f"sold by {listing.platform}"
    facts = (
        sold_by,
        "resale" if listing.is_resale else "",
        "" if listing.lowest_price is None else f"from {wording.dollars(listing.lowest_price)}",
        "" if listing.status == "scheduled" else listing.status,
        f"seen {wording.day(listing.seen_at)}",
    )
    return SourceLine(
        name=wording.printed(name),
        url=listing.ticket_url or "",
        facts=wording.printed(" · ".join(filter(None, facts))),
        why=wording.printed(listing.why),
    )


def _change(change: Change) -> ChangeLine:
    return ChangeLine(change.changed_at.date(), wording.printed(change.words))


def _others(
    show: ShowPage, others: Iterable[ShowSummary], today: date
) -> tuple[bool, tuple[ShowRow, ...]]:
    """Whether there are other nights near the venue, and those, or else the next ones anywhere."""
    ahead = [one for one in others if one.show_id != show.show_id]
    near = [one for one in ahead if _is_near(show, one)]
    return bool(near), tuple(row_of(one, today=today) for one in (near or ahead)[:_MOST_OTHERS])


def _is_near(show: ShowPage, other: ShowSummary) -> bool:
    places = (show.latitude, show.longitude, other.latitude, other.longitude)
    if any(one is None for one in places):
        return show.state == other.state
    return miles_between(*(one for one in places if one is not None)) <= _NEARBY_MILES


def _map(show: ShowPage, prefix: str) -> MapView | None:
    path = venue_path(show.venue_name, show.venue_city, show.state)
    return venue_map(show.venue_name, show.latitude, show.longitude, 1, path_in(prefix, path))


def venue_map(
    name: str, latitude: float | None, longitude: float | None, shows: int, href: str
) -> MapView | None:
    """A few miles around a venue; None where nobody knows where it lies."""
    # A table of an earlier version may hold 0,0.
    if latitude is None or longitude is None or not may_be_known(latitude, longitude):
        return None
    printed = wording.printed(name)
    return circle_map(
        latitude,
        longitude,
        _AROUND_MILES * KILOMETRES_PER_MILE,
        [Dot(printed, latitude, longitude, max(1, shows), href)],
        place=printed,
        width=_MAP_WIDTH,
        height=_MAP_HEIGHT,
    )
