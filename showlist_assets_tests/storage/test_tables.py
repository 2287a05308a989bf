"""The record behaves alike in a folder and in a bucket (Google's client, an emulated service)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import dataframely as dy
import polars as pl
import pytest

from showlist_assets.defs.resources import gcs_client
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.settings import Settings
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.tables import TableStore, open_tables
from showlist_assets.wiring import Platform
from showlist_assets_tests.domain.events.bills import performer
from showlist_assets_tests.rows import NOW, frame


@pytest.fixture
def store(files):
    return TableStore(files)


def rejected(table="raw_events", state="NY"):
    row = quality.rejected_row(state=state, table=table, reason="odd", row={"a": 1}, at=NOW)
    return quality.rejected_frame([row])


def test_a_partition_comes_back_as_it_was_written(store, files):
    rows = frame("raw_events", {}, {"event_id": "2", "title": "Rosalía ☆"})
    size = store.write("raw_events", "NY", rows)
    assert store.read("raw_events", ["NY"]).equals(rows)
    assert size == len(files.read("raw_events/NY.parquet"))


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_partition_keeps_its_types_and_counts_as_written(tmp_path, table):
    store = open_tables(str(tmp_path))
    store.write(table, "WY", TABLES[table].create_empty())
    assert store.states(table) == ["WY"]
    assert store.read(table, ["WY"]).schema == polars_schema(TABLES[table])


def test_dagster_s_own_client_reaches_the_bucket_of_a_platform(bucket):
    platform = Platform(Settings(data_root=f"gs://{bucket}/x"), gcs_client=gcs_client)
    platform.tables.write("raw_events", "NY", frame("raw_events", {}))
    assert open_tables(f"gs://{bucket}/x").states("raw_events") == ["NY"]


def test_a_partition_never_written_is_empty(store):
    assert store.read("raw_events", ["NY", "PA"]).equals(TABLES["raw_events"].create_empty())
    assert store.read_all("raw_events").is_empty()
    assert store.states("raw_events") == []


def test_writing_again_replaces_one_partition_and_leaves_the_others(store):
    store.write("raw_events", "NY", frame("raw_events", {}))
    store.write("raw_events", "PA", frame("raw_events", {"state": "PA"}))
    store.write("raw_events", "NY", frame("raw_events", {"event_id": "new"}))
    assert store.read_all("raw_events").select("state", "event_id").rows() == [
        ("NY", "new"),
        ("PA", "1"),
    ]


def test_states_written_together_get_their_own_rows_and_nobody_else_s(store, files):
    store.write("raw_events", "WY", frame("raw_events", {"state": "WY"}))
    rows = frame("raw_events", {"state": "PA"}, {}, {"event_id": "2"}, {"state": "TX"})
    stored = store.write_states("raw_events", ["NY", "PA", "WY"], rows)
    assert store.read_all("raw_events").select("state", "event_id").rows() == [
        ("NY", "1"),
        ("NY", "2"),
        ("PA", "1"),
    ]
    assert store.states("raw_events") == ["NY", "PA", "WY"]
    assert {state: one.size for state, one in stored.items()} == {
        state: len(files.read(f"raw_events/{state}.parquet")) for state in ("NY", "PA", "WY")
    }


def test_a_partition_that_would_not_change_is_left_alone(store, files):
    rows = frame("raw_events", {}, {"event_id": "2"}, {"state": "PA"})
    store.write_states("raw_events", ["NY", "PA"], rows)
    before = files.stamps("raw_events")
    changed = frame("raw_events", {"title": "New"}, {"state": "PA"}, {"event_id": "2"})
    # However the rows come together.
    in_pieces = pl.concat([rows[:1], rows[1:2], changed[1:2]])
    stored = store.write_states("raw_events", ["NY", "PA"], in_pieces)
    assert {state: one.is_unchanged for state, one in stored.items()} == {"NY": True, "PA": True}
    assert files.stamps("raw_events") == before
    stored = store.write_states("raw_events", ["NY", "PA"], changed)
    assert {state: one.is_unchanged for state, one in stored.items()} == {"NY": False, "PA": True}
    assert files.stamps("raw_events")["raw_events/PA.parquet"] == before["raw_events/PA.parquet"]
    assert store.read_all("raw_events").equals(changed.sort("state", maintain_order=True))


def test_a_corrupt_partition_is_mended_by_the_same_rows(store, files):
    rows = frame("raw_events", {})
    store.write_states("raw_events", ["NY"], rows)
    content = files.read("raw_events/NY.parquet")
    # The end, which says what the file is, is whole.
    files.write("raw_events/NY.parquet", content[:4] + bytes(100) + content[104:])
    assert not store.write_states("raw_events", ["NY"], rows)["NY"].is_unchanged
    assert store.read("raw_events", ["NY"]).equals(rows)


def test_the_last_table_is_written_even_so_as_that_tells_of_a_refresh(store):
    rows = TABLES["upcoming_shows"].create_empty()
    for _ in range(2):
        assert not store.write_states("upcoming_shows", ["NY"], rows)["NY"].is_unchanged


def test_only_the_columns_and_rows_that_are_asked_for_are_read(store):
    rows = frame("raw_events", {}, {"event_id": "2"}, {"state": "PA"})
    store.write_states("raw_events", ["NY", "PA"], rows)
    second = pl.col("event_id") == "2"
    found = store.read_all("raw_events", columns=["title", "state"], where=second)
    assert found.equals(rows.filter(second).select("title", "state"))
    found = store.read("raw_events", ["PA", "WY"], columns=["event_id"])
    assert found.equals(rows.filter(pl.col("state") == "PA").select("event_id"))
    nothing = store.read("raw_events", ["WY"], columns=["event_id"], where=second)
    assert nothing.schema == {"event_id": pl.String}


def test_a_row_that_breaks_a_rule_keeps_every_state_written_with_it_as_it_was(store):
    store.write("raw_events", "NY", frame("raw_events", {}))
    rows = frame("raw_events", {"event_id": "new"}, {"state": "PA", "title": " "})
    with pytest.raises(dy.exc.ValidationError, match="title"):
        store.write_states("raw_events", ["NY", "PA"], rows)
    assert store.read_all("raw_events")["event_id"].to_list() == ["1"]


def test_stored_states_are_told_heaviest_first(store):
    for state in ("WY", "CA", "NY"):
        store.write("raw_events", state, TABLES["raw_events"].create_empty())
    assert store.states("raw_events") == ["CA", "NY", "WY"]


def test_rows_come_in_the_order_of_the_states_however_they_are_asked_for(store):
    for state in ("WY", "CA"):
        store.write("raw_events", state, frame("raw_events", {"state": state}))
    for asked in (["WY", "CA"], ["CA", "WY"], {"CA", "WY"}):
        assert store.read("raw_events", asked)["state"].to_list() == ["CA", "WY"]


def test_all_partitions_can_be_read_for_the_rows_of_interest_alone(store):
    store.write("raw_events", "NY", frame("raw_events", {}, {"event_id": "2"}))
    store.write("raw_events", "PA", frame("raw_events", {"state": "PA", "event_id": "3"}))
    found = store.read_all("raw_events", where=pl.col("event_id").is_in(["2", "3", "4"]))
    assert found.select("state", "event_id").rows() == [("NY", "2"), ("PA", "3")]
    nobody = store.read_all("raw_events", where=pl.col("event_id") == "4")
    assert nobody.equals(TABLES["raw_events"].create_empty())


def test_a_row_that_breaks_a_rule_is_refused_and_the_old_partition_stays(store):
    rows = frame("raw_events", {})
    store.write("raw_events", "NY", rows)
    with pytest.raises(dy.exc.ValidationError, match="title"):
        store.write("raw_events", "NY", frame("raw_events", {"title": " "}))
    assert store.read("raw_events", ["NY"]).equals(rows)


def test_what_was_set_aside_is_kept_per_table_and_state_and_goes_when_mended(store):
    store.write_rejected("raw_events", {"NY": rejected()})
    store.write_rejected("top_tracks", {"PA": rejected("top_tracks", "PA")})
    assert store.read_rejected().select("table", "state").rows() == [
        ("raw_events", "NY"),
        ("top_tracks", "PA"),
    ]
    store.write_rejected("raw_events", {"NY": quality.no_rejected_rows()})
    assert store.read_rejected()["table"].to_list() == ["top_tracks"]


def test_nothing_set_aside_makes_no_file(store, files):
    store.write_rejected("raw_events", {"NY": quality.no_rejected_rows()})
    assert files.names("rejected_rows/raw_events") == []
    assert store.read_rejected().is_empty()


def test_a_file_that_is_not_parquet_is_named_with_the_remedy(store, files):
    store.write("raw_events", "NY", frame("raw_events", {}))
    whole = files.read("raw_events/NY.parquet")
    for broken in (b"", b"nonsense", whole[:-1], whole[: len(whole) // 2], b"PAR1" + whole[9:]):
        files.write("raw_events/NY.parquet", broken)
        with pytest.raises(StorageError) as raised:
            store.read("raw_events", ["NY"])
        assert str(raised.value).startswith(f"{store.uri('raw_events', 'NY')} is not a readable")
        assert "Move it away and materialize raw_events for NY again" in str(raised.value)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda rows: rows.drop("title"), "title"),
        (lambda rows: rows.with_columns(pl.col("latitude").cast(pl.Float32)), "latitude"),
    ],
)
def test_a_file_with_other_columns_is_named_with_the_difference(tmp_path, change, named):
    store = open_tables(str(tmp_path))
    store.write("raw_events", "NY", frame("raw_events", {}))
    change(frame("raw_events", {})).write_parquet(tmp_path / "raw_events" / "NY.parquet")
    with pytest.raises(StorageError) as raised:
        store.read("raw_events", ["NY"])
    assert f"another version of Showlist (differs in: {named})" in str(raised.value)
    assert "materialize raw_events for NY again" in str(raised.value)


def test_rows_of_before_a_column_came_or_went_are_still_read(tmp_path):
    store, rows = open_tables(str(tmp_path)), frame("raw_events", {"latitude": 40.7})
    store.write("raw_events", "NY", rows)
    older = rows.drop("latitude").with_columns(surplus=1)
    older.select(reversed(older.columns)).write_parquet(tmp_path / "raw_events" / "NY.parquet")
    found = store.read("raw_events", ["NY"])
    assert found.equals(rows.with_columns(latitude=pl.lit(None, dtype=pl.Float64)))


@pytest.mark.parametrize("columns", [None, ["event_id", "latitude"]])
def test_one_file_of_before_or_that_is_damaged_does_not_hide_among_the_others(tmp_path, columns):
    store = open_tables(str(tmp_path))
    states = ("CA", "NY", "TX")
    rows = frame("raw_events", *({"event_id": state, "state": state} for state in states))
    store.write_states("raw_events", states, rows)
    newer = store.read_all("raw_events")
    file = tmp_path / "raw_events" / "NY.parquet"
    pl.read_parquet(file).drop("latitude").write_parquet(file)
    older = pl.when(pl.col("state") != "NY").then("latitude").alias("latitude")
    expected = newer.with_columns(older).select(columns or pl.all())
    assert store.read_all("raw_events", columns=columns).equals(expected)
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(StorageError, match=r"NY\.parquet is not a readable Parquet file"):
        store.read_all("raw_events", columns=columns)


@pytest.mark.parametrize("table", ["raw_events", "shows"])
def test_shows_of_before_the_doors_were_read_have_none(tmp_path, table):
    store, rows = open_tables(str(tmp_path)), frame(table, {})
    store.write(table, "NY", rows)
    rows.drop("doors_at_local").write_parquet(tmp_path / table / "NY.parquet")
    assert store.read(table, ["NY"]).equals(rows.with_columns(doors_at_local=None), null_equal=True)


def test_the_place_of_a_partition_is_told(tmp_path, bucket):
    assert open_tables(str(tmp_path)).uri("top_tracks", "NY") == f"{tmp_path}/top_tracks/NY.parquet"
    in_bucket = open_tables(f"gs://{bucket}/prefix/").uri("top_tracks", "NY")
    assert in_bucket == f"gs://{bucket}/prefix/top_tracks/NY.parquet"


def test_a_probe_finds_a_good_place_good(store):
    store.probe()
    assert store.states("raw_events") == []


@pytest.mark.parametrize("dies_in", ["fsync", "replace"])
@pytest.mark.parametrize("with_", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_whoever_dies_while_writing_leaves_the_old_partition(tmp_path, monkeypatch, dies_in, with_):
    store, rows = open_tables(str(tmp_path)), frame("raw_events", {})
    store.write("raw_events", "NY", rows)

    def die(*_):
        raise with_

    with monkeypatch.context() as broken:
        broken.setattr(os, dies_in, die)
        with pytest.raises((KeyboardInterrupt, StorageError)):
            store.write("raw_events", "NY", frame("raw_events", {"event_id": "new"}))
    assert store.read("raw_events", ["NY"]).equals(rows)
    assert [file.name for file in (tmp_path / "raw_events").iterdir()] == ["NY.parquet"]


def test_half_a_file_of_a_killed_writer_is_not_a_partition(tmp_path):
    store = open_tables(str(tmp_path))
    store.write("raw_events", "NY", frame("raw_events", {}))
    (tmp_path / "raw_events" / ".PA.parquet.0123abcd").write_bytes(b"PAR1")
    assert store.states("raw_events") == ["NY"]
    assert store.read_all("raw_events").height == 1


def test_others_may_read_what_is_written_as_far_as_the_umask_allows(tmp_path):
    open_tables(str(tmp_path)).write("raw_events", "NY", frame("raw_events", {}))
    umask = os.umask(0)
    os.umask(umask)
    mode = stat.S_IMODE((tmp_path / "raw_events" / "NY.parquet").stat().st_mode)
    assert mode == 0o666 & ~umask


def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = open_tables(str(tmp_path / "file" / "data"))
    with pytest.raises(StorageError) as raised:
        store.write("raw_events", "NY", frame("raw_events", {}))
    assert str(raised.value).startswith(
        f"Cannot write {tmp_path}/file/data/raw_events/NY.parquet: "
    )
    assert "Point SHOWLIST_DATA_ROOT at a folder this user may write to" in str(raised.value)
    with pytest.raises(StorageError, match="Cannot write"):
        store.probe()


def test_a_file_that_cannot_be_read_is_named_with_the_remedy(tmp_path):
    (tmp_path / "raw_events" / "NY.parquet").mkdir(parents=True)
    with pytest.raises(StorageError) as raised:
        open_tables(str(tmp_path)).read("raw_events", ["NY"])
    assert f"Cannot read {tmp_path}/raw_events/NY.parquet: Is a directory" in str(raised.value)
    assert "SHOWLIST_DATA_ROOT" in str(raised.value)


def test_a_home_folder_may_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_tables("~/data").uri("raw_events", "NY").startswith(str(tmp_path))


@pytest.mark.parametrize(
    ("verb", "do"),
    [
        ("read", lambda store: store.read("raw_events", ["NY"])),
        ("list", lambda store: store.states("raw_events")),
        ("write", lambda store: store.write("raw_events", "NY", frame("raw_events", {}))),
        ("write", lambda store: store.probe()),
    ],
)
@pytest.mark.usefixtures("bucket")
def test_a_missing_bucket_is_said_and_never_taken_for_an_empty_one(verb, do):
    with pytest.raises(StorageError) as raised:
        do(open_tables("gs://no-such-bucket/prefix"))
    assert str(raised.value).startswith(f"Cannot {verb} gs://no-such-bucket/prefix/")
    assert "Check that the bucket of SHOWLIST_DATA_ROOT exists" in str(raised.value)


def test_missing_credentials_are_said_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "absent.json"))
    with pytest.raises(StorageError, match="GOOGLE_APPLICATION_CREDENTIALS"):
        open_tables("gs://any-bucket").read("raw_events", ["NY"])


def test_a_relative_root_is_a_folder_below_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_tables("data")
    store.write("raw_events", "NY", frame("raw_events", {}))
    assert Path(store.uri("raw_events", "NY")).is_absolute()
    assert (tmp_path / "data" / "raw_events" / "NY.parquet").is_file()


def test_listings_of_before_there_were_several_sources_are_read_as_those_of_seatgeek(tmp_path):
    now = frame("raw_events", {"performers": [performer("Tin Owl")]})
    before = [field.name for field in now.schema["performers"].inner.fields]
    before.remove("musicbrainz_id")
    acts = pl.struct(pl.element().struct.field(name) for name in before)
    old = now.drop("platform", "is_resale").with_columns(pl.col("performers").list.eval(acts))
    (tmp_path / "raw_events").mkdir()
    old.write_parquet(tmp_path / "raw_events" / "NY.parquet")
    assert open_tables(str(tmp_path)).read("raw_events", ["NY"]).equals(now)


def test_a_state_whose_code_has_its_country_is_a_partition_like_others(
    made_up_country, store, files
):
    first, second = made_up_country.codes
    for state in (second, "ON", "NY", first):
        store.write("raw_events", state, frame("raw_events", {"state": state}))
    store.write_rejected("raw_events", {first: rejected(state=first)})
    assert store.states("raw_events") == ["NY", "ON", first, second]
    assert store.read("raw_events", [second, "ON"])["state"].to_list() == ["ON", second]
    assert files.read(f"raw_events/{first}.parquet")
    assert store.read_rejected()["state"].to_list() == [first]
