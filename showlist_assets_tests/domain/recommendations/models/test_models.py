"""Models on made-up lists: two tastes that share nothing, so that what is near is plain."""

from __future__ import annotations

import json
import random

import numpy as np
import polars as pl
import pytest

from showlist_assets.domain.recommendations.models.als import fit_als
from showlist_assets.domain.recommendations.models.blend import blend
from showlist_assets.domain.recommendations.models.co_occurrence import as_pairs, nearest
from showlist_assets.domain.recommendations.models.extras import MissingExtraError, library
from showlist_assets.domain.recommendations.models.interactions import interactions_of
from showlist_assets.domain.recommendations.models.item_knn import ItemKnn
from showlist_assets.domain.recommendations.models.mpd import MpdError, playlists_of_slice
from showlist_assets.domain.recommendations.models.ranker import fit_ranker, lists_taken_out

_TRACKS = 60


def _is_of_first(track):
    return track < _TRACKS // 2


@pytest.fixture(scope="module")
def lists():
    """Playlists, each of one of two tastes: tracks below 30, and the others."""
    drawn = random.Random(3)
    rows = []
    for playlist in range(120):
        of_taste = range(30) if playlist % 2 else range(30, _TRACKS)
        for pos, track in enumerate(drawn.sample(of_taste, 14)):
            rows.append((playlist, pos, track))
    return pl.DataFrame(rows, schema=["playlist_id", "pos", "track_id"], orient="row")


@pytest.fixture(scope="module")
def tracks():
    return pl.DataFrame({"track_id": range(_TRACKS)}).with_columns(
        artist_id=pl.col("track_id") // 3, album_id=pl.col("track_id") // 2, duration_sec=200
    )


def test_the_matrix_has_a_one_wherever_a_row_has_an_item_and_no_more(lists):
    twice = pl.concat([lists, lists])
    known = interactions_of(twice, "playlist_id", "track_id")
    assert known.matrix.shape == (120, _TRACKS)
    assert known.matrix.sum() == len(lists)
    some = interactions_of(lists, "playlist_id", "track_id", items=pl.Series([1, 2]))
    assert some.matrix.shape == (120, 2)


def test_nearest_are_the_best_of_the_exact_counts(lists):
    known = interactions_of(lists, "playlist_id", "track_id")
    exact = ItemKnn(of_known=0.4, of_candidate=0.6).fit(known.matrix).toarray()
    found = nearest(known, count=5, of_item=0.4, of_neighbour=0.6)
    best = -np.sort(-exact, axis=1)[:, :5]
    assert np.allclose(-np.sort(-found.toarray(), axis=1)[:, :5], best, rtol=1e-5)
    pairs = as_pairs(found, known.items)
    assert pairs.group_by("item").len()["len"].max() <= 5
    assert pairs.filter(pl.col("item") == pl.col("neighbour")).is_empty()


def test_a_new_listener_is_placed_among_those_who_play_the_same(lists):
    known = interactions_of(lists, "playlist_id", "track_id")
    histories = known.matrix[:2]
    model = fit_als(known.matrix, factors=4)
    again = fit_als(known.matrix, factors=4)
    scores = blend((histories @ ItemKnn().fit(known.matrix)).toarray(), model.scores(histories))
    assert scores[0, 30:].min() > scores[0, :30].max()
    assert scores[1, :30].min() > scores[1, 30:].max()
    assert np.array_equal(model.factors, again.factors)


def test_lists_to_learn_from_are_long_enough_and_the_same_each_time(lists):
    taken = lists_taken_out(lists, 12)
    assert taken.equals(lists_taken_out(lists, 12))
    assert set(taken["n_seeds"]) == {1, 5}


def test_the_ranker_adds_what_is_of_the_taste_and_not_yet_there(lists, tracks):
    ranker = fit_ranker(lists, tracks, taken_out=24)
    seeds = pl.DataFrame({"playlist_id": [1, 1, 2], "track_id": [3, 4, 40]})
    found = ranker.rank(seeds).filter(pl.col("place") <= 10)
    of_first = found.filter(pl.col("playlist_id") == 1)["track_id"].to_list()
    of_other = found.filter(pl.col("playlist_id") == 2)["track_id"].to_list()
    assert all(map(_is_of_first, of_first))
    assert not any(map(_is_of_first, of_other))
    assert not {3, 4} & set(of_first)


def test_a_slice_of_playlists_is_read_and_anything_else_is_told():
    track = {
        "pos": 0,
        "track_uri": "spotify:track:t1",
        "artist_uri": "spotify:artist:a1",
        "album_uri": "spotify:album:b1",
        "duration_ms": 61_500,
    }
    content = json.dumps({"playlists": [{"pid": 7, "tracks": [track]}]}).encode()
    assert playlists_of_slice(content).row(0) == (7, 0, "t1", "a1", "b1", 61)
    for broken in (b"", b"[]", b'{"playlists": [{"pid": 1}]}'):
        with pytest.raises(MpdError, match="no slice"):
            playlists_of_slice(broken)


def test_a_missing_library_is_told_with_what_to_install():
    with pytest.raises(MissingExtraError, match=r'pip install "showlist\[recommendations\]"'):
        library("no_such_library")
