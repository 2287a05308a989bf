"""Numbers in addresses: whatever is written there is one."""

from __future__ import annotations

from typing import Final

# Longer than any bound, and short enough to be read at no cost.
_MOST_DIGITS: Final = 5


def number_of(text: str, default: int, *, least: int = 0, most: int) -> int:
    """A whole number between two bounds, whatever ``text`` says."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return default
    return min(max(int(text), least), most)
