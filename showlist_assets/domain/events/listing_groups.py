"""Groups of listings: pairs that are one show, without joining what may not be together.

What belongs here: which of the pairs become one group. What does not: where the pairs come from
(``merging``, ``merging_rules``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from showlist_assets.domain.events.merging_rules import Evidence, Listing, are_apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

Key = tuple[str, str]
Compared = tuple[object, ...]
# Where one start is not known: nearer than a second session, further than an equal start.
_UNKNOWN_MINUTES: Final = 30
_DOORS_AND_SHOW: Final = 60


@dataclass(frozen=True)
class ListingDecision:
    """What an operator decided of two listings, each a source and its id of the event, for good.

    Attributes:
        one: A listing.
        other: Another one.
        are_one: Whether they are one show.
    """

    one: Key
    other: Key
    are_one: bool

    @property
    def keys(self) -> frozenset[Key]:
        """Both listings, in no order."""
        return frozenset((self.one, self.other))


class Pair(NamedTuple):
    """Two listings with something in common."""

    one: Key
    other: Key
    found: Evidence


def grouped(
    listed: Sequence[Listing], pairs: Iterable[Pair], decided: Sequence[ListingDecision]
) -> dict[Key, int]:
    """The number of each listing's group; numbers count from 0 in the order of ``listed``.

    The strongest pairs come first, and of several sessions the nearest in time. A pair that would
    bring together two listings which are apart, directly or through others, is passed over.
    """
    groups = _Groups(listed, decided)
    for pair in sorted((pair for pair in pairs if pair.found.merges), key=_rank):
        groups.join(pair.one, pair.other)
    return groups.numbers()


def _rank(pair: Pair) -> tuple[int, bool, int, int, Key, Key]:
    found = pair.found
    minutes = _UNKNOWN_MINUTES if found.minutes is None else found.minutes
    is_far = minutes > _DOORS_AND_SHOW
    return -found.venue, is_far, -found.strength, minutes, pair.one, pair.other


class _Groups:
    """Disjoint groups; a unit of a group is a listing, or several that an operator joined."""

    def __init__(self, listed: Sequence[Listing], decided: Sequence[ListingDecision]) -> None:
        self._group = {listing.key: listing.key for listing in listed}
        self._units: dict[Key, list[list[Listing]]] = {
            listing.key: [[listing]] for listing in listed
        }
        # Of listings that differ in nothing that sets apart, one is compared for all.
        self._distinct: dict[Key, dict[frozenset[Compared], list[Listing]]] = {
            listing.key: {frozenset((_compared(listing),)): [listing]} for listing in listed
        }
        self._parted: defaultdict[Key, set[Key]] = defaultdict(set)
        for decision in decided:
            if not decision.are_one:
                self._parted[decision.one].add(decision.other)
                self._parted[decision.other].add(decision.one)
        joined = sorted(sorted(one.keys) for one in decided if one.are_one)
        for keys in joined:
            if len(keys) == 2 and all(key in self._group for key in keys):
                self._unite(*keys)
        self._make_units()

    def join(self, one: Key, other: Key) -> None:
        """Makes the groups of two listings one, unless that joins what is apart."""
        here, there = self._group[one], self._group[other]
        if here != there and not self._is_barred(here, there):
            self._add(here, there)

    def numbers(self) -> dict[Key, int]:
        seen: dict[Key, int] = {}
        return {key: seen.setdefault(group, len(seen)) for key, group in self._group.items()}

    def _unite(self, one: Key, other: Key) -> None:
        here, there = self._group[one], self._group[other]
        if here != there and not self._are_parted(here, there):
            self._add(here, there)

    def _make_units(self) -> None:
        """What an operator joined is one unit of its group."""
        for group, units in self._units.items():
            if len(units) > 1:
                unit = [listing for each in units for listing in each]
                self._units[group] = [unit]
                self._distinct[group] = {frozenset().union(*self._distinct[group]): unit}

    def _add(self, here: Key, there: Key) -> None:
        """Makes two groups one, under the key of the larger one."""
        if len(self._units[here]) < len(self._units[there]):
            here, there = there, here
        moved = self._units.pop(there)
        self._units[here] += moved
        for unit in moved:
            for listing in unit:
                self._group[listing.key] = here
        self._distinct[here] |= self._distinct.pop(there)

    def _is_barred(self, here: Key, there: Key) -> bool:
        units, others = self._distinct[here].values(), self._distinct[there].values()
        days = [_days(unit) for unit in (*units, *others) if len(unit) > 1]
        return self._are_parted(here, there) or any(
            _are_units_apart(unit, other, days) for unit in units for other in others
        )

    def _are_parted(self, here: Key, there: Key) -> bool:
        if not self._parted:
            return False
        return any(
            other.key in self._parted.get(listing.key, ())
            for unit in self._units[here]
            for listing in unit
            for others in self._units[there]
            for other in others
        )


def _compared(listing: Listing) -> Compared:
    """What ``are_apart`` looks at."""
    return (
        listing.lister,
        listing.platform,
        listing.day,
        listing.last_day,
        listing.start,
        listing.venue,
        listing.venue_id,
        listing.names,
    )


def _days(unit: Sequence[Listing]) -> frozenset[date | None]:
    return frozenset(listing.day for listing in unit)


def _are_units_apart(
    unit: Sequence[Listing], other: Sequence[Listing], joined_days: Sequence[frozenset[date | None]]
) -> bool:
    """Whether no listing of ``unit`` can be one show with any of ``other``.

    A listing that an operator joined to one that fits is held to fit as well, and days that an
    operator joined are no two nights.
    """
    return all(_are_days_apart(one, two, joined_days) for one in unit for two in other)


def _are_days_apart(
    one: Listing, two: Listing, joined_days: Sequence[frozenset[date | None]]
) -> bool:
    if one.day == two.day or one.day is None or two.day is None:
        return are_apart(one, two)
    return not any(one.day in days and two.day in days for days in joined_days)
