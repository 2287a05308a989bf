"""What is measured and what is aimed at: the one list of figures, in the order of the table.

What belongs here: names, aims and how steady a figure is. How each is measured lies in the parts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True)
class Figure:
    """One row of the table. Every figure and every ratio is better the smaller it is.

    Attributes:
        key: What it is called in JSON and in the series; never given to another figure.
        name: In words.
        unit: Of what is measured and of the reference.
        reference: What it is divided by, measured in the same run.
        short: Head of its column in the series of docs/measured.md; empty if it has none.
        aim: The most that is aimed at, on the machine of docs/measured.md.
        ratio_aim: The same of the ratio, on any machine.
        tolerance: By which share the ratio of one run may exceed that of another by chance.
        is_long: Measured by the long form only.
    """

    key: str
    name: str
    unit: str
    reference: str
    short: str = ""
    aim: float | None = None
    ratio_aim: float | None = None
    tolerance: float = 0.15
    is_long: bool = False


@dataclass(frozen=True)
class Reading:
    """What one run measured of a figure; None is what this run, or this part, does not know."""

    measured: float | None = None
    reference: float | None = None

    @property
    def ratio(self) -> float | None:
        if self.measured is None or not self.reference:
            return None
        return self.measured / self.reference

    def filled_by(self, other: Reading) -> Reading:
        """With what another part knows of the same figure."""
        return replace(
            self,
            measured=other.measured if self.measured is None else self.measured,
            reference=other.reference if self.reference is None else self.reference,
        )


_METHOD: Final = "the reference method, all pages"
_BOUND: Final = "the shortest time for one client"
_IMPORTS: Final = "python -c 'import dagster, polars'"
_TERMINAL: Final = "python -c 'import typer, rich'"
_PLAIN: Final = "the same work in plain Python, Dagster imported"
_BARE_UI: Final = "dagster dev of an empty file"
# Calls depend on the made-up world alone.
_COUNTED: Final = 0.02
# A few tenths of a second, of which the machine's caches decide a part.
_BRIEF: Final = 0.25

FIGURES: Final = (
    Figure("calls_extended", "Spotify calls per performer, Extended Quota", "calls", _METHOD,
           "calls, Extended", aim=1.6, ratio_aim=1 / 16, tolerance=_COUNTED),
    Figure("calls_development", "Spotify calls per new performer, Development Mode", "calls",
           _METHOD, "calls, Development", aim=1.15, tolerance=_COUNTED),
    Figure("calls_newcomers", "Spotify calls per newcomer", "calls",
           "per new performer of the first pass", aim=1.15, tolerance=_COUNTED),
    Figure("calls_nothing_new", "Spotify and ReccoBeats calls where nothing is new", "calls",
           "those of the first pass", aim=0, ratio_aim=0, tolerance=_COUNTED),
    Figure("calls_features", "ReccoBeats calls of all passes", "calls",
           "the tracks in batches of 40, by state", ratio_aim=1, tolerance=_COUNTED),
    Figure("wall_extended", "first pass, Extended Quota", "s", _BOUND, "wall, Extended",
           ratio_aim=1.08, tolerance=0.1),
    Figure("wall_development", "first pass, Development Mode", "s", _BOUND, "wall, Development",
           ratio_aim=1.15, tolerance=0.1),
    Figure("wall_nothing_new", "second pass, nothing new", "s", "the first pass",
           "wall, nothing new", ratio_aim=0.2, tolerance=0.3),
    Figure("wall_reference", "first pass, Extended Quota, beside the reference's pace", "s",
           "the reference method, reckoned from its first rows", is_long=True),
    Figure("refresh_cpu", "a run of 17 states, nothing new", "CPU s", _PLAIN, "17 states, CPU",
           aim=5.5, ratio_aim=1.45),
    Figure("nation_5000_cpu", "nation of 5,000 events, all known", "CPU s", _PLAIN,
           "5,000 events, CPU"),
    Figure("nation_5000_peak", "the same, most memory of a process", "MB", _PLAIN,
           "5,000 events, MB"),
    Figure("nation_50000_cpu", "nation of 50,000 events, all known", "CPU s", _PLAIN,
           "50,000 events, CPU", aim=110, is_long=True),
    Figure("nation_50000_peak", "the same, most memory of a process", "MB", _PLAIN,
           "50,000 events, MB", aim=1200, is_long=True),
    Figure("nation_growth", "the same, per 1,000 events beyond the start", "CPU s",
           "of 5,000 events", "growth", ratio_aim=1.0, is_long=True),
    Figure("nation_100000_cpu", "nation of 100,000 events, all known", "CPU s", _PLAIN,
           is_long=True),
    Figure("nation_100000_peak", "the same, most memory of a process", "MB", _PLAIN,
           "100,000 events, MB", aim=2400, is_long=True),
    Figure("help_cpu", "showlist --help", "CPU s", _TERMINAL, "--help, CPU", aim=0.4,
           tolerance=_BRIEF),
    Figure("help_start", "the same over the bare interpreter", "CPU s", "python -c pass",
           tolerance=_BRIEF),
    Figure("status_cpu", "showlist status, no home", "CPU s", _TERMINAL, aim=0.4,
           tolerance=_BRIEF),
    Figure("accounts_cpu", "showlist accounts, no home", "CPU s", _TERMINAL, aim=0.4,
           tolerance=_BRIEF),
    Figure("recipes_cpu", "showlist recipes, no home", "CPU s", _TERMINAL, aim=0.4,
           tolerance=_BRIEF),
    Figure("ui_wall", "showlist ui in a new home, until it answers", "s", _BARE_UI, "UI, wall",
           aim=10.5, tolerance=0.3),
    Figure("ui_cpu", "the same, all its processes", "CPU s", _BARE_UI, "UI, CPU"),
    Figure("demo_first_cpu", "showlist demo", "CPU s", _IMPORTS, "demo, CPU"),
    Figure("demo_second_cpu", "showlist demo again", "CPU s", _IMPORTS, "again, CPU"),
)  # fmt: skip
