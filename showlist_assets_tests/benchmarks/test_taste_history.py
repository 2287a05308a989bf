"""The benchmark of listening history measures what it says, on a listener of some weeks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from showlist_assets.domain.listening.merging import merge_reports
from showlist_assets_tests.benchmarks.generated_listener import GeneratedListener, compare
from showlist_assets_tests.benchmarks.taste.figures import Figure, as_table
from showlist_assets_tests.benchmarks.taste.history import measure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def listener() -> GeneratedListener:
    return GeneratedListener(seed=7, days=60)


def test_three_sources_that_overlap_tell_each_play_once(listener: GeneratedListener) -> None:
    told = pl.concat(list(listener.reports.values()))
    outcome = compare(merge_reports(told), listener.truth)
    assert outcome.doubles <= 0.01
    assert outcome.lost <= 0.003


def test_a_play_told_twice_and_one_not_told_are_counted(listener: GeneratedListener) -> None:
    listens = merge_reports(listener.reports["spotify_export"])
    later = listens.head(10).with_columns(pl.col("started_at") + timedelta(seconds=90))
    twice = compare(pl.concat([listens, later]), listener.truth)
    assert twice.doubles >= 10 / len(listener.truth)
    assert compare(listens.slice(10), listener.truth).lost >= 10 / len(listener.truth)


def test_files_of_another_generator_are_measured(
    listener: GeneratedListener, tmp_path: Path
) -> None:
    pl.concat(list(listener.reports.values())).write_parquet(tmp_path / "reports.parquet")
    listener.truth.write_parquet(tmp_path / "truth.parquet")
    figures = measure(tmp_path)
    assert [figure.holds for figure in figures] == [True, True]


def test_a_missed_bar_is_said_in_the_table() -> None:
    table = as_table([Figure.at_most("doubles", 2, 1, "%"), Figure("plays", 3)])
    assert "MISSED" in table
    assert "<= 1" in table
