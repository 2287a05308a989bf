from __future__ import annotations

import json

import dataframely as dy
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets_tests.rows import NOW, frame


def check_rows(table, rows):
    sorted_rows = quality.check_rows(table, rows, at=NOW)
    RejectedRows.validate(sorted_rows.rejected)
    return sorted_rows


def test_good_rows_stay_as_they_are():
    rows = frame("raw_events", {}, {"event_id": "2"})
    sorted_rows = check_rows("raw_events", rows)
    assert sorted_rows.good.equals(rows)
    assert sorted_rows.rejected.is_empty()


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("title", None, "title must not be empty"),
        ("title", "  ", "title must not be blank"),
        ("status", "moved", "status is not one of the allowed values"),
        ("state", "ZZ", "state is not one of the allowed values"),
        ("latitude", 91.0, "latitude is too large"),
        ("lowest_price", -1.0, "lowest_price is too small"),
        ("latitude", float("nan"), "latitude is too large; latitude is not a number"),
        ("event_id", None, "event_id must not be empty"),
    ],
)
def test_a_row_that_breaks_a_rule_is_set_aside_with_the_reason(column, value, reason):
    rows = frame("raw_events", {}, {"event_id": "2"} | {column: value})
    sorted_rows = check_rows("raw_events", rows)
    assert sorted_rows.good["event_id"].to_list() == ["1"]
    assert sorted_rows.rejected["reason"].to_list() == [reason]
    assert sorted_rows.rejected["table"].to_list() == ["raw_events"]
    assert json.loads(sorted_rows.rejected["row"].item())["title"] == rows["title"][1]


def test_a_row_that_breaks_several_rules_names_each():
    sorted_rows = check_rows("raw_events", frame("raw_events", {"title": None, "kind": "play"}))
    assert "title must not be empty" in sorted_rows.rejected["reason"].item()
    assert "kind is not one of the allowed values" in sorted_rows.rejected["reason"].item()


def test_a_rule_about_several_columns_is_told_in_words():
    rows = frame("matched_artists", {"spotify_artist_id": None})
    assert check_rows("matched_artists", rows).rejected["reason"].item() == (
        "matched names an artist"
    )


def test_rows_that_share_a_key_are_all_set_aside():
    rows = frame("raw_events", {"title": "One"}, {"title": "Other"}, {"event_id": "2"})
    sorted_rows = check_rows("raw_events", rows)
    assert sorted_rows.good["event_id"].to_list() == ["2"]
    assert sorted_rows.rejected["reason"].to_list() == ["the key occurs more than once"] * 2


def test_a_key_counts_within_its_state():
    rows = frame("raw_events", {}, {"state": "PA"}, {"state": "PA"})
    sorted_rows = check_rows("raw_events", rows)
    assert sorted_rows.good["state"].to_list() == ["NY"]
    assert sorted_rows.rejected["state"].to_list() == ["PA", "PA"]


def test_a_type_that_fits_is_cast_and_a_value_that_does_not_is_a_broken_rule():
    rows = frame("raw_events", {}, {"event_id": "2"}).with_columns(
        latitude=pl.Series(["42.65", "north"]), venue_capacity=pl.Series([900, 900], dtype=pl.Int16)
    )
    sorted_rows = check_rows("raw_events", rows)
    assert sorted_rows.good["latitude"].to_list() == [42.65]
    assert sorted_rows.good["venue_capacity"].dtype == pl.Int64
    assert sorted_rows.rejected["reason"].to_list() == ["latitude has the wrong type"]
    assert json.loads(sorted_rows.rejected["row"].item())["latitude"] == "north"


def test_other_columns_and_another_order_do_not_matter():
    rows = frame("raw_events", {}).select(pl.lit(1).alias("surplus"), pl.all().reverse())
    good = check_rows("raw_events", rows.select(reversed(rows.columns))).good
    assert good.schema == polars_schema(TABLES["raw_events"])


def test_a_missing_column_is_not_the_rows_fault():
    with pytest.raises(dy.exc.SchemaError, match="title"):
        quality.check_rows("raw_events", frame("raw_events", {}).drop("title"), at=NOW)


def test_a_column_whose_type_never_fits_is_not_the_rows_fault():
    rows = frame("raw_events", {}).with_columns(local_date=pl.lit("2026-12-04"))
    with pytest.raises(pl.exceptions.InvalidOperationError, match="local_date"):
        quality.check_rows("raw_events", rows, at=NOW)


def test_a_row_of_no_state_of_ours_can_still_be_stored():
    for state in (None, "ZZ", "??"):
        row = quality.rejected_row(state=state, table="raw_events", reason="x", row={}, at=NOW)
        RejectedRows.validate(quality.rejected_frame([row]))


def test_half_of_a_surrogate_pair_can_still_be_stored():
    row = quality.rejected_row(
        state="NY", table="raw_events", reason="x", row=json.loads('{"title": "\\ud83d"}'), at=NOW
    )
    assert json.loads(quality.rejected_frame([row])["row"].item()) == {"title": "?"}


ODD_ROWS = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from(["1", "2", "3", None, " "]),
        "state": st.sampled_from(["NY", "ZZ", None]),
        "title": st.one_of(st.none(), st.text(max_size=5)),
        "event_score": st.one_of(st.none(), st.floats(-1, 2)),
    }
)


@given(st.lists(ODD_ROWS, max_size=12))
def test_good_and_rejected_rows_add_up_to_all(rows):
    sorted_rows = check_rows("raw_events", frame("raw_events", *rows))
    assert sorted_rows.good.height + sorted_rows.rejected.height == len(rows)
    TABLES["raw_events"].validate(sorted_rows.good)
    assert all(reason.strip() for reason in sorted_rows.rejected["reason"])
