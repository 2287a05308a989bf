"""Which days a recipe means: "next 14 days", "this weekend", "2026-12-01 to 2026-12-31".

Dates are those of the venue's calendar. The caller says what day it is.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_WEEKDAY_NAMES: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
WEEKDAYS: Final = tuple(name[:3] for name in _WEEKDAY_NAMES)
_FRIDAY: Final = 4
_SUNDAY: Final = 6
_LONGEST: Final = timedelta(days=3 * 366)

_NEXT: Final = re.compile(r"next (\d{1,4}) (day|week|month)s?")
_DAY: Final = r"(\d{4}-\d{2}-\d{2})"
_FIXED: Final = re.compile(rf"(?:from )?{_DAY}(?: (?:to|until) {_DAY})?")
_UNTIL: Final = re.compile(rf"until {_DAY}")
_EXAMPLES: Final = "'next 14 days', 'this weekend', '2026-12-01 to 2026-12-31'"


class WindowError(ValueError):
    """No window of days; the message says what would be one."""


@dataclass(frozen=True)
class Days:
    """The days from ``first`` to ``last``, both included; empty where ``last`` comes first."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return f"{self.first:%Y-%m-%d}"
        return f"{self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}"


def _end_of_week(today: date) -> date:
    # ISO 8601: a week begins on Monday.
    return today + timedelta(days=_SUNDAY - today.weekday())


def _this_weekend(today: date) -> Days:
    sunday = _end_of_week(today)
    return Days(sunday - timedelta(days=_SUNDAY - _FRIDAY), sunday)


def _next_weekend(today: date) -> Days:
    return _this_weekend(today + timedelta(days=7))


def _this_week(today: date) -> Days:
    return Days(today, _end_of_week(today))


def _next_week(today: date) -> Days:
    monday = _end_of_week(today) + timedelta(days=1)
    return Days(monday, monday + timedelta(days=_SUNDAY))


def _this_month(today: date) -> Days:
    return Days(today, today.replace(day=monthrange(today.year, today.month)[1]))


def _next_month(today: date) -> Days:
    first = _this_month(today).last + timedelta(days=1)
    return _this_month(first)


def _tomorrow(today: date) -> Days:
    return Days(today + timedelta(days=1), today + timedelta(days=1))


NAMED_WINDOWS: Final[dict[str, Callable[[date], Days]]] = {
    "today": lambda today: Days(today, today),
    "tomorrow": _tomorrow,
    "this weekend": _this_weekend,
    "next weekend": _next_weekend,
    "this week": _this_week,
    "next week": _next_week,
    "this month": _this_month,
    "next month": _next_month,
    "any time": lambda today: Days(today, today + _LONGEST),
}


def window_days(text: str, *, today: date) -> Days:
    """The days that ``text`` means on ``today``, none of them in the past.

    A weekend is Friday to Sunday, a week ends on Sunday. Without an end ("from 2026-12-01") a
    window lasts three years. A fixed window that is over is empty.

    Raises:
        WindowError: ``text`` means nothing, or ends before it begins.
    """
    words = " ".join(text.lower().split())
    days = _fixed(words, today) or _next(words, today) or _named(words, today)
    # What is over cannot be gone to: "this weekend" on a Sunday is that Sunday.
    return Days(max(days.first, today), days.last)


def _fixed(words: str, today: date) -> Days | None:
    if until := _UNTIL.fullmatch(words):
        return Days(today, _day(until.group(1)))
    found = _FIXED.fullmatch(words)
    if not found:
        return None
    first, end = _day(found.group(1)), found.group(2)
    if not end:
        return Days(first, _long_after(max(first, today)) if words.startswith("from ") else first)
    if (last := _day(end)) < first:
        raise WindowError(f"{words!r} ends before it begins: swap the two dates.")
    return Days(first, last)


def fixed_dates(text: str) -> tuple[date | None, date | None] | None:
    """The first and the last day that ``text`` names, None where it is open; None for no dates.

    Raises:
        WindowError: one of them is no date of the calendar.
    """
    words = " ".join(text.lower().split())
    if until := _UNTIL.fullmatch(words):
        return None, _day(until.group(1))
    if not (found := _FIXED.fullmatch(words)):
        return None
    first = _day(found.group(1))
    if found.group(2):
        return first, _day(found.group(2))
    return first, None if words.startswith("from ") else first


def window_of_dates(first: date | None, last: date | None) -> str:
    """The window from ``first`` to ``last`` as a recipe writes it; one of them may be open."""
    if first is None or last is None:
        return f"until {last}" if first is None else f"from {first}"
    return f"{first}" if first == last else f"{first} to {last}"


def _long_after(day: date) -> date:
    # The calendar of Python ends with the year 9999.
    return min(day, date.max - _LONGEST) + _LONGEST


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WindowError(f"{text!r} is no date of the calendar: write 2026-12-31.") from None


def _next(words: str, today: date) -> Days | None:
    found = _NEXT.fullmatch(words)
    if not found:
        return None
    # A month of a window is 30 days, so that "next 2 months" is as long in February as in July.
    length = int(found.group(1)) * {"day": 1, "week": 7, "month": 30}[found.group(2)]
    if not 1 <= length <= _LONGEST.days:
        raise WindowError(f"{words!r} is out of range: 1 to {_LONGEST.days} days can be asked for.")
    return Days(today, today + timedelta(days=length - 1))


def _named(words: str, today: date) -> Days:
    named = NAMED_WINDOWS.get(words)
    if named is None:
        near = get_close_matches(words, [*NAMED_WINDOWS, "next 14 days"], n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"write for example {_EXAMPLES}."
        raise WindowError(f"{words!r} is no window of days; {hint}")
    return named(today)


def weekday(text: str) -> str:
    """The three-letter name in ``WEEKDAYS`` for "Fri", "friday" or "Fridays".

    Raises:
        WindowError: ``text`` names no day of the week.
    """
    word = text.strip().lower().removesuffix("s") if len(text.strip()) > 4 else text.strip().lower()
    for name in _WEEKDAY_NAMES:
        if len(word) >= 3 and name.startswith(word):
            return name[:3]
    near = get_close_matches(word, [*WEEKDAYS, *_WEEKDAY_NAMES], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"use {', '.join(WEEKDAYS)}."
    raise WindowError(f"{text!r} is no day of the week; {hint}")
