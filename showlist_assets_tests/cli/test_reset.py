"""``showlist reset``: it asks, says what goes, and removes that home and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.home_sandbox import sandbox_of
from showlist_assets.cli.homes import sandbox_home
from showlist_assets.cli.options import sandbox_config


@pytest.fixture
def showlist(tmp_path, monkeypatch):
    """Runs a command where two homes are; returns its status and its words."""
    monkeypatch.chdir(tmp_path)
    for home in ("live", "sandbox"):
        for name in ("accounts/me.account", "data/playlist_history/mine.json", "data/x.parquet"):
            file = tmp_path / ".showlist" / home / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("x")

    def run(*arguments, answer=""):
        result = CliRunner().invoke(app, ["reset", *arguments], input=answer)
        return result.exit_code, " ".join(result.output.split())

    return run


@pytest.mark.parametrize(("home", "other"), [("live", "sandbox"), ("sandbox", "live")])
def test_it_says_what_goes_and_removes_that_home_only(home, other, showlist, tmp_path):
    status, said = showlist(f"--{home}", answer="y\n")
    assert status == 0
    assert "1 file 0.0 MB listeners who logged in: each has to log in again" in said
    assert "what was pushed: a push takes every song" in said
    assert "1 file 0.0 MB the rest" in said
    assert ("showlist backup FILE" in said) == (home == "live")
    assert [folder.name for folder in (tmp_path / ".showlist").iterdir()] == [other]


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_a_yes_everything_stays(answer, showlist, tmp_path):
    status, said = showlist("--live", answer=answer)
    assert status == 1
    assert "Nothing was changed." in said
    assert (tmp_path / ".showlist" / "live" / "accounts" / "me.account").exists()


def test_a_script_is_not_asked(showlist, tmp_path):
    assert showlist("--sandbox", "--yes")[0] == 0
    assert not (tmp_path / ".showlist" / "sandbox").exists()
    status, said = showlist("--sandbox", "--yes")
    assert (status, "Nothing is kept in" in said) == (0, True)


@pytest.mark.parametrize("which", [[], ["--live", "--sandbox"], ["--live", "--world", "x"]])
def test_one_home_has_to_be_named(which, showlist, tmp_path):
    status, said = showlist("--yes", *which)
    assert status == 2
    assert "say which home" in said
    assert len(list((tmp_path / ".showlist").iterdir())) == 2


def test_a_home_in_use_stays(showlist, tmp_path):
    home = sandbox_home(tmp_path / "base", None)
    with sandbox_of(home, replace(sandbox_config(home=home), stays=True)) as running:
        status, said = showlist("--sandbox", "--yes", "--home", str(tmp_path / "base"))
        assert status == 1
        assert f"at {running.url}" in said
    assert home.world.is_dir()
