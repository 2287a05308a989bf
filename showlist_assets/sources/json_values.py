"""Readers of JSON values that somebody else wrote: each gives what it promises, or None.

No reader raises, whatever ``json.loads`` can return, and none lets through what a table cannot
hold: NaN, infinities, numbers beyond any column, half of a surrogate pair.

What belongs here: the types, and the two habits of the APIs in writing them (``text`` as it is or
``printed``; ``number`` or ``numeral``). What does not: what a field means, which each source's own
reader knows.
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final
from urllib.parse import unquote_to_bytes

# More than any price, count or duration in these APIs, and still within an Int32 column, the
# narrowest of our tables; ``json`` reads "1e400" as infinity and integers of 4,300 digits.
_TOO_LARGE: Final = 1e9
# With its semicolon only: "R&B" and "Q&Amp" are names.
_ESCAPE: Final = re.compile(
    r"&(?:#\d{1,7}|#[xX][\dA-Fa-f]{1,6}|[A-Za-z]\w{1,31});|(?:%[\dA-Fa-f]{2})+"
)
# Line breaks, tabs and the like, which an escape may stand for.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def mapping(value: object) -> dict[str, Any]:
    """``value`` if it is an object, else an empty one: every field of it is unknown."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[dict[str, Any]]:
    """The objects in a list; whatever else stands in it is left out."""
    return [item for item in items(value) if isinstance(item, dict)]


def string(value: object) -> str | None:
    """Any string, an empty one included."""
    # JSON may hold half of a surrogate pair ("\ud83d", RFC 8259 section 8.2), which neither a
    # file nor a table nor a request can.
    if not isinstance(value, str):
        return None
    return value if value.isascii() else value.encode(errors="replace").decode()


def text(value: object) -> str | None:
    """A string that is not empty, as it is: blanks at its ends may be part of a name."""
    return string(value) or None


def printed(value: object) -> str | None:
    """Text without blanks around it; a number counts as its digits, as some APIs print ids."""
    if isinstance(value, str):
        return (string(value) or "").strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return _digits(value)
    return str(value) if isinstance(value, float) and isfinite(value) else None


def label(value: object) -> str | None:
    """``printed`` text for people to read, such as a name: escapes of HTML and URLs are decoded."""
    found = printed(value)
    return None if found is None else unescaped(found).strip() or None


def unescaped(text: str) -> str:
    """``text`` with each escape of HTML ("&amp;") and of URLs ("%20") decoded, once.

    What an escape stands for is not read as an escape again: "&amp;lt;" is "&lt;". What is no
    escape stays: "AT&T", "100% Pure".
    """
    if "&" not in text and "%" not in text:
        return string(text) or ""
    return string(_ESCAPE.sub(_decoded, text)) or ""


def _decoded(escape: re.Match[str]) -> str:
    found = escape.group()
    if found.startswith("&"):
        return _CONTROL.sub(" ", html.unescape(found))
    try:
        return _CONTROL.sub(" ", unquote_to_bytes(found).decode())
    # "100%ed" is no escape: its bytes are no text.
    except UnicodeDecodeError:
        return found


def _digits(value: int) -> str | None:
    try:
        return str(value)
    # Python refuses to print more than 4,300 digits (CVE-2020-10735).
    except ValueError:
        return None


def boolean(value: object) -> bool | None:
    """True or false; 0, 1 and "false" are neither."""
    return value if isinstance(value, bool) else None


def number(value: object) -> float | None:
    """A number written as one."""
    # In Python a bool is an int; in JSON it is no number.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    # NaN is not less than anything.
    return float(value) if abs(value) < _TOO_LARGE else None


def numeral(value: object) -> float | None:
    """A number, or text that spells one, as some APIs print prices ("24.50")."""
    if not isinstance(value, str):
        return number(value)
    try:
        return number(float(value))
    except ValueError:
        return None


def whole(value: object) -> int | None:
    """A number written as an integer; 12.0 is none."""
    return value if isinstance(value, int) and number(value) is not None else None


def within(least: float, value: float | None, most: float) -> float | None:
    """``value`` where it makes sense: nonsense in one field is no reason to lose the rest."""
    return value if value is not None and least <= value <= most else None


def counted(value: object) -> int | None:
    """How many there are: a number or numeral from 0 on, without its fraction."""
    found = within(0, numeral(value), _TOO_LARGE)
    return None if found is None else int(found)


def wall_clock(value: object) -> datetime | None:
    """An ISO 8601 date or time without a zone; one that it names is dropped, not applied."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError:
        return None


def utc_time(value: object) -> datetime | None:
    """An ISO 8601 time that is meant in UTC, though it does not say so."""
    naive = wall_clock(value)
    return naive.replace(tzinfo=UTC) if naive else None
