"""What Showlist relies on in other projects, one fact a test: an upgrade that changes it says so.

Some facts are defects that we work around. Where such a test fails, the workaround may go.
"""

from __future__ import annotations

import inspect
import subprocess
import sys
import weakref
from datetime import UTC, datetime, timedelta

import dagster as dg
import dataframely as dy
import duckdb
import polars as pl
import pyarrow as pa
import pytest
from dagster._core.definitions.metadata.metadata_set import TableMetadataSet
from dagster._core.storage.event_log.base import EventLogStorage
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
    PRIORITY_TAG,
    ROOT_RUN_ID_TAG,
    RUN_KEY_TAG,
    SCHEDULE_NAME_TAG,
    SENSOR_NAME_TAG,
    WILL_RETRY_TAG,
)
from dagster._utils.log import create_console_logger
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from showlist_assets.defs import schedules, ticking, watching
from showlist_assets.defs.column_metadata import definition_metadata
from showlist_assets.defs.instance import BatchingInstance
from showlist_assets.defs.partitions import range_tags

PARTITIONS = dg.StaticPartitionsDefinition(["b", "a", "c", "d"])
in_beta = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")


def ranged_asset(function, **keywords):
    """An asset of several partitions in one run."""
    policy = dg.BackfillPolicy.single_run()
    return dg.asset(partitions_def=PARTITIONS, backfill_policy=policy, **keywords)(function)


# Dagster


def test_our_range_tags_are_dagster_s_own():
    assert range_tags("CA", "TX") == {
        ASSET_PARTITION_RANGE_START_TAG: "CA",
        ASSET_PARTITION_RANGE_END_TAG: "TX",
    }


def test_what_a_tick_writes_on_its_runs_is_what_the_daemon_looks_for():
    ours = (ticking.RUN_KEY_TAG, ticking.SCHEDULE_TAG, ticking.SENSOR_TAG, ticking.PRIORITY_TAG)
    assert ours == (RUN_KEY_TAG, SCHEDULE_NAME_TAG, SENSOR_NAME_TAG, PRIORITY_TAG)


def test_what_the_daemon_writes_on_runs_is_what_the_failure_watch_looks_for():
    ours = (watching.WILL_RETRY_TAG, watching.ROOT_RUN_TAG, watching.PARTITION_TAG)
    assert ours == (WILL_RETRY_TAG, ROOT_RUN_ID_TAG, PARTITION_NAME_TAG)


def test_dagster_makes_its_console_loggers_by_one_function_of_coloredlogs():
    """``defs.run_logging`` replaces it; a run's own is seen there to write JSON."""
    assert "coloredlogs.install(" in inspect.getsource(create_console_logger)


def test_dagster_s_sqlite_makes_an_engine_for_each_event():
    """If not, ``defs.sqlite_storage`` has no reason any more."""
    for connects in (
        SqliteEventLogStorage._connect,
        SqliteRunStorage.connect,
        SqliteScheduleStorage.connect,
    ):
        assert "create_engine(" in inspect.getsource(connects)


def test_dagster_s_sqlite_commits_each_event_of_a_batch_by_itself():
    """If not, ``defs.sqlite_storage`` need not store batches itself."""
    assert SqliteEventLogStorage.store_event_batch is EventLogStorage.store_event_batch
    assert "for event in events" in inspect.getsource(EventLogStorage.store_event_batch)


def test_dagster_stores_each_event_by_itself_unless_a_variable_says_otherwise(monkeypatch):
    """If not, ``defs.instance`` need not say it."""
    monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
    with dg.DagsterInstance.ephemeral() as instance:
        assert instance._get_event_batch_size() == 0
        assert BatchingInstance._get_event_batch_size(instance) == 100


def test_dagster_reads_all_migrations_before_it_opens_a_file_that_has_had_them():
    """If not, ``defs.sqlite_storage`` need not look first."""
    assert "check_alembic_revision(" in inspect.getsource(SqliteEventLogStorage._initdb)


def test_dagster_leaves_check_results_and_the_file_of_a_run_that_it_deletes(tmp_path):
    """If not, ``defs.old_runs`` need not delete them itself."""

    @dg.asset
    def numbers() -> None: ...

    @dg.asset_check(asset=numbers)
    def plausible() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        run_id = dg.materialize([numbers, plausible], instance=instance).run_id
        instance.delete_run(run_id)
        with instance.event_log_storage.index_connection() as connection:
            assert connection.execute(select(AssetCheckExecutionsTable)).all()
            assert not connection.execute(select(SqlEventLogStorageTable)).all()
    assert list(tmp_path.rglob(f"{run_id}.db"))


def test_sqlite_gives_the_number_of_a_deleted_event_to_the_next_one():
    """If not, ``defs.old_runs`` need not keep the run of the newest event."""
    statement = str(CreateTable(SqlEventLogStorageTable).compile(dialect=sqlite.dialect()))
    assert "PRIMARY KEY" in statement
    assert "AUTOINCREMENT" not in statement


def test_the_times_of_a_schedule_are_told_both_ways_at_the_instant_itself_as_well():
    schedule = schedules.weekly_refresh
    nine = datetime(2026, 11, 2, 14, tzinfo=UTC)
    second = timedelta(seconds=1)
    assert ticking.last_tick(schedule, nine) == nine
    # The clocks were changed on the Sunday before.
    assert ticking.last_tick(schedule, nine - second) == nine - timedelta(days=7, hours=1)
    assert ticking.next_tick(schedule, nine - second) == nine
    assert ticking.next_tick(schedule, nine) == nine + timedelta(days=7)


def test_our_metadata_keys_are_dagster_s_own():
    known = {f"dagster/{name}" for name in TableMetadataSet.model_fields}
    assert known >= {*definition_metadata("raw_events"), "dagster/partition_row_count"}


@in_beta
def test_range_tags_make_one_run_of_the_partitions_between_in_order():
    seen = []

    def ranged(context) -> None:
        seen.extend(context.partition_keys)

    assert dg.materialize([ranged_asset(ranged)], tags=range_tags("a", "d")).success
    assert seen == ["a", "c", "d"]


@in_beta
def test_a_partition_of_a_range_has_metadata_of_its_own():
    def ranged(context) -> None:
        for key in context.partition_keys:
            context.add_asset_metadata({"name": key}, partition_key=key)

    result = dg.materialize([ranged_asset(ranged)], tags=range_tags("b", "a"))
    written = result.asset_materializations_for_node("ranged")
    assert {each.partition: each.metadata["name"].value for each in written} == {"a": "a", "b": "b"}


def test_a_set_of_partitions_comes_without_an_order():
    partitions = dg.StaticPartitionsDefinition([str(number) for number in range(50)])
    found = list(partitions.subset_with_all_partitions().get_partition_keys())
    assert sorted(found) == sorted(partitions.get_partition_keys())
    assert found != list(partitions.get_partition_keys()), "`TableStore.read` need not sort now"


@pytest.mark.parametrize(
    ("severity", "goes_on"),
    [(dg.AssetCheckSeverity.ERROR, False), (dg.AssetCheckSeverity.WARN, True)],
)
def test_only_a_blocking_check_that_fails_with_an_error_stops_what_comes_after(severity, goes_on):
    reached = []

    @dg.asset(check_specs=[dg.AssetCheckSpec("good", asset="first", blocking=True)])
    def first() -> dg.MaterializeResult:
        verdict = dg.AssetCheckResult(check_name="good", passed=False, severity=severity)
        return dg.MaterializeResult(check_results=[verdict])

    @dg.asset(deps=[first])
    def second() -> None:
        reached.append(True)

    dg.materialize([first, second], raise_on_error=False)
    assert bool(reached) == goes_on


@pytest.mark.parametrize(("allow", "tries"), [(False, 1), (True, 3)])
def test_a_failure_may_refuse_to_be_tried_again(allow, tries):
    tried = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2))
    def failing() -> None:
        tried.append(True)
        raise dg.Failure("no", allow_retries=allow)

    dg.materialize([failing], raise_on_error=False)
    assert len(tried) == tries


def test_dagster_compares_an_untyped_value_so_a_frame_needs_a_type_of_its_own():
    with pytest.raises(TypeError, match="type object"):
        pl.DataFrame({"a": [1]}) != object()  # noqa: B015  the comparison is the fact


def test_a_backfill_policy_on_an_asset_is_in_beta():
    with pytest.warns(dg.BetaWarning, match="backfill_policy"):
        ranged_asset(lambda: None, name="ranged")


def test_the_annotation_of_a_context_is_read_unevaluated():
    def ranged(context) -> None: ...

    ranged.__annotations__["context"] = "dg.AssetExecutionContext"
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="Cannot annotate `context`"):
        dg.asset(ranged)


# DuckDB


def test_a_connection_has_no_arrow_which_the_stock_io_manager_calls():
    assert not hasattr(duckdb.DuckDBPyConnection, "arrow"), "docs/adr/0003 names this"


def test_a_polars_frame_goes_in_through_arrow_with_its_types():
    rows = pl.DataFrame(
        {"name": ["a"], "parts": [[{"part": "x", "value": 1.0}]], "none": [None]},
        schema_overrides={"none": pl.Int8},
    ).with_columns(at=pl.lit(0).cast(pl.Datetime("us", "UTC")))
    with duckdb.connect() as connection:
        connection.from_arrow(rows.to_arrow(compat_level=pl.CompatLevel.newest())).create("t")
        types = [kind for _, kind, *_ in connection.execute("describe t").fetchall()]
    assert types == [
        "VARCHAR",
        'STRUCT(part VARCHAR, "value" DOUBLE)[]',
        "TINYINT",
        "TIMESTAMP WITH TIME ZONE",
    ]


def test_a_transaction_holds_what_was_registered_and_not_what_was_inserted():
    inserted, registered = pa.table({"a": [1]}), pa.table({"a": [2]})
    held = weakref.ref(inserted), weakref.ref(registered)
    with duckdb.connect() as connection:
        connection.execute("create table t (a bigint)")
        connection.begin()
        connection.from_arrow(inserted).insert_into("t")
        connection.register("incoming", registered)
        connection.execute("insert into t select * from incoming")
        connection.unregister("incoming")
        del inserted, registered
        assert [one() is not None for one in held] == [False, True]
        connection.commit()
        assert held[1]() is None


def test_tables_views_and_comments_may_be_made_in_one_transaction():
    with duckdb.connect() as connection:
        connection.begin()
        connection.execute("create table t (a int)")
        connection.execute("comment on column t.a is 'x'")
        connection.execute("create view v as select list_transform([1], lambda c: c + 1)")
        connection.execute("comment on view v is 'y'")
        connection.commit()
        assert connection.sql("from v").fetchall() == [([2],)]


def logged_in(database):
    """A process that wrote to ``database`` and died before it was checkpointed."""
    script = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute('create table mine (x int)'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(database)], check=True)


def test_the_log_of_another_database_makes_a_file_unreadable(tmp_path):
    for name in ("old", "new"):
        duckdb.connect(str(tmp_path / name)).close()
    logged_in(tmp_path / "old")
    (tmp_path / "old.wal").rename(tmp_path / "new.wal")
    with pytest.raises(duckdb.IOException, match="WAL does not match"):
        duckdb.connect(str(tmp_path / "new"), read_only=True)


def test_a_log_lies_beside_the_file_that_a_link_leads_to(tmp_path):
    (tmp_path / "version").mkdir()
    duckdb.connect(str(tmp_path / "version" / "file")).close()
    (tmp_path / "link").symlink_to("version/file")
    logged_in(tmp_path / "link")
    assert (tmp_path / "version" / "file.wal").exists()
    assert not (tmp_path / "link.wal").exists()


# dataframely and Polars


def test_a_failed_rule_is_named_by_column_and_rule():
    class Table(dy.Schema):
        number = dy.Float64(nullable=False, max=1, check={"odd": lambda column: column != 0.5})

    frame = pl.DataFrame({"number": ["x", "2", "0.5", None, "0.1"]})
    good, failure = Table.filter(frame, cast=True)
    assert good["number"].to_list() == [0.1]
    assert failure.invalid()["number"].to_list() == ["x", "2", "0.5", None]
    broken = [
        {name for name, verdict in row.items() if str(verdict) == "invalid"}
        for row in failure.details().select(pl.exclude("number")).to_dicts()
    ]
    assert broken == [
        {"number|dtype"},
        {"number|max"},
        {"number|check__odd"},
        {"number|nullability"},
    ]


def test_a_frame_can_be_read_from_memory(tmp_path):
    rows = pl.DataFrame({"a": [[]]}, schema={"a": pl.List(pl.Struct({"b": pl.Int8}))})
    rows.write_parquet(tmp_path / "x")
    assert pl.read_parquet((tmp_path / "x").read_bytes()).equals(rows)
