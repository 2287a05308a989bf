"""``warehouse``, called over stored tables."""

from __future__ import annotations

import dagster as dg
import duckdb
import pytest

from showlist_assets.defs.assets import warehouse as module
from showlist_assets.defs.assets.warehouse import warehouse
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.storage.warehouse import published_name
from showlist_assets_tests.defs.called import FakePlatform
from showlist_assets_tests.rows import frame


@pytest.fixture
def platform(tmp_path):
    platform = FakePlatform(tmp_path)
    events = frame("raw_events", {}, {"state": "TX", "event_id": "2"})
    platform.store("raw_events", events, "NY", "TX")
    platform.store("matched_artists", frame("matched_artists", {}, {"state": "TX"}), "NY", "TX")
    return platform


def published(platform):
    return warehouse(platform=platform)


def test_every_table_is_published_and_counted(platform):
    result = published(platform)
    published_names = [published_name(table) for table in TABLES]
    rows = {table: result.metadata[f"rows_in_{table}"] for table in published_names}
    # An act that plays several states has one row here.
    assert rows == {**dict.fromkeys(published_names, 0), "raw_events": 2, "matched_artists": 1}
    assert result.metadata["bytes_written"] == platform.warehouse_file.stat().st_size
    assert result.check_results[0].passed


def test_the_example_that_it_gives_can_be_run(platform):
    example = published(platform).metadata["try_this"].value
    sql = example.removeprefix("```sql\n").removesuffix("\n```")
    with duckdb.connect(str(platform.warehouse_file), read_only=True) as console:
        assert console.execute(sql).fetchall() == []
    # Code does not wrap in the page.
    assert max(map(len, sql.splitlines())) <= 40


def test_how_the_sources_answered_is_published_with_the_tables(platform):
    platform.fetch_record.note_failures(
        {("NY", "seatgeek"): "HTTP 503"}, stored=["NY"], at=platform.at
    )
    assert published(platform).metadata["rows_in_source_fetches"] == 1
    with duckdb.connect(str(platform.warehouse_file), read_only=True) as console:
        found = console.execute("select state, source, is_fresh, because from freshness").fetchall()
    assert found == [("NY", "seatgeek", False, "HTTP 503")]


def test_a_file_with_other_rows_than_were_published_fails_its_check(platform, monkeypatch):
    monkeypatch.setattr(module, "row_counts", lambda _: {"raw_events": 1})
    (check,) = published(platform).check_results
    assert not check.passed
    differing = check.metadata["tables_differing"].value
    assert differing["raw_events"] == "1 instead of 2"
    assert differing["matched_artists"] == "None instead of 1"


def test_a_table_that_cannot_be_read_is_told_with_its_file(platform):
    platform.files.write("raw_events/NY.parquet", b"nonsense")
    with pytest.raises(dg.Failure) as raised:
        published(platform)
    assert "NY.parquet is not a readable Parquet file" in raised.value.description
    assert not raised.value.allow_retries
    assert not platform.warehouse_file.exists()
