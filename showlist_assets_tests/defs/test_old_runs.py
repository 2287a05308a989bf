"""Old runs go with all that is theirs, and nothing that is told by a run changes."""

# Dagster reads the annotation of a context unevaluated, so annotations are not postponed here.
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.runs.schema import RunTagsTable
from dagster._core.test_utils import create_run_for_test
from sqlalchemy import select

from showlist_assets.cli.in_process import instance_in
from showlist_assets.definitions import build_definitions
from showlist_assets.defs import old_runs
from showlist_assets.defs.changes import EventLog
from showlist_assets.defs.old_runs import purge
from showlist_assets.defs.schedules import daily_purge
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.postgres import running_postgres

_STATES = dg.StaticPartitionsDefinition(["VT", "WY"])
_LATER = datetime(2099, 1, 1, 9, tzinfo=UTC)


class OutOfOrderError(Exception):
    """What a run of the tests fails of."""


@dg.asset(partitions_def=_STATES)
def upcoming_shows(context: dg.AssetExecutionContext) -> None:
    if context.run.tags.get("fails"):
        raise OutOfOrderError


@dg.asset_check(asset=upcoming_shows)
def plausible() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@dg.op
def look() -> None: ...


@dg.job
def other() -> None:
    look()


_DEFINITIONS = dg.Definitions(
    assets=[upcoming_shows],
    asset_checks=[plausible],
    jobs=[dg.define_asset_job("shows", selection=[upcoming_shows]), other],
)


class Home:
    """An instance in which runs are made."""

    def __init__(self, instance: dg.DagsterInstance, folder: Path) -> None:
        self.instance, self.folder = instance, folder

    def run(self, state: str, **tags: str) -> str:
        return self._run("shows", partition_key=state, tags=tags)

    def run_other(self) -> str:
        return self._run("other")

    def _run(self, job: str, **arguments) -> str:
        result = _DEFINITIONS.resolve_job_def(job).execute_in_process(
            instance=self.instance, raise_on_error=False, **arguments
        )
        logs = self.folder / "storage" / result.run_id / "compute_logs"
        logs.mkdir(parents=True, exist_ok=True)
        (logs / "step.out").write_text("said")
        return result.run_id

    def purge(self, *, after: int = 91, days: int = 90, **arguments) -> old_runs.Purge:
        """What a pass does that comes so many days after the last run."""
        newest = max(each.update_timestamp for each in self.instance.get_run_records())
        now = newest + timedelta(days=after)
        return purge(self.instance, now=now, days=days, **arguments)

    def runs(self) -> set[str]:
        return set(self.instance.get_run_ids())

    def told(self) -> tuple[object, ...]:
        """What Dagster and the sensors tell of assets."""
        key, changes = upcoming_shows.key, EventLog(self.instance)
        log = self.instance.event_log_storage
        events = (
            dg.DagsterEventType.ASSET_MATERIALIZATION,
            dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
        )
        checks = log.get_latest_asset_check_execution_by_key([plausible.check_key])
        (record,) = self.instance.get_asset_records([key])
        return (
            changes.newest(),
            changes.since(0),
            changes.since(changes.newest()),
            [log.get_latest_storage_id_by_partition(key, each) for each in events],
            log.get_latest_asset_partition_materialization_attempts_without_materializations(key),
            {check: (each.id, each.run_id, each.status) for check, each in checks.items()},
            record.asset_entry.last_materialization_record,
            record.asset_entry.last_run_id,
        )

    def rows_of(self, run_id: str) -> int:
        """Rows and files that are left of a run."""
        results, tags = AssetCheckExecutionsTable.c, RunTagsTable.c
        with self.instance.event_log_storage.index_connection() as connection:
            found = connection.execute(select(results.id).where(results.run_id == run_id)).all()
        with self.instance.run_storage.connect() as connection:
            found += connection.execute(select(tags.id).where(tags.run_id == run_id)).all()
        return len(found) + len(list(self.folder.rglob(f"*{run_id}*")))


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with instance_in(tmp_path) as instance:
        yield Home(instance, tmp_path)


@pytest.fixture
def postgres_home(tmp_path, monkeypatch) -> Iterator[Home]:
    pytest.importorskip("dagster_postgres", reason="dagster-postgres is not installed")
    with running_postgres() as address:
        monkeypatch.setenv("SHOWLIST_TEST_POSTGRES", address)
        storage = "storage: {postgres: {postgres_url: {env: SHOWLIST_TEST_POSTGRES}}}\n"
        (tmp_path / "dagster.yaml").write_text(f"telemetry: {{enabled: false}}\n{storage}")
        with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
            yield Home(instance, tmp_path)


@pytest.mark.parametrize("kept_by", ["home", pytest.param("postgres_home", marks=pytest.mark.slow)])
def test_what_nothing_refers_to_goes_with_all_that_is_its_own(request, kept_by):
    home = request.getfixturevalue(kept_by)
    first, second, third = home.run("VT"), home.run("WY"), home.run("VT")
    useless, failed = home.run_other(), home.run("WY", fails="1")
    newest = home.run_other()
    before = home.told()
    done = home.purge()
    assert (done.deleted, done.waiting, done.held) == (2, 0, 4)
    assert home.runs() == {second, third, failed, newest}
    assert home.told() == before
    assert [home.rows_of(run) for run in (first, useless)] == [0, 0]
    assert home.rows_of(third) > 0
    # Whatever comes next has a number that nobody has seen.
    home.run("WY")
    assert set(EventLog(home.instance).since(before[0])) == {"WY"}
    assert home.purge().deleted == len({second, failed, newest})
    assert set(home.instance.get_materialized_partitions(upcoming_shows.key)) == {"VT", "WY"}


def test_a_run_that_is_under_way_or_not_old_enough_stays(home):
    old, newest = home.run_other(), home.run_other()
    waits = [
        create_run_for_test(home.instance, status=status).run_id
        for status in (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.NOT_STARTED)
    ]
    assert home.purge(after=89) == old_runs.Purge(90)
    assert home.purge(days=0).words == "Runs are kept for ever (SHOWLIST_RUNS_KEPT_DAYS=0)."
    assert home.runs() == {old, newest, *waits}
    home.purge()
    # The one with the newest event stays, too.
    assert home.runs() == {newest, *waits}


def test_a_pass_is_bounded_begins_with_the_oldest_and_tells_what_is_left(home):
    runs = [home.run_other() for _ in range(4)]
    counted = home.purge(at_most=2, dry_run=True)
    assert counted.words.startswith("2 runs older than 90 days to delete; 1 more with")
    assert home.runs() == set(runs)
    done = home.purge(at_most=2)
    assert home.runs() == set(runs[2:])
    assert done.words == (
        "2 runs older than 90 days deleted; 1 more with the next passes; 1 as old hold the newest "
        "result of something, and stay."
    )


def _dies(*_: object) -> None:
    raise OutOfOrderError


def test_a_pass_that_died_is_gone_on_with(home, monkeypatch):
    old, newest = home.run("VT"), home.run("VT")
    with monkeypatch.context() as patched:
        patched.setattr(home.instance.run_storage, "delete_run", _dies)
        with pytest.raises(OutOfOrderError):
            home.purge()
    assert home.runs() == {old, newest}
    assert home.purge().deleted == 1
    assert home.rows_of(old) == 0


def _evaluated(instance: dg.DagsterInstance, platform: Platform):
    with dg.build_schedule_context(
        instance=instance, scheduled_execution_time=_LATER, resources={"platform": platform}
    ) as context:
        return daily_purge.evaluate_tick(context)


def test_the_schedule_starts_a_run_only_where_there_is_something_to_delete(home):
    platform = Platform(load_settings(SHOWLIST_NOW=_LATER.isoformat()))
    assert not _evaluated(home.instance, platform).run_requests
    old = home.run_other()
    home.run_other()
    (request,) = _evaluated(home.instance, platform).run_requests
    assert request.run_key == "2099-01-01"
    for_ever = load_settings(SHOWLIST_NOW=_LATER.isoformat(), SHOWLIST_RUNS_KEPT_DAYS="0")
    assert "for ever" in _evaluated(home.instance, Platform(for_ever)).skip_message

    job = build_definitions(platform=platform).resolve_job_def("purge_runs")
    result = job.execute_in_process(instance=home.instance)
    assert old not in home.runs()
    (ended,) = result.get_step_success_events()
    assert ended.is_step_success
    said = [event.user_message for event in home.instance.all_logs(result.run_id)]
    assert any("older than 90 days deleted" in words for words in said)
