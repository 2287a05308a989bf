"""Two processes that add at once lose nothing, nor does one that is killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import run_sandbox
from showlist_assets.sandbox.state.listening import LISTENBRAINZ_USER
from showlist_assets.services.listening.profile import ListeningProfile
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests import clock

pytestmark = pytest.mark.slow


class Home:
    """Settings of a home, and what processes over it do."""

    def __init__(self, folder, sandbox=None) -> None:
        self.variables = {
            **clock.PINNED,
            "SHOWLIST_DATA_ROOT": str(folder / "data"),
            **(sandbox.env() if sandbox else {}),
            # Of each home its own, also where a sandbox has one for all.
            "SHOWLIST_ACCOUNTS": str(folder / "accounts"),
            "SHOWLIST_CALL_STORE": str(folder / "calls"),
        }

    @property
    def platform(self) -> Platform:
        return Platform(load_settings(**self.variables))

    def start(self, *arguments) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "showlist_assets_tests.services.listening.change_history",
             *map(str, arguments)],
            env={**os.environ, **self.variables},
        )  # fmt: skip

    def connect(self) -> Home:
        self.platform.listening_profiles.save(
            "me", ListeningProfile(listenbrainz_name=LISTENBRAINZ_USER)
        )
        return self


def test_two_processes_that_add_at_once_lose_nothing(tmp_path):
    home = Home(tmp_path)
    processes = [home.start("add", "me", first, 15) for first in (0, 10)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    history = home.platform.listening
    # Five of them are told by both.
    assert history.read("me", "listen_reports").height == 25
    imports = history.read("me", "listening_imports")
    assert imports.select("rows", "added", "known").sum().row(0) == (30, 25, 5)


def test_a_sync_that_is_killed_between_pages_goes_on_and_loses_nothing(tmp_path):
    config = SandboxConfig(latency_ms=100, clock=clock.NOW, events=60)
    with run_sandbox(config) as sandbox:
        undisturbed = Home(tmp_path / "undisturbed", sandbox).connect()
        assert undisturbed.start("sync", "me").wait(timeout=120) == 0
        whole = undisturbed.platform.listening.read("me", "listen_reports")
        pages = sandbox.requests("listenbrainz")
        assert pages > 4
        home = Home(tmp_path / "killed", sandbox).connect()
        for wanted in (1, 3):
            before = sandbox.requests("listenbrainz")
            process = home.start("sync", "me")
            _wait_until(lambda: sandbox.requests("listenbrainz") >= before + wanted, process)  # noqa: B023
            process.kill()
            process.wait(timeout=10)
        known = home.platform.listening.read("me", "listen_reports").height
        assert 0 < known < whole.height
        assert home.platform.listening_profiles.progress("me").walk is not None
        # Its lock went with it.
        assert home.start("sync", "me").wait(timeout=120) == 0
    keys = ["source", "source_key", "occurrence"]
    again = home.platform.listening.read("me", "listen_reports")
    assert again.select(keys).sort(keys).equals(whole.select(keys).sort(keys))
    imports = home.platform.listening.read("me", "listening_imports")
    assert imports["added"].sum() >= whole.height - 1000
    assert home.platform.listening_profiles.progress("me").walk is None


def _wait_until(reached, process) -> None:
    deadline = time.monotonic() + 60
    while not reached():
        assert process.poll() is None, "the process ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_somebody_who_is_forgotten_during_a_sync_is_not_there_again(tmp_path):
    config = SandboxConfig(latency_ms=100, clock=clock.NOW, events=60)
    with run_sandbox(config) as sandbox:
        home = Home(tmp_path, sandbox).connect()
        process = home.start("sync", "me")
        _wait_until(lambda: sandbox.requests("listenbrainz") >= 2, process)
        assert home.platform.listening.forget("me")
        assert process.wait(timeout=120) == 1
    history = home.platform.listening
    assert history.read("me", "listen_reports").is_empty()
    assert home.platform.listening_profiles.read("me") == ListeningProfile()
