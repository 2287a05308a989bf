"""The newcomer's eyes: a terminal of 80 columns, what is too wide in it, and what is missed."""

from __future__ import annotations

import os
import time

import pytest

from showlist_assets_tests import newcomer
from showlist_assets_tests.newcomer import (
    LEFT_OUT,
    ROOT,
    Terminal,
    Visit,
    missed_sights,
    too_wide,
    visit,
)
from showlist_assets_tests.shell_blocks import blocks_of, commands_of

TYPED = [command for block in blocks_of(ROOT / "README.md") for command in commands_of(block)]


def terminal(command: str, folder) -> Terminal:
    return Terminal(command, folder=folder, environment=dict(os.environ))


def test_a_command_has_a_terminal_of_eighty_columns(tmp_path):
    seen = terminal("stty size; test -t 0 && test -t 1 && echo a terminal; exit 3", tmp_path)
    assert seen.exit_status(20) == 3
    assert seen.shown.splitlines() == [f"{newcomer.ROWS} 80", "a terminal"]


def test_colours_are_not_shown_and_a_line_is_what_was_written_last(tmp_path):
    seen = terminal(r"printf '\033[1;31mred\033[0m\nhalf\rdone\n'", tmp_path)
    assert seen.exit_status(20) == 0
    assert seen.shown.splitlines() == ["red", "done"]


def test_ctrl_c_reaches_whatever_runs_in_the_terminal(tmp_path):
    seen = terminal("trap 'echo stopped; exit 130' INT; echo on; sleep 60 & wait", tmp_path)
    until = time.monotonic() + 20
    while "on" not in seen.shown and time.monotonic() < until:
        seen.read(0.1)
    seen.press_ctrl_c()
    assert seen.exit_status(20) == 130
    assert "stopped" in seen.shown


def test_what_does_not_end_is_ended(tmp_path):
    assert terminal("sleep 60", tmp_path).exit_status(0.2) is None


@pytest.mark.parametrize(
    ("line", "is_too_wide"),
    [
        ("word " * 16, False),
        ("word " * 17, True),
        ("夜汽車の窓 " * 7, False),
        ("夜汽車の窓 " * 8, True),
        ("Tables " + "x" * 90, False),
        ("2026-11-25 19:30:00 +0000 - dagster.daemon - INFO - " + "word " * 10, False),
        ("Try .venv/bin/python -c " + "'import this' " * 10, False),
    ],
)
def test_a_line_is_too_wide_beyond_eighty_columns_unless_it_is_to_be_copied(line, is_too_wide):
    assert bool(too_wide(line)) is is_too_wide


def test_what_a_person_must_see_is_missed_by_name():
    missed = missed_sights("make demo", "Starting the sandbox")
    assert "after `make demo`: the next shows" in missed
    assert not any("sandbox starts" in words for words in missed)
    assert missed_sights("make something-else", "") == []


def test_a_command_that_fails_is_missed_and_the_others_are_typed_all_the_same(tmp_path):
    (tmp_path / "README.md").write_text("```sh\nfalse\nmake test\necho fine\n```\n")
    seen = visit(tmp_path, dict(os.environ))
    assert seen.missed == ["`false` ends well (its status was 1)"]
    assert "fine" in "\n".join(seen.transcript)
    assert f"(not typed: {LEFT_OUT['make test']})" in seen.transcript


def test_a_stranger_has_no_settings_of_the_operator(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("SPOTIFY_CLIENT_ID", "of-the-operator")
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    monkeypatch.setenv("PATH", f"{ROOT}/.venv/bin:/usr/bin")
    environment = newcomer.environment_of(tmp_path)
    assert environment["HOME"] == str(tmp_path)
    assert environment["PATH"] == "/usr/bin"
    assert not {"SPOTIFY_CLIENT_ID", "VIRTUAL_ENV"} & set(environment)


def test_what_is_left_out_and_what_must_be_seen_belong_to_commands_of_the_readme():
    assert set(LEFT_OUT) <= set(TYPED)
    for typed in newcomer.SIGHTS:
        assert any(newcomer.re.match(typed, command) for command in TYPED), typed


def test_a_visit_begins_with_nothing():
    assert Visit().missed == Visit().transcript == []
