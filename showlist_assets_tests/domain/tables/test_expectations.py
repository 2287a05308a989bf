from __future__ import annotations

import pytest

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.expectations import EXPECTATIONS, Expectation, most_rows_hold
from showlist_assets.domain.tables.measures import measures
from showlist_assets.domain.tables.registry import TABLES

AT_LEAST_HALF = Expectation("enough", "share", "At least half.", at_least=0.5)
NONE_AT_ALL = Expectation("none", "count", "None at all.", at_most=0)


def test_every_table_has_expectations_that_are_explained_in_a_sentence():
    assert list(EXPECTATIONS) == list(TABLES)
    for expectations in EXPECTATIONS.values():
        assert all(each.description.endswith(".") for each in expectations)
        assert len({each.name for each in expectations}) == len(expectations) > 0


@pytest.mark.parametrize(
    ("expectation", "value", "holds"),
    [
        (AT_LEAST_HALF, 0.5, True),
        (AT_LEAST_HALF, 0.49, False),
        (NONE_AT_ALL, 0, True),
        (NONE_AT_ALL, 1, False),
    ],
)
def test_a_bound_itself_is_within_bounds(expectation, value, holds):
    assert expectation.holds({expectation.measure: value}) == holds


def test_the_states_that_fall_short_are_told_with_their_values():
    numbers = {"NY": {"share": 0.4}, "WY": {"share": 0.9}, "CA": {"share": 0.0}}
    assert AT_LEAST_HALF.shortfalls(numbers) == {"NY": 0.4, "CA": 0.0}


@pytest.mark.parametrize(
    ("good", "rejected", "fit"),
    [(0, 0, True), (0, 9, True), (0, 10, False), (9, 10, False), (10, 10, True), (999, 11, True)],
)
def test_a_table_is_fit_unless_most_of_more_than_a_few_rows_break_its_rules(good, rejected, fit):
    assert most_rows_hold(good, rejected) == fit


def test_every_measure_is_counted_of_the_rows_or_told_by_the_asset():
    for table, expectations in EXPECTATIONS.items():
        counted = measures(table, polars_schema(TABLES[table]).to_frame())
        unknown = {each.measure for each in expectations} - set(counted)
        told_by_the_asset = {
            "kept_from_earlier_answers", "never_fetched", "unknown_overrides", "doubtful_merges",
            "shows_not_believed_gone",
        }  # fmt: skip
        assert unknown <= told_by_the_asset, table
