"""What ``showlist tick`` tells whoever runs it: what failed, and that it has ended."""

from __future__ import annotations

import json

import pytest

from showlist_assets.storage.tick_record import TickRecord
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.commands import showlist_here, showlist_process
from showlist_assets_tests.services.mailbox import mail_server
from showlist_assets_tests.services.receiver import receiver


@pytest.fixture(autouse=True)
def _no_other_instance(monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


@pytest.fixture
def watch():
    with receiver() as kept:
        yield kept


@pytest.fixture
def nothing_due(platform):
    """Whatever a tick looks after was seen to."""
    record = TickRecord(schedules={"weekly_refresh": NOW, "daily_catch_up": NOW})
    platform.root.mkdir()
    (platform.root / "tick.json").write_text(record.model_dump_json())
    return platform


def tick(platform, *options: str, **environment: str):
    return showlist_here("tick", *options, cwd=platform.folder, **platform.variables, **environment)


def test_a_good_tick_is_a_sign_of_life(nothing_due, watch):
    heartbeat = {"SHOWLIST_HEARTBEAT": f"{watch.url}/beat"}
    assert tick(nothing_due, "--dry-run", **heartbeat).returncode == 0
    assert not watch.paths
    assert tick(nothing_due, **heartbeat).returncode == 0
    assert watch.paths == ["/beat"]


def test_a_tick_that_cannot_begin_is_told_once(nothing_due, watch):
    (nothing_due.root / "tick.json").write_text("{")
    with mail_server() as box:
        settings = {
            "SHOWLIST_HEARTBEAT": f"{watch.url}/beat",
            "SHOWLIST_ALERTS": "mailto:you@example.org",
            "SHOWLIST_SMTP_URL": f"smtp://127.0.0.1:{box.port}",
            "SHOWLIST_MAIL_FROM": "me@example.org",
        }
        for _ in range(2):
            assert tick(nothing_due, **settings).returncode == 1
    (mail,) = box.mails
    assert mail["Subject"] == "Showlist: showlist tick failed"
    assert "is not what `showlist tick` has written" in mail.get_content()
    assert watch.paths == ["/beat/fail"] * 2


def test_a_failed_run_is_told_and_the_tick_ends_as_before(filled_platform, monkeypatch):
    from showlist_assets.defs import schedules

    monkeypatch.setattr(schedules, "state_ranges", lambda _, **_k: [("VT", "VT")])
    (filled_platform.root / "tick.json").write_text(
        TickRecord(schedules={"daily_catch_up": NOW}).model_dump_json()
    )
    # A table that cannot be read fails the run.
    (filled_platform.root / "matched_artists" / "VT.parquet").write_bytes(b"no table")
    with mail_server() as box:
        found = tick(
            filled_platform,
            SHOWLIST_ALERTS="mailto:you@example.org",
            SHOWLIST_SMTP_URL=f"smtp://127.0.0.1:{box.port}",
            SHOWLIST_MAIL_FROM="me@example.org",
        )
    assert found.returncode == 1
    assert "failed" in found.stdout
    (mail,) = box.mails
    assert "refresh_states of VT failed" in mail["Subject"] + mail.get_content()
    assert "VT.parquet" in mail.get_content()


def test_a_test_message_is_sent_on_request(platform):
    address = {"SHOWLIST_ALERTS": "mailto:you@example.org"}
    settings = {**platform.variables, **address}
    said = showlist_here("doctor", "--alert", cwd=platform.folder, **settings)
    assert said.returncode == 1
    assert "SHOWLIST_SMTP_URL" in said.stdout
    with mail_server() as box:
        settings |= {
            "SHOWLIST_SMTP_URL": f"smtp://127.0.0.1:{box.port}",
            "SHOWLIST_MAIL_FROM": "me@example.org",
        }
        said = showlist_here("doctor", "--alert", cwd=platform.folder, **settings)
    assert "what failed is told by mail" in said.stdout
    assert "you@example.org" not in said.stdout
    assert [mail["Subject"] for mail in box.mails] == ["Showlist: a test"]


@pytest.mark.slow
def test_a_machine_reads_every_line_of_a_tick(nothing_due):
    settings = {**nothing_due.variables, "SHOWLIST_LOG_FORMAT": "json"}
    good = showlist_process("tick", "--json", "-", cwd=nothing_due.folder, **settings)
    assert json.loads(good.stdout)["exit_code"] == 0
    lines = [json.loads(each) for each in good.stderr.splitlines()]
    assert any(each["message"].startswith("weekly_refresh not due: ") for each in lines)
    (nothing_due.root / "tick.json").write_text("{")
    bad = showlist_process("tick", cwd=nothing_due.folder, **settings)
    assert not bad.stdout
    last = json.loads(bad.stderr.splitlines()[-1])
    assert last["severity"] == "ERROR"
    assert "is not what `showlist tick` has written" in last["message"]
