"""Numbers with their nouns: "1 row", "1,234 rows"."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """``count`` with ``noun``, in the plural unless it is one; by default that has an s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
