"""A measured figure, the bar it is held to, and the table that shows both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Figure:
    """One measurement.

    Attributes:
        bar: As the table shows it, such as "<= 1"; empty of a figure that is stated only.
        holds: None of a figure without a bar.
    """

    name: str
    value: float
    bar: str = ""
    unit: str = ""
    holds: bool | None = None

    @classmethod
    def at_most(cls, name: str, value: float, bar: float, unit: str = "") -> Figure:
        """A figure that may not be more than ``bar``."""
        return cls(name, value, f"<= {bar:g}", unit, value <= bar)

    @classmethod
    def at_least(cls, name: str, value: float, bar: float, unit: str = "") -> Figure:
        """A figure that may not be less than ``bar``."""
        return cls(name, value, f">= {bar:g}", unit, value >= bar)


def as_table(figures: Iterable[Figure]) -> str:
    """One line a figure."""
    rows = [("", "measured", "unit", "bar", "")]
    for figure in figures:
        verdict = "" if figure.holds is None else "holds" if figure.holds else "MISSED"
        value = f"{figure.value:,.4g}" if figure.value < 1000 else f"{figure.value:,.0f}"
        rows.append((figure.name, value, figure.unit, figure.bar, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}} {unit:<{widths[2]}}  {bar:<{widths[3]}}  "
        f"{verdict}".rstrip()
        for name, value, unit, bar, verdict in rows
    )
