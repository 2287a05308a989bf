"""What lies in the files of the record: of which version, and some columns without the schema."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.similarity.registry import SIMILARITY_TABLES
from showlist_assets.domain.tables.versions import current_version
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.open_files import open_files
from showlist_assets.storage.parquet import LaterVersionError, read_columns, table_file
from showlist_assets.storage.similarity import SimilarityStore
from showlist_assets.storage.tables import TableStore
from showlist_assets_tests.rows import TODAY, frame


@pytest.fixture
def files(tmp_path):
    return open_files(str(tmp_path))


def test_some_columns_of_every_partition_are_read(files):
    assert read_columns(files, "matched_artists", ["state"]) is None
    tables = TableStore(files)
    for state in ("WY", "CA"):
        rows = frame("matched_artists", {"performer_key": state.lower()})
        tables.write("matched_artists", state, rows)
    found = read_columns(files, "matched_artists", ["performer_key", "outcome"])
    assert found.columns == ["performer_key", "outcome"]
    assert found["performer_key"].to_list() == ["ca", "wy"]


def test_a_column_that_earlier_versions_did_not_have_is_empty_in_their_files(files, tmp_path):
    tables = TableStore(files)
    for state in ("CA", "WY"):
        tables.write("expanded_artists", state, frame("expanded_artists", {"last_date": TODAY}))
    older = frame("expanded_artists", {}).drop("last_date")
    older.write_parquet(tmp_path / "expanded_artists" / "CA.parquet")
    found = read_columns(files, "expanded_artists", ["show_id"], optional={"last_date": pl.Date()})
    assert found.rows() == [("seatgeek-1", None), ("seatgeek-1", TODAY)]


@pytest.mark.parametrize(
    ("content", "words"), [(b"not parquet", "not a readable Parquet file"), (None, "lacks_it")]
)
def test_a_file_that_cannot_be_used_is_named_with_the_remedy(files, tmp_path, content, words):
    TableStore(files).write("matched_artists", "NY", frame("matched_artists", {}))
    if content:
        (tmp_path / "matched_artists" / "NY.parquet").write_bytes(content)
    with pytest.raises(StorageError, match=rf"NY\.parquet.*{words}.*materialize matched_artists"):
        read_columns(files, "matched_artists", ["state", "lacks_it"][: 1 if content else 2])


def test_a_file_with_another_type_is_named_with_the_remedy(files, tmp_path):
    tables = TableStore(files)
    for state in ("CA", "NY", "TX"):
        tables.write("matched_artists", state, frame("matched_artists", {"state": state}))
    odd = frame("matched_artists", {"state": "NY"}).cast({"outcome": pl.Categorical})
    odd.write_parquet(tmp_path / "matched_artists" / "NY.parquet")
    with pytest.raises(StorageError, match=r"NY\.parquet.*outcome.*materialize matched_artists"):
        read_columns(files, "matched_artists", ["state", "outcome"])


def test_equal_rows_make_an_equal_file_whatever_they_were_cut_from():
    # All of them are more than a page of a Parquet file, those of one state are not.
    page = {"query": "q", "rank": 1, "genres": [], "popularity": 1}
    named = {"artist_id": "A" * 22, "name": "Paper Lantern"}
    rows = frame(
        "matched_artists",
        *(
            {
                "state": state,
                "performer_key": str(number),
                "candidates": [{**page, **named, "image_url": f"{number} {'i' * 400}"}] * 3,
            }
            for state in ("CA", "NY", "TX", "WY")
            for number in range(300)
        ),
    )
    cut = rows.rechunk().slice(300, 300)
    alone = pl.DataFrame(cut.to_dicts(), schema=cut.schema)
    assert alone.equals(cut)
    in_pieces = pl.concat([alone[:70], alone[70:]], rechunk=False)
    assert len({table_file("matched_artists", each) for each in (alone, cut, in_pieces)}) == 1


def _as_of(tmp_path, table, version, of=None):
    """Turn the file of ``table`` in New York into one of another version, or of another table."""
    file = tmp_path / table / "NY.parquet"
    told = {"showlist.table": of or table, "showlist.version": str(version)}
    pl.read_parquet(file).write_parquet(file, metadata=told)
    return file


def test_a_file_says_of_which_table_and_version_it_is(files, tmp_path):
    TableStore(files).write("raw_events", "NY", frame("raw_events", {}))
    told = pl.read_parquet_metadata(tmp_path / "raw_events" / "NY.parquet")
    assert told["showlist.table"] == "raw_events"
    assert told["showlist.version"] == str(current_version("raw_events"))


def test_a_file_of_a_later_version_is_neither_read_nor_replaced(files, tmp_path):
    tables, rows = TableStore(files), frame("raw_events", {})
    tables.write("raw_events", "NY", rows)
    later = current_version("raw_events") + 1
    file = _as_of(tmp_path, "raw_events", later)
    content = file.read_bytes()
    for uses in (
        lambda: tables.read("raw_events", ["NY"]),
        lambda: tables.read_all("raw_events"),
        lambda: read_columns(files, "raw_events", ["state"]),
        lambda: tables.write("raw_events", "NY", rows),
        lambda: tables.write_states("raw_events", ["PA", "NY"], rows),
    ):
        with pytest.raises(LaterVersionError) as raised:
            uses()
        assert f"{file} was written by a later Showlist" in str(raised.value)
        assert f"version {later} of raw_events" in str(raised.value)
        assert "Upgrade Showlist here" in str(raised.value)
    assert file.read_bytes() == content
    # Nothing of what would have been written with it, either.
    assert tables.states("raw_events") == ["NY"]


def test_what_all_listeners_share_is_not_taken_from_a_later_version(files, tmp_path):
    store, empty = SimilarityStore(files), SIMILARITY_TABLES["artist_ids"].create_empty()
    store.write("artist_ids", empty)
    told = {"showlist.table": "artist_ids", "showlist.version": "99"}
    empty.write_parquet(tmp_path / "similarity" / "artist_ids.parquet", metadata=told)
    for uses in (lambda: store.read("artist_ids"), lambda: store.write("artist_ids", empty)):
        with pytest.raises(LaterVersionError, match="version 99 of artist_ids"):
            uses()


def test_a_file_of_another_table_is_refused(files, tmp_path):
    tables = TableStore(files)
    tables.write("raw_events", "NY", frame("raw_events", {}))
    _as_of(tmp_path, "raw_events", 1, of="shows")
    with pytest.raises(StorageError, match="holds shows, and not raw_events"):
        tables.read("raw_events", ["NY"])
    # It is mended like one that cannot be read.
    tables.write("raw_events", "NY", frame("raw_events", {}))
    assert tables.read("raw_events", ["NY"]).height == 1


def test_some_columns_of_an_earlier_version_come_after_its_steps(files, tmp_path):
    asked = datetime(2026, 11, 20, tzinfo=UTC)
    rows = frame("matched_artists", {"outcome": "rejected", "asked_at": asked})
    folder = tmp_path / "matched_artists"
    folder.mkdir()
    rows.drop("misses", "ask_again_at").write_parquet(folder / "NY.parquet")
    TableStore(files).write("matched_artists", "CA", frame("matched_artists", {}))
    found = read_columns(files, "matched_artists", ["outcome", "misses"])
    assert found.rows() == [("matched", 0), ("rejected", 1)]
    read = TableStore(files).read("matched_artists", ["NY"])
    assert read.schema == polars_schema(TABLES["matched_artists"])
    assert read["misses"].to_list() == [1]
