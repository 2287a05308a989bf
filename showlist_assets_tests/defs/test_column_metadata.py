from __future__ import annotations

import dagster as dg
import pytest

from showlist_assets.defs.column_metadata import column_lineage, column_schema, definition_metadata
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.registry import TABLES


@pytest.mark.parametrize("table", TABLES)
def test_the_columns_dagster_shows_are_those_of_the_table(table):
    columns = column_schema(TABLES[table]).columns
    assert [column.name for column in columns] == polars_schema(TABLES[table]).names()
    assert all(column.description for column in columns)


def test_types_are_told_without_the_inside_of_nested_ones():
    types = {column.name: column.type for column in column_schema(TABLES["raw_events"]).columns}
    assert types["performers"] == "List(Struct)"
    assert types["starts_at"] == "Datetime (UTC)"
    assert types["starts_at_local"] == "Datetime"
    assert types["latitude"] == "Float64"
    shown = {column.name: column.type for column in column_schema(TABLES["top_tracks"]).columns}
    assert shown["artist_names"] == "List(String)"


def test_keys_and_columns_that_may_not_be_empty_are_marked():
    columns = {column.name: column for column in column_schema(TABLES["top_tracks"]).columns}
    assert columns["track_id"].constraints.other == ["part of the key"]
    assert not columns["track_id"].constraints.nullable
    assert columns["rank"].constraints.other == []
    assert columns["album_name"].constraints.nullable


def test_a_column_s_lineage_names_the_upstream_table_and_column():
    lineage = column_lineage(TABLES["upcoming_shows"]).deps_by_column
    assert lineage["genres"] == [
        dg.TableColumnDep(dg.AssetKey("expanded_artists"), "genres"),
        dg.TableColumnDep(dg.AssetKey("matched_artists"), "spotify_genres"),
    ]
    nested = column_lineage(TABLES["raw_events"]).deps_by_column["latitude"]
    seatgeek = [dep for dep in nested if dep.asset_key == dg.AssetKey("seatgeek")]
    assert seatgeek == [
        dg.TableColumnDep(dg.AssetKey("seatgeek"), f"venue.location.{name}")
        for name in ("lat", "lon")
    ]
    others = {dep.asset_key.path[-1] for dep in nested} - {"seatgeek"}
    assert others == {"ticketmaster", "feeds"}


def test_a_column_made_from_nothing_upstream_has_no_lineage():
    assert "fetched_at" not in column_lineage(TABLES["raw_events"]).deps_by_column


def test_the_metadata_names_the_table():
    assert definition_metadata("top_tracks")["dagster/table_name"] == "top_tracks"
