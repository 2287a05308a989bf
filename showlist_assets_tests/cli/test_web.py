"""``showlist web`` as a person starts and ends it: what it says, and what it will not do."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
import requests

from showlist_assets.cli.doctor import findings
from showlist_assets.cli.home_addresses import address_of, announced
from showlist_assets.cli.homes import Home
from showlist_assets.settings import load_settings, setting_names
from showlist_assets.wiring import Platform
from showlist_assets_tests.cli.test_accounts import free_port
from showlist_assets_tests.clock import PINNED
from showlist_assets_tests.commands import showlist_here
from showlist_assets_tests.web.sites import copy_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 120
# A demo of one small state in place of three large ones, for who has played for months, not years.
_SMALL_DEMO = """
import showlist_assets.cli.demo as demo
from showlist_assets.sandbox.world import listening
demo.DEFAULT_STATES = "VT"
listening._DAYS = 90
from showlist_assets.cli.main import main
main()
"""


@dataclass
class Running:
    """A command that runs, and the lines that it has said so far."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **options) -> requests.Response:
        return requests.get(self.url + path, timeout=_SECONDS, allow_redirects=False, **options)

    def until(self, words: str) -> str:
        """The first line with ``words``."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if found := [line for line in self.lines if words in line]:
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"{words!r} was never said: {self.lines}")

    def ended_by(self, by: signal.Signals) -> int:
        self.process.send_signal(by)
        return self.process.wait(timeout=_SECONDS)


@contextmanager
def web(
    folder: Path, *arguments: str, script: str | None = None, **environment
) -> Iterator[Running]:
    """``showlist web`` in ``folder``, from when it answers to the end of the block."""
    clean = {name: value for name, value in os.environ.items() if name not in setting_names()}
    clean.pop("DAGSTER_HOME", None)
    started = ["-c", script] if script else ["-m", "showlist_assets"]
    running = Running(
        subprocess.Popen(
            [sys.executable, *started, "web", "--no-open", *arguments],
            cwd=folder,
            env={**clean, **PINNED, "COLUMNS": "300", "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ),
        int(arguments[arguments.index("--port") + 1]),
    )
    reader = Thread(target=lambda: running.lines.extend(running.process.stdout), daemon=True)
    reader.start()
    try:
        running.until("Listener's page:")
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()
        reader.join(timeout=10)


@pytest.fixture
def folder(finished_demo, tmp_path: Path) -> Path:
    """Where somebody works in whose home a demo has run."""
    copy_of(finished_demo, tmp_path / ".showlist")
    return tmp_path


@pytest.fixture
def port() -> str:
    return str(free_port())


@pytest.mark.slow
def test_the_page_of_a_demo_is_there_at_once_and_ends_by_ctrl_c(folder, port):
    with web(folder, "--port", port) as running:
        told = running.until("Listener's page:")
        assert f"http://127.0.0.1:{port} " in told
        assert "stop with Ctrl-C" in told
        link = running.until("For its owner:").split()[-1]
        assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/owner/enter\?key=[\w-]{{40,}}", link)
        assert not any("demo" in line for line in running.lines)
        health = running.get("/healthz")
        assert health.json()["status"] == "ok"
        assert health.json()["published_at"] is not None
        assert "server" not in health.headers
        page = running.get("/")
        assert page.status_code == 200
        sandbox = running.until("Sandbox of the APIs:").split()[-1]
        # Songs are heard where the sandbox shows them, and nowhere else.
        assert f"{sandbox}/listen/track/" in page.text
        assert "open.spotify.com" not in page.text
        song = re.search(rf"{sandbox}/listen/track/\w+", page.text)
        assert requests.get(song[0], timeout=_SECONDS).status_code == 200
        assert address_of(Home(folder / ".showlist/sandbox"), "page") == running.url
        assert running.ended_by(signal.SIGINT) == 130
    assert "Interrupted: what was stored so far stays" in running.lines[-1]
    assert not any("Traceback" in line for line in running.lines)
    assert address_of(Home(folder / ".showlist/sandbox"), "page") is None


@pytest.mark.slow
def test_no_secret_of_an_address_is_logged_and_a_container_can_stop_it(folder, port):
    with web(folder, "--port", port) as running:
        for path in ("/calendar/s3cret.ics", "/feed/s3cret.json", "/auth/callback?code=s3cret"):
            running.get(path)
        assert running.get("/owner/enter?key=s3cret").status_code < 500
        assert running.ended_by(signal.SIGTERM) == 0
    assert not any("s3cret" in line for line in running.lines)
    assert not any("Traceback" in line for line in running.lines)


@pytest.mark.slow
def test_two_share_one_sandbox_and_the_second_serves_it_on(folder, port):
    with web(folder, "--port", port) as first:
        sandbox = first.until("Sandbox of the APIs:").split()[-1]
        with web(folder, "--port", str(free_port())) as second:
            shared = second.until("Sandbox of the APIs:")
            assert f"{sandbox}, served by the command that was started before" in shared
            # As if the machine had taken it.
            first.process.kill()
            first.process.wait()
            record = folder / ".showlist/sandbox/world/running.json"
            until = time.monotonic() + _SECONDS
            while json.loads(record.read_text())["pid"] != second.process.pid:
                assert time.monotonic() < until
                time.sleep(0.1)
            listeners = requests.get(f"{sandbox}/_sandbox/listeners", timeout=_SECONDS).json()
            assert listeners["listeners"][0]["playlists"]
            assert second.ended_by(signal.SIGINT) == 130
    assert not record.exists()


@pytest.mark.slow
def test_where_nothing_is_yet_the_demo_runs_first(tmp_path, port):
    with web(tmp_path, "--port", port, script=_SMALL_DEMO) as running:
        assert any("so the demo runs first" in line for line in running.lines)
        assert running.get("/healthz").json()["published_at"] is not None
        assert running.get("/?where=VT").status_code == 200
        assert running.ended_by(signal.SIGINT) == 130


def test_a_taken_port_is_told_before_anything_is_made(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        ended = showlist_here("web", "--port", taken, "--no-open", cwd=tmp_path)
    assert ended.returncode == 1
    assert f"127.0.0.1:{taken}" in ended.stderr
    assert "choose another --port" in ended.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "music.example.org"])  # noqa: S104
def test_a_page_for_others_must_know_its_address(tmp_path, host):
    ended = showlist_here("web", "--host", host, "--no-open", cwd=tmp_path)
    assert ended.returncode == 1
    assert "SHOWLIST_WEB_URL" in ended.stderr
    assert not list(tmp_path.iterdir())


def test_a_world_belongs_to_a_sandbox(tmp_path):
    ended = showlist_here("web", "--live", "--world", "folder", cwd=tmp_path)
    assert ended.returncode == 2
    assert "leave it out with --live" in ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({}, 200),
        ({"SHOWLIST_WEB_URL": "https://a.example"}, 303),
        ({"SHOWLIST_WEB_GUESTS": "no"}, 303),
    ],
    ids=["this machine", "behind a proxy", "chosen"],
)
def test_guests_may_look_on_this_machine_alone_unless_told(folder, port, variables, status):
    with web(folder, "--port", port, **variables) as running:
        assert running.get("/").status_code == status
        told = "Only who has an account may look (SHOWLIST_WEB_GUESTS)."
        if status == 303:
            running.until(told)
        running.ended_by(signal.SIGTERM)
    assert any(told in line for line in running.lines) == (status == 303)


def test_what_was_killed_is_not_named_as_running(tmp_path):
    home = Home(tmp_path)
    assert address_of(home, "ui") is None
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with announced(home, "ui", url):
            assert address_of(home, "ui") == url
            assert address_of(home, "page") is None
            left = (tmp_path / "ui.json").read_text()
        assert address_of(home, "ui") is None
    (tmp_path / "ui.json").write_text(left)
    assert address_of(home, "ui") is None
    for spoilt in ("", "[]", '{"url": 3}', '{"url": "http://[::"}', "\x00"):
        (tmp_path / "ui.json").write_text(spoilt)
        assert address_of(home, "ui") is None


@pytest.mark.parametrize(
    ("web_url", "verdict", "says"),
    [
        (None, "note", "http://127.0.0.1:8300/auth/callback must be"),
        ("https://a.example/music", "note", "https://a.example/music/auth/callback must be"),
        ("http://192.168.1.5:8300", "missing", "pastes the address"),
        ("http://localhost:8300", "missing", "http://127.0.0.1"),
    ],
)
def test_doctor_names_the_redirect_uri_of_the_page(sandbox, tmp_path, web_url, verdict, says):
    own = Home(tmp_path).settings()
    chosen = {"SHOWLIST_WEB_URL": web_url} if web_url else {}
    platform = Platform(load_settings(**sandbox.env(), **own, **chosen))
    (found,) = [each for each in findings(platform) if each.subject == "Listener's page"]
    assert found.verdict == verdict
    assert says in found.words
