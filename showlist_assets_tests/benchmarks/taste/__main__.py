"""Listening history and recommendations, measured against their bars.

Usage::

    python -m showlist_assets_tests.benchmarks.taste SUBJECT [--data DIR] [--json FILE]

SUBJECT is a module of this package with ``measure(data: Path | None) -> list[Figure]``. The exit
code is 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import importlib
import json
from dataclasses import asdict
from pathlib import Path

from showlist_assets_tests.benchmarks.taste.figures import as_table

_SUBJECTS = ("concerts", "playlists", "audio", "history", "scale")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print and return the exit code."""
    parser = argparse.ArgumentParser(prog="taste", description="Measure against the bars.")
    parser.add_argument("subject", choices=_SUBJECTS)
    parser.add_argument("--data", type=Path, help="a folder of the subject's own format")
    parser.add_argument("--json", type=Path, help="where the figures go, as JSON")
    told = parser.parse_args(arguments)
    module = importlib.import_module(f"{__package__}.{told.subject}")
    figures = module.measure(told.data)
    print(as_table(figures))
    if told.json:
        told.json.write_text(json.dumps([asdict(one) for one in figures], indent=1) + "\n")
    return int(any(figure.holds is False for figure in figures))


if __name__ == "__main__":
    raise SystemExit(main())
