from __future__ import annotations

import pytest

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows

# What lies outside the platform; the lineage of every column ends there.
OUTSIDE = {"seatgeek", "spotify_catalog", "reccobeats"}
EVERY_TABLE = pytest.mark.parametrize("table", TABLES)


@EVERY_TABLE
def test_every_column_is_explained_in_a_sentence(table):
    for name, column in TABLES[table].columns().items():
        assert column.description, name
        assert column.description.endswith("."), name


@EVERY_TABLE
def test_every_table_says_what_one_row_is(table):
    assert (TABLES[table].__doc__ or "").startswith(("One ", "The eleven"))


@EVERY_TABLE
def test_the_state_comes_first_and_may_not_be_empty(table):
    name, column = next(iter(TABLES[table].columns().items()))
    assert (name, column.nullable) == ("state", False)


@EVERY_TABLE
def test_every_table_has_a_key_that_may_not_be_empty(table):
    key = TABLES[table].primary_key()
    assert key
    assert not any(TABLES[table].columns()[name].nullable for name in key)


@EVERY_TABLE
def test_every_column_is_made_from_columns_that_exist(table):
    for name, column in TABLES[table].columns().items():
        for source in (column.metadata or {}).get("from", []):
            upstream, _, field = source.partition(".")
            known = upstream in OUTSIDE or field in polars_schema(TABLES[upstream])
            assert known, f"{table}.{name} is said to be made from {source}"


@EVERY_TABLE
def test_a_column_is_made_from_tables_before_its_own(table):
    order = [*OUTSIDE, *TABLES]
    for column in TABLES[table].columns().values():
        for source in (column.metadata or {}).get("from", []):
            assert order.index(source.partition(".")[0]) < order.index(table)


@EVERY_TABLE
def test_instants_are_utc_and_wall_clocks_have_no_zone(table):
    for name, dtype in polars_schema(TABLES[table]).items():
        if name.endswith("_at"):
            assert dtype.time_zone == "UTC", name
        if name.endswith("_local"):
            assert dtype.time_zone is None, name


def test_an_empty_frame_keeps_all_rules():
    for schema in (*TABLES.values(), RejectedRows):
        assert schema.is_valid(schema.create_empty())
