"""All states in one backfill: by the default launcher, and by one and two Celery workers.

    python -m showlist_assets_tests.benchmarks.scale_out [--states 51] [--json FILE]

Each way starts all parts anew (``celery_deployment``) with empty tables and an empty ledger, in the
same made-up world, and asks for one backfill, as **Materialize all** in the UI does. Then come
three ways in which something is wrong: too few Spotify calls for everybody, and a worker that is
killed in a run, noticed by our launcher, and by nothing but the longest time that a run may take.

Prints a Markdown table of all ways and one of the killed workers. Wall time is that from the
request to the end of the backfill; CPU seconds are those in between of each part with all of its
children, so that the start of the parts counts for nobody. Calls of Spotify are counted by the
ledger in Redis, and by the sandbox itself. All parts share the machine's cores, hence a second
worker cannot make the work shorter than the cores allow.

Tables are compared after one further run of all states, not measured: that a name is a whole bill
is learnt by searches, and a run that began before another one had learnt it reads that name in the
old way until the next refresh.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.request import urlopen

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus

from showlist_assets.defs.partitions import range_tags
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.storage.tables import TableStore, open_tables
from showlist_assets_tests.benchmarks.celery_deployment import (
    BESIDE_PYTHON,
    Deployment,
    deployed,
    output_of,
)
from showlist_assets_tests.benchmarks.process_times import cpu_seconds
from showlist_assets_tests.drill.comparison import differences
from showlist_assets_tests.storage.gcs_service import gcs_service, new_bucket

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator, Mapping, Sequence

_ENOUGH: Final = 5_000
_RESERVE: Final = 10
_RUNS: Final = 3
_PATIENCE: Final = 1_200
_ASSETS: Final = (
    "raw_events", "shows", "show_changes", "expanded_artists", "matched_artists", "top_tracks",
    "audio_features", "upcoming_shows",
)  # fmt: skip
_PARTS: Final = {
    "dagster-celery": "workers",
    "dagster-daemon": "daemon",
    "api grpc": "code server",
    "postgres": "database",
    "pgbouncer": "database",
}
_OTHERS: Final = "sandbox, bucket, Redis"
# Production looks every two minutes and gives a silent worker another one.
_LOOKS_SOONER: Final = {"poll_interval_seconds": 5}
_BACKFILL: Final = """
mutation ($parameters: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $parameters) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""
_UPSTREAM: Final = {"module": "dagster_celery.launcher", "class": "CeleryRunLauncher"}


@dataclass(frozen=True)
class Way:
    """One way of executing the runs.

    Attributes:
        workers: How many Celery workers there are; none is Dagster's default launcher.
        budget: Of Spotify calls.
        changed: What else stands in the sections of dagster.yaml.
        kills: Whether the first worker that has finished a step dies.
    """

    name: str
    workers: int
    budget: int = _ENOUGH
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kills: bool = False

    @property
    def storage(self) -> str:
        return "workers" if self.workers else "postgres"


def ways(budget: int) -> list[Way]:
    """All; ``budget`` is that of the way that has too few calls."""
    noticed = {
        "run_monitoring": _LOOKS_SOONER,
        "run_launcher": {"config": {**_BROKER, "worker_lost_after_seconds": 10}},
    }
    overdue = {
        "run_monitoring": {**_LOOKS_SOONER, "max_runtime_seconds": 60},
        "run_launcher": _UPSTREAM,
    }
    return [
        Way("default launcher", 0),
        Way("1 worker", 1),
        Way("2 workers", 2),
        Way("2 workers, too few calls", 2, budget=budget),
        Way("2 workers, one killed, noticed", 2, changed=noticed, kills=True),
        Way("2 workers, one killed, overdue", 2, changed=overdue, kills=True),
    ]


_BROKER: Final = {
    "broker": {"env": "CELERY_BROKER_URL"},
    "backend": {"env": "CELERY_RESULT_BACKEND"},
}


@dataclass(frozen=True)
class Killed:
    """Seconds after a worker was killed.

    Attributes:
        noticed: When its run had failed.
        done: When all states were there.
    """

    noticed: float
    done: float


@dataclass(frozen=True)
class Measured:
    """What a way took.

    Attributes:
        runs: Seconds of each run of the backfill, as far as it worked.
        failed: How many of them failed.
        cpu: Seconds, by part.
        calls: Of Spotify, by the ledger and by the sandbox.
        pending: Performers who wait for a call.
        load: Of the machine, mean of the minute before its start.
        differs: The tables that are not as those of the first way.
    """

    way: str
    states: int
    wall: float
    runs: list[float]
    failed: int
    cpu: dict[str, float]
    budget: int
    calls: tuple[int, int]
    pending: int
    load: float
    killed: Killed | None = None
    differs: list[str] = field(default_factory=list)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("--states", type=int, default=len(STATE_CODES))
    arguments.add_argument("--ways", help="names, with semicolons between")
    arguments.add_argument("--budget", type=int, default=150, help="where calls are too few")
    arguments.add_argument("--json", type=Path, help="also write the figures there")
    options = arguments.parse_args()
    chosen = [
        way
        for way in ways(options.budget)
        if not options.ways or way.name in options.ways.split(";")
    ]
    measured: list[Measured] = []
    try:
        pytest.importorskip("dagster_celery", reason="the extra celery is not installed")
        pytest.importorskip("dagster_postgres", reason="the extra postgres is not installed")
        for each in _measured(chosen, options.states):
            print(f"{each.way}: {each.wall:.0f} s", file=sys.stderr, flush=True)
            measured.append(each)
            if options.json:
                told = [asdict(one) for one in measured]
                options.json.write_text(json.dumps(told, indent=1))
    except pytest.skip.Exception as missing:
        sys.exit(f"Not measured: {missing}.")
    print(report(measured))


def _measured(chosen: Sequence[Way], states: int) -> Iterator[Measured]:
    """One after the other; the tables of the first are what the others' are compared with.

    Raises:
        pytest.skip.Exception: a program is not installed.
    """
    with gcs_service() as address:
        os.environ["STORAGE_EMULATOR_HOST"] = address
        expected: TableStore | None = None
        for way in chosen:
            bucket = f"gs://{new_bucket(address)}"
            found = _measure(way, bucket, STATE_CODES[:states], expected)
            yield found
            if not expected and not found.pending:
                expected = open_tables(f"{bucket}/data")


def _measure(way: Way, bucket: str, states: Sequence[str], expected: TableStore | None) -> Measured:
    settings = {
        "SHOWLIST_SPOTIFY_BUDGET": str(way.budget),
        "SHOWLIST_SPOTIFY_RESERVE": str(_RESERVE),
        "SHOWLIST_STATES_PER_RUN": str(-(-len(states) // _RUNS)),
    }
    load = os.getloadavg()[0]
    parts = deployed(
        bucket, settings, storage=way.storage, workers=way.workers, changed=way.changed
    )
    with parts as deployment:
        backfill = _ask_for(states, deployment)
        before, began = _cpu(), time.monotonic()
        killed = _kill_one(deployment, backfill) if way.kills else None
        _wait_until(lambda: _is_done(deployment.instance, backfill))
        ended = time.monotonic()
        used = _cpu()
        used.subtract(before)
        runs = _runs_of(deployment.instance, backfill)
        found = open_tables(f"{bucket}/data")
        calls = (_calls_of_ledger(), _calls_of_sandbox(deployment.sandbox))
        decided = found.read_all("matched_artists")
        waiting = decided.filter(outcome="pending").get_column("performer_key").n_unique()
        if not waiting:
            _settle(states)
        return Measured(
            way=way.name,
            states=found.read_all("upcoming_shows").get_column("state").n_unique(),
            wall=ended - began,
            runs=[_seconds(record) for record in runs],
            failed=sum(record.dagster_run.status == dg.DagsterRunStatus.FAILURE for record in runs),
            cpu={part: round(seconds, 1) for part, seconds in used.items()},
            budget=way.budget,
            calls=calls,
            pending=waiting,
            load=load,
            killed=Killed(killed[1] - killed[0], ended - killed[0]) if killed else None,
            differs=differences(expected, found) if expected and not waiting else [],
        )


def _cpu() -> Counter[str]:
    return cpu_seconds(_PARTS, otherwise=_OTHERS)


def _ask_for(states: Sequence[str], deployment: Deployment) -> str:
    """Ask for a backfill as the UI does; the name that Dagster gives it."""
    parameters = {
        "assetSelection": [{"path": [asset]} for asset in _ASSETS],
        "partitionNames": list(states),
    }
    told = output_of(
        BESIDE_PYTHON / "dagster-graphql", "-w", deployment.workspace,
        "-t", _BACKFILL, "-v", json.dumps({"parameters": parameters}),
    )  # fmt: skip
    launched = json.loads(told.strip().splitlines()[-1])["data"]["launchPartitionBackfill"]
    if "backfillId" not in launched:
        raise RuntimeError(f"the backfill was refused: {launched}")
    return str(launched["backfillId"])


def _settle(states: Sequence[str]) -> None:
    """One run of all states: that a name is a bill, which one run has learnt, all states read."""
    output_of(
        BESIDE_PYTHON / "dagster", "job", "execute", "-m", "showlist_assets.definitions",
        "-a", "defs", "-j", "refresh_states", "--tags",
        json.dumps(range_tags(states[0], states[-1])),
    )  # fmt: skip


def _kill_one(deployment: Deployment, backfill: str) -> tuple[float, float]:
    """Kill the worker of the first run that has finished a step: when, and when that run failed."""
    instance = deployment.instance
    _wait_until(lambda: _halfway(instance, backfill) is not None)
    run = _halfway(instance, backfill)
    assert run is not None
    launcher: Any = instance.run_launcher
    worker = launcher.celery.AsyncResult(run.tags["dagster-celery/task_id"]).info["hostname"]
    deployment.kill(worker.partition("@")[0])
    killed = time.monotonic()
    _wait_until(lambda: run.run_id in {each.run_id for each in _failed(instance, backfill)})
    return killed, time.monotonic()


def _halfway(instance: dg.DagsterInstance, backfill: str) -> dg.DagsterRun | None:
    made = dg.DagsterEventType.ASSET_MATERIALIZATION
    started = _runs_of(instance, backfill, dg.DagsterRunStatus.STARTED)
    return next(
        (run.dagster_run for run in started if instance.all_logs(run.dagster_run.run_id, made)),
        None,
    )


def _failed(instance: dg.DagsterInstance, backfill: str) -> list[dg.DagsterRun]:
    failed = _runs_of(instance, backfill, dg.DagsterRunStatus.FAILURE)
    return [record.dagster_run for record in failed]


def _runs_of(
    instance: dg.DagsterInstance, backfill: str, *statuses: dg.DagsterRunStatus
) -> list[dg.RunRecord]:
    filters = dg.RunsFilter(tags={"dagster/backfill": backfill}, statuses=list(statuses))
    return list(instance.get_run_records(filters))


def _seconds(record: dg.RunRecord) -> float:
    return (record.end_time or 0) - (record.start_time or record.end_time or 0)


def _is_done(instance: dg.DagsterInstance, backfill: str) -> bool:
    """Whether nothing of the backfill is to come.

    Raises:
        RuntimeError: it was given up.
    """
    found = instance.get_backfill(backfill)
    assert found is not None
    if found.status in (BulkActionStatus.FAILED, BulkActionStatus.CANCELED):
        raise RuntimeError(f"the backfill is {found.status.value}: {found.error}")
    return found.status not in (BulkActionStatus.REQUESTED, BulkActionStatus.FAILING)


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not is_so():
        if time.monotonic() > until:
            raise RuntimeError(f"not done after {_PATIENCE} s")
        time.sleep(0.5)


def _calls_of_ledger() -> int:
    """In Redis, which all workers share: this process has their settings."""
    from showlist_assets.settings import load_settings
    from showlist_assets.wiring import Platform

    return Platform(load_settings()).ledger("spotify").spent().total()


def _calls_of_sandbox(url: str) -> int:
    with urlopen(f"{url}/_sandbox/requests") as answer:  # noqa: S310
        rows = json.load(answer)["requests"]
    return sum(row["count"] for row in rows if row["service"] == "spotify")


def report(measured: Sequence[Measured]) -> str:
    """Two Markdown tables: of all ways, and of the workers that were killed."""
    parts = ["workers", "code server", "daemon", "database", _OTHERS]
    columns = [
        "way", "states", "runs (failed)", "wall s", "run s each",
        *(f"CPU s {part}" for part in parts),
        "Spotify calls (budget)", "counted by the sandbox", "pending", "tables", "load before",
    ]  # fmt: skip
    lines = [_line(columns), _line(["---"] * len(columns))]
    lines += [_line(_cells(each, parts)) for each in measured]
    killed = [each for each in measured if each.killed]
    if killed:
        lines += [
            "",
            _line(["killed", "run failed after s", "all states after s"]),
            _line(["---"] * 3),
        ]
        lines += [
            _line([each.way, f"{each.killed.noticed:.0f}", f"{each.killed.done:.0f}"])
            for each in killed
            if each.killed
        ]
    return "\n".join(lines)


def _cells(each: Measured, parts: Sequence[str]) -> list[str]:
    seconds = sorted(each.runs)
    differing = ", ".join(table.partition(":")[0] for table in each.differs)
    told = f"differ: {differing}" if differing else ("-" if each.pending else "as the first")
    # What a killed worker had used is gone with it.
    unknown = ("workers",) if each.killed else ()
    return [
        each.way,
        str(each.states),
        f"{len(seconds)} ({each.failed})",
        f"{each.wall:.0f}",
        f"{seconds[0]:.0f} to {seconds[-1]:.0f}" if seconds else "",
        *("-" if part in unknown else f"{each.cpu.get(part, 0):.0f}" for part in parts),
        f"{each.calls[0]} ({each.budget})",
        str(each.calls[1]),
        str(each.pending),
        told,
        f"{each.load:.1f}",
    ]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
