"""A copy of a database in use, and what a merge adds."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.storage.sqlite_copies import copy_of, merge_into

_CALLS = st.lists(st.tuples(st.sampled_from(["lookup", "playlist"]), st.integers(0, 3)))


def _write(file, rows, *, keyed=False):
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        key = " PRIMARY KEY" if keyed else ""
        connection.execute(f"CREATE TABLE IF NOT EXISTS 'spotify@here' (name TEXT{key}, at INT)")
        connection.executemany("INSERT INTO 'spotify@here' VALUES (?, ?)", rows)


def _rows(file):
    with closing(sqlite3.connect(file)) as connection:
        return Counter(connection.execute("SELECT * FROM 'spotify@here'"))


def test_a_copy_holds_what_another_process_has_just_written(tmp_path):
    file, target = tmp_path / "ledger.sqlite", tmp_path / "elsewhere" / "ledger.sqlite"
    _write(file, [("lookup", 1)])
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("INSERT INTO 'spotify@here' VALUES ('lookup', 2)")
        writer.commit()
        assert (tmp_path / "ledger.sqlite-wal").stat().st_size, "it is in the log of writes only"
        content = copy_of(file)
    assert merge_into(target, content) == 2
    assert _rows(target) == _rows(file)


@given(here=_CALLS, there=_CALLS)
def test_a_merge_adds_only_what_is_not_known_and_twice_nothing(tmp_path_factory, here, there):
    folder = tmp_path_factory.mktemp("merge")
    _write(folder / "here", here)
    _write(folder / "there", there)
    content = copy_of(folder / "there")
    added = merge_into(folder / "here", content)
    assert _rows(folder / "here") == Counter(here) | Counter(there)
    assert added == len(_list(Counter(here) | Counter(there))) - len(here)
    assert merge_into(folder / "here", content) == 0


def _list(counts):
    return list(counts.elements())


def test_a_row_of_a_known_key_stays_as_it_is(tmp_path):
    _write(tmp_path / "here", [("pause", 1)], keyed=True)
    _write(tmp_path / "there", [("pause", 2), ("gone", 3)], keyed=True)
    assert merge_into(tmp_path / "here", copy_of(tmp_path / "there")) == 1
    assert set(_rows(tmp_path / "here")) == {("pause", 1), ("gone", 3)}
