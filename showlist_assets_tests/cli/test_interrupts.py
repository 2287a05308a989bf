"""Ctrl-C while a command waits: one sentence, status 130, and it stops; nothing stored is lost."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.settings import setting_names
from showlist_assets_tests.clock import PINNED

if TYPE_CHECKING:
    from collections.abc import Mapping
from pathlib import Path

# A job in a shell's background is deaf to Ctrl-C, and so is what it starts.
_DEAF_NO_MORE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from showlist_assets.cli.app import app
app()
"""
# The terminal sends Ctrl-C to whom it belongs.
_OWNS_THE_TERMINAL = f"""
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
{_DEAF_NO_MORE}
"""
_SECONDS = 60


# While the command's modules are loading: one of them presses it.
_PRESSED_WHILE_LOADING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Press:
    @staticmethod
    def find_spec(name, *_):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Press)
from showlist_assets.cli.main import main
main()
"""


def test_ctrl_c_while_modules_are_loading_is_one_sentence(tmp_path):
    found = subprocess.run(
        [sys.executable, "-c", _PRESSED_WHILE_LOADING, "--version"],
        cwd=tmp_path, capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    assert found.returncode == 130
    assert found.stdout == ""
    assert found.stderr.count("\n") == 1
    assert found.stderr.startswith("Interrupted: what was stored so far stays")


def test_what_the_process_begins_with_takes_no_time_to_load():
    """As much as loads before Ctrl-C is heard is as long as it shows a stack."""
    script = "import sys; before = set(sys.modules); import showlist_assets.cli.main; print("
    script += "*{name.partition('.')[0] for name in set(sys.modules) - before})"
    found = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True, text=True, timeout=_SECONDS, check=True,
    )  # fmt: skip
    assert set(found.stdout.split()) - set(sys.stdlib_module_names) == {"showlist_assets"}


@pytest.fixture
def silent():
    """A server that takes calls and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(_SECONDS)
        yield server


def _start(
    *arguments: str, cwd: Path, environment: Mapping[str, str], **streams
) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if name not in setting_names()}
    return subprocess.Popen(
        [sys.executable, "-c", _DEAF_NO_MORE, *arguments],
        cwd=cwd,
        env={**clean, **PINNED, "COLUMNS": "300", "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **streams,
    )


def _interrupted(process: subprocess.Popen[str]) -> str:
    """What was said after Ctrl-C."""
    process.send_signal(signal.SIGINT)
    said, told = process.communicate(timeout=_SECONDS)
    assert process.returncode == 130
    assert "Traceback" not in said + told
    assert told.count("Interrupted: what was stored so far stays") == 1
    return said


@pytest.mark.slow
@pytest.mark.parametrize("command", ["plan", "push"])
def test_a_playlist_that_waits_for_spotify_stops_and_the_next_push_is_whole(
    command, filled_platform, silent
):
    connect_listener(filled_platform.sandbox, filled_platform.platform)
    recipes = filled_platform.folder / "recipes"
    recipes.mkdir()
    (recipes / "mine.yaml").write_text("states: WA\nwhen: any time\ntracks_per_artist: 1\n")
    deaf = f"http://127.0.0.1:{silent.getsockname()[1]}"
    waiting = {**filled_platform.variables, "SHOWLIST_SPOTIFY_URL": deaf}
    if command == "plan":
        # What was never pushed is compared with nothing.
        _finished("push", filled_platform)
    process = _start(command, "mine", cwd=filled_platform.folder, environment=waiting)
    with silent.accept()[0]:
        _interrupted(process)
    said = _finished("push", filled_platform)
    (playlist,) = filled_platform.sandbox.listeners.playlists()
    assert ("Pushed:" if command == "push" else "Nothing to do:") in said
    assert playlist.uris


def _finished(command: str, platform) -> str:
    process = _start(command, "mine", cwd=platform.folder, environment=platform.variables)
    said, told = process.communicate(timeout=_SECONDS)
    assert process.returncode == 0, told
    return said


@pytest.mark.slow
def test_a_login_that_waits_for_the_browser_stops_and_keeps_nothing(sandbox, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # The browser that "opens" it is a command that does nothing.
    quiet = {**sandbox.env(), "BROWSER": "true %s"}
    process = _start("login", "--port", str(port), cwd=tmp_path, environment=quiet)
    for line in process.stdout:
        if "Waiting for Spotify's answer" in line:
            break
    _interrupted(process)
    assert not list(tmp_path.rglob("*.account"))


@pytest.mark.slow
def test_a_sandbox_stops(tmp_path):
    process = _start("sandbox", "--port", "0", cwd=tmp_path, environment={})
    assert "Sandbox at" in process.stdout.readline()
    _interrupted(process)


@pytest.mark.parametrize("press", [b"\x03", b"n\n"], ids=["Ctrl-C", "no"])
def test_a_question_that_is_not_answered_with_yes_changes_nothing(press, tmp_path):
    kept = tmp_path / ".showlist" / "sandbox" / "data" / "kept"
    kept.parent.mkdir(parents=True)
    kept.write_text("x")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _OWNS_THE_TERMINAL, "reset", "--sandbox"],
        cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 10_000)
    # Between the question and the reading, Python notes a Ctrl-C and goes on to wait: who sees
    # nothing happen presses again.
    for _ in range(_SECONDS):
        os.write(ours, press)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
            break
    _, told = process.communicate(timeout=1)
    os.close(ours)
    assert kept.exists()
    assert (process.returncode, told.split(":")[0].strip()) == (
        (130, "Interrupted") if press == b"\x03" else (1, "Nothing was changed.")
    )
