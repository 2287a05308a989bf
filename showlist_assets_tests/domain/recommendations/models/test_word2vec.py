"""Tracks as words: near to those on the same playlists, whatever else they are."""

from __future__ import annotations

import random

import polars as pl
import pytest

from showlist_assets.domain.recommendations.models.interactions import interactions_of
from showlist_assets.domain.recommendations.models.word2vec import fit_word2vec


@pytest.fixture(scope="module")
def model():
    pytest.importorskip("gensim", reason="the extra word2vec is not installed")
    drawn = random.Random(2)
    rows = [
        (playlist, pos, f"{taste}{track}")
        for playlist in range(200)
        for taste in ["ab"[playlist % 2]]
        for pos, track in enumerate(drawn.sample(range(12), 8))
    ]
    playlists = pl.DataFrame(rows, schema=["playlist_id", "pos", "track_id"], orient="row")
    return fit_word2vec(playlists, size=8, epochs=40)


def test_what_is_near_is_of_the_same_playlists_and_not_given_already(model):
    found = model.rank(["a0", "a1", "unheard of"], 5)
    assert {track[0] for track in found} == {"a"}
    assert not {"a0", "a1"} & set(found)
    assert model.rank(["unheard of"], 5) == []


def test_two_of_each_are_at_most_two_and_each_once(model):
    found = model.two_of_each(["a0", "b0", "unheard of"])
    assert len(found) == len(set(found)) == 4


def test_ids_in_text_and_in_numbers_give_the_same_matrix():
    numbers = pl.DataFrame({"who": [5, 5, 9, 9, 9, 2], "what": [100, 100, 7, 300, 50, 300]})
    text = numbers.select(pl.all().cast(pl.String).str.zfill(3))
    items = pl.Series([7, 100, 300])
    of_numbers = interactions_of(numbers, "who", "what", items=items)
    of_text = interactions_of(text, "who", "what", items=items.cast(pl.String).str.zfill(3))
    expected = [[0, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert of_numbers.matrix.toarray().tolist() == expected
    assert of_text.matrix.toarray().tolist() == expected
