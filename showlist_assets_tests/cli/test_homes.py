from __future__ import annotations

import re
from pathlib import Path

import pytest

from showlist_assets.cli.homes import Home, live_home, sandbox_home
from showlist_assets.cli.templates import example_recipes, template
from showlist_assets.storage.files import StorageError

_CLONE = Path(__file__).resolve().parents[2]


def test_each_world_has_a_home_of_its_own(tmp_path):
    homes = [
        live_home(tmp_path),
        sandbox_home(tmp_path, None),
        sandbox_home(tmp_path, tmp_path / "Real World (2025)"),
    ]
    assert [each.root.name for each in homes] == ["live", "sandbox", "world-real-world-2025"]
    assert {each.root.parent for each in homes} == {tmp_path}


def test_a_world_without_letters_in_its_name_has_a_home_too(tmp_path):
    assert sandbox_home(tmp_path, tmp_path / "世界").root.name == "world-folder"


def test_a_home_does_not_depend_on_where_a_process_starts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environment = live_home(Path(".showlist")).environment()
    assert environment == {
        "DAGSTER_HOME": str(tmp_path / ".showlist" / "live" / "dagster"),
        "SHOWLIST_DATA_ROOT": str(tmp_path / ".showlist" / "live" / "data"),
        "SHOWLIST_CALL_STORE": str(tmp_path / ".showlist" / "live" / "calls"),
        "SHOWLIST_ACCOUNTS": str(tmp_path / ".showlist" / "live" / "accounts"),
        "SHOWLIST_OVERRIDES": str(tmp_path / ".showlist" / "live" / "overrides.yaml"),
        "SHOWLIST_SHOW_DECISIONS": str(tmp_path / ".showlist" / "live" / "shows.yaml"),
    }


def test_preparing_twice_keeps_what_is_there_and_renews_the_configuration(tmp_path):
    prepared = Home(tmp_path / "live")
    prepared.prepare()
    (prepared.data / "kept").write_text("x")
    (prepared.dagster / "dagster.yaml").write_text("old")
    prepared.prepare()
    assert (prepared.data / "kept").exists()
    assert (prepared.dagster / "dagster.yaml").read_bytes() == template("dagster.yaml")
    assert prepared.workspace.read_bytes() == template("workspace.yaml")


def test_a_home_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"Cannot write .*file.*Give --home a folder"):
        Home(tmp_path / "file").prepare()


def test_what_belongs_to_a_sandbox_overrides_whatever_the_operator_has_set(sandbox, tmp_path):
    settings = Home(tmp_path / "sandbox").sandbox_settings(sandbox)
    own = {name: value for name, value in settings.items() if str(tmp_path) in value}
    assert set(own) == {
        "SHOWLIST_DATA_ROOT", "SHOWLIST_CALL_STORE", "SHOWLIST_ACCOUNTS", "SHOWLIST_OVERRIDES",
        "SHOWLIST_RECIPES", "SHOWLIST_WAREHOUSE", "SHOWLIST_FEEDS", "SHOWLIST_SHOW_DECISIONS",
    }  # fmt: skip
    assert settings["SHOWLIST_SPOTIFY_URL"].startswith(sandbox.url)


@pytest.mark.parametrize("name", ["dagster.yaml", "workspace.yaml"])
def test_a_clone_configures_dagster_as_the_package_does(name):
    assert (_CLONE / name).read_bytes() == template(name)


def test_the_recipes_of_a_clone_are_those_that_the_package_writes():
    in_clone = {file.name: file.read_bytes() for file in (_CLONE / "recipes").iterdir()}
    assert in_clone == example_recipes()


def test_the_configuration_names_no_page_that_is_missing():
    pages = re.findall(r"docs/[a-z/]+\.md", template("dagster.yaml").decode())
    assert pages
    assert [page for page in pages if not (_CLONE / page).is_file()] == []
