from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.doctor_production import dagster_home_of, production_findings
from showlist_assets.cli.templates import template
from showlist_assets.settings import load_settings, setting_names
from showlist_assets.wiring import Platform


@pytest.fixture(autouse=True)
def a_place_of_its_own(tmp_path, monkeypatch, sandbox):
    """An empty working directory over the sandbox's APIs, and no other setting."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    for name, value in sandbox.env().items():
        if name not in ("SHOWLIST_NOW", "SHOWLIST_CLOCK_AHEAD"):
            monkeypatch.setenv(name, value)


def looked_at(home="no-home", **variables):
    """Subject -> (verdict, words)."""
    found = production_findings(Platform(load_settings(**variables)), Path(home).absolute())
    return {each.subject: (each.verdict, each.words) for each in found}


def test_without_a_home_of_dagster_a_scheduler_is_named_that_needs_none():
    verdict, words = looked_at()["Dagster"]
    assert (verdict, "showlist tick" in words) == ("missing", True)


def test_a_configuration_that_cannot_be_read_is_one_fault_and_the_rest_is_looked_at():
    Path("home").mkdir()
    Path("home/dagster.yaml").write_text("a: [")
    found = looked_at("home")
    assert found["Dagster"][0] == "broken"
    assert "Clock" in found


@pytest.mark.parametrize(
    ("variables", "verdict"),
    [
        ({}, "missing"),
        ({"SHOWLIST_ACCOUNTS": "gs://bucket/accounts"}, "broken"),
        ({"SHOWLIST_ACCOUNT_KEY": "hush-hush"}, "ok"),
    ],
)
def test_machines_that_share_accounts_share_their_key(variables, verdict):
    # Its own right to the bucket is another finding.
    found, words = looked_at(**variables)["Key of the accounts"]
    assert found == verdict
    assert "hush-hush" not in words


def test_an_env_file_with_secrets_is_for_its_owner():
    file = Path(".env")
    file.write_text("SPOTIFY_CLIENT_SECRET=hush-hush\nSHOWLIST_RETRIES=2\n")
    file.chmod(0o644)
    verdict, words = looked_at()[".env"]
    assert (verdict, "SPOTIFY_CLIENT_SECRET: chmod 600" in words) == ("broken", True)
    assert "hush-hush" not in words
    file.chmod(0o600)
    assert ".env" not in looked_at()
    file.write_text("SHOWLIST_RETRIES=2\nSPOTIFY_CLIENT_SECRET=\n")
    file.chmod(0o644)
    assert ".env" not in looked_at()


@pytest.mark.parametrize(
    ("variables", "verdict", "says"),
    [
        ({"SHOWLIST_WEB_URL": "http://music.example.org"}, "broken", "unencrypted"),
        ({"SHOWLIST_WEB_URL": "https://music.example.org"}, "missing", "SHOWLIST_WEB_PROXIES"),
        (
            {"SHOWLIST_WEB_URL": "https://music.example.org", "SHOWLIST_WEB_PROXIES": "10.0.0.1"},
            "ok",
            "nobody looks without an account",
        ),
    ],
)
def test_a_page_that_others_reach_is_encrypted_and_behind_a_proxy(variables, verdict, says):
    found, words = looked_at(**variables)["Page"]
    assert (found, says in words) == (verdict, True)


def test_what_only_this_machine_reaches_is_not_judged():
    found = looked_at(
        SHOWLIST_WEB_URL="http://127.0.0.1:8300", SHOWLIST_DAGSTER_URL="http://localhost:3000"
    )
    assert not {"Page", "Dagster's UI"} & set(found)


def test_the_ui_of_dagster_has_no_login():
    verdict, words = looked_at(SHOWLIST_DAGSTER_URL="https://runs.example.org")["Dagster's UI"]
    assert (verdict, "has no login" in words) == ("missing", True)


def test_the_home_is_that_of_dagster_or_else_its_own(monkeypatch, tmp_path):
    assert dagster_home_of(Path("own")) == Path("own")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    assert dagster_home_of(Path("own")) == tmp_path


def test_a_backup_is_remembered():
    Path("overrides.yaml").write_text("{}\n")
    assert looked_at()["Backup"][0] == "missing"
    assert CliRunner().invoke(app, ["backup", "copy.zip"]).exit_code == 0
    assert looked_at()["Backup"] == ("ok", "the last one is 0 hours old.")


def test_the_command_looks_at_production_only_when_asked_and_fails_on_a_fault(monkeypatch):
    home = Path("home").absolute()
    home.mkdir()
    configuration = home / "dagster.yaml"
    configuration.write_bytes(template("dagster.yaml"))
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    brief = CliRunner().invoke(app, ["doctor"])
    assert (brief.exit_code, "Run monitoring" in brief.output) == (0, False)
    healthy = CliRunner().invoke(app, ["doctor", "--production"])
    assert (healthy.exit_code, "Run monitoring" in healthy.output) == (0, True)
    configuration.write_bytes(
        template("dagster.yaml").replace(b"max_runtime_seconds: 1800", b"max_runtime_seconds: 0")
        + b"compute_logs:\n  module: dagster._core.storage.local_compute_log_manager\n"
        b"  class: LocalComputeLogManager\n  config: {base_dir: /proc/nothing/here}\n"
    )
    broken = CliRunner().invoke(app, ["doctor", "--production"])
    words = " ".join(broken.output.split())
    assert broken.exit_code == 1
    assert "max_runtime_seconds: 1800" in words
    assert "Dagster's compute_logs /proc/nothing/here cannot be written" in words
