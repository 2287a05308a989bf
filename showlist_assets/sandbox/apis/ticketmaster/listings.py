"""What Ticketmaster lists of each event: its own offer, those of other shops, and what is no show.

The shares follow 5,588 US music events of November 2025. Everything falls to an event by lot, so
the same world has the same listings.

What belongs here: which listings there are and which show each is truly of. What does not: how one
is printed (``payloads``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from showlist_assets.sandbox.world.cities import COORDINATES, country_of_venue
from showlist_assets.sandbox.world.dealing import (
    is_listed,
    lot,
    prints_doors_as_start,
    wait_behind_doors,
)
from showlist_assets.sandbox.world.ids import spotify_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from showlist_assets.sandbox.config import Dealt
    from showlist_assets.sandbox.world.entities import Event, Performer, Venue

Shop = Literal["ticketmaster", "ticketweb", "universe", "frontgate", "resale"]

# How the ids of each shop begin, as seen in November 2025.
_PREFIXES: Final[dict[Shop, str]] = {
    "ticketmaster": "vvG1",
    "ticketweb": "rZ7HnEZ1AK",
    "universe": "LvZ1",
    "frontgate": "G5di",
    "resale": "Z7r9jZ1A7",
}
_SMALL_HOUSE: Final = 900
_BETWEEN_EARLY_AND_LATE: Final = timedelta(hours=2, minutes=30)
_SEGMENTS: Final = {"theater": "Arts & Theatre", "comedy": "Arts & Theatre", "basketball": "Sports"}
_MUSIC: Final = {"concert", "music_festival"}
_PASS: Final = re.compile(r" - \d Day Pass ?$")
_NOTICES: Final = ("CANCEL", "POSTPONED", "RESCHEDULED")


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of the index.

    Attributes:
        id: Ticketmaster's.
        show: What it is truly of: the number of an event of the world, with something behind it
            where only Ticketmaster knows the show; empty where it is of none.
        shop: Who sells the tickets.
        event: The event as this listing tells it.
        segment: "Music", or what else it is.
        lists_attractions: Whether the bill is there; otherwise the title is all there is.
        is_flagged_as_test: Whether it says of itself that it is none.
    """

    id: str
    show: str
    shop: Shop
    event: Event
    segment: str = "Music"
    lists_attractions: bool = True
    is_flagged_as_test: bool = False


class ListingIndex:
    """Ticketmaster's listings of some events, by id, and by state in order of UTC time."""

    def __init__(self, events: Sequence[Event], dealt: Dealt) -> None:
        firsts = first_listed(events)
        evenings = Counter(map(_evening, (one for one in events if firsts[one.id] == one.id)))
        listings = [
            listing
            for event in events
            # SeatGeek lists some shows twice; Ticketmaster has its own doubles.
            if firsts[event.id] == event.id and is_listed(event.id, "ticketmaster", dealt)
            for listing in listings_of(event, is_alone=evenings[_evening(event)] == 1)
        ]
        self.by_id = {listing.id: listing for listing in listings}
        self._by_state: dict[str, list[Listing]] = defaultdict(list)
        for listing in sorted(self.by_id.values(), key=_time_and_id):
            self._by_state[listing.event.venue.state].append(listing)

    def between(
        self, state: str | None, earliest: datetime | None, latest: datetime | None
    ) -> list[Listing]:
        """Listings of a state (``None``: all) from ``earliest`` to ``latest``, both included."""
        states = self._by_state if state is None else [state.upper()]
        found = []
        for one in states:
            listings = self._by_state.get(one, [])
            start = 0 if earliest is None else bisect_left(listings, earliest, key=_time)
            end = len(listings) if latest is None else bisect_right(listings, latest, key=_time)
            found += listings[start:end]
        return found


def first_listed(events: Iterable[Event]) -> dict[int, int]:
    """By id of each event, the id under which the same show was listed first."""
    seen: dict[tuple[object, ...], int] = {}
    firsts = {}
    for event in sorted(events, key=lambda one: one.id):
        acts = tuple(performer.id for performer in event.performers)
        key = (event.venue.id, event.starts_at_local, event.type, event.title, acts)
        firsts[event.id] = seen.setdefault(key, event.id)
    return firsts


def listings_of(event: Event, *, is_alone: bool = True) -> Iterator[Listing]:
    """Everything that is listed of ``event``; the first is the one with the tickets.

    Args:
        event: Of the world.
        is_alone: Whether the world has nothing else at the house on that day; only then does
            Ticketmaster know of a second session, which might be one that the world knows, too.
    """
    if country_of_venue(event.venue.country, event.venue.state) is None:
        return
    if event.type not in _MUSIC:
        segment = _SEGMENTS.get(event.type, "Miscellaneous")
        yield Listing(_id("ticketmaster", event), str(event.id), "ticketmaster", event, segment)
        return
    shop = _shop_of(event)
    told = _as_timed(replace(event, venue=_as_spelled(event.venue)))
    resold = _resold(told)
    # The tickets of many shows are sold by shops that are not Ticketmaster's.
    if lot("only resold", event.id) < 8 and shop == "ticketmaster":
        yield resold
        return
    yield from _own(told, shop, is_alone=is_alone)
    if lot("resold", event.id) < 16:
        yield resold


def _own(told: Event, shop: Shop, *, is_alone: bool) -> Iterator[Listing]:
    """The listings of the shop that has the tickets."""
    bare = {"ticketweb": 55, "universe": 55}.get(shop, 3)
    listing = Listing(
        _id(shop, told),
        str(told.id),
        shop,
        replace(told, title=_title(told), performers=_bill(told)),
        lists_attractions=lot("attractions", told.id) >= bare,
    )
    if is_alone and _has_two_sessions(told):
        yield from _early_and_late(listing)
    else:
        yield listing
    if told.ends_at_utc:
        yield from _passes(listing)
    elif shop == "ticketmaster" and lot("upsell", told.id) < 5:
        yield _upsell(listing)
    elif lot("moved", told.id) < 2:
        yield _moved_from(listing)
    if lot("test", told.id) < 2:
        yield _test(told)


def _early_and_late(listing: Listing) -> Iterator[Listing]:
    """Two sessions of one evening; the world knows the first."""
    event = listing.event
    yield replace(listing, event=replace(event, title=f"{event.title} (Early Show)"))
    late = replace(
        event,
        title=f"{event.title} (Late Show)",
        starts_at_local=event.starts_at_local + _BETWEEN_EARLY_AND_LATE,
        starts_at_utc=event.starts_at_utc + _BETWEEN_EARLY_AND_LATE,
    )
    yield replace(listing, id=_id(listing.shop, event, "late"), show=f"{event.id} late", event=late)


def _passes(listing: Listing) -> Iterator[Listing]:
    """Beside a festival of several days: a pass without a time, and the ticket of its last day."""
    event = listing.event
    last = event.ends_at_utc
    if last is None:
        return
    days = max(2, (last - event.starts_at_utc).days + 1)
    name = _PASS.sub("", event.title)
    whole = replace(event, title=f"{days} Day Pass: {name}", time_tbd=True)
    yield replace(listing, id=_id(listing.shop, event, "pass"), event=whole)
    later = timedelta(days=days - 1)
    day = replace(
        event,
        title=f"{name} - {event.starts_at_local + later:%A} Only",
        starts_at_local=event.starts_at_local + later,
        starts_at_utc=event.starts_at_utc + later,
        ends_at_utc=None,
    )
    yield replace(
        listing, id=_id(listing.shop, event, "day"), show=f"{event.id} day {days}", event=day
    )


def _upsell(listing: Listing) -> Listing:
    event = listing.event
    templates = ("{} Ticket + Hotel Deals", "Premium Seating: {}", "{} - Suite Reservation")
    title = templates[event.id % 3].format(_headliner(event))
    return replace(
        listing, id=_id(listing.shop, event, "upsell"), event=replace(event, title=title)
    )


def _moved_from(listing: Listing) -> Listing:
    """The house where it was to be, which still lists it."""
    event = listing.event
    old = replace(
        event.venue,
        id=event.venue.id + 5,
        name=f"{event.venue.city} Assembly Rooms",
        address=f"{event.venue.id % 900 + 10} Depot Street",
    )
    title = f"MOVED TO {event.venue.name.upper()} - {_headliner(event)}"
    return replace(
        listing,
        id=_id(listing.shop, event, "moved"),
        event=replace(event, venue=old, title=title, status="rescheduled"),
    )


def _test(told: Event) -> Listing:
    """What somebody tried the system out with; half of them say so."""
    title = "TM1 EVENTS TEST" if told.id % 2 else "GCO Test 1 - Not All-in"
    return Listing(
        _id("ticketmaster", told, "test"),
        "",
        "ticketmaster",
        replace(told, title=title, performers=()),
        is_flagged_as_test=bool(told.id % 2),
    )


def _resold(told: Event) -> Listing:
    """Tickets that somebody sells again: on sale whatever happens, in the middle of the city."""
    city = COORDINATES.get((told.venue.city, told.venue.state))
    latitude, longitude = city or (told.venue.latitude, told.venue.longitude)
    venue = replace(
        told.venue, id=told.venue.id + 7, latitude=latitude, longitude=longitude, address=""
    )
    moved = told.status == "rescheduled"
    event = replace(
        told,
        # Whoever sells a pass again says that it is one.
        title=told.title if "pass" in told.title.lower() else _headliner(told),
        venue=venue,
        performers=told.performers[:1],
        status="rescheduled" if moved else "normal",
        prices=None,
    )
    return Listing(_id("resale", told), str(told.id), "resale", event)


def _shop_of(event: Event) -> Shop:
    if event.type == "music_festival":
        return "frontgate"
    if 0 < event.venue.capacity <= _SMALL_HOUSE:
        return "universe" if lot("universe", event.venue.id) < 3 else "ticketweb"
    return "ticketmaster"


def _has_two_sessions(event: Event) -> bool:
    is_small = 0 < event.venue.capacity <= _SMALL_HOUSE
    is_timed = not event.time_tbd and not event.date_tbd
    return is_small and is_timed and not event.ends_at_utc and lot("sessions", event.id) < 5


def _evening(event: Event) -> tuple[int, date]:
    return event.venue.id, event.starts_at_local.date()


def _as_spelled(venue: Venue) -> Venue:
    """The house as Ticketmaster's clerks write it."""
    drawn = lot("spelled", venue.id)
    if venue.name.startswith("The ") and drawn < 40:
        return replace(venue, name=venue.name.removeprefix("The "))
    if drawn < 12:
        return replace(venue, name=f"{venue.name} - {venue.state}")
    return replace(venue, name=f"{venue.name} ") if drawn > 97 else venue


def _as_timed(event: Event) -> Event:
    """With the doors' time in the place of the show's, here and there."""
    if not prints_doors_as_start(event):
        return event
    wait = wait_behind_doors(event)
    return replace(
        event,
        starts_at_local=event.starts_at_local - wait,
        starts_at_utc=event.starts_at_utc - wait,
    )


def _title(event: Event) -> str:
    """As its promoter typed it, which is not how SeatGeek's did."""
    names = [performer.name for performer in event.performers]
    drawn = lot("title", event.id)
    is_plain = bool(names) and event.title.startswith(names[0]) and not _is_noticed(event.title)
    if is_plain and drawn < 40:
        others = ", ".join(names[1:])
        title = f"{names[0]} with special guests {others}" if others else names[0]
    elif is_plain and drawn < 55:
        title = names[0].upper()
    else:
        title = event.title
    if not title.isascii() and lot("misread", event.id) < 30:
        return title.encode().decode("latin-1")
    return f"{title} " if lot("blanks", event.id) < 2 else title


def _bill(event: Event) -> tuple[Performer, ...]:
    """The acts; a tour is now and then listed among them as if it were one."""
    acts = event.performers
    if " Tour" in event.title and acts and lot("tour listed", event.id) < 15:
        tour = replace(acts[0], id=acts[0].id + 1_000_000, name=event.title, artist_id=None)
        return (*acts, tour)
    return acts


def _is_noticed(title: str) -> bool:
    return any(notice in title.upper() for notice in _NOTICES)


def _headliner(event: Event) -> str:
    return event.performers[0].name if event.performers else event.title


def _id(shop: Shop, event: Event, what: str = "") -> str:
    return _PREFIXES[shop] + spotify_id("ticketmaster", shop, event.id, what)[:7]


def _time(listing: Listing) -> datetime:
    return listing.event.starts_at_utc


def _time_and_id(listing: Listing) -> tuple[datetime, str]:
    return listing.event.starts_at_utc, listing.id
