"""How the page words days, times, distances, prices and counts: one function for each."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.quantities import counted
from showlist_assets.domain.unfit_signs import UNFIT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NOON: Final = 12
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def day(value: date) -> str:
    """Such as "Fri Nov 27"; with the year where that is not told by the season."""
    return f"{value:%a %b} {value.day}"


def long_day(value: date) -> str:
    """Such as "Friday, November 27"."""
    return f"{value:%A, %B} {value.day}"


def full_day(value: date) -> str:
    """Such as "Fri Nov 27, 2026"."""
    return f"{day(value)}, {value.year}"


def clock(value: datetime) -> str:
    """Such as "8 PM" or "8:30 PM"."""
    hour = (value.hour - 1) % _NOON + 1
    minutes = f":{value.minute:02}" if value.minute else ""
    return f"{hour}{minutes} {'AM' if value.hour < _NOON else 'PM'}"


def miles(value: float) -> str:
    """Such as "2.1 mi"; far ones without a fraction."""
    return f"{value:.1f} mi" if value < 10 else f"{value:,.0f} mi"


def dollars(value: float) -> str:
    """Such as "$38" or "$38.50"."""
    return f"${value:,.0f}" if value == int(value) else f"${value:,.2f}"


def ago(value: datetime, now: datetime) -> str:
    """How long ago, in words: "3 hours ago"."""
    seconds = max(0, int((now - value).total_seconds()))
    if seconds < 2 * _MINUTE:
        return "just now"
    if seconds < 2 * _HOUR:
        return f"{seconds // _MINUTE} minutes ago"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} hours ago"
    return f"{seconds // _DAY} days ago"


def percent(value: float) -> str:
    """0.97 as "97%"."""
    return f"{value * 100:.0f}%"


def minutes_long(milliseconds: int) -> str:
    """Length of a song, such as "3:41"."""
    seconds = round(milliseconds / 1000)
    return f"{seconds // 60}:{seconds % 60:02}"


def printed(text: str) -> str:
    """``text`` of strangers without what no page should be given."""
    return UNFIT.sub("", unicodedata.normalize("NFC", text))


def sentence(text: str) -> str:
    """``text`` with a capital at its beginning."""
    return text[:1].upper() + text[1:]


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "day": day,
    "long_day": long_day,
    "full_day": full_day,
    "clock": clock,
    "miles": miles,
    "dollars": dollars,
    "percent": percent,
    "minutes_long": minutes_long,
    "printed": printed,
    "sentence": sentence,
    "count_of": counted,
}
