"""A backup holds what cannot be made again, and comes back whole or not at all."""

from __future__ import annotations

import json
import sqlite3
import stat
import zipfile
from contextlib import closing
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.services.backup import Backup, BackupError, kept_parts, write_backup

_NOW = datetime(2026, 11, 25, 19, 0, tzinfo=UTC)
_KEPT = {
    "accounts/me.account": b"sealed",
    "accounts/feed_links.json": b"{}",
    "data/playlist_history/mine.json": b"[1]",
    "data/shows/CA.parquet": b"PAR1",
    "recipes/mine.yaml": b"states: CA\n",
    "feeds/club/shows.csv": b"date\n",
    "overrides.yaml": b"a: b\n",
    "shows.yaml": b"joined: []\n",
}
_LEFT_OUT = (
    "data/showlist.duckdb", "data/showlist.duckdb.wal", "data/.shows.tmp", "calls/answers.sqlite",
    "recipes/notes.txt", ".env", "accounts/accounts.lock",
    # Who is logged in or invited: what has ended since must not hold again.
    "accounts/sessions.json", "accounts/invitations.json",
)  # fmt: skip


def _parts(root):
    return kept_parts(
        accounts=root / "accounts",
        data=root / "data",
        calls=root / "calls",
        recipes=root / "recipes",
        feeds=root / "feeds",
        overrides=root / "overrides.yaml",
        show_decisions=root / "shows.yaml",
    )


def _fill(root, files):
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def _count_calls(root, *moments):
    root.joinpath("calls").mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(root / "calls" / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("CREATE TABLE IF NOT EXISTS 'spotify@x' (name TEXT, item_timestamp INT)")
        ledger.executemany(
            "INSERT INTO 'spotify@x' VALUES ('lookup', ?)", [(each,) for each in moments]
        )


def _calls(root):
    with closing(sqlite3.connect(root / "calls" / "ledger.sqlite")) as ledger:
        return sorted(at for (at,) in ledger.execute("SELECT item_timestamp FROM 'spotify@x'"))


@pytest.fixture
def old(tmp_path):
    """A home with all that there is, and some that nobody needs."""
    root = tmp_path / "old"
    _fill(root, _KEPT | dict.fromkeys(_LEFT_OUT, b"-") | {"accounts.key": b"the key"})
    (root / "accounts" / "me.account").chmod(0o600)
    (root / "accounts.key").chmod(0o600)
    _count_calls(root, 1, 2)
    return root


def _write(file, root, **options):
    return write_backup(file, _parts(root), home="live", version="1.2", now=_NOW, **options)


def _restore(file, root, *, home="live", **options):
    with Backup(file, _parts(root), home=home) as opened:
        return opened.restore(**options)


def _snapshot(root):
    # The ledger's files change by being looked at.
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "calls" not in path.parts
    }


@pytest.fixture
def file(old, tmp_path):
    _write(tmp_path / "b.zip", old)
    return tmp_path / "b.zip"


def test_what_cannot_be_made_again_comes_back_where_nothing_was(file, tmp_path):
    new = tmp_path / "new"
    tally = _restore(file, new)
    assert _snapshot(new) == _KEPT
    assert _calls(new) == [1, 2]
    assert tally.files == {
        "accounts": 2, "data": 2, "calls": 1, "recipes": 1, "feeds": 1, "overrides.yaml": 1,
        "shows.yaml": 1,
    }  # fmt: skip
    assert (tally.version, tally.calls_added) == ("1.2", 2)
    assert stat.S_IMODE((new / "accounts" / "me.account").stat().st_mode) == 0o600
    assert stat.S_IMODE((new / "accounts").stat().st_mode) == 0o700


def test_only_its_owner_can_read_it_and_no_half_of_one_is_left(file, old, tmp_path):
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(BackupError, match="Cannot back up to"):
        _write(tmp_path / "nowhere" / "b.zip", old)
    with pytest.raises(BackupError, match="nothing to back up"):
        _write(tmp_path / "empty.zip", tmp_path / "nobody")
    assert {path.name for path in tmp_path.iterdir()} == {"old", "b.zip"}


def test_the_key_comes_along_only_where_it_is_asked_for(file, old, tmp_path):
    assert b"the key" not in file.read_bytes()
    _write(tmp_path / "k.zip", old, with_key=True)
    _restore(tmp_path / "k.zip", tmp_path / "new")
    key = tmp_path / "new" / "accounts.key"
    assert key.read_bytes() == b"the key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_file_is_replaced_only_where_that_is_said(file, old):
    with pytest.raises(BackupError, match=r"is there already.*--force"):
        _write(file, old)
    _write(file, old, replace=True)


def test_something_else_is_not_overwritten_unless_that_is_said(file, tmp_path):
    new = tmp_path / "new"
    _fill(new, {"recipes/mine.yaml": b"states: NY\n", "recipes/other.yaml": b"states: TX\n"})
    before = _snapshot(new)
    with pytest.raises(BackupError, match=r"mine\.yaml would be overwritten.*Nothing was changed"):
        _restore(file, new)
    assert _snapshot(new) == before
    _restore(file, new, replace=True)
    assert _snapshot(new) == _KEPT | {"recipes/other.yaml": b"states: TX\n"}


def test_the_same_again_changes_nothing(file, old):
    before = _snapshot(old)
    assert _restore(file, old).calls_added == 0
    assert _snapshot(old) == before


def test_calls_of_both_are_counted(file, tmp_path):
    _count_calls(tmp_path / "new", 2, 3)
    assert _restore(file, tmp_path / "new").calls_added == 1
    assert _calls(tmp_path / "new") == [1, 2, 3]


@pytest.mark.parametrize("in_the_way", ["a folder", "a ledger that is none"])
def test_what_cannot_be_written_puts_everything_back(in_the_way, file, tmp_path):
    new = tmp_path / "new"
    _fill(new, {"accounts/me.account": b"another", "shows.yaml": b"others"})
    if in_the_way == "a folder":
        (new / ".shows.yaml.before-restore").mkdir()
    else:
        _fill(new, {"calls/ledger.sqlite": b"no database" * 100})
    before = _snapshot(new)
    with pytest.raises(BackupError, match="What was there before is there again"):
        _restore(file, new, replace=True)
    assert _snapshot(new) == before


def test_links_to_files_elsewhere_stay_links(file, tmp_path):
    new, elsewhere = tmp_path / "new", tmp_path / "dotfiles.yaml"
    new.mkdir()
    elsewhere.write_bytes(b"old")
    (new / "overrides.yaml").symlink_to(elsewhere)
    _restore(file, new, replace=True)
    assert (new / "overrides.yaml").is_symlink()
    assert elsewhere.read_bytes() == _KEPT["overrides.yaml"]


@given(cut=st.floats(0, 0.999), flip=st.booleans())
def test_a_damaged_backup_changes_nothing(cut, flip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")
    _fill(folder / "old", _KEPT)
    _write(folder / "b.zip", folder / "old")
    content = bytearray((folder / "b.zip").read_bytes())
    position = int(cut * len(content))
    if flip:
        content[position] ^= 0xFF
    else:
        del content[position:]
    (folder / "b.zip").write_bytes(content)
    try:
        _restore(folder / "b.zip", folder / "new")
    except BackupError:
        assert not (folder / "new").exists()
    else:
        # Some bytes of a zip, such as its files' dates, mean nothing to us.
        assert _snapshot(folder / "new") == _KEPT


def _with_manifest(file, **fields):
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents.pop("manifest.json")) | fields
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(manifest))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": 2, "version": "9.9"}, "made by Showlist 9.9, which is newer"),
        ({"home": "sandbox"}, "a backup of the home 'sandbox', and this is 'live'"),
        ({"files": []}, "is no backup"),
        ({"files": {"data/../../evil": "0"}}, "for which there is no place here"),
        ({"files": {"/etc/passwd": "0"}}, "for which there is no place here"),
        ({"files": {"data/.hidden": "0"}}, "for which there is no place here"),
        ({"files": {"elsewhere/x": "0"}}, "for which there is no place here"),
        ({"files": {"data/gone.json": "0"}}, "or it is damaged"),
    ],
)
def test_what_is_no_backup_of_this_home_is_refused(fields, words, file, tmp_path):
    _with_manifest(file, **fields)
    with pytest.raises(BackupError, match=words):
        _restore(file, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BackupError, match=r"There is no file .*b\.zip"):
        _restore(tmp_path / "b.zip", tmp_path)


def test_tables_that_lie_elsewhere_have_no_place(file, tmp_path):
    parts = [part for part in _parts(tmp_path / "new") if part.name != "data"]
    with (
        Backup(file, parts, home="live") as opened,
        pytest.raises(BackupError, match="SHOWLIST_DATA_ROOT"),
    ):
        opened.restore()
