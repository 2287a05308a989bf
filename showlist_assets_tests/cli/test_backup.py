"""``showlist backup`` and ``showlist restore-backup``, over a platform that has pushed."""

from __future__ import annotations

import pytest
from rich.console import Console
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.cli.playlists import push_recipes
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
def showlist(pushed, monkeypatch):
    """Runs a command over the platform, or over another one; returns its status and its words."""

    def run(*arguments, variables=None):
        for name in setting_names():
            monkeypatch.delenv(name, raising=False)
        for name, value in (variables or pushed.variables).items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        return result.exit_code, " ".join(result.output.split())

    return run


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
