"""``showlist backup`` and ``showlist restore-backup``, over a platform that has pushed."""

from __future__ import annotations

from functools import partial

import pytest
from rich.console import Console
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.cli.playlists import push_recipes
from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.services.listening.history import Told
from showlist_assets.settings import load_settings, setting_names
from showlist_assets.wiring import Platform


@pytest.fixture
def pushed(filled_platform):
    """A platform whose listener has a playlist."""
    connect_listener(filled_platform.sandbox, filled_platform.platform)
    recipes = filled_platform.folder / "recipes"
    recipes.mkdir()
    (recipes / "mine.yaml").write_text("states: WA\nwhen: any time\ntracks_per_artist: 1\n")
    _push(filled_platform.platform)
    return filled_platform


def _push(platform) -> str:
    console = Console(record=True, width=400)
    assert push_recipes(platform, ["mine"], console)
    return console.export_text()


@pytest.fixture
def showlist_of(monkeypatch):
    """Runs a command over a platform, or over another one; returns its status and its words."""

    def run(platform, *arguments, variables=None):
        for name in setting_names():
            monkeypatch.delenv(name, raising=False)
        for name, value in (variables or platform.variables).items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        return result.exit_code, " ".join(result.output.split())

    return run


@pytest.fixture
def showlist(pushed, showlist_of):
    """The same over the platform whose listener has a playlist."""
    return partial(showlist_of, pushed)


def _elsewhere(pushed, folder) -> dict[str, str]:
    """The settings of the same platform on another machine."""
    return {
        name: value.replace(str(pushed.folder), str(folder))
        for name, value in pushed.variables.items()
    }


def test_the_next_push_on_another_machine_has_nothing_to_do(pushed, showlist, tmp_path):
    file = tmp_path / "b.zip"
    status, said = showlist("backup", file, "--with-key")
    assert status == 0
    assert "1 file listeners who logged in, encrypted 1 file the key that opens them" in said
    assert "keep it like a password" in said
    there = _elsewhere(pushed, tmp_path / "other")
    status, said = showlist("restore-backup", file, variables=there)
    assert (status, "Brought back from" in said) == (0, True)
    assert "The key here does not open" not in said
    assert "Nothing to do: 0 added, 0 removed" in _push(Platform(load_settings(**there)))


def test_without_the_key_it_says_which_accounts_stay_shut(pushed, showlist, tmp_path):
    file = tmp_path / "b.zip"
    _, said = showlist("backup", file)
    assert f"keep a copy of {pushed.folder / 'accounts.key'} elsewhere" in said
    there = _elsewhere(pushed, tmp_path / "other")
    status, said = showlist("restore-backup", file, variables=there)
    assert status == 0
    assert "The key here does not open me:" in said
    assert "showlist logout NAME" in said


def _plays(platform) -> None:
    rows = [
        {
            "reported_at": platform.now(),
            "reported_means": "end",
            "track_name": "A Song",
            "artist_name": "An Artist",
        }
    ]
    reports = as_reports(rows, source="spotify_poll", import_id="1", received_at=platform.now())
    platform.listening.add("zoe", reports, Told(import_id="1", source="spotify_poll", rows=1))
    platform.listening.rebuild("zoe")
    platform.taste_feedback.say("zoe", "An Artist", "more")


@pytest.mark.parametrize("with_key", [True, False])
def test_what_a_listener_plays_comes_back_with_the_key_and_says_so_without(
    platform, showlist_of, tmp_path, with_key
):
    # Nobody has logged in: an import needs no login.
    _plays(platform.platform)
    file = tmp_path / "b.zip"
    _, said = showlist_of(platform, "backup", file, *(["--with-key"] if with_key else []))
    assert "histories of shows, pushes and plays" in said
    assert ("what they play is lost" in said) == (not with_key)
    assert b"An Artist" not in file.read_bytes()
    there = _elsewhere(platform, tmp_path / "other")
    status, said = showlist_of(platform, "restore-backup", file, variables=there)
    assert status == 0
    assert ("The key here does not open zoe:" in said) == (not with_key)
    if with_key:
        other = Platform(load_settings(**there))
        for table in ("listen_reports", "listens", "listening_imports", "taste_feedback"):
            kept = other.listening.read("zoe", table)
            assert kept.equals(platform.platform.listening.read("zoe", table))
            assert not kept.is_empty()


def test_what_is_replaced_is_kept_in_a_backup_of_its_own(pushed, showlist, tmp_path):
    file = tmp_path / "b.zip"
    showlist("backup", file)
    recipe = pushed.folder / "recipes" / "mine.yaml"
    recipe.write_text("states: TX\n")
    status, said = showlist("restore-backup", file)
    assert status == 1
    assert "mine.yaml would be overwritten" in said
    status, said = showlist("restore-backup", file, "--force")
    assert status == 0
    assert recipe.read_text().startswith("states: WA")
    (before,) = pushed.folder.glob("before-restore-*.zip")
    assert f"What was there is in {before}" in said
    assert showlist("restore-backup", before, "--force")[0] == 0
    assert recipe.read_text() == "states: TX\n"


def test_real_and_made_up_artists_do_not_meet(showlist, tmp_path):
    file, home = tmp_path / "b.zip", tmp_path / "home"
    showlist("backup", file)
    status, said = showlist("restore-backup", file, "--sandbox", "--home", home)
    assert status == 1
    assert "a backup of the home 'live', and this is 'sandbox'" in said


def test_what_lies_in_a_bucket_or_in_redis_is_told(pushed, showlist, tmp_path):
    away = {**pushed.variables, "SHOWLIST_DATA_ROOT": "gs://bucket/x"}
    away |= {"SHOWLIST_ACCOUNTS": str(pushed.folder / "accounts")}
    away |= {"SHOWLIST_CALL_STORE": "redis://127.0.0.1:1"}
    status, said = showlist("backup", tmp_path / "b.zip", variables=away)
    assert status == 0
    assert "gs://bucket/x is no folder of this machine" in said
    assert "The ledger of calls is not in it: Redis at 127.0.0.1:1" in said
