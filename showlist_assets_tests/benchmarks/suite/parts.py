"""What is run and when: some parts alone, the others two at a time.

Wall time is measured with the machine to itself. Whatever is measured by the processors' seconds
shares the two cores, which makes these seconds a little more, those of the references as well.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from showlist_assets_tests.benchmarks.child_processes import stop
from showlist_assets_tests.benchmarks.suite import calls, commands, demo, nations, ui, warm_refresh
from showlist_assets_tests.benchmarks.suite.figures import FIGURES, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from showlist_assets_tests.benchmarks.suite.sizes import Size

_TOGETHER: Final = 2


@dataclass(frozen=True)
class Part:
    """Figures that are measured together.

    Attributes:
        measure: Gives them, in a folder of its own.
        is_alone: Whether nothing else may run meanwhile.
    """

    name: str
    measure: Callable[[Size, Path], Mapping[str, Reading]]
    is_alone: bool = False


# The longest of those that share the machine comes first.
PARTS: Final = (
    Part("commands", commands.measure, is_alone=True),
    Part("ui", ui.measure, is_alone=True),
    Part("calls", calls.measure, is_alone=True),
    Part("nations", nations.measure),
    Part("reference", calls.measure_reference),
    Part("demo", demo.measure),
    Part("refresh", warm_refresh.measure),
)


@dataclass
class Outcome:
    """What a run of the suite measured.

    Attributes:
        size: The name of its size.
        readings: By the keys of ``FIGURES``.
        failed: Why a part could not be measured, by its name.
        seconds: How long all of it took.
        load: Processes that wanted a core when it began, on average over a minute.
    """

    size: str
    readings: dict[str, Reading] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    load: float = 0.0

    def take(self, found: Mapping[str, Reading]) -> None:
        """Add what a part has measured of ``FIGURES``."""
        for figure in FIGURES:
            if figure.key in found:
                known = self.readings.get(figure.key, Reading())
                self.readings[figure.key] = known.filled_by(found[figure.key])


def run_parts(
    parts: Iterable[Part], size: Size, folder: Path, say: Callable[[str], None]
) -> Outcome:
    """Measure ``parts``; one that fails does not keep the others from being measured.

    Raises:
        KeyboardInterrupt: somebody stopped it; no process is left behind.
    """
    outcome, began = Outcome(size.name, load=os.getloadavg()[0]), time.monotonic()
    chosen = list(parts)
    for workers, phase in (
        (1, [part for part in chosen if part.is_alone]),
        (_TOGETHER, [part for part in chosen if not part.is_alone]),
    ):
        _run_phase(phase, workers, outcome, lambda part: _timed(part, size, folder, say))
    outcome.seconds = time.monotonic() - began
    return outcome


def _run_phase(
    parts: Iterable[Part],
    workers: int,
    outcome: Outcome,
    measure: Callable[[Part], Mapping[str, Reading]],
) -> None:
    pool = ThreadPoolExecutor(workers)
    names = {pool.submit(measure, part): part.name for part in parts}
    try:
        for done in as_completed(names):
            if failure := done.exception():
                outcome.failed[names[done]] = str(failure) or type(failure).__name__
            else:
                outcome.take(done.result())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        _end(names)


def _end(futures: Iterable[Future[Mapping[str, Reading]]]) -> None:
    """Leave no process behind of parts that were interrupted: each ends with the one it awaits."""
    while not all(future.done() for future in futures):
        stop(os.getpid())
        time.sleep(0.1)


def _timed(
    part: Part, size: Size, folder: Path, say: Callable[[str], None]
) -> Mapping[str, Reading]:
    began, own = time.monotonic(), folder / part.name
    own.mkdir()
    say(part.name)
    try:
        return part.measure(size, own)
    finally:
        say(f"{part.name}: {time.monotonic() - began:.0f} s")
