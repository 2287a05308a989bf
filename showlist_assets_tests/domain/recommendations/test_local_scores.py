"""Scores by a model of the operator's own data: sums over the artists of a listener."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showlist_assets.domain.recommendations.local_scores import (
    ALPHA,
    REGULARIZATION,
    ArtistModel,
    local_parts,
)
from showlist_assets.domain.recommendations.models.artist_model import fit_artist_model

_NOBODY = pl.Series([], dtype=pl.String)


def _plays(listeners: int = 60) -> pl.DataFrame:
    """Listeners of two tastes, a and b, each of five artists of whom a listener plays three."""
    drawn = np.random.default_rng(3)
    rows = [
        (f"u{one:02}", f"{'ab'[one % 2]}{artist}")
        for one in range(listeners)
        for artist in drawn.choice(5, 3, replace=False)
    ]
    return pl.DataFrame(rows, schema=["listener", "artist"], orient="row")


@pytest.fixture(scope="module")
def model() -> ArtistModel:
    return fit_artist_model(_plays(), factors=4)


def _weights(*artists: str) -> pl.DataFrame:
    return pl.DataFrame({"artist": artists, "weight": [1 / len(artists)] * len(artists)})


def _scores(model: ArtistModel, weights: pl.DataFrame, *candidates: str) -> dict[str, float]:
    parts = local_parts(weights, model, pl.Series(candidates, dtype=pl.String))
    return dict(parts.group_by("candidate").agg(pl.col("part").sum()).iter_rows())


def test_who_is_played_by_the_same_people_fits(model):
    scores = _scores(model, _weights("a0", "a1"), "a2", "a3", "b2", "b3")
    assert min(scores["a2"], scores["a3"]) > max(scores["b2"], scores["b3"])


def test_each_candidate_the_model_knows_has_a_score_and_no_other(model):
    assert set(_scores(model, _weights("a0"), "a1", "b1", "nobody")) == {"a1", "b1"}
    assert _scores(model, _weights("nobody"), "a1") == {}
    assert local_parts(_weights("a0"), model, _NOBODY).is_empty()


def test_the_parts_are_those_of_the_listeners_artists_and_name_the_nearest_first(model):
    parts = local_parts(_weights("a0", "b0"), model, pl.Series(["a1"]))
    assert parts.sort("part", descending=True)["artist"].to_list() == ["a0", "b0"]


def test_the_factors_place_a_listener_as_the_model_itself_does():
    """With equal weights: what the factorisation says of somebody it has not seen."""
    drawn = np.random.default_rng(1)
    points = drawn.normal(size=(6, 3)).astype(np.float32)
    artists = [f"a{one}" for one in range(6)]
    none = pl.DataFrame(schema={"artist": pl.String, "neighbour": pl.String, "score": pl.Float64})
    model = ArtistModel(none, pl.DataFrame({"artist": artists, "factors": points.tolist()}))
    played = points[[0, 1]].astype(float)
    fit = points.T.astype(float) @ points + REGULARIZATION * np.eye(3)
    fit += (ALPHA - 1) * played.T @ played
    place = np.linalg.solve(fit, ALPHA * played.sum(axis=0))
    expected = points[2:] @ place
    found = _scores(model, _weights("a0", "a1"), *artists[2:])
    measured = np.array([found[one] for one in artists[2:]])
    np.testing.assert_allclose(measured * expected.std(), expected, rtol=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(0.01, 100))
def test_neither_the_order_of_rows_nor_the_scale_of_weights_matters(model, drawn, scale):
    names = ["a0", "a1", "b0"]
    drawn.shuffle(names)
    asked = ["a2", "a3", "b1", "b2"]
    usual = _scores(model, _weights("a0", "a1", "b0"), *asked)
    drawn.shuffle(asked)
    weights = _weights(*names).with_columns(pl.col("weight") * scale)
    assert _scores(model, weights, *asked) == pytest.approx(usual, rel=1e-6)


def test_the_same_plays_in_any_order_give_the_same_model(model):
    again = fit_artist_model(_plays().sample(fraction=1, shuffle=True, seed=5), factors=4)
    assert again.neighbours.equals(model.neighbours)
    assert again.factors.equals(model.factors)


def test_an_artist_of_one_listener_has_neighbours_too():
    plays = pl.concat([_plays(), pl.DataFrame({"listener": ["u00"], "artist": ["rare"]})])
    found = fit_artist_model(plays, factors=4).neighbours.filter(pl.col("artist") == "rare")
    assert set(found["neighbour"].str.head(1)) == {"a"}
