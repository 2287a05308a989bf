"""The rest of playlists of which the beginning is known.

A quarter of the lists shows one track, others five, ten and 25. No answer is used for training or
choosing: the ranker learns from lists that are taken out of the training half.
"""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from showlist_assets.domain.recommendations.models.interactions import (
    Interactions,
    interactions_of,
)
from showlist_assets.domain.recommendations.models.playlist_scores import fit_playlist_scores
from showlist_assets.domain.recommendations.models.ranker import fit_ranker
from showlist_assets.domain.recommendations.models.word2vec import fit_word2vec
from showlist_assets_tests.benchmarks.taste.figures import Figure
from showlist_assets_tests.benchmarks.taste.halves import folder_of, part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_MOST = 100
_BATCH = 250
_GAINS = np.cumsum(1 / np.log2(np.arange(2, 22)))
_HERE, _KEPT_APART = (0.207, 0.272, 0.815), (0.21, 0.276, 0.815)
_WITHOUT = (0.196, 0.258, 0.79)


def measure(data: Path | None) -> list[Figure]:
    """Every method's figures; the ranker's bars are a bit higher on the half that is kept apart."""
    folder = folder_of("playlists", data)
    train, tracks = part(folder, "train"), part(folder, "tracks").sort("track_id")
    seeds, answers = part(folder, "seeds"), part(folder, "answers")
    bars = _HERE if (folder / "valid_answers.parquet").exists() else _KEPT_APART
    known = interactions_of(train, "playlist_id", "track_id", items=tracks["track_id"])
    given = interactions_of(seeds, "playlist_id", "track_id", items=tracks["track_id"])
    return [
        *_without_ranker(known, given, tracks, answers),
        *_ranker(train, tracks, seeds, answers, bars),
        *_word2vec(train, seeds, answers),
    ]


def quality(found: pl.DataFrame, answers: pl.DataFrame) -> tuple[float, float, float]:
    """R-precision, NDCG@20 and the share with a hit among ten, over all lists of ``answers``."""
    wanted = answers.select("playlist_id", "track_id", hit=pl.lit(1.0))
    lists = answers.group_by("playlist_id").len("count")
    best = pl.Series("best", _GAINS[lists["count"].clip(1, 20).to_numpy() - 1])
    hits = found.join(wanted, on=["playlist_id", "track_id"]).join(lists, on="playlist_id")
    gain = pl.when(pl.col("place") <= 20).then(1 / (pl.col("place") + 1).log(2)).otherwise(0.0)
    sums = hits.group_by("playlist_id").agg(
        precise=(pl.col("place") <= pl.col("count")).sum(),
        gained=gain.sum(),
        is_hit=(pl.col("place") <= 10).any().cast(pl.Float64),
    )
    figures = (
        lists.with_columns(best)
        .join(sums, on="playlist_id", how="left")
        .select(
            (pl.col("precise").fill_null(0) / pl.col("count")).mean(),
            (pl.col("gained").fill_null(0.0) / pl.col("best")).mean(),
            pl.col("is_hit").fill_null(0.0).mean(),
        )
    )
    return figures.row(0)


def _rows(
    name: str, figures: tuple[float, float, float], bars: tuple[float, float, float] | None = None
) -> list[Figure]:
    names = [f"{name}, {metric}" for metric in ("R-precision", "NDCG@20", "hit@10")]
    if bars is None:
        return [Figure(*row) for row in zip(names, figures, strict=True)]
    return [Figure.at_least(*row) for row in zip(names, figures, bars, strict=True)]


def _without_ranker(
    known: Interactions, given: Interactions, tracks: pl.DataFrame, answers: pl.DataFrame
) -> list[Figure]:
    started = time.process_time()
    scores = fit_playlist_scores(known.matrix, tracks)
    seconds = time.process_time() - started

    def ranked(score: Callable[[Any], Any]) -> tuple[float, float, float]:
        return quality(pl.concat(_best(score, given)), answers)

    return [
        *_rows("popularity", ranked(lambda seeds: np.tile(scores.times, (seeds.shape[0], 1)))),
        *_rows("item-kNN", ranked(scores.by_tracks)),
        *_rows("no ranker: item-kNN, playlists, artists", ranked(scores.blended), _WITHOUT),
        Figure.at_most("no ranker, fit", seconds, 10, "CPU s"),
    ]


def _best(score: Callable[[Any], Any], given: Interactions) -> Iterator[pl.DataFrame]:
    for start in range(0, given.matrix.shape[0], _BATCH):
        seeds = given.matrix[start : start + _BATCH]
        scores = score(seeds).copy()
        scores[seeds.nonzero()] = -np.inf
        best = (-scores).argsort(axis=1, kind="stable")[:, :_MOST]
        here = np.repeat(np.arange(start, start + len(best)), _MOST)
        yield pl.DataFrame(
            {
                "playlist_id": given.rows.gather(here),
                "track_id": given.items.gather(best.ravel()),
                "place": np.tile(np.arange(1, _MOST + 1), len(best)),
            }
        )


def _ranker(
    train: pl.DataFrame,
    tracks: pl.DataFrame,
    seeds: pl.DataFrame,
    answers: pl.DataFrame,
    bars: tuple[float, float, float],
) -> list[Figure]:
    started = time.process_time()
    ranker = fit_ranker(train, tracks)
    fitted = time.process_time()
    found = ranker.rank(seeds)
    ranked = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return [
        *_rows("ranker", quality(found, answers), bars),
        Figure.at_most("ranker, fit", fitted - started, 120, "CPU s"),
        Figure("ranker, ranking of all lists", ranked - fitted, unit="CPU s"),
        Figure.at_most("ranker, peak of the process", peak, 2, "GiB"),
    ]


def _word2vec(train: pl.DataFrame, seeds: pl.DataFrame, answers: pl.DataFrame) -> list[Figure]:
    started = time.process_time()
    model = fit_word2vec(train)
    seconds = time.process_time() - started
    lists = (
        seeds.sort("playlist_id", "pos")
        .group_by("playlist_id", maintain_order=True)
        .agg(pl.col("track_id").cast(pl.String))
    )
    middle = [(one, model.rank(given, _MOST)) for one, given in lists.iter_rows()]
    two = [(one, model.two_of_each(given)) for one, given in lists.iter_rows()]
    return [
        *_rows("word2vec, two of each (the article)", quality(_places(two, seeds), answers)),
        *_rows("word2vec, nearest to the middle", quality(_places(middle, seeds), answers)),
        Figure("word2vec, fit", seconds, unit="CPU s"),
    ]


def _places(found: list[tuple[int, list[str]]], like: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (playlist, int(track), place)
        for playlist, tracks in found
        for place, track in enumerate(tracks, start=1)
    ]
    schema = like.select("playlist_id", "track_id").schema
    return pl.DataFrame(rows, schema={**schema, "place": pl.Int64}, orient="row")
