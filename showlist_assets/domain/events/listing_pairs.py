"""Which pairs of a state's listings are worth comparing, and the evidence of each.

What belongs here: finding candidates, and what a whole day shows of its acts. What does not: the
evidence between two listings (``merging_rules``), and forming groups (``listing_groups``).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.events.listing_groups import Pair
from showlist_assets.domain.events.merging_rules import DayFacts, Listing, are_apart, evidence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from showlist_assets.domain.events.venue_names import VenueAliases

# A city, and the words that tell its houses apart.
House = tuple[str, frozenset[str]]
# A name at so many houses on one day of a state is a festival, a series or a brand.
_TOURING_HOUSES: Final = 3
# A word that so many listings of a day share tells nothing.
_COMMON: Final = 60
_SHORTEST_WORD: Final = 3
# Of many listings that share a house: how many that follow each one are compared with it.
_NEIGHBOURS: Final = 10
# On a day of so few listings all that share a word are compared.
_FEW_LISTINGS: Final = 400


def listing_pairs(state: str, listed: Sequence[Listing], aliases: VenueAliases) -> Iterator[Pair]:
    """Every pair with something in common; ``one`` comes first by source and id."""
    days: defaultdict[date, list[Listing]] = defaultdict(list)
    pages: defaultdict[str, list[Listing]] = defaultdict(list)
    for listing in sorted(listed, key=lambda listing: listing.key):
        if listing.day is not None:
            days[listing.day].append(listing)
        if listing.url:
            pages[listing.url].append(listing)
    for day in days.values():
        facts = _facts(day)
        for one, other in _candidates(day):
            yield from _pair(one, other, facts, aliases, state)
    for page in pages.values():
        for one, other in _of_one_page(page):
            for pair in _pair(one, other, DayFacts(), aliases, state):
                if pair.found.merges:
                    yield pair


def _pair(
    one: Listing, other: Listing, facts: DayFacts, aliases: VenueAliases, state: str
) -> Iterator[Pair]:
    if not are_apart(one, other):
        found = evidence(one, other, facts=facts, aliases=aliases, state=state)
        if found:
            yield Pair(one.key, other.key, found)


def _of_one_page(page: Sequence[Listing]) -> Iterator[tuple[Listing, Listing]]:
    """Listings of one address of which one has no date; a house's calendar page is none of them."""
    if len(page) <= _COMMON:
        for one, other in combinations(page, 2):
            if one.day is None or other.day is None:
                yield one, other


def _candidates(day: Sequence[Listing]) -> Iterator[tuple[Listing, Listing]]:
    """Pairs that share a word of their house or of a name; not all pairs of a day.

    Rare words come first. What more than ``_COMMON`` listings share is compared with its neighbours
    by name only, and a day has ``_COMMON`` pairs for each of its listings at most.
    """
    most = max(_FEW_LISTINGS, len(day)) * _COMMON
    met: set[tuple[int, int]] = set()
    for indices in _sharing(day):
        if len(indices) > _COMMON:
            met.update(_neighbours(indices, day))
        elif len(met) < most:
            met.update(combinations(indices, 2))
    for one, other in sorted(met):
        yield day[one], day[other]


def _sharing(day: Sequence[Listing]) -> list[list[int]]:
    """Listings, by their place in the day, that share a word; the rarest word first."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    houses: defaultdict[House, list[int]] = defaultdict(list)
    for index, listing in enumerate(day):
        houses[listing.venue.city, listing.venue.core].append(index)
        for word in _words(listing):
            holders[word].append(index)
    # A word of many houses tells nothing; many listings of one house are compared all the same.
    few = [indices for indices in holders.values() if len(indices) <= _COMMON]
    of_houses = [indices for word, indices in holders.items() if word.startswith("venue ")]
    return sorted([*few, *of_houses, *houses.values()], key=lambda indices: (len(indices), indices))


def _neighbours(indices: Sequence[int], day: Sequence[Listing]) -> Iterator[tuple[int, int]]:
    """Each with the few that follow it by name, and by start, rather than all with all."""

    def by_name(index: int) -> tuple[str, str, int]:
        return day[index].names.headliner, str(day[index].start or ""), index

    def by_start(index: int) -> tuple[str, str, int]:
        return str(day[index].start or ""), day[index].names.headliner, index

    for order in (sorted(indices, key=by_name), sorted(indices, key=by_start)):
        for step in range(1, _NEIGHBOURS + 1):
            for one, other in zip(order, order[step:], strict=False):
                yield min(one, other), max(one, other)


def _words(listing: Listing) -> set[str]:
    words = {f"venue {word}" for word in listing.venue.core}
    if listing.venue.street:
        words.add(f"street {listing.venue.street}")
    words |= listing.names.acts
    return words | {word for word in listing.names.text.split() if len(word) >= _SHORTEST_WORD}


def _facts(day: Sequence[Listing]) -> DayFacts:
    houses: defaultdict[str, dict[str, set[House]]] = defaultdict(lambda: defaultdict(set))
    for listing in day:
        for name in listing.names.acts:
            houses[name][listing.lister].add((listing.venue.city, listing.venue.core))
    touring: set[str] = set()
    at_two_houses: set[tuple[str, str]] = set()
    for name, lists in houses.items():
        at_two_houses |= {(lister, name) for lister, cores in lists.items() if _houses(cores) > 1}
        if _houses(set().union(*lists.values())) >= _TOURING_HOUSES:
            touring.add(name)
    return DayFacts(frozenset(touring), frozenset(at_two_houses))


def _houses(houses: Collection[House]) -> int:
    """How many: a name that holds all of another one's words in its city is the same house's."""
    return sum(
        not any(city == there and other < core for there, other in houses) for city, core in houses
    )
