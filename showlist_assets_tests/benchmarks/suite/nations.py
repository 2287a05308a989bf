"""Whole nations in which everybody is known (``nation``), by the columns of its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets_tests.benchmarks.child_processes import run_python
from showlist_assets_tests.benchmarks.suite.figures import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from showlist_assets_tests.benchmarks.suite.sizes import Size

_MODULE = "showlist_assets_tests.benchmarks.nation"


def measure(size: Size, folder: Path) -> Mapping[str, Reading]:
    """CPU seconds and memory of each nation, and how the former grow."""
    sizes = ",".join(map(str, size.nations))
    printed = run_python(["-m", _MODULE, "--sizes", sizes], folder=folder).output
    return nation_readings(size.nations, table_rows(printed))


def table_rows(printed: str) -> list[dict[str, str]]:
    """The rows of the Markdown table in ``printed``, by the heads of its columns."""
    lines = (line for line in printed.splitlines() if line.startswith("|"))
    head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return [dict(zip(head, row, strict=True)) for row in rows]


def nation_readings(sizes: Iterable[int], rows: Iterable[Mapping[str, str]]) -> dict[str, Reading]:
    """The figures of each size, which ``rows`` are of in the same order."""
    found: dict[str, Reading] = {}
    told = dict(zip(sizes, rows, strict=True))
    for size, row in told.items():
        found[f"nation_{size}_cpu"] = Reading(
            float(row["CPU s"]), float(row["CPU s without Dagster"])
        )
        found[f"nation_{size}_peak"] = Reading(
            float(row["peak MB"]), float(row["peak MB without Dagster"])
        )
    if {5000, 50_000} < told.keys():
        smallest = next(iter(told.values()))
        found["nation_growth"] = Reading(
            *(_beyond_start(told[size], smallest) for size in (50_000, 5000))
        )
    return found


def _beyond_start(row: Mapping[str, str], smallest: Mapping[str, str]) -> float:
    """CPU seconds for a thousand events more than those of the smallest nation."""
    events = float(row["events"]) - float(smallest["events"])
    return 1000 * (float(row["CPU s"]) - float(smallest["CPU s"])) / events
