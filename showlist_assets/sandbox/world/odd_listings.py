"""Listings that a ticket site prints wrong in a field, once in each world of 150 concerts or more.

What belongs here: fields that are missing, mistyped, escaped, too long, or another country's. What
does not: who is hard to match (``hard_cases``), and whole answers that go wrong (``state.faults``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from showlist_assets.sandbox.world.entities import Event, Venue
from showlist_assets.sandbox.world.hard_cases import Billing
from showlist_assets.sandbox.world.vocabulary import NOUNS

if TYPE_CHECKING:
    from showlist_assets.sandbox.world.cast import Cast
    from showlist_assets.sandbox.world.entities import Artist, Performer

# Spotify refuses a longer search, so longer names and titles are of interest.
_LONG = 250


def _as_it_is(_: object) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class OddListing:
    """A billing on one date, and the fields that its event and its venue print wrong.

    ``abroad`` is the venue where it is none of the generated ones.
    """

    billing: Billing
    of_event: Callable[[Event], Mapping[str, Any]] = _as_it_is
    of_venue: Callable[[Venue], Mapping[str, Any]] = _as_it_is
    abroad: Venue | None = None


def odd_listings(cast: Cast) -> Iterator[OddListing]:
    """All of them; what each is for stands at its maker."""
    for make in (
        _times,
        _zones,
        _positions,
        _links,
        _escapes,
        _notices,
        _one_key,
        _whole_bills,
        _long_texts,
        _abroad,
    ):
        yield from make(cast)


def _times(cast: Cast) -> Iterator[OddListing]:
    """No local time: what the clock shows there follows from UTC and the zone."""
    yield OddListing(Billing((cast.act(),)), of_event=lambda _: {"datetime_local": None})


def _zones(cast: Cast) -> Iterator[OddListing]:
    """Names of no zone, one of which is a folder of the zones' database."""
    for name in ("America", ""):
        yield OddListing(Billing((cast.act(),)), of_venue=_printing(timezone=name))


def _positions(cast: Cast) -> Iterator[OddListing]:
    """Nowhere, swapped, with a lost sign, and not known."""
    for place in (
        lambda _: (0, 0),
        lambda venue: (venue.longitude, venue.latitude),
        lambda venue: (venue.latitude, -venue.longitude),
        lambda _: (None, None),
    ):
        yield OddListing(Billing((cast.act(),)), of_venue=_at(place))


def _links(cast: Cast) -> Iterator[OddListing]:
    """Addresses that are none: a line break within, a host that no parser reads."""
    for address in ("https://seatgeek.com/\ntickets", "https://[seatgeek.com/tickets"):
        yield OddListing(Billing((cast.act(),)), of_event=_event_printing(url=address))


def _escapes(cast: Cast) -> Iterator[OddListing]:
    """Names and titles that went through somebody's HTML or somebody's addresses."""
    genre = "Folk"
    couple = _billed_as(cast, f"{cast.name(genre)} & the {cast.rng.choice(NOUNS)}'s", genre, _html)
    yield OddListing(
        Billing((couple,)), of_event=lambda event: {"title": _html(f"{event.title}: <Live>")}
    )
    accented = _billed_as(cast, f"{cast.name('Latin')} Ni\u00f1o", "Latin", _percent)
    yield OddListing(Billing((accented,)), of_event=lambda event: {"title": _percent(event.title)})


def _notices(cast: Cast) -> Iterator[OddListing]:
    """Shows that are off by their title alone."""
    for title in ("[CANCELLED] {}", "POSTPONED: {} - New Date TBA", "{} (Rescheduled)"):
        act = cast.act()
        yield OddListing(Billing((act,), title=title.format(act.name)))


def _one_key(cast: Cast) -> Iterator[OddListing]:
    """Two acts whose names read alike, letter for letter: one writes a sign for its S."""
    noun = f"Smolder{cast.rng.choice(NOUNS).lower()}"
    for name, genre in ((noun.upper(), "Punk"), (f"${noun[1:].upper()}", "Hip-Hop")):
        yield OddListing(Billing((cast.billed(name, genre, cast.artist(name, genre, 40)),)))


def _whole_bills(cast: Cast) -> Iterator[OddListing]:
    """A whole bill in one performer's name."""
    for template in ("{} w/ {} & {}", "{}, {}, {}"):
        acts = [_artist(cast) for _ in range(3)]
        name = template.format(*(act.name for act in acts))
        yield OddListing(Billing((cast.billed(name, "Indie", acts[0]),), title=name))


def _long_texts(cast: Cast) -> Iterator[OddListing]:
    """A title, and a performer's name, that are longer than a search may be."""
    act = cast.act()
    yield OddListing(Billing((act,), title=_lengthened(cast, f"{act.name}: A Night of")))
    name = _lengthened(cast, "The Long Evening of")
    yield OddListing(Billing((cast.billed(name, None, None),), title=name))


def _abroad(cast: Cast) -> Iterator[OddListing]:
    """Another country's code, or its own province's, in the place of a state's."""
    berlin = Venue(
        0, "Halle am Fluss", "Uferweg 4", "Berlin", "DE", "10179", 52.51, 13.42, "Europe/Berlin",
        900, country="Germany",
    )  # fmt: skip
    toronto = replace(
        berlin, name="The Lakeside Room", address="40 Harbour Road", city="Toronto", state="CA",
        postal_code="M5V 2T6", latitude=43.64, longitude=-79.39, timezone="America/Toronto",
        country="Canada",
    )  # fmt: skip
    for venue in (berlin, toronto):
        yield OddListing(Billing((cast.act(),)), abroad=venue)


def _printing(**fields: Any) -> Callable[[Venue], Mapping[str, Any]]:
    return lambda _: fields


def _event_printing(**fields: Any) -> Callable[[Event], Mapping[str, Any]]:
    return lambda _: fields


def _at(place: Callable[[Any], tuple[Any, Any]]) -> Callable[[Venue], Mapping[str, Any]]:
    return lambda venue: {"location": dict(zip(("lat", "lon"), place(venue), strict=True))}


def _billed_as(cast: Cast, name: str, genre: str, spoil: Callable[[str], str]) -> Performer:
    """An act whose name is printed in another form, in full and in short."""
    act = cast.billed(name, genre, cast.artist(name, genre, 40))
    return replace(act, printed={"name": spoil(name), "short_name": spoil(name)})


def _html(text: str) -> str:
    return escape(text)


def _percent(text: str) -> str:
    return quote(text, safe=" :-")


def _artist(cast: Cast) -> Artist:
    return cast.artist(cast.name("Indie"), "Indie", 35)


def _lengthened(cast: Cast, text: str) -> str:
    while len(text) <= _LONG:
        text = f"{text} {cast.rng.choice(NOUNS)}"
    return text
