"""The platform as the benchmark of calls drives it: real runs on Dagster's SQLite, in one process.

    python -m showlist_assets_tests.benchmarks.our_method --states CA,NY

Everything else comes from the settings. Prints one line of JSON: ``counts`` and ``tracks`` as in
``call_economy_figures.Pass``, and when the work began and ended (seconds
of the machine's monotonic clock).
"""

from __future__ import annotations

import argparse
import io
import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl
from rich.console import Console

from showlist_assets.cli.run_progress import progress_logger
from showlist_assets.definitions import build_definitions
from showlist_assets.defs.partitions import range_tags, ranges_covering
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW, running_from

if TYPE_CHECKING:
    from showlist_assets.storage.tables import TableStore


def main() -> None:
    """Materialize the states and print what came out."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--states", required=True, help="USPS codes, with commas")
    arguments.add_argument("--at", type=datetime.fromisoformat, default=NOW, help="when it begins")
    given = arguments.parse_args()
    states = given.states.split(",")
    # The ledger's windows pass in real seconds, only on another day.
    platform = Platform(load_settings(), clock=running_from(given.at))
    started = platform.now()
    quiet = progress_logger(Console(file=io.StringIO()))
    definitions = build_definitions(platform=platform, loggers={"console": quiet})
    job = definitions.resolve_job_def("refresh_states")
    with dg.DagsterInstance.get() as instance:
        ready_at = time.monotonic()
        for first, last in ranges_covering(states, among=STATE_CODES):
            job.execute_in_process(
                instance=instance,
                tags=range_tags(first, last),
                run_config={"loggers": {"console": {}}},
            )
        done_at = time.monotonic()
    store = platform.tables
    found = {"counts": _counts(store, states, started), "tracks": _asked(store, states, started)}
    print(json.dumps({**found, "ready_at": ready_at, "done_at": done_at}))


def _counts(store: TableStore, states: list[str], started: datetime) -> dict[str, int]:
    matched = store.read("matched_artists", states)
    # A festival or a venue on the bill is nobody to look for, so it is no divisor for calls.
    looked_up = matched.filter(~pl.col("rule").str.starts_with("is_"))
    return {
        "events": store.read("raw_events", states).height,
        "rows": store.read("expanded_artists", states).height,
        "performers": _different(matched),
        "new": _different(looked_up.filter(pl.col("decided_at") >= started)),
        "matched": _different(matched.filter(pl.col("outcome") == "matched")),
    }


def _different(decisions: pl.DataFrame) -> int:
    return decisions.get_column("performer_key").n_unique()


def _asked(store: TableStore, states: list[str], started: datetime) -> dict[str, Any]:
    """Tracks asked about since ``started``, by state."""
    asked = store.read("audio_features", states).filter(pl.col("asked_at") >= started)
    return dict(asked.group_by("state").len().iter_rows())


if __name__ == "__main__":
    main()
