from __future__ import annotations

from pathlib import Path

import pytest

from showlist_assets.cli import homes as home
from showlist_assets.cli.homes import Home, live_home, sandbox_home
from showlist_assets.storage.tables import StorageError


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
    }


def test_preparing_twice_keeps_what_is_there_and_renews_the_configuration(tmp_path):
    prepared = Home(tmp_path / "live")
    prepared.prepare()
    (prepared.data / "kept").write_text("x")
    (prepared.dagster / "dagster.yaml").write_text("old")
    prepared.prepare()
    assert (prepared.data / "kept").exists()
    template = (home.PROJECT_ROOT / "dagster.yaml").read_text()
    assert (prepared.dagster / "dagster.yaml").read_text() == template


def test_a_home_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"Cannot write .*file.*Give --home a folder"):
        Home(tmp_path / "file").prepare()


def test_outside_a_clone_the_missing_configuration_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(home, "PROJECT_ROOT", tmp_path)
    with pytest.raises(StorageError, match=r"dagster\.yaml is missing: run Showlist from a clone"):
        Home(tmp_path / "live").prepare()
