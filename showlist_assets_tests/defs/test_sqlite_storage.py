"""Dagster's SQLite files by engines that are kept: the same files, whoever writes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef

from showlist_assets.defs import sqlite_storage
from showlist_assets.defs.sqlite_storage import EventLog, with_kept_engines

_STATES = dg.StaticPartitionsDefinition(["VT", "WY"])


@dg.asset(partitions_def=_STATES)
def numbers() -> None: ...


def _usual(home: Path) -> dg.DagsterInstance:
    return dg.DagsterInstance.from_config(str(home))


def _ours(home: Path) -> dg.DagsterInstance:
    return dg.DagsterInstance.from_ref(with_kept_engines(InstanceRef.from_dir(str(home))))


def _materialize(instance: dg.DagsterInstance, state: str) -> str:
    result = dg.materialize([numbers], instance=instance, partition_key=state)
    assert result.success
    return result.run_id


@pytest.fixture
def home(tmp_path) -> Path:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    return tmp_path


def _seen(instance: dg.DagsterInstance) -> tuple[object, ...]:
    runs = sorted((run.run_id, run.status.value) for run in instance.get_runs())
    events = {run: [each.message for each in instance.all_logs(run)] for run, _ in runs}
    return (
        runs,
        events,
        sorted(instance.get_materialized_partitions(numbers.key)),
        instance.get_dynamic_partitions("recipes"),
    )


def test_either_reads_and_continues_what_the_other_wrote(home):
    with _usual(home) as usual:
        _materialize(usual, "VT")
        usual.add_dynamic_partitions("recipes", ["mine"])
    with _ours(home) as ours, _usual(home) as usual:
        assert isinstance(ours.event_log_storage, EventLog)
        assert _seen(ours) == _seen(usual)
        _materialize(ours, "WY")
        assert _seen(ours) == _seen(usual)
        assert _seen(ours)[2] == ["VT", "WY"]
        first = usual.get_runs()[-1].run_id
        usual.delete_run(first)
        assert _seen(ours) == _seen(usual)
        assert ours.all_logs(first) == []


def test_a_run_s_events_cost_one_engine_a_file(home):
    with _ours(home) as ours:
        before = sqlite_storage._engine_of.cache_info().misses
        run_id = _materialize(ours, "VT")
        made = sqlite_storage._engine_of.cache_info().misses - before
        assert len(ours.all_logs(run_id)) > 10
    # The run's own events, those of all assets, the runs, the schedules.
    assert made <= 4


def test_threads_at_once_lose_no_event(home):
    told = [dg.AssetMaterialization(numbers.key, partition=str(number)) for number in range(40)]
    with _ours(home) as ours:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(ours.report_runless_asset_event, told))
        kept = ours.get_materialized_partitions(numbers.key)
    assert kept == {each.partition for each in told}


def test_many_files_keep_few_engines_and_none_open(home):
    with _ours(home) as ours:
        for number in range(sqlite_storage._ENGINES + 5):
            ours.event_log_storage.get_logs_for_run(f"{number:032d}")
        assert sqlite_storage._engine_of.cache_info().currsize <= sqlite_storage._ENGINES
    held = [link.resolve() for link in Path("/proc/self/fd").iterdir() if link.exists()]
    assert not [path for path in held if home in path.parents]


def test_another_storage_stays_as_it_is(home):
    (home / "dagster.yaml").write_text(
        "storage: {postgres: {postgres_db: {hostname: h, username: u, password: p, db_name: d}}}\n"
    )
    reference = InstanceRef.from_dir(str(home))
    assert with_kept_engines(reference) is reference
