"""The publication that is current: noticed, read by many, closed by the last, refused in words."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from showlist_assets.storage.files import StorageError
from showlist_assets.storage.published import shows
from showlist_assets.storage.published.frames import FrameCache
from showlist_assets.storage.published.publication import Publications

_HOLDS_IT_OPEN = """
import duckdb, sys
with duckdb.connect(sys.argv[1]):
    print("open", flush=True)
    sys.stdin.read()
"""
_HANDLES = Path("/proc/self/fd")


def _open_files():
    """The publications that this process has open."""
    if not _HANDLES.exists():
        pytest.skip("the open files of a process are not listed here")
    gc.collect()
    found = []
    for each in _HANDLES.iterdir():
        try:
            found.append(str(each.readlink()))
        except OSError:
            continue
    return [name for name in found if "published.duckdb" in name]


def _title(publication):
    with publication.cursor() as cursor:
        page = shows.show(cursor, "seatgeek-1")
    assert page is not None
    return page.title


def _titled(title):
    return {"shows": [{"title": title}]}


def test_without_a_published_file_there_is_no_publication(publications):
    assert publications.current() is None


def test_a_publication_is_named_as_its_folder_and_knows_when_it_was_written(
    publish_rows, publications, path
):
    before = datetime.now(UTC) - timedelta(seconds=5)  # noqa: TID251  the file system's clock
    publish_rows()
    publication = publications.current()
    assert publication.id == path.readlink().parent.name
    assert before < publication.published_at
    assert publication.published_at.tzinfo is UTC
    assert publications.current() is publication


def test_whoever_began_on_an_old_publication_ends_on_it_and_the_next_one_is_new(
    publish_rows, publications
):
    already_open = len(_open_files())
    publish_rows(**_titled("Before"))
    old = publications.current()
    with old.cursor() as cursor:
        publish_rows(**_titled("After"))
        publish_rows(**_titled("Long after"))
        new = publications.current()
        assert new.id != old.id
        assert shows.show(cursor, "seatgeek-1").title == "Before"
    assert _title(old) == "Before"
    assert old.frame("NY")["title"].unique().to_list() == ["Before"]
    assert _title(new) == "Long after"
    assert len(_open_files()) == already_open + 2
    del old
    assert len(_open_files()) == already_open + 1
    publications.close()
    assert len(_open_files()) == already_open


def test_readers_in_many_threads_see_whole_publications_while_new_ones_come(
    publish_rows, publications
):
    already_open = len(_open_files())
    publish_rows(**_titled("0"))
    stop = threading.Event()

    def read():
        seen = []
        # A pause, or the readers hinder the publishing that they are to meet.
        while not stop.wait(0.05):
            publication = publications.current()
            frame = publication.frame("NY")["title"][0]
            assert _title(publication) == frame
            seen.append(int(frame))
        return seen

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        try:
            for number in range(1, 4):
                publish_rows(**_titled(str(number)))
        finally:
            stop.set()
        for reader in readers:
            seen = reader.result()
            assert seen == sorted(seen)
    assert _title(publications.current()) == "3"
    del readers, reader
    publications.close()
    assert len(_open_files()) == already_open


def test_a_console_that_has_the_file_open_for_writing_keeps_nobody_out(
    publish_rows, publications, path
):
    publish_rows()
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDS_IT_OPEN, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as console:  # fmt: skip
        assert console.stdout.readline().strip() == "open"
        assert _title(publications.current()) == "Paper Lantern"
        console.stdin.close()
    # And the other way round: the page has it open, and a console may write.
    with duckdb.connect(path) as connection:
        connection.execute("create table notes (note text)")


def test_no_question_reaches_another_file_or_changes_anything(publish_rows, publications, tmp_path):
    publish_rows()
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for statement in (
        f"from read_csv('{secret}')",
        f"copy shows_with_listings to '{tmp_path / 'out.csv'}'",
        f"attach '{tmp_path / 'other.duckdb'}'",
        "delete from shows_with_listings",
        "set enable_external_access = true",
        "set memory_limit = '10GB'",
    ):
        with (
            pytest.raises(StorageError, match="cannot be read"),
            publications.current().cursor() as cursor,
        ):
            cursor.execute(statement)
    assert _title(publications.current()) == "Paper Lantern"


def test_a_file_that_is_no_database_is_refused_in_a_sentence(path, publications):
    path.write_bytes(b"no database" * 2000)
    with pytest.raises(StorageError, match=r"cannot be read: .+ materialize the asset `warehouse`"):
        publications.current()


def test_a_link_that_leads_nowhere_is_told(publish_rows, publications, path):
    publish_rows()
    shutil.rmtree(path.parent / path.readlink().parent)
    with pytest.raises(StorageError, match="leads to a file that cannot be found"):
        publications.current()


@pytest.mark.parametrize(
    "change",
    [
        "alter table shows_with_listings drop column announced_at",
        "drop table source_fetches",
        "drop table show_changes",
        "drop macro miles",
        "alter table upcoming_shows drop column isrc",
    ],
)
def test_a_file_of_an_older_version_says_to_build_it_anew(publish_rows, publications, path, change):
    publish_rows()
    with duckdb.connect(path) as connection:
        for view in ("shows", "freshness", "changes"):
            connection.execute(f"drop view {view}")
        connection.execute(change)

    def read_all():
        publication = publications.current()
        publication.frame("NY")
        publication.changes("NY")
        publication.missing(["NY"])
        with publication.cursor() as cursor:
            shows.show(cursor, "seatgeek-1")
            shows.shows_near(cursor, 42.0, -73.0, 25, datetime(2026, 1, 1, tzinfo=UTC).date())

    with pytest.raises(StorageError, match=r"another version.+Materialize the asset `warehouse`"):
        read_all()


def test_a_copied_file_is_read_as_well_and_its_replacement_is_noticed(publish_rows, path, tmp_path):
    copied = tmp_path / "elsewhere" / "mine.duckdb"
    copied.parent.mkdir()
    found = Publications(copied)
    for title in ("One", "Two"):
        publish_rows(**_titled(title))
        shutil.copyfile(path.resolve(), copied)
        os.utime(copied, ns=(0, len(title) + ord(title[0])))
        assert _title(found.current()) == title
    found.close()


def test_two_who_ask_for_one_state_read_it_once():
    started, go_on = threading.Event(), threading.Event()
    reads = []

    def read(state):
        reads.append(state)
        started.set()
        assert go_on.wait(20)
        return pl.DataFrame({"state": [state]})

    cache = FrameCache(states=2, size=10_000)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.frame, "NY", read)
        assert started.wait(20)
        second = pool.submit(cache.frame, "NY", read)
        go_on.set()
        assert first.result(20) is second.result(20)
    assert reads == ["NY"]


def test_so_many_states_and_bytes_are_kept_and_the_last_one_asked_for_always():
    reads = []

    def read(state):
        reads.append(state)
        return pl.DataFrame({"number": range(100)})

    few = FrameCache(states=2, size=10_000)
    for state in ("NY", "NJ", "NY", "CT", "NY", "NJ"):
        few.frame(state, read)
    assert reads == ["NY", "NJ", "CT", "NJ"]
    reads.clear()
    small = FrameCache(states=8, size=1)
    for state in ("NY", "NY", "NJ", "NY"):
        small.frame(state, read)
    assert reads == ["NY", "NJ", "NY"]


def test_a_failure_is_not_kept():
    cache = FrameCache(states=2, size=10_000)

    def fail(_state):
        raise StorageError("no")

    with pytest.raises(StorageError):
        cache.frame("NY", fail)
    assert cache.frame("NY", lambda _: pl.DataFrame()).is_empty()
