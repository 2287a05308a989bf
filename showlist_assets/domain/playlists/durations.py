"""How long before a show: "30 min", "3 h", "2 days"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

_UNITS: Final = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("week", "weeks"), timedelta(days=7)),
}
_WRITTEN: Final = re.compile(r"(\d{1,5}) ?([a-z]+)")
_LONGEST: Final = timedelta(days=28)


class DurationError(ValueError):
    """No length of time; the message says what would be one."""


def duration(text: str) -> timedelta:
    """The length of time that ``text`` means, up to four weeks.

    Raises:
        DurationError: ``text`` means none, or one out of range.
    """
    found = _WRITTEN.fullmatch(" ".join(text.lower().split()))
    unit = _UNITS.get(found.group(2)) if found else None
    if found is None or unit is None:
        raise DurationError(f"{text!r} is no length of time: write 30 min, 3 h or 2 days.")
    length = int(found.group(1)) * unit
    if not timedelta() < length <= _LONGEST:
        raise DurationError(f"{text!r} is out of range: 1 min to {_LONGEST.days} days.")
    return length
