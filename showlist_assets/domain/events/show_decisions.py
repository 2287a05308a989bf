"""What an operator says of shows, once and for good: the file ``shows.yaml``, read and written.

A list of entries, each of one kind (and a ``note`` if you like)::

    - join: [ticketmaster-G5vYZ9, seatgeek-6012345]
    - part: [ticketmaster-G5vYZ9, ticketmaster-Z7r9jZ]
    - venue: [Schubas, Schubas Tavern]
      in: Chicago, IL
    - forget: ticketmaster-G5vYZ9

A listing is its source, a hyphen and the source's id, as ``showlist review --shows`` prints it.

What belongs here: the file's meaning. What does not: where it lies (``storage.show_decisions``) and
what comes of it (``merging``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import yaml

from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.tables.raw_events import SOURCES
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator

# A listing's source, and its id there.
Key = tuple[str, str]

_KINDS: Final = ("join", "part", "venue", "forget")
# An entry of the list, and a list within it, with room for a note of any shape.
_DEEPEST: Final = 8
_LISTING: Final = re.compile(rf"({'|'.join(SOURCES)})-(\S+)")


class ShowDecisionsError(ShowlistError):
    """The file cannot be used; the message names the line and what would be right."""


@dataclass(frozen=True)
class ListingPair:
    """Two listings, each its source and the source's id."""

    one: Key
    other: Key


@dataclass(frozen=True)
class VenueNames:
    """Names of one venue in a city."""

    names: tuple[str, ...]
    city: str
    state: str


@dataclass(frozen=True)
class ShowDecisions:
    """Everything that the file says.

    Attributes:
        joined: Listings that are one show, as many as an entry names.
        parted: Listings that are not.
        venues: Names of one venue.
        forgotten: Listings that are never stored again: their owner asked for it.
    """

    joined: tuple[tuple[Key, ...], ...] = ()
    parted: tuple[ListingPair, ...] = ()
    venues: tuple[VenueNames, ...] = ()
    forgotten: frozenset[Key] = field(default_factory=frozenset)

    def decides(self, one: Key, other: Key) -> bool:
        """Whether an entry says of both that they are one show, or that they are not."""
        both = {one, other}
        return any(both.issubset(listings) for listings in self.joined) or any(
            both == {pair.one, pair.other} for pair in self.parted
        )


def listing_id(source: str, event_id: str) -> str:
    """A listing as a person writes it: ``ticketmaster-G5vYZ9``."""
    return f"{source}-{event_id}"


def parse_listing(text: object) -> Key | None:
    """The source and the id in ``ticketmaster-G5vYZ9``; None where it is no listing."""
    found = _LISTING.fullmatch(str(text).strip())
    return (found.group(1), found.group(2)) if found else None


def parse_show_decisions(text: str, *, source: str = "shows.yaml") -> ShowDecisions:
    """What the file's ``text`` says.

    Raises:
        ShowDecisionsError: naming ``source``, the line, and what would be right.
    """
    joined: list[tuple[int, list[Key]]] = []
    parted: list[tuple[int, ListingPair]] = []
    venues: list[VenueNames] = []
    forgotten: set[Key] = set()
    for line, entry in _entries(text, source):
        where = f"{source}, line {line}"
        kinds = [kind for kind in _KINDS if kind in entry]
        unknown = set(entry) - {*_KINDS, "in", "note"}
        if len(kinds) != 1 or unknown:
            raise ShowDecisionsError(
                f"{where}: each entry has one of {', '.join(_KINDS)}, and a note if you like."
            )
        kind, value = kinds[0], entry[kinds[0]]
        if kind == "venue":
            venues.append(_venue(value, entry.get("in"), where))
        elif kind == "forget":
            forgotten.update(_listings(value if isinstance(value, list) else [value], where, 1))
        elif kind == "join":
            joined.append((line, _listings(value, where, 2)))
        else:
            pairs = combinations(_listings(value, where, 2), 2)
            parted.extend((line, ListingPair(*two)) for two in pairs)
    _refuse_contradictions(joined, parted, source)
    return ShowDecisions(
        tuple(tuple(listings) for _, listings in joined),
        tuple(pair for _, pair in parted),
        tuple(venues),
        frozenset(forgotten),
    )


def join_entry(one: str, other: str, note: str = "") -> str:
    """The lines that say that two listings are one show."""
    return _written({"join": [one, other]}, note)


def part_entry(one: str, other: str, note: str = "") -> str:
    """The lines that say that two listings are two shows."""
    return _written({"part": [one, other]}, note)


def venue_entry(names: list[str], city: str, state: str, note: str = "") -> str:
    """The lines that say that these are names of one venue."""
    return _written({"venue": names, "in": f"{city}, {state}"}, note)


def forget_entry(listing: str, note: str = "") -> str:
    """The lines that say that a listing is never stored again."""
    return _written({"forget": listing}, note)


def _written(entry: dict[str, Any], note: str) -> str:
    entry = entry | ({"note": " ".join(note.split())} if note.strip() else {})
    return yaml.safe_dump(
        [entry], allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=None
    )


def _entries(text: str, source: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each entry with the line on which it begins."""
    try:
        _refuse_depth(text, source)
        # Composed for the lines; scalars stay text, for an id may look like a number.
        root = yaml.compose(text, Loader=yaml.BaseLoader)
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  text and lists only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ShowDecisionsError(
            f"{source}, line {line}: not valid YAML, {error.problem}."
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ShowDecisionsError(
            f"{source}, line {line}: holds a character that YAML does not allow. Remove it."
        ) from None
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        raise ShowDecisionsError(f"{source}, line 1: must be a list: begin each entry with '- '.")
    for node, entry in zip(root.value, data, strict=True):
        line = node.start_mark.line + 1
        if not isinstance(entry, dict):
            raise ShowDecisionsError(
                f"{source}, line {line}: each entry has one of {', '.join(_KINDS)}."
            )
        _refuse_double_keys(node, source)
        yield line, entry


def _refuse_depth(text: str, source: str) -> None:
    """Lists in lists would be followed to any depth."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ShowDecisionsError(
                f"{source}, line {line}: a list within lists. Write names and listings in one list."
            )


def _refuse_double_keys(entry: yaml.MappingNode, source: str) -> None:
    """YAML would silently take the last one."""
    seen: set[str] = set()
    for key, _ in entry.value:
        if key.value in seen:
            raise ShowDecisionsError(
                f"{source}, line {key.start_mark.line + 1}: a second {key.value!r} in one entry. "
                "Begin another entry with '- '."
            )
        seen.add(key.value)


def _listings(value: object, where: str, at_least: int) -> list[Key]:
    texts = value if isinstance(value, list) else []
    found = [parse_listing(text) if isinstance(text, str) else None for text in texts]
    for text, listing in zip(texts, found, strict=True):
        if listing is None:
            shown = repr(text) if isinstance(text, str) else "a list in the list"
            raise ShowDecisionsError(
                f"{where}: {shown} is no listing: write its source, a hyphen and its id, such as "
                "ticketmaster-G5vYZ9."
            )
    listings = list(dict.fromkeys(one for one in found if one))
    if len(listings) < at_least:
        raise ShowDecisionsError(f"{where}: name at least two listings, in brackets.")
    return listings


def _venue(value: object, place: object, where: str) -> VenueNames:
    printed = value if isinstance(value, list) else []
    is_plain = all(isinstance(name, str) for name in printed)
    names = tuple(name for name in printed if name.strip()) if is_plain else ()
    city, _, state = str(place or "").rpartition(",")
    if len(names) < 2 or not city.strip() or state.strip().upper() not in BY_CODE:
        raise ShowDecisionsError(
            f"{where}: a venue needs two names in brackets, and where it is: 'in: Chicago, IL'."
        )
    return VenueNames(names, city.strip(), state.strip().upper())


def _refuse_contradictions(
    joined: list[tuple[int, list[Key]]], parted: list[tuple[int, ListingPair]], source: str
) -> None:
    """Refuses to part what is joined, also through a third listing."""
    groups = _joined_groups(joined) if parted else {}
    for line, pair in parted:
        group = groups.get(pair.one)
        if group is None or group is not groups.get(pair.other):
            continue
        lines = " and ".join(map(str, sorted(set(group.lines))))
        raise ShowDecisionsError(
            f"{source}, line {line}: {listing_id(*pair.one)} and {listing_id(*pair.other)} are "
            f"both joined and parted: joined in line {lines}, parted here. Keep one of the two."
        )


@dataclass
class _JoinedGroup:
    """Listings that entries join, directly or through others, and the lines of these entries."""

    listings: list[Key] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def _joined_groups(joined: list[tuple[int, list[Key]]]) -> dict[Key, _JoinedGroup]:
    groups: dict[Key, _JoinedGroup] = {}
    for line, listings in joined:
        group = _JoinedGroup(list(listings), [line])
        met = {id(one): one for key in listings if (one := groups.get(key)) is not None}
        for one in met.values():
            group.listings += one.listings
            group.lines += one.lines
        groups |= dict.fromkeys(group.listings, group)
    return groups
