from __future__ import annotations

import dataframely as dy
import polars as pl
import pytest

from showlist_assets.domain.tables.columns import (
    FEATURE_NAMES,
    of_several_states,
    one_of,
    polars_schema,
    state_code,
    text,
)
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.rows import frame


class Visits(dy.Schema):
    """One visit."""

    state = state_code("elsewhere.state")
    visitor = text("Who came.", "elsewhere.name", primary_key=True)
    mood = dy.String(nullable=True, check=one_of(("glad", "sad")))
    remark = text("What was said.")


def visits(**columns):
    row = {"state": "NY", "visitor": "Ada", "mood": "glad", "remark": None}
    return pl.DataFrame([row | columns], schema=polars_schema(Visits))


@pytest.mark.parametrize("columns", [{}, {"mood": None}, {"remark": " "}, {"state": "WY"}])
def test_a_row_that_says_what_its_columns_may_say_is_valid(columns):
    assert Visits.is_valid(visits(**columns))


@pytest.mark.parametrize(
    "columns", [{"mood": "so-so"}, {"visitor": None}, {"visitor": " "}, {"state": "??"}]
)
def test_an_unknown_word_a_blank_key_and_a_state_of_nowhere_are_not(columns):
    assert not Visits.is_valid(visits(**columns))


def test_of_several_states_a_key_counts_once_in_each():
    rows = pl.concat([visits(), visits(state="WY")])
    assert not Visits.is_valid(rows)
    assert of_several_states(Visits).is_valid(rows.select("visitor", "mood", "remark", "state"))
    assert not of_several_states(Visits).is_valid(pl.concat([rows, visits()]))


@pytest.mark.parametrize("table", TABLES)
def test_the_schema_of_several_states_has_the_same_columns_with_the_state_last(table):
    names = TABLES[table].column_names()
    assert of_several_states(TABLES[table]).column_names() == [*names[1:], names[0]]


def test_an_empty_frame_has_a_table_s_columns_and_types():
    assert polars_schema(TABLES["top_tracks"]) == frame("top_tracks").schema


def test_the_eleven_audio_features_are_the_same_wherever_they_occur():
    assert len(FEATURE_NAMES) == 11
    stored, shown = (polars_schema(TABLES[name]) for name in ("audio_features", "upcoming_shows"))
    assert [stored[name] for name in FEATURE_NAMES] == [shown[name] for name in FEATURE_NAMES]
