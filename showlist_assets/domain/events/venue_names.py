"""Whether two printed names are one house: the same venue, a part of it, or another one.

What belongs here: reading a venue's name, and what an operator knows of names. What does not: which
listings are one show (``domain.events.merging_rules``); reading the operator's file (``storage``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from showlist_assets.domain.names import normalize, without_article
from showlist_assets.domain.places import city_key
from showlist_assets.domain.states import BY_CODE

# Words of any house's name, which tell no house from another.
_KIND_WORDS: Final = (
    "theater theatre theatres hall music club nightclub ballroom lounge bar tavern arena center"
    " centre auditorium amphitheater amphitheatre pavilion stadium house complex venue casino"
    " resort hotel performing arts art jazz rock blues restaurant cafe coffee pub saloon grill"
    " brewery concert concerts live event events opera symphony field park coliseum forum hangout"
    " church kitchen spa entertainment show showroom nite night room"
)
_KINDS: Final = frozenset(_KIND_WORDS.split())
# Words that set a part of a house apart from the whole of it.
_ROOM_WORDS: Final = (
    "upstairs downstairs upper lower loft atrium sidebar patio lounge basement rooftop roof garden"
    " gardens cellar annex studio small little main big front back room rooms stage indoors indoor"
    " outdoors outdoor inside outside lawn terrace courtyard parlor parlour den mezzanine balcony"
    " foyer lobby deck underground side tavern ballroom black box vault tent mainstage"
)
_ROOMS: Final = frozenset(_ROOM_WORDS.split())
# Rooms of one house that are never each other: what they are told by, and the side.
_SIDES: Final = {
    word: (told_by, side)
    for told_by, side, words in (
        ("level", "upper", "upstairs upper loft rooftop roof attic"),
        ("level", "lower", "downstairs lower basement cellar underground"),
        ("size", "main", "main mainstage big"),
        ("size", "side", "side sidebar small little"),
        ("end", "front", "front"),
        ("end", "back", "back"),
        ("air", "in", "inside indoor indoors"),
        ("air", "out", "outside outdoor outdoors patio courtyard lawn terrace"),
        ("point", "north", "north"),
        ("point", "south", "south"),
        ("point", "east", "east"),
        ("point", "west", "west"),
    )
    for word in words.split()
}
_POINTS: Final = frozenset(("north", "south", "east", "west"))
_COUNTED_ROOM: Final = re.compile(
    r"\b(studio|room|stage|hall|theat(?:er|re)|salon|suite|floor|bar) "
    r"(?:no )?([a-h]|\d{1,2}|one|two|three|four|i{1,3}|red|blue|green|white|black|gold)\b"
)
_FILLING_WORDS: Final = "the at and of in on for a an by inside powered presented formerly"
_FILLING: Final = frozenset(_FILLING_WORDS.split())
_ADDRESS: Final = re.compile(r",\s*\d+\s.*$")
_STREET: Final = re.compile(
    r"\b(\d+)\s+(?:[nsew]\.?\s+|north\s+|south\s+|east\s+|west\s+)?(\w+)", re.I
)
# What the readers write where a source does not name the house, which may be any of the city.
_NOT_ANNOUNCED: Final = "venue to be announced"
_ALIKE: Final = 90
# A name of two letters is nearly equal to any other one.
_SHORTEST_ALIKE: Final = 6


class VenueRelation(IntEnum):
    """How the houses of two listings relate; more is closer."""

    OTHER = 0
    PART = 1
    SAME = 2


class VenueAlias(NamedTuple):
    """Two names of one venue; in any city of ``state`` where ``city`` is None."""

    state: str
    city: str | None
    one_name: str
    other_name: str


@dataclass(frozen=True)
class VenueAliases:
    """What an operator knows: names that are one venue, though their words do not show it."""

    aliases: tuple[VenueAlias, ...] = ()
    _pairs: frozenset[tuple[str, str, frozenset[str]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pairs = frozenset(
            (one.state, city_key(one.city), frozenset(map(without_article, one[2:])))
            for one in self.aliases
        )
        object.__setattr__(self, "_pairs", pairs)

    def tell(self, state: str, one: Venue, other: Venue) -> bool:
        """Whether the names of ``one`` and ``other`` are known to be one venue."""
        if not self._pairs:
            return False
        names = frozenset((one.key, other.key))
        cities = {"", one.city, other.city}
        return any((state, city, names) in self._pairs for city in cities)


@dataclass(frozen=True)
class Venue:
    """A venue's printed name, read.

    Attributes:
        key: The whole name, for comparing.
        core: What tells the house from others; never empty for a name that is not blank.
        kinds: Words of its kind ("theater").
        rooms: Words that set a part apart ("upstairs").
        sides: Which of several rooms it is: what they are told by, and the side.
        city: Its city, for comparing; "" where it is not known.
        street: House number and first word of the street; "" where it is not known.
    """

    key: str
    core: frozenset[str]
    kinds: frozenset[str]
    rooms: frozenset[str]
    sides: frozenset[tuple[str, str]]
    city: str
    street: str


@lru_cache(maxsize=50_000)
def read_venue(name: str, city: str | None, state: str, address: str | None) -> Venue:
    """The parts of a printed venue name that comparing needs."""
    printed = _ADDRESS.sub("", name)
    words = [word for word in normalize(printed).split() if word not in _FILLING]
    local = {*city_key(city).split(), *normalize(city or "").split(), *_state_words(state)}
    named = [word for word in words if word not in local] or words
    core = frozenset(word for word in named if word not in _KINDS and word not in _ROOMS)
    return Venue(
        key=without_article(printed),
        core=core or frozenset(named),
        kinds=frozenset(_one_spelling(word) for word in named if word in _KINDS),
        rooms=frozenset(word for word in named if word in _ROOMS) if core else frozenset(),
        sides=_sides(printed),
        city=city_key(city),
        street=_street(address or name),
    )


@lru_cache(maxsize=50_000)
def venue_relation(one: Venue, other: Venue) -> VenueRelation:
    """What the words of two names tell; cities are not looked at."""
    if _NOT_ANNOUNCED in (one.key, other.key):
        return VenueRelation.PART
    if one.key == other.key or one.key.replace(" ", "") == other.key.replace(" ", ""):
        return VenueRelation.SAME
    if are_opposite_rooms(one, other):
        return VenueRelation.OTHER
    if one.core == other.core or _are_alike(one.core, other.core):
        return VenueRelation.PART if _are_other_rooms(one, other) else VenueRelation.SAME
    if one.street and one.street == other.street:
        return VenueRelation.PART
    shared = len(one.core & other.core)
    if shared and 2 * shared >= min(len(one.core), len(other.core)):
        return VenueRelation.PART
    return VenueRelation.OTHER


def are_opposite_rooms(one: Venue, other: Venue) -> bool:
    """Whether two names mean two rooms: upstairs and downstairs, main and side, studio A and B."""
    if not one.sides or not other.sides:
        return False
    here, there = dict(one.sides), dict(other.sides)
    return any(here[told_by] != there[told_by] for told_by in here.keys() & there.keys())


def is_one_city(one: str, other: str) -> bool:
    """Whether two city keys may be one city: equal, misspelt, one within the other, or unknown."""
    if not one or not other or one == other:
        return True
    here, there = set(one.split()), set(other.split())
    is_long = min(len(one), len(other)) >= _SHORTEST_ALIKE
    return here <= there or there <= here or (is_long and OSA.distance(one, other) <= 1)


def _are_other_rooms(one: Venue, other: Venue) -> bool:
    """Whether the names may mean two parts of one house."""
    if one.kinds and other.kinds and one.kinds.isdisjoint(other.kinds):
        return True
    if one.rooms == other.rooms:
        return False
    # "Schubas" is "Schubas Tavern"; but a tavern and a ballroom of one name are two rooms.
    doubtful = one.rooms ^ other.rooms
    return bool(one.rooms and other.rooms) or not doubtful <= _KINDS


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    here, there = " ".join(sorted(one)), " ".join(sorted(other))
    return min(len(here), len(there)) >= _SHORTEST_ALIKE and fuzz.ratio(here, there) >= _ALIKE


def _sides(printed: str) -> frozenset[tuple[str, str]]:
    """Of the words for a room the last of its kind: "Inside" tells one at a name's end only."""
    text = normalize(printed)
    words = text.split()
    sides = {}
    for position, word in enumerate(words):
        told_by, side = _SIDES.get(word, ("", ""))
        is_last = position == len(words) - 1
        if told_by and (is_last or word not in _POINTS | {"inside"}):
            sides[told_by] = side
    return frozenset((sides | dict(_COUNTED_ROOM.findall(text))).items())


def _one_spelling(kind: str) -> str:
    return kind.replace("theatre", "theater").replace("centre", "center")


@lru_cache(maxsize=64)
def _state_words(state: str) -> frozenset[str]:
    name = BY_CODE[state].name if state in BY_CODE else ""
    return frozenset((state.lower(), *normalize(name).split()))


def _street(address: str) -> str:
    found = _STREET.search(address)
    return f"{found[1]} {found[2].lower()}" if found else ""
