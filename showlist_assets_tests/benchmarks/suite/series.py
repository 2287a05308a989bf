"""The figures of each release: ``series.jsonl``, and the table of it in docs/measured.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from showlist_assets_tests.benchmarks.child_processes import ROOT
from showlist_assets_tests.benchmarks.suite.comparison import as_json, from_json
from showlist_assets_tests.benchmarks.suite.figures import FIGURES, Reading
from showlist_assets_tests.benchmarks.suite.report import in_words, ratio_in_words, table

if TYPE_CHECKING:
    from showlist_assets_tests.benchmarks.suite.figures import Figure
    from showlist_assets_tests.benchmarks.suite.parts import Outcome

BEGIN: Final = "<!-- The series: `make bench FLAGS='--record LABEL'` writes what follows. -->"
END: Final = "<!-- End of the series. -->"
_SHOWN: Final = tuple(figure for figure in FIGURES if figure.short)


class CannotRecordError(Exception):
    """The series has the label already, or the page has no place for the series."""


def project_series() -> Series:
    """Of this clone."""
    return Series(Path(__file__).with_name("series.jsonl"), ROOT / "docs" / "measured.md")


@dataclass(frozen=True)
class Series:
    """Where the series lies, and the page that shows it."""

    file: Path
    page: Path

    def recorded(self) -> dict[tuple[str, str], Outcome]:
        """Every run by its label and size, the oldest first."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        found = [json.loads(line) for line in lines]
        return {(one["label"], one["size"]): from_json(one) for one in found}

    def record(self, label: str, outcome: Outcome) -> None:
        """Add a run, and write the page's table anew.

        Raises:
            CannotRecordError: the label is taken, or the page lacks its markers.
        """
        if (label, outcome.size) in self.recorded():
            raise CannotRecordError(f"There is a {outcome.size} run of {label} in {self.file}.")
        self._around()
        with self.file.open("a") as file:
            file.write(json.dumps({"label": label, **as_json(outcome)}) + "\n")
        self.write_page()

    def write_page(self) -> None:
        """Replace what stands between the markers."""
        before, after = self._around()
        self.page.write_text(f"{before}{BEGIN}\n{self.as_table()}\n{END}{after}")

    def as_table(self) -> str:
        """A line for each run: what was measured and, in brackets, its ratio to the reference."""
        head = ["release", "size", *(figure.short for figure in _SHOWN), "load before"]
        rows = (
            [label, size, *(_cell(figure, outcome) for figure in _SHOWN), f"{outcome.load:.1f}"]
            for (label, size), outcome in self.recorded().items()
        )
        return table(head, rows)

    def _around(self) -> tuple[str, str]:
        text = self.page.read_text()
        before, found, rest = text.partition(BEGIN)
        _, ended, after = rest.partition(END)
        if not found or not ended:
            raise CannotRecordError(f"{self.page} has no place for the series.")
        return before, after


def _cell(figure: Figure, outcome: Outcome) -> str:
    reading = outcome.readings.get(figure.key, Reading())
    ratio = "" if reading.ratio is None else f" ({ratio_in_words(reading.ratio)})"
    return f"{in_words(figure, reading.measured)}{ratio}"
