from __future__ import annotations

import dagster as dg
import pytest
import yaml
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.templates import dagster_configuration, template
from showlist_assets_tests.pgbouncer import running_pgbouncer
from showlist_assets_tests.postgres import running_postgres

POOLS = {"duckdb", "events", "playlists", "reccobeats", "spotify"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    return tmp_path / "dagster"


def migrate(*arguments):
    done = CliRunner().invoke(app, ["migrate", *arguments])
    return done.exit_code, " ".join(done.output.split())


def limits(home):
    with dg.DagsterInstance.from_config(str(home)) as instance:
        stored = instance.event_log_storage.get_pool_limits()
    return {each.name: each.limit for each in stored if not each.from_default}


def test_a_new_home_is_configured_and_each_pool_gets_a_limit_of_its_own_once(home):
    status, said = migrate("--configure", "sqlite")
    assert status == 0
    assert "limit of 1 each, from now on: duckdb, events, playlists, reccobeats, spotify." in said
    assert (home / "dagster.yaml").read_bytes() == template("dagster.yaml")
    assert limits(home) == dict.fromkeys(POOLS, 1)
    status, said = migrate()
    assert (status, "from now on" in said) == (0, False)


def test_a_limit_that_somebody_has_set_stays(home):
    migrate("--configure", "sqlite")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        instance.event_log_storage.set_concurrency_slots("spotify", 3)
    migrate("--configure", "sqlite")
    assert limits(home)["spotify"] == 3


def test_a_home_without_a_configuration_is_not_taken_for_a_new_one(home):
    status, said = migrate()
    assert status == 1
    assert "has no dagster.yaml" in said
    assert not home.exists()


def test_a_home_that_cannot_be_written_is_named_with_the_remedy(home):
    home.write_text("in the way")
    status, said = migrate("--configure", "sqlite")
    assert status == 1
    assert "Cannot write" in said
    assert "Set DAGSTER_HOME" in said


@pytest.mark.usefixtures("home")
def test_what_is_missing_for_postgres_is_told_by_its_name(monkeypatch):
    pytest.importorskip("dagster_postgres")
    monkeypatch.delenv("PGHOST", raising=False)
    for name, value in {"PGPORT": "1", "PGUSER": "a", "PGPASSWORD": "b", "PGDATABASE": "c"}.items():
        monkeypatch.setenv(name, value)
    status, said = migrate("--configure", "postgres")
    assert status == 1
    assert "PGHOST is not set" in said


def test_celery_workers_on_postgres_are_an_instance_that_dagster_opens(home, monkeypatch):
    pytest.importorskip("dagster_postgres", reason="the extra postgres is not installed")
    pytest.importorskip("dagster_celery", reason="the extra celery is not installed")
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("CELERY_RESULT_BACKEND", "redis://127.0.0.1:1/0")
    with running_postgres() as address, running_pgbouncer(address, "hush-hush") as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        status, said = migrate("--configure", "workers")
        assert (status, "PostgresEventLogStorage" in said) == (0, True)
        assert limits(home) == dict.fromkeys(POOLS, 1)
        with dg.DagsterInstance.from_config(str(home)) as instance:
            assert type(instance.run_launcher).__name__ == "WatchedCeleryRunLauncher"
            assert type(instance.run_storage).__name__ == "PostgresRunStorage"
            assert instance.run_monitoring_max_runtime_seconds <= 1800
            # What Dagster hands its processes as an argument.
            assert "hush-hush" not in str(instance.get_ref().to_dict())
    assert "hush-hush" not in (home / "dagster.yaml").read_text()
    assert {file.name for file in home.iterdir()} == {"celery.yaml", "dagster.yaml"}


@pytest.mark.parametrize("storage", ["sqlite", "postgres", "workers"])
def test_each_configuration_is_the_first_with_keys_of_its_own(storage):
    loaded = yaml.safe_load(dagster_configuration(storage)["dagster.yaml"])
    assert loaded | yaml.safe_load(template("dagster.yaml")) == loaded
    added = set(loaded) - set(yaml.safe_load(template("dagster.yaml")))
    assert added == {
        "sqlite": set(), "postgres": {"storage"}, "workers": {"storage", "run_launcher"},
    }[storage]  # fmt: skip
