from __future__ import annotations

import dagster as dg
import pytest

from showlist_assets.cli.templates import template
from showlist_assets.definitions import build_definitions
from showlist_assets.defs.instance_facts import (
    UnusableInstanceError,
    configuration,
    folders_written,
    instance_facts,
    pools_of,
)
from showlist_assets.settings import load_settings
from showlist_assets_tests.postgres import running_postgres

POOLS = {"events", "spotify", "reccobeats", "duckdb", "playlists"}


@pytest.fixture(scope="module")
def definitions():
    return build_definitions(load_settings())


@pytest.fixture(scope="module")
def postgres():
    pytest.importorskip("dagster_postgres", reason="dagster-postgres is not installed")
    with running_postgres() as address:
        yield address


@pytest.fixture
def home(tmp_path):
    (tmp_path / "dagster.yaml").write_bytes(template("dagster.yaml"))
    return tmp_path


def set_limits(home, *pools):
    with dg.DagsterInstance.from_config(str(home)) as instance:
        for pool in pools:
            instance.event_log_storage.set_concurrency_slots(pool, 1)


def test_the_pools_are_those_of_all_assets(definitions):
    assert pools_of(definitions) == POOLS


def test_an_instance_as_the_ui_makes_it_and_after_its_first_days(home, definitions):
    facts = instance_facts(home, definitions)
    assert not facts.is_postgres
    assert facts.limited_pools == set()
    assert (facts.launcher, facts.sees_dead_workers) == ("DefaultRunLauncher", False)
    assert (facts.monitors, facts.max_runtime, facts.retries) == (True, 1800, 1)
    assert not facts.has_daemon
    assert {"weekly_refresh", "daily_catch_up", "playlist_refresh_sensor"} <= set(facts.stopped)
    assert "warehouse_automation" not in facts.stopped

    start_schedule_and_daemon(home)
    facts = instance_facts(home, definitions)
    assert "weekly_refresh" not in facts.stopped
    assert "daily_catch_up" in facts.stopped
    assert facts.has_daemon
    assert "SCHEDULER" in facts.late_daemons


def start_schedule_and_daemon(home):
    """A schedule that was started, and a daemon that was heard of long ago."""
    from dagster._core.definitions.run_request import InstigatorType
    from dagster._core.remote_origin import (
        RegisteredCodeLocationOrigin,
        RemoteInstigatorOrigin,
        RemoteRepositoryOrigin,
    )
    from dagster._core.scheduler.instigation import (
        InstigatorState,
        InstigatorStatus,
        ScheduleInstigatorData,
    )
    from dagster._daemon.types import DaemonHeartbeat

    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("showlist"), "__repository__")
    state = InstigatorState(
        RemoteInstigatorOrigin(repository, "weekly_refresh"),
        InstigatorType.SCHEDULE,
        InstigatorStatus.RUNNING,
        ScheduleInstigatorData("0 9 * * 1", 0.0),
    )
    with dg.DagsterInstance.from_config(str(home)) as instance:
        instance.add_instigator_state(state)
        # Long ago, so that it is late whatever the date is.
        instance.add_daemon_heartbeat(DaemonHeartbeat(1.0, "SCHEDULER", "one", []))


def test_limits_that_were_set_are_told_from_the_default_on_postgres(
    home, definitions, postgres, monkeypatch
):
    monkeypatch.setenv("SHOWLIST_TEST_POSTGRES", postgres)
    storage = "storage:\n  postgres:\n    postgres_url:\n      env: SHOWLIST_TEST_POSTGRES\n"
    with (home / "dagster.yaml").open("a") as file:
        file.write(storage)
    facts = instance_facts(home, definitions)
    assert (facts.is_postgres, facts.pools, facts.limited_pools) == (True, POOLS, set())
    set_limits(home, "events", "duckdb")
    assert instance_facts(home, definitions).limited_pools == {"events", "duckdb"}
    assert set(folders_written(home)) == {"local_artifact_storage", "compute_logs"}


def test_what_is_written_on_this_machine_is_where_dagster_yaml_says(home):
    with (home / "dagster.yaml").open("a") as file:
        file.write("local_artifact_storage:\n")
        file.write("  module: dagster._core.storage.root\n  class: LocalArtifactStorage\n")
        file.write("  config: {base_dir: /somewhere/else}\n")
    written = folders_written(home)
    assert str(written["local_artifact_storage"]) == "/somewhere/else"
    assert written["run storage"].is_relative_to(home)


@pytest.mark.parametrize(
    ("added", "says"),
    [
        ("storage: {postgres: {postgres_url: {env: NOT_SET_HERE}}}", "NOT_SET_HERE is not set"),
        ("run_launcher: {module: not_here, class: Launcher}", "not_here"),
        ("unknown_part: 1", "DagsterInvalidConfigError"),
    ],
)
def test_an_instance_that_cannot_be_opened_says_why_and_no_value(home, definitions, added, says):
    pytest.importorskip("dagster_postgres")
    with (home / "dagster.yaml").open("a") as file:
        file.write(f"{added}\n")
    with pytest.raises(UnusableInstanceError, match=says):
        instance_facts(home, definitions)


def test_a_database_that_does_not_answer_is_told_without_its_password(
    home, definitions, monkeypatch
):
    pytest.importorskip("dagster_postgres")
    monkeypatch.setenv(
        "SHOWLIST_TEST_POSTGRES", "postgresql+psycopg2://showlist:hush-hush@127.0.0.1:1/showlist"
    )
    # It tries again five times, and again.
    monkeypatch.setattr("dagster_postgres.utils.time.sleep", lambda _: None)
    with (home / "dagster.yaml").open("a") as file:
        file.write("storage: {postgres: {postgres_url: {env: SHOWLIST_TEST_POSTGRES}}}\n")
    with pytest.raises(UnusableInstanceError) as raised:
        instance_facts(home, definitions)
    assert "hush-hush" not in str(raised.value)


def test_a_configuration_that_is_no_yaml_is_told(home):
    (home / "dagster.yaml").write_text("a: [")
    with pytest.raises(UnusableInstanceError, match=r"dagster\.yaml cannot be read"):
        configuration(home)
    (home / "dagster.yaml").write_text("")
    assert configuration(home) == {}
