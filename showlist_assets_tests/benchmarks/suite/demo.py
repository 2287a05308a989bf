"""``showlist demo`` in a new home, and again in the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets_tests.benchmarks.child_processes import run_python
from showlist_assets_tests.benchmarks.suite.figures import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from showlist_assets_tests.benchmarks.suite.sizes import Size


def measure(size: Size, folder: Path) -> Mapping[str, Reading]:
    """CPU seconds of both, beside those of importing what every step of it imports."""
    del size
    imports = run_python(["-c", "import dagster, polars"], folder=folder).cpu
    return {
        key: Reading(run_python(["-m", "showlist_assets", "demo"], folder=folder).cpu, imports)
        for key in ("demo_first_cpu", "demo_second_cpu")
    }
