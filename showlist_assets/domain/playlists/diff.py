"""What a playlist should hold, and the fewest requests that get it there without harm.

What belongs here: telling the listener's own tracks from ours, and which writes lead from one list
to the other in which order. What does not: sending them (``sources.spotify.playlists``) and what to
do after a crash (``services.playlists.push``). Tracks are Spotify URIs throughout.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

BATCH: Final = 100
"""Items that one request may add, remove, move or replace (Spotify's OpenAPI description)."""
CAREFUL_AT_MOST: Final = 10
"""Requests beyond which a long list is written anew: the day has about 500 for everything."""


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


@dataclass(frozen=True, slots=True)
class Replace:
    """Make ``uris`` the whole list, in one step."""

    uris: tuple[str, ...]


Edit: TypeAlias = Add | Remove | Move | Replace


@dataclass(frozen=True, slots=True)
class TargetList:
    """What a playlist should hold.

    Attributes:
        ours: Tracks that the plan answers for, in its order.
        additions: The listener's own, in the order in which they stand now.
    """

    ours: tuple[str, ...]
    additions: tuple[str, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """The whole list: the plan's tracks, and behind them the listener's."""
        return self.ours + self.additions


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
    return TargetList(kept, tuple(_additions(live, theirs, set(kept))))


def _additions(live: Sequence[str], theirs: set[str], kept: set[str]) -> Iterator[str]:
    first_copy_is_ours = set(kept)
    for uri in live:
        if uri in first_copy_is_ours:
            first_copy_is_ours.discard(uri)
        elif uri in theirs:
            yield uri


def edits(live: Sequence[str], wanted: TargetList) -> list[Edit]:
    """The writes that turn ``live`` into ``wanted``, to be sent in this order.

    One request is atomic, so one is used wherever one is enough; up to a hundred items it always
    is, unless an item cannot be written (a local file). Beyond, what is missing is added first,
    then what is over is removed, then blocks change places: at every step nothing that should stay
    is missing. If that took more than ``CAREFUL_AT_MOST`` requests, the first hundred are replaced,
    all of the listener's among them, and the rest of ours is added: for the length of that one
    request, some of our tracks are missing, and never one of theirs.

    Args:
        live: What the playlist holds.
        wanted: As ``target_list`` made it from the same ``live``.
    """
    items = wanted.items
    if tuple(live) == items:
        return []
    one = _one_addition(live, items) or _one_removal(live, items)
    if one:
        return [one]
    # Atomic, and a single call of the day (docs/adr/0009).
    may_be_rewritten = all(can_be_written(uri) for uri in items)
    if may_be_rewritten and len(items) <= BATCH:
        return [Replace(items)]
    careful = _careful(live, items)
    # The first hundred must hold all of the listener's: nobody could bring theirs back.
    if may_be_rewritten and len(careful) > CAREFUL_AT_MOST and len(wanted.additions) < BATCH:
        return _rewritten(wanted)
    return careful


# https://developer.spotify.com/documentation/web-api/concepts/playlists, "Local Files".
def can_be_written(uri: str) -> bool:
    """Whether Spotify takes the item back once it is out: local files can only be left alone."""
    return uri.startswith(("spotify:track:", "spotify:episode:"))


def applied(edit: Edit, items: Sequence[str]) -> list[str]:
    """``items`` after ``edit``, as Spotify does it."""
    if isinstance(edit, Replace):
        return list(edit.uris)
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


def _one_addition(live: Sequence[str], items: Sequence[str]) -> Add | None:
    """The one block that is missing, if that is all."""
    start = _common_start(live, items)
    block = tuple(items[start : start + len(items) - len(live)])
    is_all = [*live[:start], *block, *live[start:]] == list(items)
    return Add(block, start) if is_all and 0 < len(block) <= BATCH else None


def _common_start(live: Sequence[str], items: Sequence[str]) -> int:
    pairs = zip(live, items, strict=False)
    return next((i for i, (one, other) in enumerate(pairs) if one != other), len(live))


def _one_removal(live: Sequence[str], items: Sequence[str]) -> Remove | None:
    """What is over, if that is all."""
    over = _over(live, items)
    is_all = [uri for uri in live if uri not in over] == list(items)
    return Remove(tuple(over)) if is_all and len(over) <= BATCH else None


def _over(live: Sequence[str], items: Sequence[str]) -> dict[str, None]:
    stays = set(items)
    return dict.fromkeys(uri for uri in live if uri not in stays)


def _careful(live: Sequence[str], items: Sequence[str]) -> list[Edit]:
    made: list[Edit] = []
    now = list(live)
    for step in (_additions_needed, _removals_needed, _moves_needed):
        for edit in step(now, items):
            now = applied(edit, now)
            made.append(edit)
    return made


def _additions_needed(live: Sequence[str], items: Sequence[str]) -> Iterator[Add]:
    """Each missing block goes behind what will stand before it."""
    now, there = list(live), set(live)
    block: list[str] = []
    position = 0
    for uri in items:
        if uri not in there:
            block.append(uri)
            continue
        for add in _batches(block, position):
            yield add
            now = applied(add, now)
        block = []
        position = now.index(uri) + 1
    yield from _batches(block, position)


def _batches(block: Sequence[str], position: int) -> list[Add]:
    starts = range(0, len(block), BATCH)
    return [Add(tuple(block[start : start + BATCH]), position + start) for start in starts]


def _removals_needed(live: Sequence[str], items: Sequence[str]) -> Iterator[Remove]:
    over = tuple(_over(live, items))
    for start in range(0, len(over), BATCH):
        yield Remove(over[start : start + BATCH])


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


def _rewritten(wanted: TargetList) -> list[Edit]:
    first = BATCH - len(wanted.additions)
    start: list[Edit] = [Replace(wanted.ours[:first] + wanted.additions)]
    return start + list(_batches(wanted.ours[first:], first))
