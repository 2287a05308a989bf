"""What make adds to a command that a person ends by Ctrl-C: nothing. One that fails fails make."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from showlist_assets_tests.newcomer import ROOT, Terminal

# In place of the command: the way it is started, and ended, is the same. It naps, as a signal in
# the instant before a sleep begins would be heard at its end; and takes a moment to end, as GNU
# make 4.3 complains where what it waits for is gone before it has heard the signal itself.
_COMMAND = """#!/usr/bin/env python3
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
if "--fail" in sys.argv:
    sys.exit(3)
try:
    print("Started:", *sys.argv[1:], flush=True)
    for _ in range(1200):
        time.sleep(0.05)
except KeyboardInterrupt:
    time.sleep(0.1)
    print("Interrupted: what was stored so far stays.")
    sys.exit(130)
"""
_SECONDS = 60

pytestmark = [
    pytest.mark.skipif(not shutil.which("make"), reason="needs make"),
    pytest.mark.skipif(not (ROOT / "Makefile").is_file(), reason="needs a clone's Makefile"),
]


@pytest.fixture
def clone(tmp_path) -> Path:
    """A folder in which make thinks that everything is installed."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    binaries = tmp_path / ".venv" / "bin"
    binaries.mkdir(parents=True)
    for name in ("setup.cfg", "constraints.txt", ".venv/bin/python", ".venv/.installed"):
        (tmp_path / name).touch()
    command = binaries / "showlist"
    command.write_text(_COMMAND)
    command.chmod(0o755)
    return tmp_path


def _typed(command: str, clone: Path) -> Terminal:
    return Terminal(command, folder=clone, environment={**os.environ, "TERM": "xterm"})


def _wait_for(words: str, terminal: Terminal) -> None:
    until = time.monotonic() + _SECONDS
    while words not in terminal.shown and time.monotonic() < until:
        terminal.read(0.2)
    assert words in terminal.shown


@pytest.mark.parametrize("target", ["demo", "web", "web-live", "ui", "ui-live"])
def test_ctrl_c_ends_make_without_a_word_of_its_own(target, clone):
    terminal = _typed(f"make {target}", clone)
    _wait_for("Started:", terminal)
    terminal.press_ctrl_c()
    status = terminal.exit_status(_SECONDS)
    assert "Interrupted: what was stored so far stays." in terminal.shown
    assert "***" not in terminal.shown
    assert "Error" not in terminal.shown
    # By the signal itself, so that a loop or a script around it ends as well.
    assert status == -2


def test_options_with_commas_reach_the_command(clone):
    terminal = _typed("make demo STATES=CA,NY SOURCES=feeds,seatgeek FLAGS='--no-story'", clone)
    _wait_for("Started: demo --states CA,NY --sources feeds,seatgeek --no-story", terminal)
    terminal.press_ctrl_c()
    assert terminal.exit_status(_SECONDS) == -2


def test_a_command_that_fails_fails_make(clone):
    terminal = _typed("make demo FLAGS=--fail", clone)
    assert terminal.exit_status(_SECONDS) == 2
    assert "Error 3" in terminal.shown


def _folder_of_tests(**variables: str) -> Path:
    said = subprocess.run(
        [ROOT / "scripts" / "folder-of-tests"], env={"PATH": os.environ["PATH"], **variables},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stderr == ""
    return Path(said.stdout.rstrip("\n"))


def test_files_of_tests_lie_where_they_can_be_written_or_where_somebody_says(tmp_path):
    found = _folder_of_tests()
    assert found in (Path("/dev/shm"), Path("/tmp"))  # noqa: S108
    assert os.access(found, os.W_OK)
    assert _folder_of_tests(TMPDIR=str(tmp_path)) == tmp_path
