"""What a command costs that needs no Dagster, beside the libraries of every terminal program."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from showlist_assets_tests.benchmarks.child_processes import run_python
from showlist_assets_tests.benchmarks.suite.figures import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from showlist_assets_tests.benchmarks.suite.sizes import Size

_STARTED: Final = {
    "nothing": ["-c", "pass"],
    "terminal": ["-c", "import typer, rich"],
    "help": ["-m", "showlist_assets", "--help"],
    "status": ["-m", "showlist_assets", "status"],
    "accounts": ["-m", "showlist_assets", "accounts"],
    "recipes": ["-m", "showlist_assets", "recipes"],
}


def measure(size: Size, folder: Path) -> Mapping[str, Reading]:
    """CPU seconds of each command: the median of some starts, after one that does not count."""
    used: dict[str, list[float]] = {name: [] for name in _STARTED}
    # In turns, so that no command has the machine's best or worst moments to itself.
    for _ in range(size.repeats + 1):
        for name, arguments in _STARTED.items():
            used[name].append(run_python(arguments, folder=folder).cpu)
    cpu = {name: median(values[1:]) for name, values in used.items()}
    return {
        "help_start": Reading(cpu["help"], cpu["nothing"]),
        **{
            f"{name}_cpu": Reading(cpu[name], cpu["terminal"])
            for name in ("help", "status", "accounts", "recipes")
        },
    }
