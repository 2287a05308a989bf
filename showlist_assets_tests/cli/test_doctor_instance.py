from __future__ import annotations

from dataclasses import replace

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.sql import get_alembic_config, run_alembic_downgrade
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.doctor_instance import (
    facts_judged,
    instance_findings,
    upgrade_findings,
)
from showlist_assets.cli.templates import dagster_configuration, template
from showlist_assets.defs.instance_facts import InstanceFacts
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform

POOLS = frozenset({"events", "spotify"})
HEALTHY = InstanceFacts(
    is_postgres=True,
    pools=POOLS,
    limited_pools=POOLS,
    launcher="DefaultRunLauncher",
    sees_dead_workers=False,
    monitors=True,
    max_runtime=1800,
    retries=1,
    has_daemon=True,
    late_daemons=(),
    stopped=(),
)


def judged(**changes):
    """Subject -> (verdict, words) of a healthy instance with ``changes``."""
    found = facts_judged(replace(HEALTHY, **changes))
    return {each.subject: (each.verdict, each.words) for each in found}


def test_nothing_is_wrong_with_a_healthy_instance():
    assert {verdict for verdict, _ in judged().values()} == {"ok"}


def test_on_postgres_every_pool_needs_a_limit_of_its_own():
    verdict, words = judged(limited_pools=frozenset({"events"}))["Pools"]
    assert verdict == "broken"
    assert "dagster instance concurrency set spotify 1" in words
    assert "set events" not in words
    assert "33552" in words
    assert judged(limited_pools=frozenset(), is_postgres=False)["Pools"][0] == "ok"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"monitors": False}, "broken"),
        ({"max_runtime": 14_400}, "broken"),
        ({"max_runtime": 0}, "broken"),
        ({"max_runtime": 1801, "launcher": "CeleryRunLauncher"}, "broken"),
        ({"max_runtime": 14_400, "launcher": "K8sRunLauncher", "sees_dead_workers": True}, "ok"),
        (
            {"monitors": False, "launcher": "K8sRunLauncher", "sees_dead_workers": True},
            "broken",
        ),
    ],
)
def test_the_run_of_a_dead_worker_ends_within_half_an_hour(changes, verdict):
    found, words = judged(**changes)["Run monitoring"]
    assert found == verdict
    assert "1800" in words or verdict == "ok"


def test_crashed_runs_are_started_again():
    verdict, words = judged(retries=0)["Run retries"]
    assert verdict == "broken"
    assert "max_retries: 1" in words


def test_a_daemon_that_fell_silent_is_a_fault_and_one_that_never_was_may_be_meant():
    verdict, words = judged(late_daemons=("SCHEDULER",))["Daemon"]
    assert (verdict, "SCHEDULER" in words) == ("broken", True)
    verdict, words = judged(has_daemon=False, late_daemons=("SCHEDULER",))["Daemon"]
    assert (verdict, "showlist tick" in words) == ("missing", True)


def test_what_is_stopped_is_named():
    verdict, words = judged(stopped=("weekly_refresh",))["Schedules and sensors"]
    assert (verdict, "weekly_refresh" in words) == ("missing", True)


@pytest.mark.parametrize(
    ("added", "at"),
    [
        (
            "storage: {postgres: {postgres_db: {username: a, password: hush, db_name: d}}}",
            "storage.postgres.postgres_db.password",
        ),
        (
            "storage: {postgres: {postgres_url: 'postgresql://a:hush@h/d'}}",
            "storage.postgres.postgres_url",
        ),
        ("run_launcher: {config: {broker: 'redis://:hush@h:1'}}", "run_launcher.config.broker"),
        (
            "run_launcher: {config: {env_vars: [TZ=UTC, SPOTIFY_CLIENT_SECRET=sandbox-secret-1]}}",
            "run_launcher.config.env_vars[1]",
        ),
    ],
)
def test_a_password_that_stands_in_dagster_yaml_is_told_by_its_place(tmp_path, added, at):
    (tmp_path / "dagster.yaml").write_text(f"telemetry: {{enabled: false}}\n{added}\n")
    settings = load_settings(SPOTIFY_CLIENT_SECRET="sandbox-secret-1")
    first = next(instance_findings(Platform(settings), tmp_path))
    assert (first.subject, first.verdict) == ("dagster.yaml", "broken")
    assert f" {at}." in first.words
    assert "hush" not in first.words
    assert "sandbox-secret-1" not in first.words


def test_what_refers_to_the_environment_or_to_a_secret_of_kubernetes_is_no_password(tmp_path):
    (tmp_path / "dagster.yaml").write_text(
        "storage: {postgres: {postgres_db: {username: a, password: {env: PG_PASSWORD}}}}\n"
        "run_launcher: {config: {env_secrets: [showlist], image_pull_secrets: [{name: x}], "
        "volumes: [{secret: {secretName: showlist}}], broker: 'redis://redis:6379/1'}}\n"
    )
    assert next(instance_findings(Platform(load_settings()), tmp_path)).verdict == "ok"


@pytest.mark.parametrize("storage", ["sqlite", "postgres", "workers"])
def test_no_configuration_that_comes_with_showlist_holds_a_password(tmp_path, storage):
    for name, content in dagster_configuration(storage).items():
        (tmp_path / name).write_bytes(content)
    assert next(instance_findings(Platform(load_settings()), tmp_path)).verdict == "ok"


def test_everything_of_a_home_of_the_ui_is_looked_at(tmp_path):
    (tmp_path / "dagster.yaml").write_bytes(template("dagster.yaml"))
    found = {
        each.subject: each.verdict
        for each in instance_findings(Platform(load_settings()), tmp_path)
    }
    assert found == {
        "dagster.yaml": "ok",
        "Dagster's tables": "ok",
        "Pools": "ok",
        "Run monitoring": "ok",
        "Run retries": "ok",
        "Daemon": "missing",
    }


def test_tables_of_an_earlier_dagster_are_told_until_they_are_migrated(tmp_path, monkeypatch):
    (tmp_path / "dagster.yaml").write_bytes(template("dagster.yaml"))
    assert list(upgrade_findings(tmp_path)) == []
    with (
        dg.DagsterInstance.from_config(str(tmp_path)) as instance,
        instance.event_log_storage.index_connection() as connection,
    ):
        before = get_alembic_config(sqlite_event_log.__file__)
        run_alembic_downgrade(before, connection, rev="-1")
    (plain,) = upgrade_findings(tmp_path)
    assert (plain.subject, plain.verdict) == ("Dagster's tables", "broken")
    assert "those of events are of another version" in plain.words
    assert "showlist migrate" in plain.words
    assert plain in list(instance_findings(Platform(load_settings()), tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    assert CliRunner().invoke(app, ["migrate"]).exit_code == 0
    assert list(upgrade_findings(tmp_path)) == []


def test_where_dagster_keeps_nothing_there_is_nothing_to_migrate(tmp_path):
    assert list(upgrade_findings(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_an_instance_that_cannot_be_opened_is_one_fault(tmp_path):
    (tmp_path / "dagster.yaml").write_text("storage: {postgres: {postgres_url: {env: NOT_SET}}}")
    last = list(instance_findings(Platform(load_settings()), tmp_path))[-1]
    assert (last.subject, last.verdict) == ("Dagster", "broken")
    assert "DAGSTER_HOME" in last.words
