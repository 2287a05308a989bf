"""Tracks for a playlist that has begun, in an order that is learnt: gradient-boosted trees.

The trees see what each model says of a track (the tracks, the playlists, the artists, a matrix
factorisation) and how much there is to go by, and learn whom to trust when. They learn from lists
that the models have not seen: those are taken out first, as the end of each is the answer.

What belongs here: features, training, ranking. What does not: the models by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.recommendations.models.als import Als, fit_als
from showlist_assets.domain.recommendations.models.extras import library
from showlist_assets.domain.recommendations.models.interactions import interactions_of
from showlist_assets.domain.recommendations.models.playlist_scores import (
    PlaylistScores,
    blended,
    fit_playlist_scores,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

TAKEN_OUT: Final = 4000
LONGEST_LIST: Final = 180
"""How many tracks of each list are put in order."""
_BEGINNINGS: Final = (1, 5, 10, 25)
_LEAST_LEFT: Final = 5
_ALS_FACTORS: Final = 96
_TREES: Final = 250
_SEED: Final = 1
_BATCH: Final = 250


@dataclass(frozen=True)
class PlaylistRanker:
    """Fitted on playlists.

    Attributes:
        scores: What the models say without it.
        als: One more of them.
        trees: What puts the candidates in order (lightgbm).
        tracks: Ids, in the order of the models' columns.
    """

    scores: PlaylistScores
    als: Als
    trees: Any
    tracks: pl.Series

    def rank(self, seeds: pl.DataFrame) -> pl.DataFrame:
        """The tracks to add to each playlist, best first: playlist_id, track_id, place (from 1).

        Args:
            seeds: playlist_id, track_id: what each has already.
        """
        given = interactions_of(seeds, "playlist_id", "track_id", items=self.tracks)
        found = []
        for start, candidates, features in _batches(self.scores, self.als, given.matrix):
            scores = self.trees.predict(features, num_threads=1).reshape(candidates.shape)
            found.append(_as_places(given.rows, self.tracks, start, candidates, scores))
        return pl.concat(found)


def fit_ranker(
    playlists: pl.DataFrame, tracks: pl.DataFrame, *, taken_out: int = TAKEN_OUT
) -> PlaylistRanker:
    """From playlists and their tracks.

    Args:
        playlists: playlist_id, pos (from 0), track_id.
        tracks: track_id (ascending), artist_id, album_id, duration_sec.
        taken_out: How many lists to learn the order from.

    Raises:
        MissingExtraError: lightgbm, implicit or scipy is not installed.
    """
    trees = _trees_of(playlists, tracks, taken_out)
    scores, als = _models(playlists, tracks)
    return PlaylistRanker(scores, als, trees, tracks["track_id"])


def lists_taken_out(playlists: pl.DataFrame, count: int) -> pl.DataFrame:
    """playlist_id, n_seeds of lists drawn to learn from, each long enough for its beginning."""
    numpy = library("numpy")
    lengths = playlists.group_by("playlist_id").len("length").sort("playlist_id")
    shuffled = numpy.random.default_rng(_SEED).permutation(len(lengths))
    drawn = lengths[shuffled].with_row_index("turn")
    turns = (drawn["turn"] % len(_BEGINNINGS)).cast(pl.Int64)
    seeds = pl.Series(_BEGINNINGS).gather(turns)
    long_enough = drawn.with_columns(n_seeds=seeds).filter(
        pl.col("length") >= pl.col("n_seeds") + _LEAST_LEFT
    )
    # A long beginning asks for a long list: fewer have one.
    by_beginning = pl.int_range(pl.len()).over("n_seeds") < max(1, count // len(_BEGINNINGS))
    taken: pl.DataFrame = long_enough.filter(by_beginning).select("playlist_id", "n_seeds")
    return taken.sort("playlist_id")


def _models(playlists: pl.DataFrame, tracks: pl.DataFrame) -> tuple[PlaylistScores, Als]:
    matrix = interactions_of(playlists, "playlist_id", "track_id", items=tracks["track_id"]).matrix
    return fit_playlist_scores(matrix, tracks), fit_als(matrix, factors=_ALS_FACTORS)


def _trees_of(playlists: pl.DataFrame, tracks: pl.DataFrame, count: int) -> Any:
    numpy, lightgbm = library("numpy"), library("lightgbm")
    taken = playlists.join(lists_taken_out(playlists, count), on="playlist_id")
    scores, als = _models(playlists.join(taken, on="playlist_id", how="anti"), tracks)
    is_seed = pl.col("pos") < pl.col("n_seeds")
    given, hidden = (
        interactions_of(taken.filter(part), "playlist_id", "track_id", items=tracks["track_id"])
        for part in (is_seed, ~is_seed)
    )
    features, labels = [], []
    for start, candidates, found in _batches(scores, als, given.matrix):
        answers = hidden.matrix[start : start + len(candidates)].toarray()
        features.append(found)
        labels.append(numpy.take_along_axis(answers, candidates, axis=1).ravel())
    lists = given.matrix.shape[0]
    data = lightgbm.Dataset(
        numpy.concatenate(features),
        numpy.concatenate(labels),
        group=[len(labels[0]) // min(_BATCH, lists)] * lists,
    )
    return lightgbm.train(_PARAMETERS, data, num_boost_round=_TREES)


_PARAMETERS: Final = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 40,
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.7,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": _SEED,
    "verbosity": -1,
}


def _batches(scores: PlaylistScores, als: Als, seeds: Any) -> Iterator[tuple[int, Any, Any]]:
    """Where each batch starts, the places of its candidates, and a row of features of each."""
    for start in range(0, seeds.shape[0], _BATCH):
        batch = seeds[start : start + _BATCH]
        yield start, *_candidates_and_features(scores, als, batch)


def _candidates_and_features(scores: PlaylistScores, als: Als, seeds: Any) -> tuple[Any, Any]:
    numpy = library("numpy")
    by_tracks, by_playlists = scores.by_tracks(seeds), scores.by_playlists(seeds)
    by_artists, by_albums = scores.by_artists(seeds), scores.by_albums(seeds)
    by_als = als.scores(seeds)
    base = blended(seeds, by_tracks, by_playlists, by_artists)
    count = min(LONGEST_LIST, base.shape[1])
    candidates = numpy.argpartition(-base, count - 1, axis=1)[:, :count]

    def taken(dense: Any) -> Any:
        return numpy.take_along_axis(dense, candidates, axis=1)

    sums = [taken(one) for one in (base, by_tracks, by_playlists, by_als)]
    columns = [*sums, *map(_places, sums), *map(_of_best, sums)]
    columns += [taken(by_artists), taken(by_albums), *_of_tracks(scores, seeds, candidates)]
    columns += [_as_rows(numpy.sort(one, axis=1)[:, -20:].mean(axis=1), count) for one in sums[1:3]]
    return candidates, numpy.stack(columns, axis=-1).reshape(-1, len(columns)).astype("float32")


def _of_tracks(scores: PlaylistScores, seeds: Any, candidates: Any) -> list[Any]:
    """How popular and long a candidate is beside the seeds, and how much they tell."""
    numpy = library("numpy")
    times = numpy.log1p(scores.times)
    given = numpy.maximum(numpy.asarray(seeds.sum(axis=1)).ravel(), 1.0)
    mean_times = numpy.asarray(seeds @ times).ravel() / given
    mean_seconds = numpy.asarray(seeds @ scores.seconds).ravel() / given
    of_artist = numpy.log1p(scores.artists.T @ scores.times)
    artist = scores.artists.indices[candidates]
    different = numpy.asarray(((seeds @ scores.artists) > 0).sum(axis=1)).ravel() / given
    count = candidates.shape[1]
    return [
        times[candidates],
        times[candidates] - mean_times[:, None],
        of_artist[artist],
        scores.seconds[candidates] - mean_seconds[:, None],
        _as_rows(given, count),
        _as_rows(mean_times, count),
        _as_rows(different, count),
    ]


def _places(scores: Any) -> Any:
    return (-scores).argsort(axis=1, kind="stable").argsort(axis=1)


def _of_best(scores: Any) -> Any:
    numpy = library("numpy")
    best = scores.max(axis=1, keepdims=True)
    return scores / numpy.where(best > 0, best, 1.0)


def _as_rows(values: Any, count: int) -> Any:
    return library("numpy").repeat(values[:, None], count, axis=1)


def _as_places(
    rows: pl.Series, tracks: pl.Series, start: int, candidates: Any, scores: Any
) -> pl.DataFrame:
    numpy = library("numpy")
    order = (-scores).argsort(axis=1, kind="stable")
    best = numpy.take_along_axis(candidates, order, axis=1)
    count = best.shape[1]
    here = numpy.repeat(numpy.arange(start, start + len(best)), count)
    return pl.DataFrame(
        {
            "playlist_id": rows.gather(here),
            "track_id": tracks.gather(best.ravel()),
            "place": numpy.tile(numpy.arange(1, count + 1), len(best)),
        }
    )
