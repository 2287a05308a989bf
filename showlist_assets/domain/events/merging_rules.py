"""Whether two listings of one day are one show: what speaks for it, and what rules it out.

What belongs here: the evidence between two listings, in words. What does not: reading their names
(``listing_names``, ``venue_names``), and putting listings into groups (``merging``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from functools import lru_cache
from math import cos, hypot, radians
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from showlist_assets.domain.events.listing_names import ListingNames
from showlist_assets.domain.events.venue_names import (
    Venue,
    VenueAliases,
    VenueRelation,
    are_opposite_rooms,
    is_one_city,
    venue_relation,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# Doors and show, or two shops' clocks; a second session starts later.
_ONE_START: Final = 45
_DOORS_AND_SHOW: Final = 60
# Two sources may take doors, a support act or the headliner for the start: of 234 labelled pairs of
# one show, four lie 90 minutes apart or more, and none 150, where the second session begins.
_TWO_SESSIONS: Final = 150
_SURELY_ONE_EVENING: Final = 90
# A show that moved, and what is sold beside one.
_ONE_EVENING: Final = 240
_SAME_START: Final = 15
_TYPO: Final = 87
_SHORTEST_TYPO: Final = 5
_SAME_TITLE: Final = 90
_NEXT_DOOR_KM: Final = 0.15
_ONE_METRO_KM: Final = 40.0
_KM_PER_DEGREE: Final = 111.2
_DIGIT: Final = re.compile(r"\d")
# A name of one short word stands in many texts.
_SHORTEST_NAMED: Final = 4


class NameEvidence(IntEnum):
    """How the names of two listings meet; more is stronger."""

    NONE = 0
    TYPO = 1
    TITLE = 2
    NAMED = 3
    ACT = 4


@dataclass(frozen=True)
class Listing:
    """One listing, read for comparing.

    Attributes:
        key: Source and id.
        lister: Who keeps the list: a source, or one feed. One lister knows its sessions apart.
        platform: The shop within the source.
        is_resale: Whether it is sold again: its position may be the middle of the city.
        day: Date at the venue; None while it is not announced.
        last_day: The last date, of more than one.
        start: Wall clock at the venue; None while it is not announced.
        venue: The house.
        venue_id: The source's id of the house.
        position: Degrees north and east.
        names: Whom it names.
        url: Where its tickets are sold, for comparing; "" where there is none.
    """

    key: tuple[str, str]
    lister: str
    platform: str
    is_resale: bool
    day: date | None
    last_day: date | None
    start: datetime | None
    venue: Venue
    venue_id: str | None
    position: tuple[float, float] | None
    names: ListingNames
    url: str


@dataclass(frozen=True)
class Evidence:
    """What two listings have in common.

    Attributes:
        merges: Whether it makes them one show; otherwise a person may want to look.
        is_sure: Whether nobody needs to look.
        strength: For choosing between listings; more is stronger.
        minutes: Between the starts; None where one is not known.
        venue: How the houses relate.
        why: In words, with ``{}`` for the other listing.
    """

    merges: bool
    is_sure: bool
    strength: int
    minutes: int | None
    venue: VenueRelation
    why: str


@dataclass(frozen=True)
class DayFacts:
    """What all listings of a day and a state show of its acts.

    Attributes:
        touring: Names at several houses: festivals, series and brands, which may play at all.
        at_two_houses: Lists, each with the names that it has at two houses.
    """

    touring: frozenset[str] = frozenset()
    at_two_houses: frozenset[tuple[str, str]] = frozenset()


def are_apart(one: Listing, other: Listing) -> bool:
    """Whether two listings of a day cannot be one show, whatever else they have in common."""
    here, there = one.names, other.names
    if here.is_pass != there.is_pass or {here.session, there.session} == {"early", "late"}:
        return True
    if (one.last_day != other.last_day) and (here.is_one_day or there.is_one_day):
        return True
    minutes = _minutes(one, other)
    if _are_counted_apart(here, there) or _is_beside(here, there, minutes):
        return True
    if here.is_around != there.is_around and (minutes is None or minutes >= _ONE_START):
        return True
    if minutes is None or one.lister != other.lister:
        return False
    return _are_two_sessions(one, other, minutes)


def _are_counted_apart(one: ListingNames, other: ListingNames) -> bool:
    """Whether the titles tell two of several: "1st Set", "Vol. 2", "9:30 Set"."""
    if one.hour is not None and other.hour is not None and one.hour != other.hour:
        return abs(one.hour - other.hour) >= _ONE_START
    here, there = dict(one.counted), dict(other.counted)
    return any(here[of] != there[of] for of in here.keys() & there.keys())


def _is_beside(one: ListingNames, other: ListingNames, minutes: int | None) -> bool:
    """Whether one is what an act plays beside its show: for children, as a DJ, or a tribute."""
    if minutes is None or minutes <= _DOORS_AND_SHOW:
        return False
    return one.beside != other.beside or _is_homage_of(one, other)


def _is_homage_of(one: ListingNames, other: ListingNames) -> bool:
    """Whether one plays the other's songs, rather than being the same tribute in fewer words."""
    if one.is_homage == other.is_homage:
        return False
    title = one.words if one.is_homage else other.words
    shared = (one.acts | one.parts) & (other.acts | other.parts)
    return all(_is_honoured(name, title) for name in shared)


def _is_honoured(name: str, title: str) -> bool:
    said = (f" to {name} ", f" to the {name} ", f" of {name} ", f" of the {name} ")
    text = f" {title} "
    is_before = f" {name} tribute" in text and f" {name} tribute to " not in text
    return is_before or any(words in text for words in said)


def _are_two_sessions(one: Listing, other: Listing, minutes: int) -> bool:
    """Whether one source lists two starts of a day, rather than one start twice."""
    if one.names.is_offer != other.names.is_offer and (
        one.names.is_off_hours or other.names.is_off_hours
    ):
        return minutes > _ONE_EVENING
    if minutes > _DOORS_AND_SHOW:
        return True
    if one.platform != other.platform or one.venue_id != other.venue_id:
        # Two records of a house print doors or show; one record has one clock.
        is_one_clock = one.venue_id is not None and one.venue_id == other.venue_id
        return is_one_clock and minutes >= _ONE_START
    is_one_house = venue_relation(one.venue, other.venue) is VenueRelation.SAME
    is_one_title = one.names.words == other.names.words
    return is_one_house and is_one_title and minutes >= _ONE_START


def evidence(
    one: Listing, other: Listing, *, facts: DayFacts, aliases: VenueAliases, state: str
) -> Evidence | None:
    """What makes two listings of one day that may be one show one show, if anything does.

    Args:
        one: A listing that is not ``are_apart`` from the other.
        other: The other one.
        facts: What the other listings of the day show.
        aliases: Names of one venue.
        state: USPS code of both.
    """
    venue = _venue(one, other, aliases, state)
    minutes = _minutes(one, other)
    is_elsewhere = venue is VenueRelation.OTHER or not _is_here(one, other)
    names, shared = _name_evidence(one.names, other.names, by_acts_alone=is_elsewhere)
    if is_elsewhere:
        found = _elsewhere(one, other, venue, names, shared, minutes, facts)
    elif venue is VenueRelation.SAME:
        found = _at_one_house(one, other, names, minutes)
    else:
        found = _at_like_named_houses(one, other, names, shared <= facts.touring, minutes)
    if found is None:
        return None
    merges, is_sure = found
    if merges and not _says_moved(one, other) and not _says_moved(other, one):
        merges = not _are_other_bills(one, other, names, shared, minutes)
        is_sure = is_sure and merges and not _is_doubtful(one.names, other.names, names, shared)
    strength = 10 * venue + names
    why = _why(one, other, venue, names, shared, minutes, is_short=merges)
    return Evidence(merges, is_sure, strength, minutes, venue, why)


def _are_other_bills(
    one: Listing,
    other: Listing,
    names: NameEvidence,
    shared: frozenset[str],
    minutes: int | None,
) -> bool:
    """Whether what two listings share is too little beside what each names for itself."""
    here, there = one.names, other.names
    is_one_list = one.lister == other.lister
    if names >= NameEvidence.NAMED:
        is_at_once = minutes is not None and minutes <= _SAME_START
        is_homage = _is_homage_of(here, there) and (is_one_list or not is_at_once)
        are_ordered = (here.billed and there.billed) or (here.has_support and there.has_support)
        return is_homage or (bool(are_ordered) and _is_support_only(here, there, shared))
    if here.billed and there.billed and here.billed.isdisjoint(there.billed):
        # Spelled alike they may be one act, but one list spells an act in one way.
        return is_one_list or not any(
            _is_typo(name, like) for name in here.billed for like in there.billed
        )
    return is_one_list and here.words != there.words and not _is_offer_of(one, other)


def _is_support_only(one: ListingNames, other: ListingNames, shared: frozenset[str]) -> bool:
    """Whether each puts another act first that the other one does not name."""
    here, there = one.headliner, other.headliner
    if not here or not there or here == there:
        return False
    if not shared.isdisjoint((here, there)):
        return False
    return not (_is_named(here, other.text) or _is_named(there, one.text) or _is_typo(here, there))


def _is_doubtful(
    one: ListingNames, other: ListingNames, names: NameEvidence, shared: frozenset[str]
) -> bool:
    """Whether a person should look although the names meet."""
    is_near = names is NameEvidence.TITLE and one.words != other.words
    is_other_kind = one.beside != other.beside or _is_homage_of(one, other)
    is_support_only = names >= NameEvidence.NAMED and _is_support_only(one, other, shared)
    return is_near or is_other_kind or is_support_only


def _at_one_house(
    one: Listing, other: Listing, names: NameEvidence, minutes: int | None
) -> tuple[bool, bool] | None:
    if names is NameEvidence.NONE:
        is_one_start = minutes is not None and minutes <= _SAME_START
        return (False, False) if is_one_start and one.lister != other.lister else None
    latest = _ONE_EVENING if _is_offer_of(one, other) else _TWO_SESSIONS - 1
    is_one_evening = minutes is None or minutes <= latest
    is_sure = names >= NameEvidence.TITLE and (minutes is None or minutes <= _SURELY_ONE_EVENING)
    return is_one_evening, is_sure and one.last_day == other.last_day


def _at_like_named_houses(
    one: Listing, other: Listing, names: NameEvidence, are_touring: bool, minutes: int | None
) -> tuple[bool, bool] | None:
    if names is NameEvidence.NONE:
        return None
    is_one_start = minutes is not None and minutes <= _DOORS_AND_SHOW
    if names < NameEvidence.NAMED:
        return is_one_start and one.lister != other.lister, False
    if are_touring:
        return False, False
    if names is NameEvidence.NAMED:
        return is_one_start, False
    # A list that gives each of two names a word of its own may mean two rooms of a building.
    here, there = one.venue.core, other.venue.core
    are_named_apart = not (here <= there or there <= here) or (
        one.venue.rooms and other.venue.rooms and one.venue.rooms != other.venue.rooms
    )
    may_be_rooms = one.lister == other.lister and are_named_apart
    return minutes is None or minutes < _TWO_SESSIONS, is_one_start and not may_be_rooms


def _elsewhere(
    one: Listing,
    other: Listing,
    venue: VenueRelation,
    names: NameEvidence,
    shared: frozenset[str],
    minutes: int | None,
    facts: DayFacts,
) -> tuple[bool, bool] | None:
    """Houses of two names: a moved show, a promoter's calendar, a second name of one house."""
    acts = shared - facts.touring
    if names < NameEvidence.NAMED or not acts:
        return None
    if minutes is not None and minutes > _ONE_EVENING:
        return None
    if _says_moved(one, other) or _says_moved(other, one):
        return True, True
    if one.names.is_homage != other.names.is_homage:
        return None
    if names is not NameEvidence.ACT or not _is_headliner_of_both(one, other, acts):
        return None
    if not _is_here(one, other):
        found = _in_another_city(one, other, venue, minutes)
        return found and (found[0] and not _knows_two(one, other, acts, facts), False)
    if (one.names.moved or other.names.moved) is not None:
        return True, False
    is_one_start = minutes is not None and minutes <= _DOORS_AND_SHOW
    if one.lister == other.lister and (one.platform == other.platform or not is_one_start):
        return None
    is_first_of_both = one.names.headliner == other.names.headliner
    is_known = minutes is not None or len(acts) > 1 or is_first_of_both
    return is_known and not _knows_two(one, other, acts, facts), False


def _knows_two(one: Listing, other: Listing, acts: frozenset[str], facts: DayFacts) -> bool:
    """Whether a list of either has one of the acts at two houses: it knows two shows."""
    return any((each.lister, act) in facts.at_two_houses for each in (one, other) for act in acts)


def _in_another_city(
    one: Listing, other: Listing, venue: VenueRelation, minutes: int | None
) -> tuple[bool, bool] | None:
    """A house whose city has two names, or, for a person to look at, a show that moved."""
    kilometres = _kilometres(one, other)
    is_far = kilometres is not None and kilometres > _ONE_METRO_KM
    if minutes is None or minutes > _DOORS_AND_SHOW or is_far:
        return None
    # Houses of a chain share their name, and a series plays in several of them at once.
    if venue is VenueRelation.SAME and kilometres is not None:
        return True, False
    return (False, False) if one.lister != other.lister else None


def _name_evidence(
    one: ListingNames, other: ListingNames, *, by_acts_alone: bool
) -> tuple[NameEvidence, frozenset[str]]:
    """How strongly the names meet, and the acts in which they do.

    ``by_acts_alone``: a title or a spelling alone would say nothing.
    """
    here, there = one.acts | one.parts, other.acts | other.parts
    shared = (here & there) - (one.parts & other.parts)
    shared |= (one.presenters & other.acts) | (one.acts & other.presenters)
    if shared:
        return NameEvidence.ACT, shared
    # Written out, for these are the most frequent looks of all.
    named = {n for n in here if len(n) >= _SHORTEST_NAMED and f" {n} " in other.text}
    named |= {n for n in there if len(n) >= _SHORTEST_NAMED and f" {n} " in one.text}
    named |= one.parts & other.parts
    if named:
        return NameEvidence.NAMED, frozenset(named)
    if by_acts_alone:
        return NameEvidence.NONE, frozenset()
    # "99" and "Open Mic" name nobody, and are one evening all the same.
    if (one.words and one.words == other.words) or _are_one_title(one.words, other.words):
        return NameEvidence.TITLE, frozenset()
    if _is_any_typo(one.acts, other.acts):
        return NameEvidence.TYPO, frozenset()
    return NameEvidence.NONE, frozenset()


def _is_named(name: str, text: str) -> bool:
    return len(name) >= _SHORTEST_NAMED and f" {name} " in text


def _are_one_title(one: str, other: str) -> bool:
    if min(len(one.split()), len(other.split())) < 2:
        return False
    is_alike = fuzz.token_sort_ratio(one, other, score_cutoff=_SAME_TITLE) > 0
    return is_alike and _are_numbers_alike(one, other)


def _is_any_typo(names: Iterable[str], others: Iterable[str]) -> bool:
    long = [name for name in others if len(name) >= _SHORTEST_TYPO]
    return any(
        _is_typo(name, like)
        for name in names
        if len(name) >= _SHORTEST_TYPO
        for like in long
        # At least that many letters in common; sooner told by the lengths than by the letters.
        if 2 * min(len(name), len(like)) * 100 >= _TYPO * (len(name) + len(like))
    )


def _is_typo(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST_TYPO:
        return False
    # First what few pairs of many pass.
    return fuzz.ratio(one, other, score_cutoff=_TYPO) > 0 and _are_numbers_alike(one, other)


def _are_numbers_alike(one: str, other: str) -> bool:
    """A number is a word, and no typo of another one; "Vol. 1" is not "Vol. 2"."""
    here, there = _numbers(one), _numbers(other)
    return here <= there or there <= here


@lru_cache(maxsize=50_000)
def _numbers(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split() if _DIGIT.search(word))


def _venue(one: Listing, other: Listing, aliases: VenueAliases, state: str) -> VenueRelation:
    if one.venue.key == other.venue.key or aliases.tell(state, one.venue, other.venue):
        return VenueRelation.SAME
    relation = venue_relation(one.venue, other.venue)
    if are_opposite_rooms(one.venue, other.venue):
        return relation
    if relation is VenueRelation.OTHER and not _is_position_vague(one, other):
        kilometres = _kilometres(one, other)
        if kilometres is not None and kilometres <= _NEXT_DOOR_KM:
            return VenueRelation.PART
    return relation


def _is_position_vague(one: Listing, other: Listing) -> bool:
    """Whether one of the positions may be the middle of the city."""
    if one.is_resale or other.is_resale:
        return True
    # Two addresses on one point: whoever put them there knew the city only.
    streets = {one.venue.street, other.venue.street}
    return one.position == other.position and "" not in streets and len(streets) > 1


def _is_here(one: Listing, other: Listing) -> bool:
    return is_one_city(one.venue.city, other.venue.city)


def _says_moved(one: Listing, other: Listing) -> bool:
    """Whether ``one`` says that it moved to or from the house of ``other``."""
    where = one.names.moved
    return where is not None and not other.venue.core.isdisjoint(where.split())


def _is_offer_of(one: Listing, other: Listing) -> bool:
    return one.names.is_offer != other.names.is_offer


def _is_headliner_of_both(one: Listing, other: Listing, shared: frozenset[str]) -> bool:
    """Whether an act that both name is the headliner of one and stands in both titles."""
    return any(
        name in (one.names.headliner, other.names.headliner)
        and f" {name} " in one.names.text
        and f" {name} " in other.names.text
        for name in shared
    )


def _minutes(one: Listing, other: Listing) -> int | None:
    if one.start is None or other.start is None:
        return None
    return round(abs((one.start - other.start).total_seconds()) / 60)


def _kilometres(one: Listing, other: Listing) -> float | None:
    """As the crow flies, on a plane: exact enough within a state."""
    if one.position is None or other.position is None:
        return None
    (north, east), (to_north, to_east) = one.position, other.position
    across = (east - to_east) * cos(radians((north + to_north) / 2))
    return hypot(north - to_north, across) * _KM_PER_DEGREE


_HOUSE: Final = {
    VenueRelation.SAME: "the same venue",
    VenueRelation.PART: "a venue of nearly the same name",
    VenueRelation.OTHER: "another venue",
}
_NAMES: Final = {
    NameEvidence.ACT: "the same act",
    NameEvidence.NAMED: "an act that the other names",
    NameEvidence.TITLE: "nearly the same title",
    NameEvidence.TYPO: "an act spelled nearly alike",
    NameEvidence.NONE: "other names",
}


def _why(
    one: Listing,
    other: Listing,
    venue: VenueRelation,
    names: NameEvidence,
    shared: frozenset[str],
    minutes: int | None,
    *,
    is_short: bool,
) -> str:
    is_short = is_short and names is NameEvidence.ACT and minutes == 0
    if is_short and venue is VenueRelation.SAME:
        return "the same venue, act and start as {}"
    house = _HOUSE[venue] + ("" if _is_here(one, other) else " in another city")
    if is_short and venue is not VenueRelation.OTHER:
        return f"the same act and start as {{}}, at {house}"
    start = (
        "no start to compare"
        if minutes is None
        else "the same start"
        if minutes == 0
        else f"{minutes} minutes apart"
    )
    act = f" ({max(shared, key=lambda name: (len(name), name))})" if shared else ""
    moved = (
        ", which says that it moved" if _says_moved(one, other) or _says_moved(other, one) else ""
    )
    return f"compared with {{}}: {house}{moved}, {_NAMES[names]}{act}, {start}"
