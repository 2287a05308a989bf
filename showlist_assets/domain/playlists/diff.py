"""What a playlist should hold, and the requests that get it there without harm.

What belongs here: telling the listener's own tracks from ours, where they stand, and which writes
lead from one list to the other in which order. What does not: sending them
(``sources.spotify.playlists``) and what to do after a crash (``services.playlists.push``). Tracks
are Spotify URIs throughout.

No write names an item of the listener's: what is not named cannot be lost, keeps its "added" date,
and may be of a kind that Spotify would not take back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

BATCH: Final = 100
"""Items that one request may add, remove or move (Spotify's OpenAPI description)."""
CAREFUL_AT_MOST: Final = 10
"""Requests beyond which our tracks are written anew: the day has about 500 for everything."""
MOST_ITEMS: Final = 10_000
"""Items that a playlist takes: Spotify answers more with 400."""


@dataclass(frozen=True, slots=True)
class Add:
    """Insert ``uris`` so that the first of them stands at ``position``."""

    uris: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Remove:
    """Take out every copy of ``uris``."""

    uris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Put the ``length`` items from ``start`` on before the one that now stands at ``before``."""

    start: int
    length: int
    before: int


Edit: TypeAlias = Add | Remove | Move


@dataclass(frozen=True, slots=True)
class TargetList:
    """What a playlist should hold.

    Attributes:
        ours: Tracks that the plan answers for, in its order.
        additions: The listener's own, in the order in which they stand now.
        slots: Beside each addition, how many of ours stand before it; never falling.
    """

    ours: tuple[str, ...]
    additions: tuple[str, ...]
    slots: tuple[int, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """The whole list; an addition without a slot stands behind ours."""
        slots = (*self.slots, *[len(self.ours)] * (len(self.additions) - len(self.slots)))
        ours = [(place, 1, uri) for place, uri in enumerate(self.ours)]
        theirs = [(slot, 0, uri) for slot, uri in zip(slots, self.additions, strict=True)]
        return tuple(uri for *_, uri in sorted(theirs + ours, key=lambda one: one[:2]))


def target_list(
    planned: Sequence[str],
    live: Sequence[str],
    *,
    ours: Collection[str],
    withheld: Collection[str] = (),
) -> TargetList:
    """What the playlist should hold, given what it holds now.

    Whatever is live and not ours is the listener's, and stays, local files and copies included. A
    planned track that the listener has added already is not added twice and stays theirs. A second
    copy of one of our tracks is theirs too: when the plan drops the track, both copies stay, since
    Spotify removes by URI and would take all of them.

    The listener's keep their place: behind the track of ours before them, or before the one behind
    them where only that one stays; at the ends, at the ends. Their own order never changes.

    Args:
        planned: The plan's tracks in order.
        live: What the playlist holds.
        ours: What we have written into it, as far as we know.
        withheld: Planned tracks that the listener does not want.
    """
    copies = Counter(live)
    theirs = {uri for uri in live if uri not in ours or copies[uri] > 1}
    kept = tuple(
        uri
        for uri in dict.fromkeys(planned)
        if uri not in withheld and (uri in ours or uri not in theirs)
    )
    places = _places(live, kept)
    own = [index for index, uri in enumerate(live) if places[index] is None and uri in theirs]
    slots = _slots(own, places, kept, live)
    return TargetList(kept, tuple(live[index] for index in own), slots)


def _places(live: Sequence[str], kept: Sequence[str]) -> list[int | None]:
    """Beside each live item its place in ``kept``; of copies, the first is ours."""
    left = {uri: place for place, uri in enumerate(kept)}
    return [left.pop(uri, None) for uri in live]


def _slots(
    own: Sequence[int], places: Sequence[int | None], kept: Sequence[str], live: Sequence[str]
) -> tuple[int, ...]:
    """Before which of ours each of the ``own`` indices shall stand."""
    mine = set(own)
    around = [place for index, place in enumerate(places) if index not in mine]
    behind = [0]
    for place in around:
        behind.append(behind[-1] if place is None else place + 1)
    # How many of ours stand before it now: the indices of ``own`` rise.
    passed = [index - count for count, index in enumerate(own)]
    wishes = [_wish(count, around, behind, len(kept)) for count in passed]
    # A second copy stays behind the first, or it would be taken for ours the next time.
    first = {uri: place + 1 for place, uri in enumerate(kept)}
    return _never_falling(wishes, [first.get(live[index], 0) for index in own])


def _wish(count: int, around: Sequence[int | None], behind: Sequence[int], end: int) -> int:
    """The slot of an own item that has ``count`` of ours before it."""
    # Spotify itself puts what a listener adds at the end.
    if count == len(around):
        return end
    if count == 0:
        return 0
    right = around[count]
    return right if around[count - 1] is None and right is not None else behind[count]


def _never_falling(wishes: Sequence[int], floors: Sequence[int]) -> tuple[int, ...]:
    """``wishes``, where as few as possible give way so that none is below the one before."""
    stays = _longest_rise(wishes)
    slots = list(wishes)
    for index in range(len(slots) - 2, -1, -1):
        if index not in stays:
            slots[index] = min(slots[index], slots[index + 1])
    return tuple(accumulate(map(max, slots, floors), max))


def _longest_rise(wishes: Sequence[int]) -> set[int]:
    """Indices of the longest run of wishes that never falls."""
    ends: list[int] = []
    came_from: list[int | None] = []
    for index, wish in enumerate(wishes):
        length = bisect_right(ends, wish, key=wishes.__getitem__)
        came_from.append(ends[length - 1] if length else None)
        ends[length : length + 1] = [index]
    stays: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        stays.add(at)
        at = came_from[at]
    return stays


def edits(live: Sequence[str], wanted: TargetList) -> list[Edit]:
    """The writes that turn ``live`` into ``wanted``, to be sent in this order.

    What is missing is added first, then what is over is removed, then blocks change places: at
    every step nothing that should stay is missing. If that took more than ``CAREFUL_AT_MOST``
    requests and more than the other way, our tracks are taken out and added again in their order:
    in between some of ours are missing, and never one of the listener's.

    Args:
        live: What the playlist holds.
        wanted: As ``target_list`` made it from the same ``live``.
    """
    now, items = _told_apart(live), _told_apart(wanted.items)
    missing = len(set(items) - set(now))
    # A full playlist takes nothing before something has left it.
    is_full = len(now) + missing > MOST_ITEMS
    careful = _by(_MAKE_ROOM_FIRST if is_full else _ADD_FIRST, now, items)
    if len(careful) <= CAREFUL_AT_MOST:
        return careful
    return min(careful, _anew(now, items, set(wanted.ours)), key=len)


def applied(edit: Edit, items: Sequence[str]) -> list[str]:
    """``items`` after ``edit``, as Spotify does it."""
    if isinstance(edit, Add):
        return [*items[: edit.position], *edit.uris, *items[edit.position :]]
    if isinstance(edit, Remove):
        return [uri for uri in items if uri not in edit.uris]
    end = edit.start + edit.length
    block = items[edit.start : end]
    # Spotify counts ``before`` in the list as it is before the block is taken out.
    if edit.before <= edit.start:
        return [*items[: edit.before], *block, *items[edit.before : edit.start], *items[end:]]
    return [*items[: edit.start], *items[end : edit.before], *block, *items[edit.before :]]


def _told_apart(uris: Sequence[str]) -> list[str]:
    """``uris``, where each further copy has a name of its own; copies are only ever moved."""
    seen: Counter[str] = Counter()
    names = []
    for uri in uris:
        names.append(_copy(uri, seen[uri]))
        seen[uri] += 1
    return names


def _copy(uri: str, number: int) -> str:
    return f"{uri} (copy {number})" if number else uri


def _by(steps: Sequence[_Step], live: Sequence[str], items: Sequence[str]) -> list[Edit]:
    made: list[Edit] = []
    now = list(live)
    for step in steps:
        for edit in step(now, items):
            now = applied(edit, now)
            made.append(edit)
    return made


def _anew(live: Sequence[str], items: Sequence[str], ours: Collection[str]) -> list[Edit]:
    """Take out ours, and add them again around what is the listener's."""
    there, stays = set(live), set(items)
    # Of a track in two copies one is the listener's, and Spotify would take both out.
    out = [uri for uri in live if uri not in stays or (uri in ours and _copy(uri, 1) not in there)]
    gone = set(out)
    left = [uri for uri in live if uri not in gone]
    return [*_removals(out), *_by((_additions_needed, _moves_needed), left, items)]


def _additions_needed(live: Sequence[str], items: Sequence[str]) -> Iterator[Add]:
    """Each missing block goes behind what will stand before it."""
    now, there = list(live), set(live)
    block: list[str] = []
    before: str | None = None
    for uri in (*items, None):
        if uri is not None and uri not in there:
            block.append(uri)
            continue
        if block:
            for add in _batches(block, now.index(before) + 1 if before is not None else 0):
                yield add
                now = applied(add, now)
        block, before = [], uri


def _batches(block: Sequence[str], position: int) -> list[Add]:
    starts = range(0, len(block), BATCH)
    return [Add(tuple(block[start : start + BATCH]), position + start) for start in starts]


def _removals_needed(live: Sequence[str], items: Sequence[str]) -> list[Remove]:
    stays = set(items)
    return _removals([uri for uri in live if uri not in stays])


def _removals(uris: Sequence[str]) -> list[Remove]:
    return [Remove(tuple(uris[start : start + BATCH])) for start in range(0, len(uris), BATCH)]


def _moves_needed(live: Sequence[str], items: Sequence[str]) -> Iterator[Move]:
    """From the first position on, fetch the longest block that belongs there."""
    now = list(live)
    for index in range(len(items)):
        if now[index] == items[index]:
            continue
        start = now.index(items[index], index)
        length = _common_length(now[start : start + BATCH], items[index:])
        move = Move(start, length, index)
        yield move
        now = applied(move, now)


def _common_length(block: Sequence[str], items: Sequence[str]) -> int:
    pairs = zip(block, items, strict=False)
    return next((i for i, (one, other) in enumerate(pairs) if one != other), len(block))


_Step: TypeAlias = "Callable[[Sequence[str], Sequence[str]], Iterable[Edit]]"
_ADD_FIRST: Final[tuple[_Step, ...]] = (_additions_needed, _removals_needed, _moves_needed)
_MAKE_ROOM_FIRST: Final[tuple[_Step, ...]] = (_removals_needed, _additions_needed, _moves_needed)
