"""``showlist tick`` as a scheduler calls it: what it says, how it ends, and when it is ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from showlist_assets.cli.in_process import instance_in
from showlist_assets.defs import schedules
from showlist_assets.defs.ticking import TICK_TAG
from showlist_assets_tests.commands import showlist_here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import CompletedProcess

    from showlist_assets_tests.platform_under_test import PlatformUnderTest

_TWO_STATES = [("VT", "VT"), ("WY", "WY")]
_ON_TWO_STATES = f"""
from showlist_assets.defs import schedules
schedules.state_ranges = lambda _, **_k: {_TWO_STATES!r}
from showlist_assets.cli.app import app
app()
"""
_SECONDS = 120


@pytest.fixture(autouse=True)
def _a_country_of_two_states(monkeypatch):
    monkeypatch.setattr(schedules, "state_ranges", lambda _, **_k: _TWO_STATES)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


def _tick(platform: PlatformUnderTest, *options: str) -> CompletedProcess[str]:
    return showlist_here("tick", *options, cwd=platform.folder, **platform.variables)


def _told(platform: PlatformUnderTest, *options: str) -> dict[str, Any]:
    found = _tick(platform, "--json", "-", *options)
    told: dict[str, Any] = json.loads(found.stdout)
    assert told["exit_code"] == found.returncode
    return told


def _runs(told: dict[str, Any], step: str) -> list[tuple[list[str], bool | None]]:
    (found,) = (each for each in told["steps"] if each["name"] == step)
    return [(run["states"], run["ok"]) for run in found["runs"]]


def _kept_runs(platform: PlatformUnderTest) -> list[tuple[str, str]]:
    """The tag of the step, and the status, of each run of the live home; the oldest first."""
    with instance_in(platform.folder / ".showlist" / "live" / "dagster") as instance:
        runs = instance.get_runs(dg.RunsFilter())
        slots = instance.event_log_storage.get_concurrency_info("events")
        assert not slots.claimed_slots
    return [(run.tags[TICK_TAG], run.status.value) for run in reversed(runs)]


def test_a_dry_run_tells_person_and_machine_what_would_be_done(filled_platform):
    folder = filled_platform.folder
    found = _tick(filled_platform, "--dry-run", "--json", str(folder / "told.json"))
    assert found.returncode == 0
    assert "would run refresh_states of VT" in found.stdout
    assert "3 runs would be started" in found.stdout
    told = json.loads((folder / "told.json").read_text())
    assert told["dry_run"]
    assert _runs(told, "weekly_refresh") == [(["VT"], None), (["WY"], None)]
    spent = filled_platform.platform.ledger("spotify").spent().total()
    assert told["spotify"]["used"] == spent
    assert told["next_due"]["weekly_refresh"] == "2026-11-23T14:00:00+00:00"
    assert told["next_due"]["daily_catch_up"] == "2026-11-20T17:30:00+00:00"
    assert not (folder / ".showlist").exists()
    assert not (filled_platform.root / "tick.json").exists()


def test_a_file_that_cannot_be_written_is_a_sentence(filled_platform):
    found = _tick(filled_platform, "--dry-run", "--json", "nowhere/told.json")
    assert found.returncode == 1
    assert "Cannot write what was done to nowhere/told.json" in found.stderr
    assert "Nothing was done" in found.stderr


def test_a_record_that_nobody_has_written_is_told_and_left(filled_platform):
    record = filled_platform.root / "tick.json"
    record.write_text("{")
    found = _tick(filled_platform, "--json", "-")
    assert found.returncode == 1
    assert "is not what `showlist tick` has written" in found.stderr
    assert "is not what" in json.loads(found.stdout)["failure"]
    assert record.read_text() == "{"


@pytest.fixture
def another_tick(filled_platform) -> Iterator[None]:
    """One is under way meanwhile: a lock may be taken again by the thread that holds it."""
    held, over = Event(), Event()

    def hold() -> None:
        with filled_platform.platform.tick_lock():
            held.set()
            over.wait(_SECONDS)

    other = Thread(target=hold)
    other.start()
    assert held.wait(_SECONDS)
    yield
    over.set()
    other.join()


@pytest.mark.usefixtures("another_tick")
def test_of_two_at_once_the_second_does_nothing_and_says_so(filled_platform):
    told = _told(filled_platform)
    assert told["exit_code"] == 0
    assert "Another tick is under way" in told["skipped"]
    assert told["steps"] == []
    assert not (filled_platform.root / "tick.json").exists()


def _when_asked(platform: PlatformUnderTest, number: int) -> bool:
    """Whether Ticketmaster or SeatGeek has been asked so often, within the time of a test."""
    until = time.monotonic() + _SECONDS
    while platform.sandbox.requests("seatgeek") < number:
        if time.monotonic() > until:
            return False
        time.sleep(0.002)
    return True


@pytest.mark.slow
def test_one_that_is_told_to_end_marks_its_run_and_the_next_one_goes_on(filled_platform):
    def end() -> None:
        if _when_asked(filled_platform, 1):
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    ender = Thread(target=end)
    ender.start()
    told = _told(filled_platform)
    ender.join()
    assert told["exit_code"] == 130
    assert signal.getsignal(signal.SIGTERM) == before
    assert [step for step, status in _kept_runs(filled_platform) if status == "STARTED"] == []

    # Killed without a word, the next one leaves a run that looks as if it went on.
    command = [sys.executable, "-c", _ON_TWO_STATES, "tick"]
    process = subprocess.Popen(
        command,
        cwd=filled_platform.folder,
        env={**os.environ, **filled_platform.variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    asked = filled_platform.sandbox.requests("seatgeek")
    assert _when_asked(filled_platform, asked + 1)
    process.kill()
    process.wait()

    told = _told(filled_platform)
    assert told["exit_code"] == 0
    assert _runs(told, "weekly_refresh") == [(["VT"], True), (["WY"], True)]
    statuses = [status for step, status in _kept_runs(filled_platform) if step == "weekly_refresh"]
    assert statuses[-2:] == ["SUCCESS", "SUCCESS"]
    assert "SUCCESS" not in statuses[:-2]
    assert _runs(_told(filled_platform), "weekly_refresh") == []


@pytest.mark.parametrize(
    ("said", "why"),
    [("storage: [", "ParserError"), ("- a", "CheckError"), (None, "Error")],
    ids=["broken", "a list", "no folder"],
)
def test_an_instance_that_cannot_be_opened_is_a_sentence(filled_platform, tmp_path, said, why):
    home = tmp_path / "instance"
    if said:
        home.mkdir()
        (home / "dagster.yaml").write_text(said)
    found = showlist_here(
        "tick", cwd=filled_platform.folder, **filled_platform.variables, DAGSTER_HOME=str(home)
    )
    assert found.returncode == 1
    assert f"Dagster's instance of {home} cannot be opened" in found.stderr
    assert why in found.stderr
    assert "Traceback" not in found.stderr
