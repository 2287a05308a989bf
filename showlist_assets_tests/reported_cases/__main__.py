"""Run files of reported faults through the code, and print what is right.

    python -m showlist_assets_tests.reported_cases FILE...

Each FILE is JSON or CSV, as ``cases`` describes. Exits with 1 unless every case is right, and
with 2 if a file cannot be read.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from showlist_assets_tests.reported_cases.cases import (
    RIGHT,
    Case,
    Found,
    UnreadableCasesError,
    read_cases,
)
from showlist_assets_tests.reported_cases.shapes import handled

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDEST = 300
_LONGEST_CELL = 110


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="reported_cases", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSON or CSV")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    given = parser.parse_args(arguments)
    # What the code says of a case is seen in its row.
    logging.disable(logging.INFO)
    try:
        cases = [case for file in given.files for case in read_cases(file)]
    except UnreadableCasesError as error:
        print(error, file=sys.stderr)
        return 2
    rows = [_row(case, handled(case)) for case in cases]
    if given.json:
        print(json.dumps(rows, indent=1, ensure_ascii=False, default=str))
    else:
        _print(rows)
    return 0 if all(row["verdict"] == RIGHT for row in rows) else 1


def _row(case: Case, found: Found) -> dict[str, str]:
    return {
        "file": case.file,
        "number": case.number,
        "what": _what(case),
        "right": _words(case.right),
        "seen": _words(found.seen),
        "verdict": found.verdict,
    }


def _what(case: Case) -> str:
    """The case's input in short: an event by its title, anything else by its keys."""
    if "event" in case:
        return str(case["event"].get("title") or case["event"].get("id"))
    inputs = {key: value for key, value in case.given.items() if key not in ("right", "call")}
    if len(inputs) == 1:
        (value,) = inputs.values()
        return _words(value)
    return ", ".join(f"{key}: {_words(value)}" for key, value in inputs.items())


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _print(rows: list[dict[str, str]]) -> None:
    # A file or a pipe has no width; what is cut off there could not be read at all.
    console = Console(width=None if sys.stdout.isatty() else _WIDEST)
    table = Table("file", "number", "what", "right", "seen", "verdict")
    for row in rows:
        table.add_row(*(_cut(text) for text in row.values()))
    console.print(table, markup=False)
    right = sum(row["verdict"] == RIGHT for row in rows)
    console.print(f"{right} of {len(rows)} cases are right.")


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST_CELL else plain[: _LONGEST_CELL - 1] + "…"


if __name__ == "__main__":
    sys.exit(main())
