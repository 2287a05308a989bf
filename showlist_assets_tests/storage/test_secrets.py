from __future__ import annotations

import os
from pathlib import Path

import pytest

from showlist_assets.settings import (
    Settings,
    SettingsError,
    load_settings,
    secret_names,
    setting_names,
)
from showlist_assets.storage import secrets
from showlist_assets.storage.secrets import read_secrets


@pytest.fixture(autouse=True)
def nothing_is_set(tmp_path, monkeypatch):
    """No setting in the environment, an empty working directory, no /run/secrets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(secrets, "_USUAL_FOLDER", str(tmp_path / "run-secrets"))
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    made = tmp_path / "secrets"
    made.mkdir()
    monkeypatch.setenv("SHOWLIST_SECRETS_DIR", str(made))
    return made


def refusal() -> str:
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert raised.value.__cause__ is None
    return str(raised.value)


def value(name: str) -> str | None:
    secret = getattr(load_settings(), setting_names()[name])
    return secret and secret.get_secret_value()


def test_the_secrets_are_those_whose_settings_hide_them_and_the_address_of_a_redis():
    hidden = [
        str(field.alias)
        for field in Settings.model_fields.values()
        if "SecretStr" in str(field.annotation)
    ]
    assert sorted(secret_names()) == sorted([*hidden, "SHOWLIST_CALL_STORE"])
    assert {"SPOTIFY_CLIENT_SECRET", "SHOWLIST_ACCOUNT_KEY"} <= set(hidden)


@pytest.mark.parametrize("called", ["SPOTIFY_CLIENT_SECRET", "spotify_client_secret"])
def test_a_secret_is_the_content_of_the_file_of_its_name(folder, called):
    (folder / called).write_text("hush-hush\n")
    assert value("SPOTIFY_CLIENT_SECRET") == "hush-hush"
    assert "hush-hush" not in repr(load_settings())


def test_the_environment_counts_more_than_the_env_file_and_that_more_than_a_file(
    folder, monkeypatch
):
    name = "SPOTIFY_CLIENT_SECRET"
    (folder / name).write_text("of the folder")
    assert value(name) == "of the folder"
    Path(".env").write_text(f"{name}=of .env")
    assert value(name) == "of .env"
    monkeypatch.setenv(name, "of the environment")
    assert value(name) == "of the environment"
    assert load_settings(**{name: "said"}).spotify_client_secret.get_secret_value() == "said"


def test_a_line_in_the_env_file_that_is_not_filled_in_does_not_hide_the_file(folder):
    Path(".env").write_text("SPOTIFY_CLIENT_SECRET=\n")
    (folder / "SPOTIFY_CLIENT_SECRET").write_text("hush-hush")
    assert value("SPOTIFY_CLIENT_SECRET") == "hush-hush"


def test_what_is_no_secret_is_not_looked_for_in_the_folder(folder):
    (folder / "somebody_elses").write_text("1")
    (folder / "SHOWLIST_RETRIES").write_text("3")
    assert "SHOWLIST_RETRIES is called as no secret of Showlist" in refusal()


@pytest.mark.parametrize("called", ["SPOTIFY_CLIENT_SECRT", "spotify_secret"])
def test_a_misspelled_secret_of_an_api_is_refused_by_its_name(folder, called):
    (folder / called).write_text("hush-hush")
    said = refusal()
    assert f"{called} is called as no secret of Showlist" in said
    assert "hush-hush" not in said


def test_a_file_of_something_else_is_none_of_ours(folder):
    (folder / "postgres_password").write_text("hush-hush")
    assert value("SPOTIFY_CLIENT_SECRET") is None


def test_a_secret_with_two_files_is_refused_as_nobody_knows_which_is_meant(folder):
    (folder / "SPOTIFY_CLIENT_SECRET").write_text("hush-hush")
    (folder / "spotify_client_secret").write_text("hush-hush-2")
    said = refusal()
    assert "SPOTIFY_CLIENT_SECRET has two files" in said
    assert "hush-hush" not in said


def test_a_misspelled_secret_is_refused_by_its_name(folder):
    (folder / "SHOWLIST_ACCOUNT_KY").write_text("hush-hush")
    said = refusal()
    assert "SHOWLIST_ACCOUNT_KY is called as no secret of Showlist" in said
    assert "SHOWLIST_ACCOUNT_KEY" in said
    assert "hush-hush" not in said


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"\n", "it is empty"),
        (b"  \n", "it is empty"),
        (b"\xff", "not UTF-8 text"),
        (b"one\ntwo\n", "more than one line"),
        (b"a\0b", "signs that cannot be printed"),
    ],
)
def test_a_file_that_holds_no_secret_is_refused_by_its_name(folder, content, why):
    (folder / "SPOTIFY_CLIENT_ID").write_bytes(content)
    (folder / "SHOWLIST_ACCOUNT_KEY").write_bytes(content)
    said = refusal()
    assert "SPOTIFY_CLIENT_ID cannot be read" in said
    assert "SHOWLIST_ACCOUNT_KEY cannot be read" in said
    assert why in said


def test_a_pipe_is_refused_and_not_waited_for(folder):
    os.mkfifo(folder / "SPOTIFY_CLIENT_ID")
    assert "SPOTIFY_CLIENT_ID cannot be read" in refusal()


def test_a_file_that_cannot_be_opened_is_refused_by_its_name(folder):
    # A link to itself, because nothing is closed to root.
    (folder / "SPOTIFY_CLIENT_ID").symlink_to(folder / "SPOTIFY_CLIENT_ID")
    assert "SPOTIFY_CLIENT_ID cannot be read" in refusal()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused_by_its_name(folder):
    (folder / "SPOTIFY_CLIENT_ID").write_text("hush-hush")
    (folder / "SPOTIFY_CLIENT_ID").chmod(0)
    assert "SPOTIFY_CLIENT_ID cannot be read" in refusal()
    assert "Permission denied" in refusal()


@pytest.mark.parametrize("is_file", [True, False])
def test_a_folder_that_is_none_is_refused(folder, is_file):
    folder.rmdir()
    if is_file:
        folder.write_text("")
    assert "SHOWLIST_SECRETS_DIR" in refusal()


def test_the_usual_folder_is_read_where_there_is_one(tmp_path):
    usual = tmp_path / "run-secrets"
    assert value("SPOTIFY_CLIENT_ID") is None
    usual.mkdir()
    (usual / "SPOTIFY_CLIENT_ID").write_text("mine")
    # Other programs of the machine may keep theirs there.
    (usual / "SHOWLIST_RETRIES").write_text("1")
    assert value("SPOTIFY_CLIENT_ID") == "mine"


def test_a_volume_of_kubernetes_is_read_through_its_links(folder):
    (folder / "..2026_11_26").mkdir()
    (folder / "..2026_11_26" / "SPOTIFY_CLIENT_ID").write_text("mine")
    (folder / "..data").symlink_to("..2026_11_26")
    (folder / "SPOTIFY_CLIENT_ID").symlink_to("..data/SPOTIFY_CLIENT_ID")
    assert value("SPOTIFY_CLIENT_ID") == "mine"


def test_a_folder_of_a_secret_counts_as_the_one_file_in_it(folder):
    (folder / "SPOTIFY_CLIENT_ID").mkdir()
    (folder / "SPOTIFY_CLIENT_ID" / "latest").write_text("mine\r\n")
    assert value("SPOTIFY_CLIENT_ID") == "mine"
    (folder / "SPOTIFY_CLIENT_ID" / "another").write_text("mine")
    assert "does not hold one file alone" in refusal()


def test_the_address_of_a_redis_may_be_a_file_because_it_holds_a_password(folder):
    (folder / "SHOWLIST_CALL_STORE").write_text("redis://:hush-hush@cache:6379")
    assert load_settings().call_store == "redis://:hush-hush@cache:6379"


def test_a_file_is_read_anew_each_time(folder):
    (folder / "SPOTIFY_CLIENT_SECRET").write_text("old")
    assert value("SPOTIFY_CLIENT_SECRET") == "old"
    (folder / "SPOTIFY_CLIENT_SECRET").write_text("new")
    assert value("SPOTIFY_CLIENT_SECRET") == "new"


def test_nothing_is_looked_for_where_all_is_set(folder):
    (folder / "SPOTIFY_CLIENT_ID").write_text("")
    assert read_secrets([], folder=str(folder), known=["SPOTIFY_CLIENT_ID"]) == {}
