"""The three processes of ``showlist ui``: together they answer, and together they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from showlist_assets.cli import dagster_services
from showlist_assets.cli.dagster_services import _first_status, _running
from showlist_assets_tests.newcomer import _free_port

_ASKED = b'{"query": "{ assetNodes { id } instance { daemonHealth { id } } }"}'


def _sleeping(folder: Path, script: str = "import time; time.sleep(60)"):
    return _running([sys.executable, "-c", script], os.environ, folder)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_when_one_ends_its_status_is_told_and_the_others_end(tmp_path, monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with (
        _sleeping(tmp_path) as first,
        _sleeping(tmp_path, "raise SystemExit(7)") as second,
    ):
        assert _first_status(first, second) == 7
        assert first.poll() is None
    assert first.poll() is not None


def test_what_a_process_has_started_ends_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    script = (
        "import subprocess, sys, time, pathlib;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "pathlib.Path('child').write_text(str(child.pid)); time.sleep(60)"
    )
    told = tmp_path / "child"
    with _sleeping(tmp_path, script):
        _wait_until(lambda: told.is_file() and told.read_text())
    _wait_until(lambda: not _is_alive(int(told.read_text())))


def test_one_that_is_deaf_to_ctrl_c_is_ended_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(
        dagster_services, "_STOPPING", ((signal.SIGINT, 0.2), (signal.SIGKILL, 5.0))
    )
    script = (
        "import pathlib, signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN);"
        "pathlib.Path('deaf').touch(); time.sleep(60)"
    )
    with _sleeping(tmp_path, script) as process:
        _wait_until((tmp_path / "deaf").is_file)
    assert process.poll() == -signal.SIGKILL


def _wait_until(holds, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.05)


@pytest.mark.slow
def test_the_ui_answers_and_leaves_no_process_behind(tmp_path):
    port = _free_port()
    script = "from showlist_assets.cli.main import main; main()"
    command = [sys.executable, "-c", script, "ui", "--home", str(tmp_path), "--port", str(port)]
    process = subprocess.Popen(command, cwd=tmp_path, text=True, stdout=subprocess.PIPE)
    try:
        _wait_until(lambda: _assets(port), 120)
        started = _descendants(process.pid)
        # Webserver, daemon, code server, and the process that loads the definitions.
        assert len(started) == 4
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert "Dagster UI: " in said
    _wait_until(lambda: not any(map(_is_alive, started)))


def _assets(port: int) -> bool:
    address = f"http://127.0.0.1:{port}/graphql"
    asked = Request(address, _ASKED, {"Content-Type": "application/json"})
    try:
        with urlopen(asked, timeout=30) as answer:  # noqa: S310
            return bool(json.load(answer)["data"]["assetNodes"])
    except (URLError, ConnectionError, TimeoutError):
        return False


def _descendants(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found, looked_at = [], [root]
    while looked_at:
        children = [pid for pid, parent in parents.items() if parent == looked_at[0]]
        looked_at = [*looked_at[1:], *children]
        found += children
    return found
