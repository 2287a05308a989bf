"""Calls and wall time beside the reference method, against the same world, limits on.

    python -m showlist_assets_tests.benchmarks.call_economy [--states CA,NY] [--performers 1000]

Six passes or seven, each program in a process of its own, the sandbox too. All of the reference's
rows under the limits would take half an hour, so it is run twice: over every row without limits,
which gives its calls, and over the first rows under the limits, which gives its pace; the wall time
of all rows is reckoned from both. Ours is timed whole. The newcomers are acts whose only concert
the sandbox hides at first. Prints a Markdown table, and what it is doing to stderr; the aims are
those of ``make bench`` (``suite``), which has the same passes but for the reference's first.

The window must be the tighter limit: at 60 ms a client that asks one by one makes some 15 calls a
second, and 250 in 30 seconds are 8.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from showlist_assets.domain.states import STATE_CODES, parse_states
from showlist_assets_tests.benchmarks import reference_method
from showlist_assets_tests.benchmarks.call_economy_figures import (
    Limits,
    Pass,
    Passes,
    passes_table,
)
from showlist_assets_tests.benchmarks.child_processes import ROOT, ChildFailedError
from showlist_assets_tests.benchmarks.sandbox_process import serving
from showlist_assets_tests.benchmarks.touring_world import write_touring_world
from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NO_LIMIT = 10**6
# Not imported: it imports Dagster, which its own process measures.
_OUR_METHOD = "showlist_assets_tests.benchmarks.our_method"
# More than any pass spends, and less than the window lets through in a day.
_BUDGET = 100_000
_NEWCOMERS = 0.05
# Past the six hours for which SeatGeek's answers are kept; all passes are short of the day after
# which Spotify is asked again for who was not found.
_LATER = timedelta(hours=6, minutes=30)
_MOST_REPEATED = 2


@dataclass(frozen=True)
class Bench:
    """What is run, and where its files lie.

    Attributes:
        reference_rows: Billed rows that the reference is timed with; with 0 its calls are counted.
    """

    folder: Path
    states: tuple[str, ...]
    limits: Limits
    reference_rows: int = 0

    @property
    def world(self) -> Path:
        """The world that every sandbox serves."""
        return self.folder / "world"

    def write_world(self, performers: int) -> None:
        """Make that world, with at least so many performers."""
        self.world.mkdir()
        today = NOW.date()
        write_touring_world(self.world, states=self.states, performers=performers, today=today)


class SandboxProcess:
    """A sandbox in a process of its own, over its control surface."""

    def __init__(self, url: str, mode: str) -> None:
        self.url, self.mode = url, mode

    def control(self, method: str, path: str, **body: object) -> dict[str, Any]:
        """One request to ``/_sandbox``."""
        answer = requests.request(
            method, f"{self.url}/_sandbox/{path}", json=body or None, timeout=30
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def calls(self) -> Counter[str]:
        """Answers by service; Spotify's 429s as "refused"."""
        counts: Counter[str] = Counter()
        for row in self.control("GET", "requests")["requests"]:
            is_refused = row["service"] == "spotify" and row["status"] == 429
            counts["refused" if is_refused else row["service"]] += row["count"]
        return counts

    def environment(self) -> dict[str, str]:
        """The settings that point the platform at it."""
        from showlist_assets.sandbox.server import services_environment

        return {"SHOWLIST_SPOTIFY_MODE": self.mode, **services_environment(self.url)}


@contextmanager
def sandbox(bench: Bench, mode: str, *, limited: bool = True) -> Iterator[SandboxProcess]:
    """A sandbox that serves the world, with latency and window unless it is unlimited."""
    window = bench.limits.window if limited else _NO_LIMIT
    latency = bench.limits.latency_ms if limited else 0
    flags = (
        "--mode", mode, "--world", str(bench.world), "--quota", str(_NO_LIMIT),
        "--window-limit", str(window), "--latency-ms", str(latency),
    )  # fmt: skip
    with serving(*flags) as url:
        yield SandboxProcess(url, mode)


def reference_pass(bench: Bench, *, paging: bool) -> Pass:
    """The reference's calls for every row, and its wall time at the pace of its first rows."""
    everything, calls = _reference(bench, paging=paging, limited=False, rows=None)
    counted = Pass(
        "reference, all pages" if paging else "reference, ten events a state",
        "extended",
        events=everything["events"],
        rows=everything["rows"],
        performers=everything["performers"],
        new=everything["performers"],
        matched=everything["matched"],
        spotify=calls["spotify"],
        refused=0,
        reccobeats=0,
        tracks={},
        seconds=0.0,
    )
    return _at_its_pace(bench, counted, paging=paging) if bench.reference_rows else counted


def _at_its_pace(bench: Bench, counted: Pass, *, paging: bool) -> Pass:
    timed, calls = _reference(bench, paging=paging, limited=True, rows=bench.reference_rows)
    pace = timed["seconds"] / bench.limits.seconds(calls["spotify"])
    return replace(
        counted,
        # It meets the edge of the window, and a 429, as often per call as in the timed part.
        refused=round(calls["refused"] * counted.spotify / calls["spotify"]),
        seconds=pace * bench.limits.seconds(counted.spotify),
        timed_rows=timed["rows"],
    )


def _reference(
    bench: Bench, *, paging: bool, limited: bool, rows: int | None
) -> tuple[dict[str, Any], Counter[str]]:
    with sandbox(bench, "extended", limited=limited) as served:
        arguments = [served.url, "--states", ",".join(bench.states)]
        arguments += ["--paging"] if paging else []
        arguments += ["--rows", str(rows)] if rows else []
        found = _python(["-m", reference_method.__name__, *arguments], os.environ)
        return found, served.calls()


def our_pass(
    bench: Bench, served: SandboxProcess, method: str, *, later: timedelta | None = None
) -> Pass:
    """One pass of the platform, as it would go ``later`` than now."""
    _say(f"{method} ({served.mode})")
    served.control("DELETE", "requests")
    home = bench.folder / f"ours-{served.mode}"
    home.mkdir(exist_ok=True)
    # As every home has it (`showlist ui`, `showlist demo`).
    shutil.copy(ROOT / "dagster.yaml", home)
    environment = {
        **os.environ,
        **served.environment(),
        "SHOWLIST_SPOTIFY_BUDGET": str(_BUDGET),
        "SHOWLIST_SPOTIFY_RESERVE": "0",
        "SHOWLIST_SPOTIFY_WINDOW": str(bench.limits.window),
        "SHOWLIST_DATA_ROOT": str(home / "data"),
        "SHOWLIST_OVERRIDES": str(home / "overrides.yaml"),
        "SHOWLIST_SHOW_DECISIONS": str(home / "shows.yaml"),
        "SHOWLIST_FEEDS": str(home / "feeds"),
        "DAGSTER_HOME": str(home),
    }
    began = time.monotonic()
    arguments = ["-m", _OUR_METHOD, "--states", ",".join(bench.states)]
    arguments += ["--at", (NOW + (later or timedelta())).isoformat()]
    found = _python(arguments, environment, cwd=home)
    calls = served.calls()
    return Pass(
        method,
        served.mode,
        **found["counts"],
        spotify=calls["spotify"],
        refused=calls["refused"],
        reccobeats=calls["reccobeats"],
        tracks=found["tracks"],
        seconds=found["done_at"] - found["ready_at"],
        start=found["ready_at"] - began,
    )


def _python(
    arguments: Sequence[str], environment: Mapping[str, str], cwd: Path | None = None
) -> dict[str, Any]:
    """The JSON that a Python program prints last.

    Raises:
        ChildFailedError: it failed.
    """
    done = subprocess.run(
        [sys.executable, *arguments],
        # Away from the project's own folder, no .env of it counts.
        env={**environment, "PYTHONPATH": str(ROOT)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ChildFailedError(f"{arguments[1]} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def newcomers_events(events: Sequence[dict[str, Any]], share: float) -> list[int]:
    """Ids of events without which ``share`` of the performers, or a few more, play nowhere."""
    dates = Counter(act["id"] for event in events for act in event["performers"])
    hidden: list[int] = []
    gone = 0
    for event in events:
        if gone >= share * len(dates):
            break
        if all(dates[act["id"]] == 1 for act in event["performers"]):
            hidden.append(event["id"])
            gone += len(event["performers"])
    return hidden


def our_development_passes(bench: Bench) -> tuple[Pass, Pass, Pass]:
    """The first pass without the newcomers, one with nothing new, and one with the newcomers."""
    with sandbox(bench, "development") as served:
        events = [
            event
            for state in bench.states
            for event in reference_method.upcoming_events(served.url, state, paging=True)
        ]
        for event_id in newcomers_events(events, _NEWCOMERS):
            served.control("POST", f"events/{event_id}", removed=True)
        first = our_pass(bench, served, "ours")
        again = _settled_pass(bench, served)
        served.control("POST", "reset")
        later = (_MOST_REPEATED + 1) * _LATER
        served.control("POST", "clock", advance_seconds=later.total_seconds())
        newcomers = our_pass(bench, served, "ours, newcomers", later=later)
        return first, again, newcomers


def _settled_pass(bench: Bench, served: SandboxProcess) -> Pass:
    """The first pass that asks Spotify nothing, or the last of some.

    From the answers of one pass the next one learns that a text on a bill is several acts, who are
    news to it.
    """
    for repeated in range(1, _MOST_REPEATED + 1):
        served.control("POST", "clock", advance_seconds=_LATER.total_seconds())
        again = our_pass(bench, served, "ours, nothing new", later=repeated * _LATER)
        if not again.spotify:
            break
    return again


def run_all(bench: Bench) -> Passes:
    """Every pass; the two of the reference run beside each other, ours alone."""
    _say("the reference method")
    with ThreadPoolExecutor() as pool:
        first_page, all_pages = pool.map(
            lambda paging: reference_pass(bench, paging=paging), (False, True)
        )
    with sandbox(bench, "extended") as served:
        extended = our_pass(bench, served, "ours")
    return Passes(first_page, all_pages, extended, *our_development_passes(bench))


def main() -> None:
    """Run the benchmark and print its tables."""
    options, began = _options(), time.monotonic()
    states = tuple(parse_states(options.states)) if options.states else STATE_CODES
    limits = Limits(options.window, options.latency_ms)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), states, limits, options.reference_rows)
        bench.write_world(options.performers)
        passes = run_all(bench)
    print(passes_table(passes.in_order(), limits))
    _say(f"done in {time.monotonic() - began:.0f} s")


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--states", default="", help="USPS codes; all 51 by default")
    arguments.add_argument("--performers", type=int, default=400, help="different acts, at least")
    arguments.add_argument("--window", type=int, default=250, help="Spotify calls per 30 s")
    arguments.add_argument("--latency-ms", type=int, default=60, help="of every answer")
    arguments.add_argument("--reference-rows", type=int, default=75, help="billed rows to time")
    return arguments.parse_args()


def _say(what: str) -> None:
    print(f"Calls: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
