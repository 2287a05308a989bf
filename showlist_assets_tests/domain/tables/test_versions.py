"""Every change of a table's columns raises its version, and earlier rows become rows of today."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from showlist_assets.domain.matching.due import pause_after
from showlist_assets.domain.tables import versions
from showlist_assets.domain.tables.earlier_rows import as_now_declared, differing_columns
from showlist_assets.domain.tables.versions import (
    UnknownVersionError,
    as_declared,
    current_version,
    steps_since,
    versioned_tables,
)
from showlist_assets_tests.domain.playlists.show_rows import show_row, shows_of
from showlist_assets_tests.domain.tables.record_columns import SCHEMAS, columns_of, recorded
from showlist_assets_tests.rows import frame

_HOW = (
    "Add a step at the end of the tuple of {table!r} in showlist_assets/domain/tables/versions.py "
    "(`as_declared`, if every new column may be empty or says what it was before), then record it: "
    "python -m showlist_assets_tests.domain.tables.record_columns"
)


def test_every_table_of_which_files_are_kept_has_a_version():
    assert sorted(versioned_tables()) == sorted(SCHEMAS)


@pytest.mark.parametrize("table", SCHEMAS)
def test_columns_do_not_change_within_a_version(table):
    version = str(current_version(table))
    known, now = recorded().get(table, {}).get(version), columns_of(SCHEMAS[table])
    how = _HOW.format(table=table)
    assert known is not None, f"Version {version} of {table} is not recorded. {how}"
    changed = sorted(dict(set(known.items()) ^ set(now.items())))
    assert known == now, (
        f"Columns of {table} changed ({', '.join(changed)}), and its version is "
        f"still {version}: files of it lie on other people's disks. {how}"
    )


def test_every_version_since_the_first_is_recorded():
    for table, by_version in recorded().items():
        assert list(by_version) == [str(one + 1) for one in range(current_version(table))], table


def test_rows_of_today_take_no_step_and_those_of_tomorrow_are_refused():
    for table in versioned_tables():
        assert steps_since(table, current_version(table)) == []
        with pytest.raises(UnknownVersionError):
            steps_since(table, current_version(table) + 1)


def test_steps_are_taken_in_order_from_the_version_of_the_rows(monkeypatch):
    def one(rows):
        return rows

    def two(rows):
        return rows

    monkeypatch.setitem(versions._STEPS, "shows", (one, as_declared, two))
    assert [steps_since("shows", version) for version in range(4)] == [[one, two], [two], [two], []]


def test_tracks_are_numbered_where_only_performers_with_tracks_had_rows():
    tracks = [("a", "x", 2), ("b", "x", 1), ("c", "x", 3), ("d", "y", 5)]
    rows = shows_of(
        *(show_row("1", act, track_id=track, track_rank=rank) for track, act, rank in tracks)
    ).drop("row_number")
    (step,) = steps_since("upcoming_shows", 0)
    numbered = step(rows)
    assert numbered.select("track_id", "row_number").rows() == [
        ("a", 2), ("b", 1), ("c", 3), ("d", 1),
    ]  # fmt: skip
    schema = SCHEMAS["upcoming_shows"]
    assert differing_columns(as_now_declared(numbered, schema), schema) == []


def test_whoever_was_not_found_for_ever_is_looked_for_again():
    asked = datetime(2026, 11, 21, tzinfo=UTC)
    rows = frame(
        "matched_artists",
        {"performer_key": "found", "asked_at": asked},
        {"performer_key": "tribute", "outcome": "rejected", "asked_at": None},
        {"performer_key": "unknown", "outcome": "rejected", "asked_at": asked},
    ).drop("misses", "ask_again_at")
    (step,) = steps_since("matched_artists", 0)
    again = step(rows).select("performer_key", "misses", "ask_again_at").rows()
    assert again == [
        ("found", 0, None),
        ("tribute", 0, None),
        ("unknown", 1, asked + pause_after(1)),
    ]


@pytest.mark.parametrize("table", versioned_tables())
def test_steps_leave_rows_alone_that_have_the_columns_of_today(table):
    rows: pl.DataFrame = SCHEMAS[table].create_empty()
    for step in steps_since(table, 0):
        rows = step(rows)
    assert differing_columns(rows, SCHEMAS[table]) == []


def test_a_column_that_is_no_more_is_left_out_and_one_that_must_not_be_empty_is_missed():
    rows = frame("shows", {})
    schema = SCHEMAS["shows"]
    assert as_now_declared(rows.with_columns(gone=pl.lit(1)), schema).equals(rows)
    assert differing_columns(as_now_declared(rows.drop("title"), schema), schema) == ["title"]
    emptied = as_now_declared(rows.drop("ends_at"), schema)
    assert emptied["ends_at"].to_list() == [None]
