from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, datetime, timedelta
from threading import Event, Timer

import duckdb
import polars as pl
import pytest

from showlist_assets.domain.shows import join_upcoming_shows
from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.domain.tables.source_fetches import SourceFetches
from showlist_assets.storage import warehouse
from showlist_assets.storage.fetch_record import SourceFetch
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.tables import open_tables
from showlist_assets.storage.warehouse import (
    EXAMPLE_QUERY,
    connect_for_writing,
    publish_warehouse,
    published_name,
)
from showlist_assets.storage.warehouse_views import MACROS, VIEWS
from showlist_assets_tests.rows import NOW, frame, pending

PUBLISHED = {
    **{table: published_name(table) for table in TABLES},
    "rejected_rows": "rejected_rows",
    "source_fetches": "source_fetches",
}
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


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """The folder of the record that ``store`` is a copy of."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    fill(open_tables(str(folder)))
    return folder


@pytest.fixture
def store(filled, tmp_path):
    """The record: the state of New York."""
    shutil.copytree(filled, tmp_path / "data")
    return open_tables(str(tmp_path / "data"))


@pytest.fixture(scope="module")
def published(filled, tmp_path_factory):
    """What is published of that record: to be read only."""
    path = tmp_path_factory.mktemp("published") / "showlist.duckdb"
    publish_warehouse(open_tables(str(filled)), path)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "showlist.duckdb"


def fill(store, *, title="Paper Lantern"):
    store.write("raw_events", "NY", frame("raw_events", {"title": title}))
    songs = [{}, {"track_id": "track-2", "rank": 2, "track_name": "Later"}]
    fill_shows(store, shows=[{"title": title}], acts=[{}], matched=[{}], songs=songs)


def fill_shows(store, *, shows, acts, matched=(), songs=()):
    """Store New York's tables from ``shows`` on, each row with what differs from the default."""
    parts = {
        "shows": frame("shows", *shows),
        "expanded_artists": frame("expanded_artists", *acts),
        "matched_artists": frame("matched_artists", *matched),
        "top_tracks": frame("top_tracks", *songs),
        "audio_features": frame("audio_features", {}),
    }
    for table, rows in parts.items():
        store.write(table, "NY", rows)
    store.write("upcoming_shows", "NY", join_upcoming_shows(*parts.values(), now=NOW))


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
            rows = connection.sql(f"from {PUBLISHED[table]}")
            assert rows.columns == stored.columns
            assert rows.pl().rows() == stored.rows()
            assert published.rows[PUBLISHED[table]] == stored.height
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


def test_every_table_view_and_column_is_explained(published):
    tables = dict(query(published, "select table_name, comment from duckdb_tables()"))
    assert set(tables) == set(PUBLISHED.values())
    assert all(tables.values())
    assert tables["raw_events"] == (TABLES["raw_events"].__doc__ or "").strip()
    views = dict(
        query(published, "select view_name, comment from duckdb_views() where not internal")
    )
    assert views == {name: view.comment for name, view in VIEWS.items()}
    macros = query(
        published, "select function_name, comment from duckdb_functions() where not internal"
    )
    assert dict(macros) == {macro.name: macro.comment for macro in MACROS}
    columns = query(
        published,
        "select table_name, column_name, comment from duckdb_columns() where not internal",
    )
    described = {(table, column): comment for table, column, comment in columns}
    own_names = {**TABLES, "rejected_rows": RejectedRows, "source_fetches": SourceFetches}
    for table, schema in own_names.items():
        for name, column in schema.columns().items():
            assert described[PUBLISHED[table], name] == column.description
    for name, view in VIEWS.items():
        assert [column for column, *_ in query(published, f"describe {name}")] == list(view.columns)
        assert {column: described[name, column] for column in view.columns} == view.columns


def test_the_example_query_gives_one_row_per_performer_with_the_best_known_track(published):
    columns = [name for name, *_ in query(published, f"describe {EXAMPLE_QUERY}")]
    (row,) = query(published, EXAMPLE_QUERY)
    assert columns == ["date", "time", "act", "venue", "city", "state", "song"]
    assert row[2:] == ("Paper Lantern", "The Boiler Room", "Albany", "NY", "Small Hours")


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


def test_one_file_is_written_for_the_oldest_duckdb_of_today_and_copied_into_the_newest(
    published, tmp_path
):
    assert [found.name for found in published.resolve().parent.iterdir()] == [published.name]
    ((tags,),) = query(
        published, "select tags from duckdb_databases() where database_name = 'showlist'"
    )
    assert tags["storage_version"].startswith("v1.0.0")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published.resolve()}' as showlist (read_only)")
        connection.execute(f"attach '{tmp_path / 'mine.duckdb'}' as mine")
        # Columns that say how they are compressed would be refused (docs/adr/0030).
        connection.execute("copy from database showlist to mine").fetchall()
        copied = connection.execute("select title from mine.raw_events").fetchall()
    assert copied == [("Paper Lantern",)]


def test_rows_without_an_order_lie_by_state_the_heaviest_first(store, path):
    for state in ("WY", "CA"):
        store.write("raw_events", state, frame("raw_events", {"state": state}))
    publish_warehouse(store, path)
    found = [state for (state,) in query(path, "select state from raw_events")]
    assert found == [state for state in BY_CODE if state in {"WY", "CA", "NY"}]


def one(path, sql):
    """The only row of a query, by column."""
    with duckdb.connect(str(path), read_only=True) as connection:
        (row,) = connection.sql(sql).pl().to_dicts()
    return row


def listed_by(*platforms):
    """Listings of one show on several platforms; the last has no page."""
    return [
        {"source": "ticketmaster", "event_id": platform, "platform": platform, "is_resale": False,
         "title": "Paper Lantern", "status": "scheduled",
         "ticket_url": f"https://{platform}.example" if platform != platforms[-1] else None,
         "lowest_price": None, "highest_price": None, "seen_at": NOW, "why": "The same.",
         "is_sure": True}
        for platform in platforms
    ]  # fmt: skip


def test_a_show_is_one_row_with_its_acts_and_every_link(store, path):
    acts = [
        {},
        {"performer_key": "tin sparrow", "performer_name": "Tin Sparrow", "billing": 2,
         "role": "support", "genres": ["folk"]},
    ]  # fmt: skip
    listings = listed_by("universe", "ticketweb", "door")
    fill_shows(store, shows=[{"listings": listings}], acts=acts, matched=[{}], songs=[{}])
    publish_warehouse(store, path)
    show = one(path, "from shows")
    assert show["acts_text"] == "Paper Lantern, Tin Sparrow"
    assert show["acts"] == ["Paper Lantern", "Tin Sparrow"]
    assert (show["is_ahead"], show["acts_matched"], show["acts_with_songs"]) == (True, 1, 1)
    assert show["why_no_song"] == "Not looked up yet."
    assert show["genres"] == ["folk"]
    assert show["links"] == ["https://universe.example", "https://ticketweb.example"]
    assert show["platforms"] == ["door", "ticketweb", "universe"]
    assert show["listings"] == 3


def test_the_doors_are_told_by_both_views(store, path):
    doors = datetime(2026, 12, 4, 19)  # noqa: DTZ001  the venue's wall clock
    fill_shows(store, shows=[{"doors_at_local": doors}], acts=[{}])
    publish_warehouse(store, path)
    assert one(path, "from shows")["doors_at_local"] == doors
    assert (one(path, "from next_shows")["time"], one(path, "from next_shows")["doors"]) == (
        "20:00", "19:00",
    )  # fmt: skip


def test_a_show_that_is_off_is_told_as_such_with_its_acts(store, path):
    fill_shows(store, shows=[{"status": "cancelled"}], acts=[{}], matched=[{}], songs=[{}])
    publish_warehouse(store, path)
    show = one(path, "from shows")
    assert (show["status"], show["acts_text"]) == ("cancelled", "Paper Lantern")
    assert (show["is_ahead"], show["acts_with_songs"]) == (False, None)
    assert query(path, "from next_shows") == []


def test_an_act_without_a_song_is_among_the_next_shows_with_the_reason(store, path):
    fill_shows(store, shows=[{}], acts=[{}])
    publish_warehouse(store, path)
    show = one(path, "from next_shows")
    assert (show["act"], show["song"]) == ("Paper Lantern", None)
    assert show["why_no_song"] == "Not looked up yet."


def evenings(*genres):
    """An evening after the other in one room, each of its own act with such genres."""
    names = [{"show_id": f"s{number}"} for number in range(len(genres))]
    acts = [
        {**name, "performer_key": f"act {number}", "performer_name": f"Act {number}",
         "genres": list(of_act)}
        for number, (name, of_act) in enumerate(zip(names, genres, strict=True))
    ]  # fmt: skip
    return {"shows": [{**name, "venue_capacity": 300} for name in names], "acts": acts}


def test_a_venue_tells_what_it_books_the_commonest_genre_first(store, path):
    fill_shows(store, **evenings(["jazz", "folk"], ["jazz"], list("abcde")))
    publish_warehouse(store, path)
    venue = one(path, "from venues")
    assert (venue["venue_name"], venue["capacity"], venue["shows"]) == ("The Boiler Room", 300, 3)
    assert venue["genres"] == ["jazz", "a", "b", "c", "d"]


def test_an_act_of_several_spellings_is_one_artist(store, path):
    shows = [{}, {"show_id": "later", "local_date": date(2026, 12, 9), "venue_city": "Troy"}]
    acts = [{}, {"show_id": "later", "performer_name": "PAPER LANTERN"}]
    songs = [{}, {"track_id": "track-2", "rank": 2}]
    fill_shows(store, shows=shows, acts=acts, matched=[{}], songs=songs)
    publish_warehouse(store, path)
    artist = one(path, "from artists")
    assert (artist["act"], artist["shows"], artist["songs"]) == ("Paper Lantern", 2, 2)
    assert (artist["next_show"], artist["next_city"]) == (date(2026, 12, 4), "Albany")
    assert (artist["how_sure"], artist["confidence"]) == ("high", 0.97)
    assert artist["why_no_song"] is None


def test_changes_are_news_only_the_newest_first(store, path):
    rows = [
        {"change": change, "changed_at": NOW - timedelta(hours=hours), "acts": ["A", "B"]}
        for hours, change in enumerate(["known", "cancelled", "details", "announced"])
    ]
    store.write("show_changes", "NY", frame("show_changes", *rows))
    publish_warehouse(store, path)
    assert query(path, "select change, acts_text from changes") == [
        ("cancelled", "A, B"),
        ("announced", "A, B"),
    ]


def test_freshness_tells_each_source_of_each_state_what_failed_first(store, path):
    fetches = [
        SourceFetch("NY", "seatgeek", answered_at=NOW, listings=7, tried_at=NOW),
        SourceFetch("NY", "ticketmaster", failing_since=NOW, tried_at=NOW, because="HTTP 503"),
    ]
    published = publish_warehouse(store, path, fetches=fetches)
    assert published.rows["source_fetches"] == 2
    assert query(path, "select source, is_fresh, listings, because from freshness") == [
        ("ticketmaster", False, 0, "HTTP 503"),
        ("seatgeek", True, 7, None),
    ]


def test_miles_are_those_of_the_globe(published):
    ((miles, none),) = query(
        published, "select miles(40.7128, -74.006, 34.0522, -118.2437), miles(1, 2, 1, 2)"
    )
    assert miles == pytest.approx(2445.6, abs=1)
    assert none == 0


@pytest.fixture(scope="module")
def near_and_far(tmp_path_factory):
    """What is published of shows in Albany, elsewhere, off and over: to be read only."""
    folder = tmp_path_factory.mktemp("near")
    store, path = open_tables(str(folder / "data")), folder / "showlist.duckdb"
    albany = {"latitude": 42.65, "longitude": -73.75}
    in_fifteen_days = {"local_date": date(2026, 12, 4)}
    shows = [
        {"show_id": "near", **albany, **in_fifteen_days},
        {"show_id": "off", **albany, **in_fifteen_days, "status": "cancelled"},
        {"show_id": "over", **albany, "local_date": date(2026, 11, 19)},
        {"show_id": "somewhere"},
        {"show_id": "some day", **albany, "local_date": None},
        {"show_id": "far", "latitude": 41.3, "longitude": -73.9, **in_fifteen_days},
    ]
    fill_shows(store, shows=shows, acts=[{"show_id": show["show_id"]} for show in shows])
    publish_warehouse(store, path)
    return path


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("42.65, -73.75, 5, 15", ["near"]),
        ("42.65, -73.75, 5, 14", []),
        ("42.65, -73.75, 100, 15", ["near", "far"]),
        ("40.71, -74.01, 50, 365", ["far"]),
    ],
)
def test_shows_near_a_place_are_those_that_go_ahead_in_so_many_days(near_and_far, asked, found):
    near = f"from shows_near({asked}, since := date '2026-11-20')"
    assert [show for (show,) in query(near_and_far, f"select show_id {near}")] == found


def test_rejected_rows_of_all_tables_are_together(store, path):
    row = quality.rejected_row(state="NY", table="raw_events", reason="odd", row={}, at=NOW)
    store.write_rejected("raw_events", {"NY": quality.rejected_frame([row])})
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


def test_a_state_that_is_made_meanwhile_takes_no_word_from_the_others(store, path, monkeypatch):
    states = store.states

    def states_and_then_one_more(table):
        found = states(table)
        if table == "matched_artists":
            later = {"state": "PA", "decided_at": NOW + timedelta(hours=1)}
            store.write(table, "PA", frame(table, later))
        return found

    monkeypatch.setattr(store, "states", states_and_then_one_more)
    publish_warehouse(store, path)
    assert query(path, "select state from matched_artists") == [("NY",)]


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


def test_the_database_is_called_by_the_name_of_its_file(published):
    assert query(published, "select title from showlist.raw_events") == [("Paper Lantern",)]


def test_two_versions_are_kept_and_the_folder_may_move(store, path):
    for _ in range(3):
        publish_warehouse(store, path)
    assert len(list(path.with_name(".showlist.duckdb").iterdir())) == 2
    moved = path.parent.rename(path.parent.with_name("moved"))
    assert titles(moved / path.name) == ["Paper Lantern"]


def test_whoever_began_to_publish_earlier_does_not_undo_what_is_newer(store, path):
    is_built, go_on = Event(), Event()

    def waits(_):
        is_built.set()
        assert go_on.wait(timeout=20)

    with ThreadPoolExecutor(2) as threads:
        earlier = threads.submit(publish_warehouse, store, path, share=waits)
        assert is_built.wait(timeout=20)
        fill(store, title="Renamed")
        later = threads.submit(publish_warehouse, store, path)
        # Long enough for it to be done, if it did not wait.
        wait([later], timeout=1)
        go_on.set()
        for each in (earlier, later):
            each.result(timeout=20)
    assert titles(path) == ["Renamed"]


def test_what_a_killed_publisher_left_goes_and_not_the_version_before(store, path):
    publish_warehouse(store, path)
    before = path.resolve()
    left = path.with_name(".showlist.duckdb") / "killed"
    left.mkdir()
    publish_warehouse(store, path)
    assert before.is_file()
    assert not left.exists()


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


def test_ctrl_c_during_a_query_is_heard_and_leaves_the_old_file(store, path, monkeypatch):
    publish_warehouse(store, path)
    before = path.resolve()

    def asks_for_minutes(*_: object) -> None:
        asked = "select sum(a.range * b.range) from range(1000000) a, range(1000000) b"
        with connect_for_writing() as connection:
            connection.execute(asked).fetchall()

    monkeypatch.setattr(warehouse, "_build", asks_for_minutes)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    ctrl_c = Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    ctrl_c.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            publish_warehouse(store, path)
    finally:
        ctrl_c.cancel()
        signal.signal(signal.SIGINT, handler)
    assert path.resolve() == before


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
