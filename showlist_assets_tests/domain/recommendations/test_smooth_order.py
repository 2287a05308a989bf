"""Songs in a smooth order: the same songs, in smaller steps."""

from __future__ import annotations

import random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.recommendations.smooth_order import FEATURES, mean_step, smooth

_SHARE = st.none() | st.floats(0, 1)
_SONGS = st.lists(st.tuples(_SHARE, _SHARE, st.none() | st.floats(40, 220), _SHARE), max_size=30)


def _rows(songs: list[tuple[float | None, ...]]) -> pl.DataFrame:
    schema = dict.fromkeys(FEATURES, pl.Float64)
    return pl.DataFrame(songs, schema=schema, orient="row").with_row_index("song")


@given(_SONGS)
def test_the_songs_are_the_same_and_the_first_stays_the_first(songs):
    rows = _rows(songs)
    found = smooth(rows)
    assert found.sort("song").equals(rows)
    assert found["song"].head(1).to_list() == rows["song"].head(1).to_list()
    assert smooth(rows).equals(found)


def test_the_steps_are_at_most_three_fifths_of_those_of_a_shuffle():
    drawn = random.Random(7)
    for count in (20, 40, 100):
        songs = [
            (drawn.random(), drawn.random(), drawn.gauss(120, 25), drawn.random())
            for _ in range(count)
        ]
        rows = _rows(songs)
        assert mean_step(smooth(rows)) <= 0.6 * mean_step(rows)


def test_a_song_that_nobody_knows_stands_with_the_middle_ones():
    songs = [(value, 0.5, 120.0, 0.5) for value in (0.0, 0.25, 0.5, 0.75, 1.0)]
    found = smooth(_rows([*songs, (None, None, None, None)]))["song"].to_list()
    assert abs(found.index(5) - found.index(2)) == 1
