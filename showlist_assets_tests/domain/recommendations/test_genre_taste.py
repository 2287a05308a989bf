"""Scores by genre."""

from __future__ import annotations

import polars as pl
import pytest

from showlist_assets.domain.recommendations.genre_taste import (
    best_common_genre,
    genre_shares,
    score_genres,
)

_GENRES = pl.DataFrame(
    [
        ("a", "Indie Folk"),
        ("a", "Rock"),
        ("b", "Rock"),
        ("c", "Techno"),
        ("p", "indie-folk"),
        ("q", "rock"),
        ("r", "Polka"),
        ("x", "rock"),
    ],
    schema=["artist", "genre"],
    orient="row",
)
_WEIGHTS = pl.DataFrame({"artist": ["a", "b"], "weight": [0.75, 0.25]})


def test_a_rare_genre_in_common_says_more_than_a_common_one():
    found = dict(score_genres(_WEIGHTS, _GENRES, pl.Series(["p", "q", "r", "none"])).iter_rows())
    assert found["p"] > found["q"] > 0
    assert found["r"] == found["none"] == 0


def test_many_listeners_are_scored_at_once():
    both = pl.concat(
        [_WEIGHTS.with_columns(listener=pl.lit(1)), _WEIGHTS.with_columns(listener=pl.lit(2))]
    )
    found = score_genres(both, _GENRES, pl.Series(["p", "q"]))
    alone = dict(score_genres(_WEIGHTS, _GENRES, pl.Series(["p", "q"])).iter_rows())
    for listener in (1, 2):
        own = found.filter(pl.col("listener") == listener).drop("listener")
        assert dict(own.iter_rows()) == pytest.approx(alone)


def test_a_share_is_that_of_the_listening_however_a_genre_is_spelled():
    shares = genre_shares(_WEIGHTS, _GENRES)
    assert shares == {"indie folk": 0.75, "rock": 1.0}
    assert best_common_genre(["Indie-Folk", "Polka"], shares) == ("Indie-Folk", 0.75)
    assert best_common_genre(["Polka"], shares) is None


def test_without_a_play_there_is_no_genre():
    assert genre_shares(_WEIGHTS.clear(), _GENRES) == {}
