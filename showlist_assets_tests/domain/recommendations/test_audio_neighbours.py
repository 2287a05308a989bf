"""Tracks that sound alike: of others, the nearest first, whatever the units."""

from __future__ import annotations

import random

import polars as pl
import pytest

from showlist_assets.domain.recommendations.audio_neighbours import (
    RAW_FEATURES,
    audio_neighbours,
)

_METHODS = ("raw", "scaled", "scaled with year")


def _tracks(count):
    drawn = random.Random(5)
    rows = [
        {name: drawn.random() for name in RAW_FEATURES}
        | {"track_id": f"t{i:02}", "artist": f"a{i % 10}", "release_year": 1990 + i % 30}
        for i in range(count)
    ]
    return pl.DataFrame(rows)


@pytest.mark.parametrize("method", _METHODS)
def test_neighbours_are_of_other_artists(method):
    tracks = _tracks(40)
    artists = dict(tracks.select("track_id", "artist").iter_rows())
    found = audio_neighbours(tracks, count=5, method=method)
    assert len(found) == 40 * 5
    assert all(artists[one] != artists[other] for one, other, _ in found.iter_rows())


def test_no_unit_of_a_feature_changes_what_is_alike_by_ranks():
    tracks = _tracks(40)
    stretched = tracks.with_columns(pl.col("tempo") * 200 + 40, pl.col("loudness").exp() - 60)
    assert audio_neighbours(tracks).equals(audio_neighbours(stretched))
    assert not audio_neighbours(tracks, method="raw").equals(
        audio_neighbours(stretched, method="raw")
    )


def test_what_is_unknown_counts_as_the_middle():
    tracks = _tracks(20).with_columns(
        tempo=pl.when(pl.col("track_id") > "t03").then("tempo"),
        release_year=pl.lit(None, pl.Int64),
    )
    for method in _METHODS:
        assert len(audio_neighbours(tracks, count=3, method=method)) == 60


def test_nothing_is_alike_to_a_single_track():
    for count in (0, 1):
        assert audio_neighbours(_tracks(20).head(count)).is_empty()
