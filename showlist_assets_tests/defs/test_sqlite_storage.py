"""Dagster's SQLite files by engines that are kept: the same files, whoever writes them."""

# Dagster reads the annotation of a context, so annotations are not postponed here.
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import dagster as dg
import pytest
from alembic.script import ScriptDirectory
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from sqlalchemy import event as database_event
from sqlalchemy.exc import OperationalError

from showlist_assets.defs import sqlite_storage
from showlist_assets.defs.instance import AS_CONFIGURED, BatchingInstance
from showlist_assets.defs.sqlite_storage import EventLog

_Seen = TypeVar("_Seen")
_STATES = dg.StaticPartitionsDefinition(["VT", "WY"])


@dg.asset(
    partitions_def=_STATES,
    backfill_policy=dg.BackfillPolicy.single_run(),
    check_specs=[dg.AssetCheckSpec("plausible", asset="numbers")],
)
def numbers(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    for state in context.partition_keys:
        context.add_asset_metadata({"rows": len(state)}, partition_key=state)
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


def _usual(home: Path) -> dg.DagsterInstance:
    return dg.DagsterInstance.from_config(str(home))


def _ours(home: Path) -> dg.DagsterInstance:
    reference = InstanceRef.from_dir(str(home), overrides={"instance_class": AS_CONFIGURED})
    return dg.DagsterInstance.from_ref(reference)


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


def _both_states(instance: dg.DagsterInstance) -> str:
    tags = {
        "dagster/asset_partition_range_start": "VT",
        "dagster/asset_partition_range_end": "WY",
    }
    result = dg.materialize([numbers], instance=instance, tags=tags)
    assert result.success
    return result.run_id


def _told(instance: dg.DagsterInstance, run_id: str) -> tuple[object, ...]:
    """All that the UI shows of a run of two states."""
    storage, key = instance.event_log_storage, numbers.key
    found = instance.fetch_materializations(key, limit=9).records
    checks = storage.get_asset_check_execution_history(numbers.check_key, limit=9)
    (asset,) = storage.get_asset_records([key])
    return (
        [event.dagster_event_type for event in instance.all_logs(run_id)],
        [(record.partition_key, record.asset_materialization.metadata) for record in found],
        [(check.status, check.run_id == run_id) for check in checks],
        asset.asset_entry.last_materialization.dagster_event.partition,
        asset.asset_entry.last_materialization_storage_id == found[0].storage_id,
        asset.asset_entry.last_run_id == run_id,
        storage.get_latest_storage_id_by_partition(
            key, dg.DagsterEventType.ASSET_MATERIALIZATION
        ).keys(),
        instance.get_run_by_id(run_id).status,
    )


def _by_both(folder: Path, seen: Callable[[dg.DagsterInstance], _Seen]) -> tuple[_Seen, _Seen]:
    """What is ``seen`` in a new home of Dagster's own and in one of ours."""
    found = []
    for name, opened in (("usual", _usual), ("ours", _ours)):
        home = folder / name
        home.mkdir()
        with opened(home) as instance:
            found.append(seen(instance))
    usual, ours = found
    return usual, ours


def _commits(instance: dg.DagsterInstance, run_id: str) -> list[object]:
    """Grows with each commit to the file of the run."""
    commits: list[object] = []
    with instance.event_log_storage.run_connection(run_id) as connection:
        engine = connection.engine
    database_event.listen(engine, "commit", commits.append)
    return commits


def test_a_run_of_several_partitions_is_told_as_dagster_tells_it(tmp_path):
    usual, ours = _by_both(tmp_path, lambda instance: _told(instance, _both_states(instance)))
    assert usual == ours
    assert {state for state, _ in ours[1]} == {"VT", "WY"}


def test_events_of_partitions_are_committed_together(home):
    with _ours(home) as ours:
        run_id = _both_states(ours)
        event = ours.all_logs(run_id, dg.DagsterEventType.ASSET_MATERIALIZATION)[0]
        commits = _commits(ours, run_id)
        ours.event_log_storage.store_event_batch([event] * 50)
        assert len(commits) == 1
        assert len(ours.all_logs(run_id, dg.DagsterEventType.ASSET_MATERIALIZATION)) == 52


def test_the_run_s_file_is_committed_first_and_none_is_closed_before_both_are(home):
    with _ours(home) as ours:
        run_id, log, happened = _both_states(ours), ours.event_log_storage, list[str]()
        (event, _) = ours.all_logs(run_id, dg.DagsterEventType.ASSET_MATERIALIZATION)
        for name, connects in (("run", log.run_connection), ("all", log.index_connection)):
            with connects(run_id) if name == "run" else connects() as connection:
                engine = connection.engine
            told = happened.append
            database_event.listen(
                engine, "commit", lambda _, told=told, name=name: told(f"{name} committed")
            )
            database_event.listen(
                engine.pool, "close", lambda *_, told=told, name=name: told(f"{name} closed")
            )
        log.store_event_batch([event] * 2)
    assert happened[:2] == ["run committed", "all committed"]
    assert sorted(happened[2:4]) == ["all closed", "run closed"]


def test_of_a_batch_that_fails_nothing_is_stored(home, monkeypatch):
    with _ours(home) as ours:
        run_id = _both_states(ours)
        event = ours.all_logs(run_id, dg.DagsterEventType.ASSET_MATERIALIZATION)[0]
        before = _told(ours, run_id)
        stores = SqliteEventLogStorage.store_event
        calls = iter(range(9))

        def fails(self, event) -> None:
            if next(calls) == 2:
                raise OSError("disk full")
            stores(self, event)

        with monkeypatch.context() as patched:
            patched.setattr(SqliteEventLogStorage, "store_event", fails)
            with pytest.raises(OSError, match="disk full"):
                ours.event_log_storage.store_event_batch([event] * 4)
        assert _told(ours, run_id) == before
        # And the connection is free again.
        ours.event_log_storage.store_event_batch([event])
        assert len(ours.fetch_materializations(numbers.key, limit=9).records) == 3


@dg.asset(check_specs=[dg.AssetCheckSpec("plausible", asset="refused")])
def refused():
    yield dg.AssetCheckResult(passed=False)
    raise dg.Failure("The table was refused.", allow_retries=False)


def _kinds(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    return [
        str(event.dagster_event_type and event.dagster_event_type.value)
        for event in instance.all_logs(run_id)
    ]


def _refused(instance: dg.DagsterInstance) -> tuple[list[str], list[object]]:
    """What is stored of a run that fails after a check."""
    result = dg.materialize([refused], instance=instance, raise_on_error=False)
    checks = instance.event_log_storage.get_asset_check_execution_history(
        next(iter(refused.check_keys)), limit=9
    )
    return _kinds(instance, result.run_id), [one.status for one in checks]


def test_what_a_step_says_before_it_fails_is_stored_in_its_order(tmp_path):
    usual, ours = _by_both(tmp_path, _refused)
    assert usual == ours
    assert "ASSET_CHECK_EVALUATION" in ours[0]


def _check_and_end(
    instance: dg.DagsterInstance, run_id: str
) -> tuple[dg.EventLogEntry, dg.EventLogEntry]:
    """What the step of a run says of its check, and that it ended well."""
    (check,) = instance.all_logs(run_id, dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    (ended,) = instance.all_logs(run_id, dg.DagsterEventType.STEP_SUCCESS)
    return check, ended


def test_a_check_is_committed_with_what_follows_and_read_before_that_all_the_same(home):
    with _ours(home) as ours:
        run_id = _both_states(ours)
        log = ours.event_log_storage
        check, ended = _check_and_end(ours, run_id)
        before = _kinds(ours, run_id)
        log.store_event(check)
        assert _kinds(ours, run_id) == [*before, "ASSET_CHECK_EVALUATION"]
        commits = _commits(ours, run_id)
        for event in (check, check, ended):
            log.store_event(event)
        assert len(commits) == 1
        assert _kinds(ours, run_id)[-3:] == ["ASSET_CHECK_EVALUATION"] * 2 + ["STEP_SUCCESS"]


def test_a_check_of_no_step_is_stored_at_once(home):
    told = dg.AssetCheckEvaluation(numbers.key, "plausible", passed=True, metadata={})
    with _ours(home) as ours, _usual(home) as usual:
        ours.report_runless_asset_event(told)
        history = usual.event_log_storage.get_asset_check_execution_history
        assert len(history(numbers.check_key, limit=9)) == 1


def test_what_waits_outlives_a_batch_that_fails(home, monkeypatch):
    with _ours(home) as ours:
        run_id = _both_states(ours)
        log = ours.event_log_storage
        check, ended = _check_and_end(ours, run_id)
        before = _kinds(ours, run_id)

        def fails(*_: object) -> None:
            raise OSError("disk full")

        log.store_event(check)
        with monkeypatch.context() as patched:
            patched.setattr(SqliteEventLogStorage, "store_event", fails)
            with pytest.raises(OSError, match="disk full"):
                log.store_event(ended)
        assert _kinds(ours, run_id) == [*before, "ASSET_CHECK_EVALUATION"]


def test_of_two_runs_that_wait_only_what_failed_is_stored_again(home, monkeypatch):
    with _ours(home) as ours:
        log, runs = ours.event_log_storage, [_both_states(ours), _both_states(ours)]
        (check, _), (other_check, other_ended) = (_check_and_end(ours, run) for run in runs)
        before = [_kinds(ours, run) for run in runs]
        stores = SqliteEventLogStorage.store_event

        def fails(self, event) -> None:
            if event.run_id == runs[1]:
                raise OSError("disk full")
            stores(self, event)

        log.store_event(check)
        log.store_event(other_check)
        with monkeypatch.context() as patched:
            patched.setattr(SqliteEventLogStorage, "store_event", fails)
            with pytest.raises(OSError, match="disk full"):
                log.store_event(other_ended)
        log.store_event(other_ended)
        assert [_kinds(ours, run) for run in runs] == [
            [*before[0], "ASSET_CHECK_EVALUATION"],
            [*before[1], "ASSET_CHECK_EVALUATION", "STEP_SUCCESS"],
        ]


def test_what_waits_is_stored_when_the_home_is_closed(home):
    with _ours(home) as ours:
        run_id = _both_states(ours)
        before = _kinds(ours, run_id)
        ours.event_log_storage.store_event(_check_and_end(ours, run_id)[0])
    with _usual(home) as usual:
        assert _kinds(usual, run_id) == [*before, "ASSET_CHECK_EVALUATION"]


def test_a_home_that_is_made_is_opened_without_reading_its_migrations(home, monkeypatch):
    with _usual(home) as usual:
        _materialize(usual, "VT")

    def reads(*_: object) -> None:
        raise AssertionError("migrations were read")

    monkeypatch.setattr(ScriptDirectory, "from_config", reads)
    with _ours(home) as ours:
        assert ours.get_materialized_partitions(numbers.key) == {"VT"}


@pytest.mark.parametrize(
    "lost", ["history/runs.db", "history/runs/index.db", "schedules/schedules.db"]
)
def test_a_file_that_is_lost_or_empty_is_made_anew(home, lost):
    with _ours(home) as ours:
        _materialize(ours, "VT")
    for remains in (b"", None):
        (home / lost).unlink()
        if remains is not None:
            (home / lost).write_bytes(remains)
        with _ours(home) as ours:
            _materialize(ours, "WY")
            assert ours.all_instigator_state() == []
            assert ours.get_runs_count() >= 1


def test_a_run_s_file_is_made_as_dagster_makes_it(home):
    with _ours(home) as ours, _usual(home) as usual:
        files = home / "history" / "runs"
        assert _laid_out(files, _materialize(ours, "VT")) == _laid_out(
            files, _materialize(usual, "WY")
        )


def _laid_out(files: Path, run_id: str) -> list[list[tuple[object, ...]]]:
    asked = ("SELECT name, sql FROM sqlite_master ORDER BY name", "PRAGMA journal_mode")
    with closing(sqlite3.connect(files / f"{run_id}.db")) as file:
        rows = [file.execute(each).fetchall() for each in asked]
        return [*rows, file.execute("SELECT version_num FROM alembic_version").fetchall()]


def test_where_another_process_makes_the_file_of_a_run_too_it_is_made_once(home, monkeypatch):
    with _ours(home) as ours:
        made = EventLog._initdb

        def makes_it_meanwhile(engine):
            monkeypatch.undo()
            made(ours.event_log_storage, engine)
            raise OperationalError("CREATE TABLE", {}, Exception("table is there already"))

        monkeypatch.setattr(sqlite_storage, "_make_new", makes_it_meanwhile)
        run_id = _materialize(ours, "VT")
        assert len(ours.all_logs(run_id)) > 5


_WRITES = """
import sys, dagster as dg
from showlist_assets_tests.defs.test_sqlite_storage import _ours, numbers
from pathlib import Path
with _ours(Path(sys.argv[1])) as ours:
    print("begun", flush=True)
    for number in range(int(sys.argv[2])):
        ours.report_runless_asset_event(
            dg.AssetMaterialization(numbers.key, partition=f"{sys.argv[3]}{number}")
        )
        print(number, flush=True)
"""


def _writing(home: Path, times: int, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITES, str(home), str(times), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_two_processes_and_one_that_is_killed_lose_nothing_that_was_stored(home):
    with _ours(home) as ours:
        _materialize(ours, "VT")
        killed, other = _writing(home, 10_000, "k"), _writing(home, 30, "o")
        assert killed.stdout
        assert other.stdout
        stored = [killed.stdout.readline() for _ in range(20)]
        os.kill(killed.pid, signal.SIGKILL)
        stored += killed.stdout.readlines()
        assert other.wait(timeout=60) == 0
        killed.wait()
        numbers_of_killed = {f"k{line.strip()}" for line in stored if line.strip().isdigit()}
        expected = {"VT", *numbers_of_killed, *(f"o{number}" for number in range(30))}
        kept = ours.get_materialized_partitions(numbers.key)
        assert expected <= kept
        # One may have been stored just before it could be said.
        assert len(kept - expected) <= 1
        # Nobody waits for the dead process.
        began = time.monotonic()
        _materialize(ours, "WY")
        assert time.monotonic() - began < 20
    with _usual(home) as usual:
        assert {"VT", "WY"} <= usual.get_materialized_partitions(numbers.key) >= expected


def test_dagster_s_migrations_see_the_same_files(home):
    with _ours(home) as ours:
        run_id = _materialize(ours, "VT")
        ours.upgrade()
        assert ours.event_log_storage.alembic_version() == _head(ours)
    with _usual(home) as usual:
        assert usual.event_log_storage.alembic_version() == _head(usual)
        usual.upgrade()
    with _ours(home) as ours:
        assert len(ours.all_logs(run_id)) > 5


def _head(instance: dg.DagsterInstance) -> tuple[str | None, str | None]:
    head = instance.event_log_storage.alembic_version()[1]
    return head, head


def test_another_storage_stays_as_it_is(home):
    (home / "dagster.yaml").write_text(
        "storage: {postgres: {postgres_db: {hostname: h, username: u, password: p, db_name: d}}}\n"
    )
    reference = InstanceRef.from_dir(str(home), overrides={"instance_class": AS_CONFIGURED})
    assert reference.storage_data.class_name == "DagsterPostgresStorage"
    assert reference.custom_instance_class is BatchingInstance
