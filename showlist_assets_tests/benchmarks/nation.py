"""A weekly refresh of the whole country in which nobody is new: what Dagster adds to the tables.

    python -m showlist_assets_tests.benchmarks.nation [--events 50000] [--sizes 51,5000,50000]

The sandbox runs in a process of its own. The tables are filled beforehand (``nation_known``). Then
the schedule is asked for its runs, and each is executed with its tags in a fresh process on an
instance with SQLite, one after the other, as the daemon would start them; then the DuckDB file is
rebuilt once, in a run of its own, as the daemon does when no run changes more shows (it was once
part of each run). Answers to earlier questions are not at hand, so all events are fetched; Spotify
and ReccoBeats must not be asked.

Beside it, the same work without Dagster: the same clients, domain functions, reads and writes, for
the same ranges of states, and one publication. Prints one Markdown table row per size; the
smallest, 51 events, is what starting the runs costs. CPU seconds include the interpreter's start
and all imports; "growth" is 1 where the CPU seconds beyond that start grow as the events do.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from showlist_assets.domain import shows, tracks
from showlist_assets.domain.events.changes import count_changes
from showlist_assets.domain.events.merged_shows import merged_shows
from showlist_assets.domain.events.show_changes import show_changes
from showlist_assets.domain.events.show_decisions import ShowDecisions
from showlist_assets.domain.matching.due import decisions_that_hold, performers_by_urgency
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.domain.tables.raw_events import SOURCES
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.sources.seatgeek.reader import read_events
from showlist_assets.storage.tables import TableStore, open_tables
from showlist_assets_tests.benchmarks.child_processes import ROOT, Usage, run_python
from showlist_assets_tests.benchmarks.nation_known import SEED, acts_billed
from showlist_assets_tests.benchmarks.sandbox_process import serving
from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from showlist_assets_tests.benchmarks.call_economy import SandboxProcess

_COLUMNS = (
    "events", "performers", "tracks", "rows", "runs", "wall s", "s per state", "CPU s",
    "CPU s without Dagster", "of it fetching", "CPU s above it", "peak MB",
    "peak MB without Dagster", "growth",
)  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("--events", type=int, help="one size alone")
    arguments.add_argument("--sizes", default="51,5000,15000,50000")
    options = arguments.parse_args()
    sizes = [options.events] if options.events else [int(size) for size in options.sizes.split(",")]
    print("| " + " | ".join(_COLUMNS) + " |")
    print("|" + " --- |" * len(_COLUMNS))
    measured: list[_Measured] = []
    for size in sizes:
        measured.append(_measure(size))
        print(_row(measured), flush=True)


@dataclass(frozen=True)
class _Measured:
    rows: Mapping[str, int]
    performers: int
    runs: list[Usage]
    bare: Usage

    @property
    def events(self) -> int:
        return self.rows["raw_events"]

    @property
    def cpu(self) -> float:
        return sum(run.cpu for run in self.runs)


def _measure(size: int) -> _Measured:
    # Here, as the work without Dagster imports this module and none of that.
    from showlist_assets_tests.benchmarks.call_economy import SandboxProcess

    now = NOW.replace(hour=12, minute=0, second=0, microsecond=0)
    with tempfile.TemporaryDirectory() as home, _sandbox(size, now) as url:
        environment = _environment(Path(home), url, now)
        module = "showlist_assets_tests.benchmarks.nation"
        fill = ["-m", f"{module}_known", "--events", str(size), "--today", str(now.date())]

        def earlier(work: list[str], calls: str, hours: int) -> Usage:
            # At the same instant each partition would be the same to the last byte.
            then = {"SHOWLIST_NOW": (now - timedelta(hours=hours)).isoformat()}
            own = {**environment, **then, "SHOWLIST_CALL_STORE": f"{home}/{calls}"}
            return run_python(work, folder=Path(home), environment=own)

        def run(job: str, tags: Mapping[str, str]) -> Usage:
            command = run_command(job, tags)
            return run_python(command, folder=Path(home), environment=environment)

        earlier(fill, "calls-of-the-filling", 2)
        bare = earlier(
            ["-c", f"from {module} import without_dagster; without_dagster()"],
            "calls-without-dagster",
            1,
        )
        os.environ.update(environment)
        requests = _scheduled(now)
        sandbox = SandboxProcess(url, "development")
        sandbox.control("DELETE", "requests")
        runs = [
            *(run("refresh_states", each.tags) for each in requests),
            run("rebuild_warehouse", {}),
        ]
        _refuse_wasted_calls(sandbox)
        store = open_tables(environment["SHOWLIST_DATA_ROOT"])
        frames = {table: store.read_all(table) for table in TABLES}
    performers = frames["expanded_artists"].get_column("performer_key").n_unique()
    return _Measured({name: frame.height for name, frame in frames.items()}, performers, runs, bare)


def _row(measured: list[_Measured]) -> str:
    this = measured[-1]
    wall = sum(run.wall for run in this.runs)
    cells = [
        *(this.rows["raw_events"], this.performers),
        *(this.rows[table] for table in ("top_tracks", "upcoming_shows")),
        len(this.runs),
        f"{wall:.0f}",
        f"{wall / len(STATE_CODES):.1f}",
        f"{this.cpu:.0f}",
        f"{this.bare.cpu:.0f}",
        json.loads(this.bare.output.splitlines()[-1])["fetching"],
        f"{this.cpu - this.bare.cpu:.0f}",
        f"{max(run.peak_mb for run in this.runs):.0f}",
        f"{this.bare.peak_mb:.0f}",
        f"{_growth(measured):.2f}" if len(measured) > 1 else "",
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def _growth(measured: list[_Measured]) -> float:
    """CPU seconds per event beyond the smallest size, against the same of the second size."""

    def per_event(size: _Measured) -> float:
        return (size.cpu - measured[0].cpu) / (size.events - measured[0].events)

    return per_event(measured[-1]) / per_event(measured[1])


@contextmanager
def _sandbox(size: int, now: datetime) -> Iterator[str]:
    flags = ("--seed", str(SEED), "--events", str(size))
    with serving(*flags, "--clock", f"{now:%Y-%m-%dT%H:%M:%S}") as url:
        yield url


def _environment(home: Path, url: str, now: datetime) -> dict[str, str]:
    from showlist_assets.sandbox.server import services_environment

    (home / "dagster").mkdir(exist_ok=True)
    (home / "dagster" / "dagster.yaml").write_text((ROOT / "dagster.yaml").read_text())
    variables = {
        "DAGSTER_HOME": str(home / "dagster"),
        "SHOWLIST_DATA_ROOT": str(home / "data"),
        "SHOWLIST_CALL_STORE": str(home / "calls"),
        "SHOWLIST_NOW": now.isoformat(),
    }
    return variables | services_environment(url)


def _scheduled(now: datetime) -> list[dg.RunRequest]:
    """What the weekly schedule asks for."""
    from showlist_assets.defs.schedules import weekly_refresh
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    with (
        dg.DagsterInstance.get() as instance,
        dg.build_schedule_context(
            instance,
            scheduled_execution_time=now,
            resources={"platform": Platform(load_settings())},
        ) as context,
    ):
        return list(weekly_refresh.evaluate_tick(context).run_requests or [])


def run_command(job: str, tags: Mapping[str, str]) -> list[str]:
    """What executes a run with ``tags`` in a process of its own, as an argument of Python."""
    return [
        "-m", "dagster", "job", "execute", "-m", "showlist_assets.definitions", "-a", "defs",
        "-j", job, "--tags", json.dumps(dict(tags)),
    ]  # fmt: skip


def _refuse_wasted_calls(sandbox: SandboxProcess) -> None:
    wasted = {"spotify", "reccobeats"} & {*sandbox.calls()}
    assert not wasted, f"what was known was asked for again: {sandbox.calls()}"


def without_dagster() -> None:
    """In a child process: the runs' work without Dagster, on a copy of nothing but the tables."""
    from showlist_assets.defs.partitions import state_ranges
    from showlist_assets.settings import load_settings
    from showlist_assets.storage.warehouse import publish_warehouse
    from showlist_assets.wiring import Platform

    platform = Platform(load_settings())
    now, store = platform.now(), platform.tables
    fetching = 0.0
    for first, last in state_ranges(platform.settings.states_per_run, among=platform.states):
        states = STATE_CODES[STATE_CODES.index(first) : STATE_CODES.index(last) + 1]
        began = time.process_time()
        source = platform.seatgeek()
        documents = {state: source.upcoming_concerts(state, since=now) for state in states}
        fetching += time.process_time() - began
        refresh(store, documents, now)
    publish_warehouse(store, platform.warehouse_file)
    print(json.dumps({"fetching": round(fetching)}))


def refresh(
    store: TableStore, documents: Mapping[str, list[dict[str, Any]]], now: datetime
) -> None:
    """All tables of some states from SeatGeek's ``documents``, nobody being new."""
    states = list(documents)

    def written(table: str, frame: pl.DataFrame) -> pl.DataFrame:
        store.write_states(table, states, frame)
        return store.read(table, states)

    before = store.read("raw_events", states)
    raw = written(
        "raw_events",
        pl.concat(
            read_events(found, state=state, fetched_at=now).good
            for state, found in documents.items()
        ),
    )
    count_changes(before, raw, states, today=now.date())
    told = written(
        "shows",
        merged_shows(
            raw, preferred=SOURCES, decisions=ShowDecisions(), earlier=store.read("shows", states)
        ).shows,
    )
    history = store.read("show_changes", states)
    walks = {(state, "seatgeek"): date.max for state in states}
    news = show_changes(history, told, covered=walks, now=now).rows
    written("show_changes", pl.concat([history, news]))
    stored = store.read_all("matched_artists")
    billed = acts_billed(told, store.read_all("expanded_artists"), stored)
    acts = written("expanded_artists", billed)
    performers = performers_by_urgency(acts, today=now.date())
    matched = written("matched_artists", decisions_that_hold(performers, stored))
    top = written("top_tracks", tracks.tracks_from_search(matched))
    stored = store.read_all("audio_features")
    features = written("audio_features", tracks.features_to_keep(top, stored, now=now))
    written(
        "upcoming_shows", shows.join_upcoming_shows(told, acts, matched, top, features, now=now)
    )


if __name__ == "__main__":
    main()
