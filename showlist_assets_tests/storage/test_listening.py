"""What is kept of listeners lies in a folder or a bucket, and nobody reads it without the key."""

from __future__ import annotations

import stat

import polars as pl
import pytest

from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.domain.tables import versions
from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES
from showlist_assets.domain.tables.versions import as_declared
from showlist_assets.services.listeners.account_key import AccountError
from showlist_assets.services.listeners.accounts import AccountStore
from showlist_assets.storage.files import LocalFiles, StorageError
from showlist_assets.storage.listening import ListeningStore
from showlist_assets.storage.parquet import LaterVersionError
from showlist_assets_tests.clock import NOW

_ARTIST = "Nobody Should Read This"


def _reports(artist=_ARTIST) -> pl.DataFrame:
    row = {
        "reported_at": NOW,
        "reported_means": "end",
        "track_name": "A Song",
        "artist_name": artist,
    }
    return as_reports([row], source="listenbrainz", import_id="1", received_at=NOW)


@pytest.fixture
def store(files, tmp_path):
    return ListeningStore(files, AccountStore(tmp_path / "accounts"))


def test_tables_and_objects_of_a_listener_come_back_and_go_together(store, files):
    store.write("me", "listen_reports", _reports())
    store.write_object("me", "profile", b"{}")
    store.write("me-too", "listen_reports", _reports("Another"))
    assert store.read("me", "listen_reports").equals(_reports())
    assert store.read_object("me", "profile") == b"{}"
    assert store.accounts() == ["me", "me-too"]
    assert store.forget("me")
    assert not store.forget("me")
    assert store.accounts() == ["me-too"]
    assert files.names("listening") == ["listening/me-too.listen_reports"]
    assert store.read_object("me", "profile") is None
    assert store.read("me-too", "listen_reports")["artist_name"].to_list() == ["Another"]


def test_nobody_reads_it_without_the_key(store, files, tmp_path):
    store.write("me", "listen_reports", _reports())
    assert _ARTIST.encode() not in files.read("listening/me.listen_reports")
    other = ListeningStore(files, AccountStore(tmp_path / "others"))
    other.write_object("you", "profile", b"{}")
    with pytest.raises(AccountError):
        other.read("me", "listen_reports")


def test_a_version_changes_with_every_write_and_there_is_none_before(store):
    assert store.version("me", "listens") == ""
    store.write("me", "listens", LISTENER_TABLES["listens"].create_empty())
    before = store.version("me", "listens")
    store.write("me", "listens", LISTENER_TABLES["listens"].create_empty())
    assert "" != store.version("me", "listens") != before


def test_a_table_of_another_version_says_what_to_do(store, monkeypatch):
    store.write("me", "listen_reports", _reports())
    monkeypatch.setitem(LISTENER_TABLES, "listen_reports", LISTENER_TABLES["taste"])
    with pytest.raises(StorageError, match="written by another version"):
        store.read("me", "listen_reports")


@pytest.mark.parametrize("table", LISTENER_TABLES)
def test_a_table_that_was_never_written_is_empty(tmp_path, table):
    store = ListeningStore(LocalFiles(tmp_path), AccountStore(tmp_path / "accounts"))
    assert store.read("me", table).is_empty()


def test_files_are_for_their_owner_alone(tmp_path):
    accounts = AccountStore(tmp_path / "accounts")
    store = ListeningStore(LocalFiles(tmp_path / "data", private=True), accounts)
    store.write("me", "listen_reports", _reports())
    (file,) = (tmp_path / "data" / "listening").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_table_of_a_later_version_is_neither_read_nor_replaced(files, store, monkeypatch):
    with monkeypatch.context() as later:
        later.setitem(versions._STEPS, "listen_reports", (as_declared,) * 9)
        store.write("me", "listen_reports", _reports())
    kept = files.read("listening/me.listen_reports")
    for uses in (
        lambda: store.read("me", "listen_reports"),
        lambda: store.write("me", "listen_reports", _reports()),
    ):
        with pytest.raises(LaterVersionError, match="version 9 of listen_reports"):
            uses()
    assert files.read("listening/me.listen_reports") == kept


def test_a_file_that_is_no_table_says_what_to_do(store):
    store.write_object("me", "taste", b"no parquet")
    with pytest.raises(StorageError, match="Bring a backup back"):
        store.read("me", "taste")
