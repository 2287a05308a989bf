"""The whole pipeline over the real concerts of 34 states: what it finds, spends and costs.

    python -m showlist_assets_tests.benchmarks.real_world [--quota 1000] [--states NY,PA]

The sandbox serves the real data from a process of its own, so that time and memory are the
platform's alone. Prints one Markdown table row per pass; the second pass meets nothing new.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from showlist_assets_tests.benchmarks.sandbox_process import serving
from showlist_assets_tests.clock import NOW, running_from
from showlist_assets_tests.shared_data import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS = (
    "pass", "states", "events", "performers", "matched", "rejected", "pending", "tracks",
    "features known", "rows", "SeatGeek calls", "Spotify calls", "ReccoBeats calls", "wall s",
    "CPU s", "peak MB",
)  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quota", type=int, default=100_000, help="Spotify calls a day")
    arguments.add_argument("--states", default="", help="USPS codes; all of the data by default")
    options = arguments.parse_args()
    world = SHARED / "data" / "world"
    states = options.states.split(",") if options.states else _states_of(world)
    print("| " + " | ".join(_COLUMNS) + " |")
    print("|" + " --- |" * len(_COLUMNS))
    with tempfile.TemporaryDirectory() as home, _sandbox(world, options.quota) as url:
        for name in ("first", "second"):
            print(_one_pass(name, states, Path(home), url), flush=True)


def _states_of(world: Path) -> list[str]:
    with (world / "events.csv").open(encoding="utf-8", newline="") as file:
        return sorted({row["venue_state"] for row in csv.DictReader(file)})


@contextmanager
def _sandbox(world: Path, quota: int) -> Iterator[str]:
    flags = ("--world", str(world), "--quota", str(quota), "--window-limit", "1000000")
    with serving(*flags) as url:
        yield url


def _one_pass(name: str, states: list[str], home: Path, url: str) -> str:
    """Run ``states`` in a process of its own, and say what came out as a table row."""
    urlopen(_request(f"{url}/_sandbox/requests", "DELETE")).close()  # noqa: S310
    script = "from showlist_assets_tests.benchmarks.real_world import run; run()"
    environment = {**os.environ, **_environment(url), "BENCH_STATES": ",".join(states)}
    environment |= {"SHOWLIST_DATA_ROOT": str(home / "data"), "DAGSTER_HOME": str(home)}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    wall = time.monotonic() - began
    figures = json.loads(done.stdout.splitlines()[-1])
    with urlopen(f"{url}/_sandbox/requests") as answer:  # noqa: S310
        calls = json.load(answer)
    spent = [_calls(calls, service) for service in ("seatgeek", "spotify", "reccobeats")]
    cells = [name, len(states), *figures["counts"], *spent, f"{wall:.0f}", *figures["cost"]]
    return "| " + " | ".join(map(str, cells)) + " |"


def _environment(url: str) -> dict[str, str]:
    from showlist_assets.sandbox import config

    services = {
        "SEATGEEK": "seatgeek",
        "SPOTIFY": "spotify",
        "SPOTIFY_ACCOUNTS": "accounts",
        "RECCOBEATS": "reccobeats",
    }
    return {
        **{f"SHOWLIST_{name}_URL": f"{url}/{path}" for name, path in services.items()},
        "SEATGEEK_CLIENT_ID": config.SEATGEEK_CLIENT_ID,
        "SEATGEEK_CLIENT_SECRET": config.SEATGEEK_CLIENT_SECRET,
        "SPOTIFY_CLIENT_ID": config.SPOTIFY_CLIENT_ID,
        "SPOTIFY_CLIENT_SECRET": config.SPOTIFY_CLIENT_SECRET,
    }


def _request(url: str, method: str):
    from urllib.request import Request

    return Request(url, method=method)  # noqa: S310


def _calls(counts: dict[str, list[dict[str, object]]], service: str) -> int:
    """Sum of the counts of ``service`` in what the sandbox tells."""
    return sum(int(row["count"]) for row in counts["requests"] if row["service"] == service)


def run() -> None:
    """In the child process: materialize the states, print the figures as one line of JSON."""
    import dagster as dg
    from rich.console import Console

    from showlist_assets.cli.demo_summary import summarize
    from showlist_assets.cli.run_progress import progress_logger
    from showlist_assets.definitions import build_definitions
    from showlist_assets.defs.partitions import range_tags, ranges_covering
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    started = NOW
    platform = Platform(load_settings(), clock=running_from(started))
    states = os.environ["BENCH_STATES"].split(",")
    quiet = progress_logger(Console(file=open(os.devnull, "w")))  # noqa: SIM115, PTH123
    definitions = build_definitions(platform=platform, loggers={"console": quiet})
    job = definitions.resolve_job_def("refresh_states")
    with dg.DagsterInstance.get() as instance:
        for first, last in ranges_covering(states, among=platform.states):
            job.execute_in_process(
                instance=instance,
                tags=range_tags(first, last),
                run_config={"loggers": {"console": {}}},
            )
    usage = resource.getrusage(resource.RUSAGE_SELF)
    found = summarize(platform.tables, states, started=started)
    print(
        json.dumps(
            {
                "counts": [
                    found.shows,
                    found.performers,
                    *(found.outcomes[name] for name in ("matched", "rejected", "pending")),
                    found.tracks,
                    f"{found.feature_coverage:.0%}",
                    found.upcoming_rows,
                ],
                "cost": [
                    f"{usage.ru_utime + usage.ru_stime:.0f}",
                    f"{usage.ru_maxrss / 1024:.0f}",
                ],
            }
        )
    )


if __name__ == "__main__":
    main()
