"""Why each listing is the show that it is, and which pairs a person may look at.

What belongs here: the rows that explain groups. What does not: forming them (``listing_groups``).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from showlist_assets.domain.events.listing_groups import Key, ListingDecision, Pair
    from showlist_assets.domain.events.merging_rules import Listing

_ALONE = "no other listing is this show"
_FIRST = "the preferred listing of this show"


class StateShows:
    """The shows of one state, in words."""

    def __init__(
        self,
        state: str,
        listed: Sequence[Listing],
        numbers: Mapping[Key, int],
        pairs: Sequence[Pair],
        preferred: Sequence[str],
        decided: Sequence[ListingDecision],
    ) -> None:
        self._state = state
        self._numbers = numbers
        self._pairs = pairs
        self._decided = {decision.keys for decision in decided}
        self._members = _members(listed, numbers, preferred)
        self._bonds = self._bonds_by_listing()
        self._joined: defaultdict[Key, list[Key]] = defaultdict(list)
        for decision in decided:
            if decision.are_one and _are_together(decision.one, decision.other, numbers):
                self._joined[decision.one].append(decision.other)
                self._joined[decision.other].append(decision.one)

    def listings(self) -> Iterator[dict[str, Any]]:
        """A row for each listing, in the order of source and id."""
        sure = {key for members in self._members.values() for key in self._sure(members)}
        for key in sorted(self._numbers):
            yield {
                "state": self._state,
                "source": key[0],
                "event_id": key[1],
                "group": self._numbers[key],
                "why": self._why(key),
                "is_sure": key in sure,
            }

    def doubtful(self) -> Iterator[dict[str, Any]]:
        """Pairs that weak evidence merged, then pairs that it nearly merged."""
        for _, members in sorted(self._members.items()):
            sure = self._sure(members)
            for key in members:
                if key not in sure:
                    pair = self._best(key, members[0])
                    yield from [] if pair is None else [self._row(pair, merged=True)]
        yield from self._near_misses()

    def _near_misses(self) -> Iterator[dict[str, Any]]:
        """One pair, the strongest, for two shows; none that an operator decided."""
        seen: set[frozenset[int]] = set()
        decided = {
            frozenset(self._numbers[key] for key in keys)
            for keys in self._decided
            if all(key in self._numbers for key in keys)
        }
        weak = [pair for pair in self._pairs if not pair.found.merges]
        for pair in sorted(weak, key=lambda pair: (-pair.found.strength, pair.one, pair.other)):
            shows = frozenset((self._numbers[pair.one], self._numbers[pair.other]))
            if len(shows) == 2 and shows not in seen and shows not in decided:
                seen.add(shows)
                yield self._row(pair, merged=False)

    def _row(self, pair: Pair, *, merged: bool) -> dict[str, Any]:
        return {
            "state": self._state,
            "one_source": pair.one[0],
            "one_event_id": pair.one[1],
            "other_source": pair.other[0],
            "other_event_id": pair.other[1],
            "merged": merged,
            "why": pair.found.why.format(" ".join(pair.other)),
        }

    def _bonds_by_listing(self) -> Mapping[Key, list[Pair]]:
        bonds: defaultdict[Key, list[Pair]] = defaultdict(list)
        for pair in self._pairs:
            if pair.found.merges and _are_together(pair.one, pair.other, self._numbers):
                bonds[pair.one].append(pair)
                bonds[pair.other].append(pair)
        return bonds

    def _sure(self, members: Sequence[Key]) -> set[Key]:
        """Members that sure pairs or decisions lead to from the preferred one."""
        reached, ahead = {members[0]}, [members[0]]
        while ahead:
            key = ahead.pop()
            sure = [_partner(pair, key) for pair in self._bonds.get(key, ()) if pair.found.is_sure]
            fresh = {*sure, *self._joined.get(key, ())} - reached
            reached |= fresh
            ahead.extend(fresh)
        return reached

    def _why(self, key: Key) -> str:
        members = self._members[self._numbers[key]]
        if len(members) == 1:
            return _ALONE
        if key == members[0]:
            return _FIRST
        if key in self._joined:
            return f"joined by hand with {' '.join(min(self._joined[key]))}"
        pair = self._best(key, members[0])
        return "" if pair is None else pair.found.why.format(" ".join(_partner(pair, key)))

    def _best(self, key: Key, first: Key) -> Pair | None:
        """The pair that ties a listing to its show: a sure one, best with the preferred listing."""

        def rank(pair: Pair) -> tuple[bool, bool, int, int, Key]:
            partner, found = _partner(pair, key), pair.found
            return (
                not found.is_sure,
                partner != first,
                -found.strength,
                found.minutes or 0,
                partner,
            )

        return min(self._bonds.get(key, ()), key=rank, default=None)


def _members(
    listed: Sequence[Listing], numbers: Mapping[Key, int], preferred: Sequence[str]
) -> Mapping[int, list[Key]]:
    """The listings of each show, the preferred one first."""
    order = {source: place for place, source in enumerate(preferred)}

    def rank(listing: Listing) -> tuple[int, bool, bool, Key]:
        place = order.get(listing.key[0], len(order))
        return place, listing.is_resale, listing.names.is_offer, listing.key

    members: defaultdict[int, list[Key]] = defaultdict(list)
    for listing in sorted(listed, key=rank):
        members[numbers[listing.key]].append(listing.key)
    return members


def _are_together(one: Key, other: Key, numbers: Mapping[Key, int]) -> bool:
    return one in numbers and numbers[one] == numbers.get(other)


def _partner(pair: Pair, key: Key) -> Key:
    return pair.other if pair.one == key else pair.one
