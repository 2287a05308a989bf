"""A calendar in iCalendar form (RFC 5545): its entries, each occurrence of a recurring one.

What belongs here: the form and how programs write it wrongly. What does not: the rules of
recurrence, which are recurring-ical-events', and what becomes a row (``reader``).

An entry is read by itself, so that a broken one costs only itself. What it describes at length is
searched for when the doors open, and not parsed.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import prod
from typing import TYPE_CHECKING, Any, Final

from icalendar.error import BrokenCalendarProperty

from showlist_assets.sources.feeds.entries import (
    MOST_ENTRIES,
    Entry,
    Fault,
    Moment,
    Place,
    Reading,
    UnreadableError,
    decoded,
    doors_in,
    place_in,
)
from showlist_assets.sources.json_values import label, printed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from icalendar import Calendar, Component

# Whatever else stands in an entry is not parsed: half of all malformed lines are descriptions.
_READ: Final = {
    "UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "LOCATION", "GEO", "URL", "STATUS",
    "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE",
}  # fmt: skip
# Stands for a description in what is parsed. A calendar's own property of the name is not read.
_DOORS: Final = "X-DOORS"
_DESCRIPTION: Final = re.compile(r"DESCRIPTION(?:;[^:]*)?:", re.IGNORECASE)
_BREAK: Final = re.compile(r"\\[nN]|<[^<>]{0,200}>")
_TIMES: Final = ("DTSTART", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_RECURS: Final = ("RRULE", "RDATE", "RECURRENCE-ID")
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
# Nobody plays every hour, and expanding such a rule takes for ever; so does an interval of 0.
_NO_CONCERT: Final = {"SECONDLY", "MINUTELY", "HOURLY"}
_MOST_OCCURRENCES: Final = 1000
_MOST_A_DAY: Final = 8
_MOST_RULES: Final = 5
# Rules are expanded from their start on, day by day.
_FIRST_YEAR: Final = 1900
_MOST_ZONES: Final = 100
# What only a rule that names a year's or a month's days needs (RFC 5545, 3.3.10).
_OF_LONGER_SPANS: Final = ("BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYEASTER")
_LONGEST_DESCRIPTION: Final = 10_000
_LONGEST_MONTHS: Final = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def read_ics(content: bytes, *, charset: str | None, since: date, until: date) -> Reading:
    """The entries of a calendar; recurring ones from ``since`` to ``until``.

    Raises:
        UnreadableError: it is no calendar, or one that breaks off.
    """
    blocks = _Blocks(decoded(_unfolded(content), charset))
    reading = Reading()
    groups: dict[str, list[tuple[str, Component]]] = {}
    _use_zones(blocks.zones)
    for number, lines in enumerate(blocks.entries, start=1):
        # Expanding what is read so far takes its time as well.
        if number > MOST_ENTRIES or reading.is_spent(0.5):
            reading.cut_short = reading.cut_short or _too_many(blocks.entries)
            break
        where = f"entry {number}"
        if lines[-1].strip().upper() != "END:VEVENT":
            reading.faults.append(Fault(where, "it is not closed (END:VEVENT)", lines))
            continue
        try:
            component = _parsed(lines).walk("VEVENT")[0]
        # The parser's own failures are of many classes, and so are those of what it calls.
        except Exception as error:  # noqa: BLE001
            reading.faults.append(Fault(where, f"it cannot be read ({_first_line(error)})", lines))
            continue
        groups.setdefault(_text(component, "UID") or where, []).append((where, component))
    for group in groups.values():
        if reading.is_spent():
            break
        _read_group(group, reading, since=since, until=until, is_called_off=blocks.calls_off)
    return reading


def _unfolded(content: bytes) -> bytes:
    """One property a line. Before decoding: a fold may stand within a character's bytes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode()
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return re.sub(rb"\n[ \t]", b"", lines)


class _Blocks:
    """The parts of a calendar's text, each as its lines.

    Attributes:
        zones: The definitions of time zones, each by itself.
        entries: The entries, reduced to the lines that are read; one that is not closed lacks its
            last line.
        calls_off: Whether the calendar was sent to call off all that is in it.
    """

    def __init__(self, text: str) -> None:
        self.zones: list[list[str]] = []
        self.entries: list[list[str]] = []
        self.calls_off = False
        self._open, self._depth, self._calendars = list[str](), 0, 0
        lines = text.splitlines()
        if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines):
            raise UnreadableError("it is no calendar: BEGIN:VCALENDAR is missing")
        for line in lines:
            head = line.strip().upper()
            if self._open:
                self._inside(line, head)
            else:
                self._outside(head)
        if self._open or self._calendars > 0:
            raise UnreadableError("the calendar breaks off before its end")

    def _outside(self, head: str) -> None:
        if head in ("BEGIN:VEVENT", "BEGIN:VTIMEZONE"):
            self._open, self._depth = [head], 1
        self.calls_off |= head == "METHOD:CANCEL"
        self._calendars += (head == "BEGIN:VCALENDAR") - (head == "END:VCALENDAR")

    def _inside(self, line: str, head: str) -> None:
        if head in ("BEGIN:VEVENT", "END:VCALENDAR"):
            # What is open was never closed; the rest of the calendar is none the worse for it.
            self._close()
            self._outside(head)
            return
        if head == self._open[0].replace("BEGIN:", "END:"):
            # Whatever is still open within, such as an alarm.
            self._depth = 1
        self._depth += head.startswith("BEGIN:") - head.startswith("END:")
        is_zone = self._open[0] == "BEGIN:VTIMEZONE"
        if is_zone or _is_read(line, self._depth, head):
            self._open.append(line)
        elif self._depth == 1 and (clock := _doors_told(line)):
            self._open.append(f"{_DOORS}:{clock:%H:%M}")
        if self._depth == 0:
            self._close()

    def _close(self) -> None:
        (self.zones if self._open[0] == "BEGIN:VTIMEZONE" else self.entries).append(self._open)
        self._open = []


def _is_read(line: str, depth: int, head: str) -> bool:
    """Whether a line of an entry is; those of its alarms are not."""
    if head == "END:VEVENT":
        return depth == 0
    name = _NAME.match(line)
    return depth == 1 and name is not None and name.group().upper() in _READ


def _doors_told(line: str) -> time | None:
    """The doors in a line that describes an entry; None where it is another or tells none."""
    start = _DESCRIPTION.match(line)
    if start is None:
        return None
    text = line[start.end() : start.end() + _LONGEST_DESCRIPTION]
    if "door" not in text.lower():
        return None
    text = _BREAK.sub(" | ", text)
    return doors_in(label(text.replace("\\", "")))


def _too_many(entries: list[list[str]]) -> str:
    return f"it has {len(entries):,} entries; only the first {MOST_ENTRIES:,} were read"


def _use_zones(zones: Iterable[list[str]]) -> None:
    """Let the parser know the zones of this calendar, and no other's of the same names."""
    from icalendar.timezone import tzp

    # It keeps every zone that it ever met, for as long as the process lives.
    tzp.use_default()
    for number, lines in enumerate(zones):
        if number >= _MOST_ZONES:
            break
        # A broken one is as unknown as one that nobody defines: times count as the venue's own.
        with suppress(Exception):
            _parsed(lines)


def _parsed(component: Iterable[str]) -> Calendar:
    from icalendar import Calendar

    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *component, "END:VCALENDAR", ""]
    calendar: Calendar = Calendar.from_ical("\r\n".join(lines))
    return calendar


def _read_group(
    group: list[tuple[str, Component]],
    reading: Reading,
    *,
    since: date,
    until: date,
    is_called_off: bool,
) -> None:
    """The entries of one UID: a plain one, a recurring one with its exceptions, or doubles."""
    usable = []
    for where, component in group:
        fault = _fault(component)
        if fault:
            reading.faults.append(Fault(where, fault, _said(component)))
        else:
            usable.append((where, component))
    for series in _series(usable):
        if reading.is_spent():
            return
        where = series[0][0]
        try:
            found = list(_occurrences([each for _, each in series], since, until))
        # A rule that no parser foresaw fails in whatever way dateutil does.
        except Exception as error:  # noqa: BLE001
            words = f"its recurrence cannot be read ({_first_line(error)})"
            reading.faults.append(Fault(where, words, _said(series[0][1])))
            continue
        reading.entries += [
            _entry(component, where, original, is_called_off=is_called_off)
            for component, original in found
        ]


def _fault(component: Component) -> str:
    """Why an entry cannot be used; "" if it can. What can be spared is taken out of it."""
    broken = {name for name, _ in component.errors if name}
    for name in _TIMES:
        if name in broken:
            return f"its {name} cannot be read"
    for name in broken & {"DTEND", "DURATION", "GEO"}:
        component.pop(name, None)
    if not isinstance(_moment(component, "DTSTART"), date):
        return "it has no start (DTSTART)"
    if not _text(component, "SUMMARY"):
        return "it has no title (SUMMARY)"
    found = component.get("RRULE")
    rules = found if isinstance(found, list) else list(filter(None, [found]))
    if rules and _moment(component, "DTSTART").year < _FIRST_YEAR:
        return f"it recurs since before {_FIRST_YEAR} (DTSTART)"
    return _rule_fault(rules)


def _rule_fault(rules: list[Any]) -> str:
    """Why rules cannot be expanded within a moment; "" if they can."""
    if len(rules) > _MOST_RULES:
        return f"it has {len(rules)} rules (RRULE)"
    for rule in rules:
        if set(rule.get("FREQ", [])) & _NO_CONCERT:
            return "it recurs within the day, as no concert does (RRULE)"
        if any(interval < 1 for interval in rule.get("INTERVAL", [])):
            return "its RRULE has an interval below 1"
        times = prod(len(rule.get(name) or [0]) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
        if times > _MOST_A_DAY:
            return f"it recurs {times} times a day (RRULE)"
        if "YEARLY" not in rule.get("FREQ", []) and _never_matches(rule):
            return "its RRULE matches no day"
    return ""


def _never_matches(rule: Any) -> bool:
    """Whether no day can be one of the rule's: searching for it goes on to the year 9999."""
    if "DAILY" in rule.get("FREQ", []) and any(name in rule for name in _OF_LONGER_SPANS):
        return True
    months, days = rule.get("BYMONTH") or [1], rule.get("BYMONTHDAY") or [1]
    longest = max((_LONGEST_MONTHS.get(int(month), 31) for month in months), default=31)
    return all(abs(int(day)) > longest for day in days)


def _series(
    group: list[tuple[str, Component]],
) -> Iterator[list[tuple[str, Component]]]:
    """What belongs together: a series with its exceptions, or entries that only share a UID."""
    exceptions = [each for each in group if "RECURRENCE-ID" in each[1]]
    own = [each for each in group if "RECURRENCE-ID" not in each[1]]
    # Of several revisions the latest counts, wherever it has moved to; of equals, what they differ
    # in tells them apart.
    latest = max((_revision(component) for _, component in own), default=0)
    masters = {
        (str(_moment(each[1], "DTSTART")), _text(each[1], "SUMMARY")): each
        for each in own
        if _revision(each[1]) == latest
    }
    if len(masters) <= 1:
        if group:
            yield [*masters.values(), *exceptions]
        return
    for master in masters.values():
        yield [master]
    for exception in exceptions:
        yield [exception]


def _occurrences(
    components: list[Component], since: date, until: date
) -> Iterator[tuple[Component, Moment | None]]:
    """Each occurrence, and when it was planned at first; None for what happens once."""
    first = components[0]
    if len(components) == 1 and not any(name in first for name in _RECURS):
        yield first, None
        return
    import recurring_ical_events
    from icalendar import Calendar

    calendar = Calendar()
    for component in components:
        calendar.add_component(component)
    found = recurring_ical_events.of(calendar).between(since, until)
    if len(found) > _MOST_OCCURRENCES:
        raise ValueError(f"{len(found)} occurrences")
    for occurrence in found:
        yield occurrence, _moment(occurrence, "RECURRENCE-ID") or _moment(occurrence, "DTSTART")


def _entry(
    component: Component, where: str, original: Moment | None, *, is_called_off: bool
) -> Entry:
    start = _moment(component, "DTSTART")
    url = _plain(component, "URL")
    place = place_in(_text(component, "LOCATION"))
    return Entry(
        where=where,
        title=_text(component, "SUMMARY"),
        start=start,
        end=_end(component, start),
        doors=_doors(component),
        uid=_plain(component, "UID"),
        occurrence=original,
        status="cancelled" if is_called_off else _plain(component, "STATUS"),
        place=_with_position(place, _value(component, "GEO")),
        links=(url,) if url else (),
    )


def _end(component: Component, start: Moment) -> Moment | None:
    """When it ends; the DTEND of a date is the day after the last (RFC 5545, 3.6.1)."""
    end, length = _moment(component, "DTEND"), _moment(component, "DURATION")
    if end is None and isinstance(length, timedelta):
        end = start + length
    if isinstance(end, datetime) or not isinstance(end, date):
        return end if isinstance(end, datetime) and isinstance(start, datetime) else None
    return None if isinstance(start, datetime) else end - timedelta(days=1)


def _doors(component: Component) -> time | None:
    told = _plain(component, _DOORS)
    return time.fromisoformat(told) if told else None


def _value(component: Component, name: str) -> Any:
    """A property; the first where it stands twice, None where it does not."""
    found = component.get(name)
    return found[0] if isinstance(found, list) and found else found


def _moment(component: Component, name: str) -> Any:
    """What a property holds: a date, a time, a duration; None where there is none."""
    found = _value(component, name)
    try:
        return getattr(found, "dt", None)
    # What could not be parsed raises when it is read.
    except BrokenCalendarProperty:
        return None


def _plain(component: Component, name: str) -> str | None:
    found = _value(component, name)
    return None if found is None else printed(str(found))


def _revision(component: Component) -> int:
    revision = _plain(component, "SEQUENCE") or ""
    return int(revision) if revision.isascii() and revision.isdecimal() else 0


def _with_position(place: Place, position: Any) -> Place:
    latitude, longitude = getattr(position, "latitude", None), getattr(position, "longitude", None)
    if latitude is None or longitude is None:
        return place
    return replace(place, latitude=float(latitude), longitude=float(longitude))


def _text(component: Component, name: str) -> str | None:
    """A property for people to read, escapes of HTML decoded."""
    return label(_plain(component, name))


def _said(component: Component) -> dict[str, str]:
    return {name: str(component.get(name)) for name in ("UID", "SUMMARY") if component.get(name)}


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:120] or type(error).__name__
