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

_KINDS: Final = ("join", "part", "venue", "forget")
_LISTING: Final = re.compile(rf"({'|'.join(SOURCES)})-(\S+)")


class ShowDecisionsError(ShowlistError):
    """The file cannot be used; the message names the line and what would be right."""


@dataclass(frozen=True)
class ListingPair:
    """Two listings, each its source and the source's id."""

    one: tuple[str, str]
    other: tuple[str, str]


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
        joined: Listings that are one show.
        parted: Listings that are not.
        venues: Names of one venue.
        forgotten: Listings that are never stored again: their owner asked for it.
    """

    joined: tuple[ListingPair, ...] = ()
    parted: tuple[ListingPair, ...] = ()
    venues: tuple[VenueNames, ...] = ()
    forgotten: frozenset[tuple[str, str]] = field(default_factory=frozenset)


def listing_id(source: str, event_id: str) -> str:
    """A listing as a person writes it: ``ticketmaster-G5vYZ9``."""
    return f"{source}-{event_id}"


def parse_listing(text: object) -> tuple[str, str] | None:
    """The source and the id in ``ticketmaster-G5vYZ9``; None where it is no listing."""
    found = _LISTING.fullmatch(str(text).strip())
    return (found.group(1), found.group(2)) if found else None


def parse_show_decisions(text: str, *, source: str = "shows.yaml") -> ShowDecisions:
    """What the file's ``text`` says.

    Raises:
        ShowDecisionsError: naming ``source``, the line, and what would be right.
    """
    joined: list[ListingPair] = []
    parted: list[ListingPair] = []
    venues: list[VenueNames] = []
    forgotten: set[tuple[str, str]] = set()
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
        else:
            pairs = [ListingPair(*two) for two in combinations(_listings(value, where, 2), 2)]
            (joined if kind == "join" else parted).extend(pairs)
    _refuse_contradictions(joined, parted, source)
    return ShowDecisions(tuple(joined), tuple(parted), tuple(venues), frozenset(forgotten))


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
        yield line, entry


def _listings(value: object, where: str, at_least: int) -> list[tuple[str, str]]:
    texts = value if isinstance(value, list) else []
    found = [parse_listing(text) for text in texts]
    for text, listing in zip(texts, found, strict=True):
        if listing is None:
            raise ShowDecisionsError(
                f"{where}: {text!r} is no listing: write its source, a hyphen and its id, such as "
                "ticketmaster-G5vYZ9."
            )
    listings = list(dict.fromkeys(one for one in found if one))
    if len(listings) < at_least:
        raise ShowDecisionsError(f"{where}: name at least two listings, in brackets.")
    return listings


def _venue(value: object, place: object, where: str) -> VenueNames:
    names = tuple(name for name in value if name.strip()) if isinstance(value, list) else ()
    city, _, state = str(place or "").rpartition(",")
    if len(names) < 2 or not city.strip() or state.strip().upper() not in BY_CODE:
        raise ShowDecisionsError(
            f"{where}: a venue needs two names in brackets, and where it is: 'in: Chicago, IL'."
        )
    return VenueNames(names, city.strip(), state.strip().upper())


def _refuse_contradictions(
    joined: list[ListingPair], parted: list[ListingPair], source: str
) -> None:
    same = {frozenset((pair.one, pair.other)) for pair in joined}
    for pair in parted:
        if frozenset((pair.one, pair.other)) in same:
            raise ShowDecisionsError(
                f"{source}: {listing_id(*pair.one)} and {listing_id(*pair.other)} are both joined "
                "and parted. Keep one of the two."
            )
