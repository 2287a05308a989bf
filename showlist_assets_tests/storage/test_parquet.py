"""Some columns of a table, read without its schema."""

from __future__ import annotations

import polars as pl
import pytest

from showlist_assets.storage.files import StorageError, open_files
from showlist_assets.storage.parquet import read_columns
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
