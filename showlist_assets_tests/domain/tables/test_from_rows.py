from __future__ import annotations

import polars as pl
import pytest

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.from_rows import frame_of_rows
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.rows import frame


@pytest.mark.parametrize("table", [table for table in TABLES if table != "upcoming_shows"])
def test_rows_come_out_as_they_were(table):
    told = frame(table, {}, {})
    assert frame_of_rows(told.to_dicts(), told.schema).equals(told)
    assert frame_of_rows([], told.schema).schema == polars_schema(TABLES[table])


def test_lists_may_be_empty_or_missing_and_so_may_what_is_in_them():
    item = pl.Struct({"name": pl.String(), "genres": pl.List(pl.String())})
    schema = {"acts": pl.List(item), "words": pl.List(pl.String()), "one": item}
    full = {"acts": [{"name": "Paper", "genres": ["folk", None]}, {"name": None, "genres": []}]}
    rows = [
        {**full, "words": [], "one": {"name": "Owl", "genres": []}},
        {"acts": [], "words": None},
        {"acts": [{"name": "Lantern", "genres": None}], "words": ["a"], "one": None},
        {"acts": [], "words": ["b", "c"], "one": full["acts"][0]},
    ]
    assert frame_of_rows(rows, schema).equals(pl.DataFrame(rows, schema=schema))
