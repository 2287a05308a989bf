"""Programs in processes of their own: what they cost, and that none outlives a benchmark."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from showlist_assets.settings import setting_names
from showlist_assets_tests.benchmarks.process_times import descendants, is_running
from showlist_assets_tests.clock import PINNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

ROOT: Final = Path(__file__).parents[2]
_GRACE: Final = 10.0
_STOPPED_BY: Final = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Usage:
    """What a process and all that it waited for cost.

    Attributes:
        cpu: User and system seconds.
        peak_mb: Resident memory of the largest process.
        output: What it printed, errors included.
    """

    wall: float
    cpu: float
    peak_mb: float
    output: str


class ChildFailedError(Exception):
    """A program that is measured ended with an error."""


def clean_environment(folder: Path, own: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's, without settings of whoever measures, at the suite's date.

    What is temporary lies in ``folder``: who is killed does not clear it away.
    """
    kept = {name: value for name, value in os.environ.items() if name not in setting_names()}
    kept.pop("DAGSTER_HOME", None)
    own_places = {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    return {**kept, **PINNED, **own_places, **(own or {})}


def run_python(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None
) -> Usage:
    """Run Python with ``arguments`` in ``folder``, where no ``.env`` of a clone counts.

    Raises:
        ChildFailedError: it failed; with the end of what it printed.
    """
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env=clean_environment(folder, environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read().decode(errors="replace").strip()
    if process.returncode:
        raise ChildFailedError(f"{' '.join(arguments)} failed:\n{printed[-2000:]}")
    cpu = used.ru_utime + used.ru_stime
    return Usage(time.monotonic() - began, cpu, used.ru_maxrss / 1024, printed)


@contextmanager
def ends_with_its_processes() -> Iterator[None]:
    """Whatever ends the block, Ctrl-C and ``kill`` included, ends all processes started in it."""
    others = descendants(os.getpid())
    # A shell starts what it leaves in the background deaf to Ctrl-C.
    before = {one: signal.signal(one, _interrupt) for one in _STOPPED_BY}
    try:
        yield
    finally:
        stop(os.getpid(), spared=others)
        for one, handler in before.items():
            signal.signal(one, handler)


def _interrupt(*_: object) -> None:
    # A second one would leave processes behind.
    for one in _STOPPED_BY:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


def stop(parent: int, *, spared: AbstractSet[int] = frozenset()) -> None:
    """End what ``parent`` has started, and what that has: at first politely."""
    started = descendants(parent) - spared
    _send(started, signal.SIGTERM)
    until = time.monotonic() + _GRACE
    while any(map(is_running, started)) and time.monotonic() < until:
        time.sleep(0.05)
    # What was started meanwhile, too.
    _send({*filter(is_running, started), *(descendants(parent) - spared)}, signal.SIGKILL)


def _send(processes: Iterable[int], number: int) -> None:
    for one in processes:
        with suppress(ProcessLookupError):
            os.kill(one, number)
