"""How much is measured: the standard size, the long form, and what tests can wait for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from showlist_assets.domain.states import STATE_CODES
from showlist_assets_tests.benchmarks.call_economy_figures import Limits

_LIMITS: Final = Limits(window=250, latency_ms=60)


@dataclass(frozen=True)
class Size:
    """One size of the whole benchmark.

    Attributes:
        name: As the series and JSON name it: ratios of different sizes are not compared.
        states: In which performers are looked up.
        performers: At least so many different ones.
        limits: Of the sandbox's Spotify.
        reference_rows: Billed rows by which the reference method's pace is timed; 0 times none.
        refreshed_states: How many states, the heaviest first, the run with nothing new covers.
        refreshed_events: Of the whole made-up world that it refreshes.
        nations: Events of each nation; from three on, growth is told.
        repeats: How often a command is started; the median counts.
    """

    name: str
    states: tuple[str, ...] = STATE_CODES
    performers: int = 400
    limits: Limits = _LIMITS
    reference_rows: int = 0
    refreshed_states: int = 17
    refreshed_events: int = 600
    nations: tuple[int, ...] = (5000,)
    repeats: int = 3


STANDARD: Final = Size("standard")
LONG: Final = Size(
    "long", reference_rows=75, nations=(len(STATE_CODES), 5000, 50_000, 100_000), repeats=9
)
