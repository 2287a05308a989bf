"""Ranges of numbers as a recipe writes them: ">= 0.6", "<= 120", "0.2 to 0.8"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

_NUMBER: Final = r"(-?\d+(?:\.\d+)?)"
_BOUND: Final = re.compile(rf"(>=|<=) ?{_NUMBER}")
_BETWEEN: Final = re.compile(rf"{_NUMBER} ?(?:to|\.\.) ?{_NUMBER}")


class RangeError(ValueError):
    """No range of numbers; the message says what would be one."""


@dataclass(frozen=True)
class Range:
    """From ``low`` to ``high``, both included; None where that side is open."""

    low: float | None = None
    high: float | None = None

    def holds(self, number: pl.Expr) -> pl.Expr:
        """Whether ``number`` lies inside; null where it is null."""
        inside = number.is_not_null() if self.low is None else number >= self.low
        return inside if self.high is None else inside & (number <= self.high)

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f">= {self.low:g}" if self.low is not None else f"<= {self.high:g}"
        return f"{self.low:g} to {self.high:g}"


def parse_range(text: str) -> Range:
    """The range that ``text`` writes.

    Raises:
        RangeError: no range, or one that holds no number.
    """
    words = " ".join(text.split())
    if bound := _BOUND.fullmatch(words):
        number = float(bound.group(2))
        return Range(low=number) if bound.group(1) == ">=" else Range(high=number)
    if between := _BETWEEN.fullmatch(words):
        low, high = float(between.group(1)), float(between.group(2))
        if low > high:
            raise RangeError(f"{text!r} holds no number: write {high:g} to {low:g}.")
        return Range(low, high)
    raise RangeError(f"{text!r} is no range: write '>= 0.6', '<= 0.6' or '0.2 to 0.6'.")
