from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import duckdb
import polars as pl
import pytest

from showlist_assets.domain import shows
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.tables import open_tables
from showlist_assets.storage.warehouse import EXAMPLE_QUERY, publish_warehouse
from showlist_assets_tests.rows import NOW, frame, pending

VIEWS = {"next_shows", "unmatched_performers"}
EARLIER = NOW - timedelta(days=7)

# Executes what it reads line by line, and answers "ok" or the error.
CONSOLE = """
import duckdb, sys
with duckdb.connect(sys.argv[1]) as connection:
    print("open", flush=True)
    for line in sys.stdin:
        try:
            print("ok", connection.execute(line).fetchall(), flush=True)
        except duckdb.Error as error:
            print(error, flush=True)
"""


class Console:
    """Somebody's DuckDB console: another process that has the file open for writing."""

    def __init__(self, path):
        self._process = subprocess.Popen(
            [sys.executable, "-c", CONSOLE, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._said("open")

    def run(self, sql):
        self._process.stdin.write(sql + "\n")
        self._process.stdin.flush()
        return self._said("ok")

    def _said(self, expected):
        line = self._process.stdout.readline().strip()
        assert line.startswith(expected), line
        return line.removeprefix("ok ")

    def close(self):
        """Leave in peace; says what went wrong, if anything."""
        self._process.stdin.close()
        said = self._process.stdout.read()
        return said, self._process.wait(timeout=20)

    def kill(self):
        self._process.kill()
        self._process.wait(timeout=20)
        self._process.stdin.close()
        self._process.stdout.close()


@pytest.fixture
def store(tmp_path):
    """The record: the state of New York."""
    store = open_tables(str(tmp_path / "data"))
    fill(store)
    return store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "showlist.duckdb"


def fill(store, *, title="Paper Lantern"):
    parts = [
        frame("raw_events", {"title": title}),
        frame("expanded_artists", {}),
        frame("matched_artists", {}),
        frame("top_tracks", {}, {"track_id": "track-2", "rank": 2, "track_name": "Later"}),
        frame("audio_features", {}),
    ]
    for table, rows in zip(TABLES, parts, strict=False):
        store.write(table, "NY", rows)
    store.write("upcoming_shows", "NY", shows.join_upcoming_shows(*parts, now=NOW))


def query(path, sql):
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.sql(sql).fetchall()


def titles(path):
    return [title for (title,) in query(path, "select title from raw_events")]


def test_every_table_is_there_with_its_columns_types_and_rows(store, path):
    published = publish_warehouse(store, path)
    with duckdb.connect(str(path), read_only=True) as connection:
        for table in TABLES:
            stored = store.read_all(table)
            rows = connection.sql(f"from {table}")
            assert rows.columns == stored.columns
            assert rows.pl().rows() == stored.rows()
            assert published.rows[table] == stored.height
        types = dict(
            connection.sql(
                "select column_name, data_type from duckdb_columns() "
                "where table_name = 'raw_events'"
            ).fetchall()
        )
    assert types["starts_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["starts_at_local"] == "TIMESTAMP"
    assert types["local_date"] == "DATE"
    assert types["performers"].startswith("STRUCT(")
    assert types["performers"].endswith("[]")
    assert published.bytes_written == path.stat().st_size


def test_every_table_view_and_column_is_explained(store, path):
    publish_warehouse(store, path)
    tables = dict(query(path, "select table_name, comment from duckdb_tables()"))
    assert set(tables) == {*TABLES, "rejected_rows"}
    assert all(tables.values())
    views = query(path, "select view_name, comment from duckdb_views() where not internal")
    assert {name for name, _ in views} == VIEWS
    assert all(comment for _, comment in views)
    assert tables["raw_events"] == (TABLES["raw_events"].__doc__ or "").strip()
    columns = query(
        path,
        "select table_name, column_name, comment from duckdb_columns() "
        "where table_name in (select table_name from duckdb_tables())",
    )
    described = {(table, column): comment for table, column, comment in columns}
    for table, schema in {**TABLES, "rejected_rows": RejectedRows}.items():
        for name, column in schema.columns().items():
            assert described[table, name] == column.description


def test_the_example_query_gives_one_row_per_performer_with_the_best_known_track(store, path):
    publish_warehouse(store, path)
    columns = [name for name, *_ in query(path, f"describe {EXAMPLE_QUERY}")]
    (row,) = query(path, EXAMPLE_QUERY)
    assert dict(zip(columns, row, strict=True))["top_track"] == "Small Hours"


def test_unmatched_performers_are_told_with_the_reason(store, path):
    store.write("matched_artists", "NY", frame("matched_artists", {}, pending() | {
        "performer_key": "tin sparrow", "performer_name": "Tin Sparrow"}))  # fmt: skip
    publish_warehouse(store, path)
    found = query(path, "select performer_name, outcome, reason from unmatched_performers")
    assert found == [("Tin Sparrow", "pending", "Not asked yet.")]


def test_an_empty_record_gives_all_tables_without_rows(tmp_path, path):
    published = publish_warehouse(open_tables(str(tmp_path / "nothing")), path)
    assert set(published.rows.values()) == {0}
    assert query(path, EXAMPLE_QUERY) == []


def test_rejected_rows_of_all_tables_are_together(store, path):
    row = quality.rejected_row(state="NY", table="raw_events", reason="odd", row={}, at=NOW)
    store.write_rejected("raw_events", "NY", quality.rejected_frame([row]))
    published = publish_warehouse(store, path)
    assert published.rows["rejected_rows"] == 1
    assert query(path, "select state, reason from rejected_rows") == [("NY", "odd")]


def test_nationally_a_decision_wins_over_a_pending_one_and_a_newer_over_an_older(store, path):
    def decided(state, key, artist, **columns):
        row = {"performer_key": key, "spotify_artist_id": artist, "state": state, **columns}
        return frame("matched_artists", row)

    for state, at, outcome in (("CA", NOW, pending()), ("NY", EARLIER, {}), ("TX", NOW, {})):
        store.write("matched_artists", state, pl.concat([
            decided(state, "decided twice", f"of {state}", decided_at=at) if state != "CA"
            else decided(state, "only here", "x", decided_at=at),
            decided(state, "pending in ca", None if outcome else f"of {state}",
                    **({**outcome, "decided_at": at})),
        ]))  # fmt: skip
    publish_warehouse(store, path)
    found = query(
        path, "select performer_key, spotify_artist_id, outcome from matched_artists order by 1"
    )
    assert found == [
        ("decided twice", "of TX", "matched"),
        ("only here", "x", "matched"),
        ("pending in ca", "of TX", "matched"),
    ]


def test_nationally_an_artist_s_tracks_are_ranked_once_by_the_newest_state(store, path):
    store.write("top_tracks", "NY", frame(
        "top_tracks", {"track_id": "a", "ranked_at": EARLIER},
        {"track_id": "b", "rank": 2, "ranked_at": EARLIER}))  # fmt: skip
    store.write("top_tracks", "PA", frame(
        "top_tracks", {"track_id": "b", "state": "PA"},
        {"track_id": "c", "rank": 2, "state": "PA"}))  # fmt: skip
    publish_warehouse(store, path)
    assert query(path, "select track_id, rank from top_tracks order by rank") == [
        ("b", 1),
        ("c", 2),
    ]


def test_nationally_a_track_has_one_row_of_features_the_newest(store, path):
    store.write("audio_features", "NY", frame("audio_features", {"asked_at": EARLIER}))
    store.write("audio_features", "PA", frame("audio_features", {"energy": 0.9, "state": "PA"}))
    publish_warehouse(store, path)
    assert query(path, "select track_id, energy from audio_features") == [("track-1", 0.9)]


def test_an_open_reader_keeps_the_old_rows_and_a_new_one_sees_the_new(store, path):
    publish_warehouse(store, path)
    # Another process: within one, DuckDB shares a file that is open.
    reader = Console(path)
    fill(store, title="Renamed")
    publish_warehouse(store, path)
    assert reader.run("select title from raw_events") == "[('Paper Lantern',)]"
    assert titles(path) == ["Renamed"]
    assert reader.close() == ("", 0)
    assert titles(path) == ["Renamed"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after", "ends_by"),
    [
        (["insert into mine values (1)"], [], "close"),
        (["begin", "insert into mine values (2)"], ["commit"], "close"),
        ([], ["insert into mine values (3)"], "close"),
        ([], ["insert into mine values (3)"], "kill"),
        (["insert into mine values (4)"], ["checkpoint", "insert into mine values (5)"], "kill"),
    ],
    ids=["committed", "uncommitted", "written later", "killed later", "checkpointed"],
)
def test_a_console_that_writes_to_the_old_file_neither_breaks_nor_is_broken(
    store, path, before, after, ends_by
):
    publish_warehouse(store, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table mine (x int)")
    console = Console(path)
    for sql in before:
        console.run(sql)
    fill(store, title="Renamed")
    publish_warehouse(store, path)
    assert titles(path) == ["Renamed"]
    for sql in after:
        console.run(sql)
        assert titles(path) == ["Renamed"]
    assert console.run("select title from raw_events") == "[('Paper Lantern',)]"
    assert int(console.run("select count(*) from mine").strip("[](),")) >= 1
    if ends_by == "kill":
        console.kill()
    else:
        assert console.close() == ("", 0)
    assert titles(path) == ["Renamed"]
    publish_warehouse(store, path)
    assert titles(path) == ["Renamed"]


@pytest.mark.slow
def test_a_console_with_the_newest_file_open_does_not_stop_the_next_publication(store, path):
    publish_warehouse(store, path)
    console = Console(path)
    console.run("create table mine as select 1 as x")
    for title in ("One", "Two", "Three"):
        fill(store, title=title)
        publish_warehouse(store, path)
        assert titles(path) == [title]
    assert console.run("select title from raw_events") == "[('Paper Lantern',)]"
    console.kill()


def test_the_database_is_called_by_the_name_of_its_file(store, path):
    publish_warehouse(store, path)
    assert query(path, "select title from showlist.raw_events") == [("Paper Lantern",)]


def test_two_versions_are_kept_and_the_folder_may_move(store, path):
    for _ in range(3):
        publish_warehouse(store, path)
    assert len(list(path.with_name(".showlist.duckdb").iterdir())) == 2
    moved = path.parent.rename(path.parent.with_name("moved"))
    assert titles(moved / path.name) == ["Paper Lantern"]


def test_a_plain_file_of_that_name_is_replaced(store, path):
    path.write_bytes(b"an older Showlist wrote a file here")
    publish_warehouse(store, path)
    assert titles(path) == ["Paper Lantern"]


def test_a_corrupt_partition_leaves_the_old_file_and_no_litter(store, path, tmp_path):
    publish_warehouse(store, path)
    (tmp_path / "data" / "raw_events" / "NY.parquet").write_bytes(b"nonsense")
    with pytest.raises(StorageError, match="not a readable Parquet file"):
        publish_warehouse(store, path)
    assert titles(path) == ["Paper Lantern"]
    assert len(list(path.with_name(".showlist.duckdb").iterdir())) == 1


def test_a_failing_swap_leaves_the_old_file_and_no_litter(store, path, monkeypatch):
    publish_warehouse(store, path)
    fill(store, title="Renamed")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.replace", refuse)
        with pytest.raises(StorageError) as raised:
            publish_warehouse(store, path)
    assert "No space left on device" in str(raised.value)
    assert "the last published file is untouched" in str(raised.value)
    assert titles(path) == ["Paper Lantern"]
    assert len(list(path.with_name(".showlist.duckdb").iterdir())) == 1


def test_a_place_that_cannot_be_written_is_named_with_the_remedy(store, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError) as raised:
        publish_warehouse(store, tmp_path / "file" / "showlist.duckdb")
    assert str(raised.value).startswith(f"Cannot publish {tmp_path}/file/showlist.duckdb: ")
    assert "Point SHOWLIST_WAREHOUSE at a file in a folder" in str(raised.value)
