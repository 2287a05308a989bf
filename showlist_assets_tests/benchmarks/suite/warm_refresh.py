"""A run's process over the heaviest states, nothing being new, as the daemon would start it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from showlist_assets.domain.states import STATE_CODES
from showlist_assets_tests.benchmarks.call_economy import SandboxProcess
from showlist_assets_tests.benchmarks.child_processes import ROOT, ChildFailedError, run_python
from showlist_assets_tests.benchmarks.nation_known import SEED
from showlist_assets_tests.benchmarks.sandbox_process import serving
from showlist_assets_tests.benchmarks.suite.figures import Reading
from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from showlist_assets_tests.benchmarks.suite.sizes import Size

_KNOWN = "showlist_assets_tests.benchmarks.nation_known"
_PLAIN = "showlist_assets_tests.benchmarks.suite.plain_refresh"


def measure(size: Size, folder: Path) -> Mapping[str, Reading]:
    """CPU seconds of the process, beside those of the same work without Dagster.

    Raises:
        ChildFailedError: a process failed, or Spotify was asked for what was known.
    """
    states = STATE_CODES[: size.refreshed_states]
    events = str(size.refreshed_events)
    shutil.copy(ROOT / "dagster.yaml", folder)
    with serving("--seed", str(SEED), "--events", events) as url:
        sandbox = SandboxProcess(url, "development")
        environment = {
            **sandbox.environment(),
            "DAGSTER_HOME": str(folder),
            "SHOWLIST_DATA_ROOT": str(folder / "data"),
        }

        def child(calls: str, *arguments: str) -> float:
            # Each asks for all events itself: no answer to another one is at hand.
            own = {**environment, "SHOWLIST_CALL_STORE": str(folder / calls)}
            return run_python(arguments, folder=folder, environment=own).cpu

        today = str(NOW.date())
        child("calls-of-filling", "-m", _KNOWN, "--events", events, "--today", today)
        plain = child("calls-of-plain", "-m", _PLAIN, "--states", ",".join(states))
        sandbox.control("DELETE", "requests")
        ours = child("calls-of-run", *_run_of(states))
        if {"spotify", "reccobeats"} & {*sandbox.calls()}:
            raise ChildFailedError(f"what was known was asked for again: {sandbox.calls()}")
    return {"refresh_cpu": Reading(ours, plain)}


def _run_of(states: tuple[str, ...]) -> list[str]:
    from showlist_assets.defs.partitions import range_tags
    from showlist_assets_tests.benchmarks.nation import run_command

    return run_command("refresh_states", range_tags(states[0], states[-1]))
