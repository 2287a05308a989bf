"""A table of shows that somebody keeps by hand: a CSV file with named columns.

What belongs here: the columns and how people write into them. What does not: what becomes a row of
ours (``reader``). ``docs/feeds.md`` documents the columns from ``COLUMNS``.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from io import StringIO
from typing import TYPE_CHECKING, Final

from showlist_assets.sources.feeds.entries import (
    Act,
    Entry,
    Fault,
    Place,
    Reading,
    UnreadableError,
    decoded,
    prices_in,
    state_code,
)
from showlist_assets.sources.json_values import label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COLUMNS: Final[Mapping[str, str]] = {
    "date": "Day of the show: 2026-12-04, 12/4/2026 or Dec 4, 2026. Needed.",
    "title": "As printed on the poster. Needed, unless `performers` says who plays.",
    "performers": "Who plays, the headliner first, with `;` between.",
    "time": "When it starts, by the venue's clock: 20:00, 8pm or 8:00 PM; empty if not announced.",
    "doors": "When the doors open, written like `time`; stands in for it where that is empty.",
    "end_date": "Last day of a festival.",
    "id": "Your own id, which never changes; without one, date, title and venue make it.",
    "status": "cancelled, postponed or rescheduled; anything else is on.",
    "price": "In US dollars: 20, $15-$25 or free.",
    "url": "Where tickets are sold.",
    "venue": "Name of the venue, with `venues: from entries`; so are the next five.",
    "address": "Street and number.",
    "city": "City.",
    "state": "State, such as NY.",
    "postal_code": "ZIP code.",
    "country": "Country, where it may be another than the state's: such rows are set aside.",
}
_DELIMITERS: Final = ",;\t|"
_DATES: Final = (
    "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y",
    "%d %b %Y", "%d %B %Y", "%Y/%m/%d", "%Y%m%d",
)  # fmt: skip
_WEEKDAY: Final = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_CLOCK: Final = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE
)
_NOT_ANNOUNCED: Final = {"", "tba", "tbd", "?", "-"}
# A row that goes on for so many lines has an opening quote too many, which swallows the file.
_LONGEST_ROW: Final = 20


class _CellError(ValueError):
    """A cell cannot be read."""


@dataclass(frozen=True)
class _Line:
    """A row of the table by the names of its columns, and the line on which it begins."""

    number: int
    cells: dict[str, str]

    def text(self, column: str) -> str | None:
        return label(self.cells.get(column))


def read_csv(content: bytes, *, charset: str | None) -> Reading:
    """The rows of a table.

    Raises:
        UnreadableError: it has no columns that tell the date and what is on.
    """
    text = decoded(content, charset).replace("\x00", "")
    delimiter = _delimiter(text)
    reading = Reading()
    for line in _lines(text, delimiter, reading):
        if reading.is_spent():
            break
        try:
            reading.entries.append(_entry(line))
        except _CellError as error:
            state = state_code(line.text("state"))
            reading.faults.append(Fault(f"line {line.number}", str(error), line.cells, state))
    return reading


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _lines(text: str, delimiter: str, reading: Reading) -> Iterator[_Line]:
    lines = StringIO(text, newline="").readlines()
    rows = csv.reader(lines, delimiter=delimiter)
    header: list[str] | None = None
    before = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            reading.faults.append(Fault(f"line {before + 1}", f"it cannot be read: {error}", ""))
            before = rows.line_num
            continue
        number, before = before + 1, rows.line_num
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = _header(row)
        elif rows.line_num - number >= _LONGEST_ROW or (
            rows.line_num > number and _is_open(lines[number - 1 : rows.line_num])
        ):
            words = "a quote is opened and not closed; what follows it was not read"
            reading.cut_short = f"line {number}: {words}"
            reading.faults.append(Fault(f"line {number}", words, row[0][:200]))
        elif len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            words = f'it has more cells than the header: put "" around one that holds {delimiter!r}'
            reading.faults.append(Fault(f"line {number}", words, row))
        else:
            yield _Line(number, dict(zip(header, row, strict=False)))
    if header is None:
        raise UnreadableError("the table is empty: its first line must name the columns")


def _is_open(lines: list[str]) -> bool:
    """Whether the row in these lines has a quote that is opened and not closed."""
    return sum(line.count('"') for line in lines) % 2 == 1


def _header(row: list[str]) -> list[str]:
    names = [re.sub(r"[\s_-]+", "_", cell.strip().lower()) for cell in row]
    for needed in (("date",), ("title", "performers")):
        if not set(needed) & set(names):
            near = [get_close_matches(each, names, n=1) for each in needed]
            hint = next((f" Did you mean it by {found[0]!r}?" for found in near if found), "")
            raise UnreadableError(
                f"the table has no column {' or '.join(map(repr, needed))}, only "
                f"{', '.join(map(repr, names))}.{hint}"
            )
    return names


def _entry(line: _Line) -> Entry:
    acts = tuple(
        Act(name)
        for part in re.split(r"[;|]", line.cells.get("performers", ""))
        if (name := label(part))
    )
    title = line.text("title") or ", ".join(act.name for act in acts)
    if not title:
        raise _CellError("it has neither a title nor performers")
    day = _date(line, "date")
    if day is None:
        raise _CellError("it has no date")
    clock, doors = _clocks(line)
    url = line.text("url")
    printed_state = line.text("state")
    state = state_code(printed_state)
    if printed_state and state is None:
        raise _CellError(f"state: {printed_state!r} is not a state that is known")
    return Entry(
        where=f"line {line.number}",
        title=title,
        start=day if isinstance(day, datetime) or clock is None else datetime.combine(day, clock),
        end=_last_day(line, day),
        doors=doors,
        uid=line.text("id"),
        status=line.text("status"),
        acts=acts,
        place=Place(
            venue=line.text("venue"),
            address=line.text("address"),
            city=line.text("city"),
            state=state,
            postal_code=line.text("postal_code"),
            country=line.text("country"),
        ),
        prices=prices_in(line.text("price")),
        links=(url,) if url else (),
    )


def _clocks(line: _Line) -> tuple[time | None, time | None]:
    """When it starts, and when the doors open; the doors stand in for a start that is missing."""
    start = _clock(line, "time")
    try:
        doors = _clock(line, "doors")
    except _CellError:
        # A show whose start is known can do without.
        if start is None:
            raise
        doors = None
    return start or doors, doors


def _last_day(line: _Line, first: date) -> date | None:
    last = _date(line, "end_date")
    if last is None:
        return None
    last = last.date() if isinstance(last, datetime) else last
    first = first.date() if isinstance(first, datetime) else first
    if last < first:
        raise _CellError(f"end_date: {last} lies before the date, {first}")
    return last


def _date(line: _Line, column: str) -> date | None:
    printed = (line.text(column) or "").strip()
    if printed.lower() in _NOT_ANNOUNCED:
        return None
    bare = _WEEKDAY.sub("", printed, count=1)
    for form in _DATES:
        try:
            # A day has no zone.
            return datetime.strptime(bare, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(bare)
    except ValueError:
        raise _CellError(f"{column}: {printed!r} is no date: write it as 2026-12-04.") from None


def _clock(line: _Line, column: str) -> time | None:
    printed = (line.text(column) or "").strip()
    if printed.lower() in _NOT_ANNOUNCED:
        return None
    found = _CLOCK.fullmatch(printed)
    if found:
        hour, minute = int(found.group(1)), int(found.group(2) or 0)
        half = (found.group(3) or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        elif half:
            # "13pm" may be one o'clock or three.
            hour = 24
        # "8" alone may be either half of the day.
        if hour < 24 and minute < 60 and (half or found.group(2)):
            return time(hour, minute)
    raise _CellError(f"{column}: {printed!r} is no time: write it as 20:00 or 8pm.")
