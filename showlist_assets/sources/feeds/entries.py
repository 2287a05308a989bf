"""What any calendar says of a show before it is a row, whatever form the calendar has.

What belongs here: the common shape, and the fields that several forms print as free text. What does
not: one form's syntax (``ics``, ``csv_file``, ``json_ld``) and what becomes a row (``reader``).
"""

from __future__ import annotations

import codecs
import re
import time
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any, Final, NamedTuple

from showlist_assets.domain.states import parse_states

Moment = datetime | date
"""A date without a time; a wall clock at the venue (no zone); or an instant (with one)."""


class Act(NamedTuple):
    """A performer as the calendar names it, with whatever links it gives."""

    name: str
    links: tuple[str, ...] = ()
    image_url: str | None = None
    genres: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where an entry says that it is; None is what it does not say."""

    venue: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    country: str | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar, one occurrence of it where it recurs.

    Attributes:
        where: Where it stands, in words for whoever mends the calendar: "line 7".
        title: As printed; None where the entry has none.
        start: When it begins; None where that cannot be read.
        end: When it ends; a date is the last day itself.
        doors: When the doors open; a mere clock is that of the evening of ``start``.
        uid: The calendar's own id; None where it has none.
        occurrence: Of a recurring entry, when this occurrence was planned at first.
        kind: As in ``RawEvents.kind``.
        status: The calendar's own word.
        acts: The bill, the headliner first; empty where only the title tells.
        place: Where it is.
        prices: Cheapest and dearest ticket in US dollars.
        links: Where tickets may be had, the best first.
    """

    where: str
    title: str | None
    start: Moment | None
    end: Moment | None = None
    doors: datetime | clock_time | None = None
    uid: str | None = None
    occurrence: Moment | None = None
    kind: str = "concert"
    status: str | None = None
    acts: tuple[Act, ...] = ()
    place: Place = field(default_factory=Place)
    prices: tuple[float | None, float | None] = (None, None)
    links: tuple[str, ...] = ()


class Fault(NamedTuple):
    """An entry that cannot be used: where it stands, why, and what it says."""

    where: str
    words: str
    said: Any
    state: str | None = None


@dataclass
class Reading:
    """What was read of one calendar.

    Attributes:
        entries: What can be a show.
        faults: What cannot, and why.
        cut_short: Why not all of it was read, in words; empty if it was.
    """

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    cut_short: str = ""
    _began: float = field(default_factory=time.monotonic, repr=False, compare=False)

    def is_spent(self, share: float = 1.0) -> bool:
        """Whether so much was read that the rest is left out, which ``cut_short`` then says.

        Args:
            share: How much of the time may be spent, where another pass is to come.
        """
        words = ""
        if len(self.entries) + len(self.faults) >= MOST_ENTRIES:
            words = f"it has more than {MOST_ENTRIES:,} entries; the rest was not read"
        elif time.monotonic() - self._began > share * LONGEST_SECONDS:
            words = f"reading it takes more than {LONGEST_SECONDS:.0f} s; the rest was not read"
        self.cut_short = words or self.cut_short
        return bool(words)


MOST_ENTRIES: Final = 50_000
"""Those of the past count: a house with a show every night has as many in a century."""
MOST_ROWS: Final = 5_000
"""A house with three shows every night has half of them in eighteen months."""
LONGEST_SECONDS: Final = 20.0
"""A thousand entries take a second."""


class UnreadableError(ValueError):
    """The document is no calendar of the kind that it should be; the message says why."""


_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# "AT&T Center, 1 Main St, San Antonio, TX 78219, USA", on one line or several.
_PARTS: Final = re.compile(r"[,\n]")
# Nobody's address is longer; the patterns below take for ever on a hundred thousand blanks.
_LONGEST_TEXT: Final = 500
_REGION: Final = re.compile(r"([A-Za-z][A-Za-z. ]*?)\.?(?:\s+(\d{5})(?:-\d{4})?)?")
_ZIP: Final = re.compile(r"(\d{5})(?:-\d{4})?")
_AMOUNT: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?")
_FREE: Final = re.compile(r"\b(?:free|no cover)\b", re.IGNORECASE)
# "21+", "18 & over".
_AGES: Final = re.compile(r"\b\d{1,2} ?(?:\+|(?:and|&) (?:over|up)\b)", re.IGNORECASE)
_OTHER_MONEY: Final = re.compile(r"[€£¥]|\b(?:EUR|GBP|CAD|MXN|JPY)\b|\bC\$")
_DEAREST: Final = 100_000.0
# "8pm", "8:00 PM", "20:00"; "8" and "8:00" alone may be either half of the day.
_CLOCK: Final = (
    r"(?:\d{1,2}(?::\d\d)?\s?[ap](?:m\b|\.m\b\.?)|(?:1[3-9]|2[0-3]):\d\d\b(?!\s?[ap]\.?m\b))"
)
_PARTS_OF_CLOCK: Final = re.compile(r"(\d{1,2})(?::(\d\d))?\s?([ap])?", re.IGNORECASE)
_DOORS: Final = re.compile(r"\b(?:doors|door(?=\s(?:time|opens?)\b))\b", re.IGNORECASE)
_BEFORE_DOORS: Final = re.compile(
    rf"(?:(?<![\d:.])(?P<clock>{_CLOCK})\s)?"
    r"(?P<whose>\b(?:vip|early|members?|stage|box office)\s)?$",
    re.IGNORECASE,
)
_BEHIND_DOORS: Final = re.compile(
    r"(?:\s(?:will|opens?|opening|times?|are|from|at))*"
    rf"(?:\s?[:@\u2013\u2014-]\s?|\s)(?:at\s)?(?P<clock>{_CLOCK})",
    re.IGNORECASE,
)
# The longest that can stand before: "12:00 p.m. box office ".
_LONGEST_BEFORE: Final = 30
# Whoever has more to say of doors than this means other doors.
_MOST_MENTIONS: Final = 10
# A description may be a whole page.
_LONGEST_DESCRIPTION: Final = 5_000


def decoded(content: bytes, charset: str | None) -> str:
    """The text of a document: by its byte order mark, as UTF-8, or as what it claims to be.

    Never fails. What is neither is Windows' own code page, in which old calendars are written.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    # UTF-8 first: whatever a server claims, other text is hardly ever valid UTF-8 by chance.
    for encoding in filter(None, ("utf-8", charset, "cp1252")):
        try:
            return content.decode(encoding)
        # "undefined" is an encoding of Python's that always fails; "hex" one that is none of text.
        except (ValueError, LookupError):
            continue
    return content.decode("latin-1")


def state_code(text: str | None) -> str | None:
    """The US state in "NY", "N.Y." or "New York"; None where there is none."""
    try:
        codes = parse_states((text or "").replace(".", ""))
    except ValueError:
        return None
    return codes[0] if len(codes) == 1 else None


def place_in(text: str | None) -> Place:
    """What a line such as "The Room, 1 Main St, Albany, NY 12207" says; the rest is not known."""
    line = (text or "").strip()[:_LONGEST_TEXT]
    parts = [part.strip() for part in _PARTS.split(line) if part.strip()]
    if not parts:
        return Place()
    venue = None if parts[0][0].isdigit() else parts[0]
    for index in range(len(parts) - 1, 0, -1):
        found = _REGION.fullmatch(parts[index])
        state = state_code(found.group(1)) if found else None
        if found is None or state is None:
            continue
        behind = _ZIP.fullmatch(parts[index + 1]) if index + 1 < len(parts) else None
        before = parts[0 if venue is None else 1 : index]
        return Place(
            venue=venue,
            address=", ".join(before[:-1]) or None,
            city=before[-1] if before else None,
            state=state,
            postal_code=found.group(2) or (behind.group(1) if behind else None),
        )
    return Place(venue=venue, address=", ".join(parts[0 if venue is None else 1 :]) or None)


def prices_in(text: str | None) -> tuple[float | None, float | None]:
    """Cheapest and dearest in "$20", "20-35" or "$15 adv / $20 door"; a free show costs 0.

    What is said in another currency, or is below zero, is no price.
    """
    said = _AGES.sub(" ", (text or "")[:_LONGEST_TEXT])
    if said.lstrip().startswith("-") or _OTHER_MONEY.search(said):
        return (None, None)
    found = [float(amount.replace(",", "")) for amount in _AMOUNT.findall(said)]
    amounts = [amount for amount in found if amount <= _DEAREST]
    if _FREE.search(said):
        amounts.append(0.0)
    return (min(amounts), max(amounts)) if amounts else (None, None)


def clock_in(text: str | None) -> clock_time | None:
    """The clock in "8pm", "8:00 PM" or "20:00"; None where that is not all it says, or unclear."""
    said = (text or "").strip()
    return _clock(said) if re.fullmatch(_CLOCK, said, re.IGNORECASE) else None


def doors_in(text: str | None) -> clock_time | None:
    """When a description says that the doors open: "Doors: 7 PM / Show: 8 PM", "7pm doors".

    None where it does not say so, or names several times: nobody can tell whose each of them is.
    """
    lines = (text or "")[:_LONGEST_DESCRIPTION].splitlines()
    # Two clocks that stand on two lines belong to two sentences.
    said = " | ".join(" ".join(line.split()) for line in lines)
    found = set()
    for number, word in enumerate(_DOORS.finditer(said)):
        if number >= _MOST_MENTIONS:
            return None
        before = _BEFORE_DOORS.search(said[max(0, word.start() - _LONGEST_BEFORE) : word.start()])
        behind = _BEHIND_DOORS.match(said, word.end())
        clocks = [one["clock"] for one in (before, behind) if one and one["clock"]]
        if not clocks or (before and before["whose"]):
            continue
        if len(clocks) > 1:
            # "8pm doors 7pm": one of them is the start's.
            return None
        found.add(_clock(clocks[0]))
    return found.pop() if len(found) == 1 else None


def _clock(text: str) -> clock_time | None:
    parts = _PARTS_OF_CLOCK.match(text)
    if parts is None:
        return None
    hour, minute, half = int(parts[1]), int(parts[2] or 0), (parts[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return clock_time(hour, minute) if minute < 60 else None
