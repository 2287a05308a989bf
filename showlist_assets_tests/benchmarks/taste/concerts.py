"""Artists who play nearby, in the order in which listeners would like them.

150 candidates of each listener, some of which the listener played without the models knowing it.
The first rows are the platform's own functions over neighbour lists as a service tells them; the
local model is what ``showlist taste train`` fits. Where half of the artists are cold, nobody is
played together with them, and genres stand in: those of a catalogue, found by name.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from showlist_assets.domain.names import normalize
from showlist_assets.domain.recommendations.genre_taste import score_genres
from showlist_assets.domain.recommendations.local_scores import ArtistModel, local_parts
from showlist_assets.domain.recommendations.models.als import fit_als
from showlist_assets.domain.recommendations.models.artist_model import fit_artist_model
from showlist_assets.domain.recommendations.models.blend import blend
from showlist_assets.domain.recommendations.models.interactions import interactions_of
from showlist_assets.domain.recommendations.models.item_knn import ItemKnn
from showlist_assets.domain.recommendations.neighbours import LONGEST_LIST, score_neighbours
from showlist_assets.domain.recommendations.show_scores import blend_warm_and_cold
from showlist_assets_tests.benchmarks.taste.figures import Figure
from showlist_assets_tests.benchmarks.taste.halves import folder_of, part
from showlist_assets_tests.shared_data import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_DISCOUNT = 1 / np.log2(np.arange(2, 12))
# Which half is cold moves a figure by a hundredth either way: the mean of many is told.
_DRAWS = 20
_DRAWS_OF_LOCAL = 3


@dataclass(frozen=True)
class Task:
    """The data in the words of the platform's functions."""

    train: pl.DataFrame
    weights: pl.DataFrame
    candidates: pl.DataFrame
    liked: pl.DataFrame
    listeners: pl.DataFrame
    names: pl.DataFrame


def measure(data: Path | None) -> list[Figure]:
    """Every method's figures."""
    folder = folder_of("concerts", data)
    task = _task(folder)
    kept_apart = not (folder / "valid_answers.parquet").exists()
    told = neighbour_lists(task.train)
    alike = task.listeners.with_columns(listeners=pl.lit(1))
    popular = task.candidates.join(
        task.listeners.select("listeners", candidate="artist"), on="candidate", how="left"
    ).select("listener", "candidate", score=pl.col("listeners").fill_null(0).cast(pl.Float64))
    counts = score_neighbours(task.weights, told, alike, task.candidates)
    divided = score_neighbours(task.weights, told, task.listeners, task.candidates)
    return [
        *_stated("popularity", task, popular),
        *_stated("raw counts, lists of 100", task, counts),
        Figure.at_least("default: divided by popularity, NDCG@10", ndcg(task, divided), 0.615),
        *_local(task, 0.64 if kept_apart else 0.66),
        *_half_cold(task),
    ]


def neighbour_lists(train: pl.DataFrame) -> pl.DataFrame:
    """artist, neighbour, score: how many listeners play both, the best 100 of each."""
    interactions = interactions_of(train, "user_id", "artist_id")
    together = (interactions.matrix.T @ interactions.matrix).tocoo()
    ids = interactions.items
    pairs = pl.DataFrame(
        {
            "artist": ids.gather(together.row),
            "neighbour": ids.gather(together.col),
            "score": pl.Series(together.data, dtype=pl.Float64),
        }
    )
    place = pl.struct(-pl.col("score"), "neighbour").rank("ordinal").over("artist")
    others = pairs.filter(pl.col("artist") != pl.col("neighbour"))
    return others.filter(place <= LONGEST_LIST)


def ndcg(task: Task, scores: pl.DataFrame) -> float:
    """The mean NDCG@10; a candidate without a score comes last."""
    return _quality(task, scores)[0]


def _quality(task: Task, scores: pl.DataFrame) -> tuple[float, float, float]:
    """NDCG@10, precision of as many as are liked, share of listeners with a hit among five."""
    ordered = (
        task.candidates.join(scores, on=["listener", "candidate"], how="left")
        .join(task.liked, on=["listener", "candidate"], how="left")
        .with_columns(pl.col("liked").fill_null(0), pl.col("score").fill_null(float("-inf")))
        .sort("listener", "score", "candidate", descending=[False, True, False])
    )
    figures = []
    for (_,), rows in ordered.group_by("listener", maintain_order=True):
        hits = rows["liked"].to_numpy()
        count = int(hits.sum())
        best = _DISCOUNT[: min(count, 10)].sum()
        gained = (hits[:10] * _DISCOUNT[: len(hits[:10])]).sum()
        figures.append((gained / best, hits[:count].mean(), float(hits[:5].any())))
    return tuple(float(value) for value in np.mean(figures, axis=0))  # type: ignore[return-value]


def _task(folder: Path) -> Task:
    train, history = part(folder, "train"), part(folder, "history")
    listener = pl.col("user_id").alias("listener")
    even = 1 / pl.len().over("user_id")
    return Task(
        train=train,
        weights=history.select(listener, artist="artist_id", weight=even),
        candidates=part(folder, "candidates").select(listener, candidate="artist_id"),
        liked=part(folder, "answers").select(listener, "liked", candidate="artist_id"),
        listeners=train.group_by(artist="artist_id").len("listeners"),
        names=part(folder, "artists").select("name", artist="artist_id"),
    )


def _stated(name: str, task: Task, scores: pl.DataFrame) -> list[Figure]:
    return [Figure(f"{name}, NDCG@10", ndcg(task, scores))]


def _local(task: Task, bar: float) -> list[Figure]:
    known = interactions_of(task.train, "user_id", "artist_id")
    histories = interactions_of(task.weights, "listener", "artist", items=known.items)
    by_neighbours = (histories.matrix @ ItemKnn().fit(known.matrix)).toarray()
    by_factors = fit_als(known.matrix, factors=128).scores(histories.matrix)
    ids = (histories.rows, known.items)
    both = _of_candidates(task, blend(by_neighbours, by_factors), *ids)
    started = time.process_time()
    artist = pl.col("artist_id").cast(pl.String)
    model = fit_artist_model(task.train.select(artist=artist, listener="user_id"))
    seconds = time.process_time() - started
    quality = _quality(task, _by_local_model(task, model))
    return [
        *_stated("item-kNN", task, _of_candidates(task, by_neighbours, *ids)),
        *_stated("ALS of 128 factors", task, _of_candidates(task, by_factors, *ids)),
        *_stated("item-kNN and ALS, nothing cut", task, both),
        Figure.at_least("local model: both, lists cut, NDCG@10", quality[0], bar),
        Figure("local model, R-precision", quality[1]),
        Figure("local model, hit@5", quality[2]),
        Figure.at_most("local model, fit", seconds, 10, "CPU s"),
    ]


def _by_local_model(task: Task, model: ArtistModel) -> pl.DataFrame:
    """Scores as ``ShowTaste`` has them of whom the listener does not know."""
    named = task.weights.select("listener", "weight", artist=pl.col("artist").cast(pl.String))
    of_listener = dict(named.group_by("listener"))
    scored = []
    for (listener,), rows in task.candidates.group_by("listener", maintain_order=True):
        weights = of_listener[(listener,)].select("artist", "weight")
        parts = local_parts(weights, model, rows["candidate"].cast(pl.String))
        sums = parts.group_by("candidate").agg(score=pl.col("part").sum())
        scored.append(sums.select("candidate", "score", listener=pl.lit(listener, pl.Int64)))
    return pl.concat(scored).select("listener", pl.col("candidate").cast(pl.Int64), "score")


def _of_candidates(
    task: Task, scores: Any, listeners: pl.Series, artists: pl.Series
) -> pl.DataFrame:
    places = task.candidates.join(
        listeners.to_frame("listener").with_row_index("row"), on="listener"
    ).join(artists.to_frame("candidate").with_row_index("column"), on="candidate")
    values = scores[places["row"].to_numpy(), places["column"].to_numpy()]
    return places.select("listener", "candidate", score=pl.Series(values, dtype=pl.Float64))


def _half_cold(task: Task) -> list[Figure]:
    fine = _genres(task.names)
    if fine is None:
        return []
    coarse = fine.with_columns(pl.col("genre").str.split(" ").list.last())
    by_genre = [score_genres(task.weights, one, task.candidates) for one in (coarse, fine)]
    alone, with_coarse, with_fine = _of_draws(task, _DRAWS, _by_neighbours, by_genre)
    _, local_coarse, local_fine = _of_draws(task, _DRAWS_OF_LOCAL, _by_fit, by_genre)
    known = task.candidates.join(fine, left_on="candidate", right_on="artist", how="semi")
    share = len(known) / len(task.candidates)
    return [
        Figure("candidates with a genre", 100 * share, unit="%"),
        Figure("half cold, neighbours alone, NDCG@10", alone),
        Figure.at_least("half cold, coarse genres, NDCG@10", with_coarse, 0.5),
        Figure.at_least("half cold, fine genres, NDCG@10", with_fine, 0.54),
        Figure("half cold, local model and coarse genres, NDCG@10", local_coarse),
        Figure("half cold, local model and fine genres, NDCG@10", local_fine),
    ]


def _of_draws(
    task: Task,
    draws: int,
    warm_scores: Callable[[Task, pl.DataFrame], pl.DataFrame],
    by_genre: Sequence[pl.DataFrame],
) -> list[float]:
    """The mean NDCG@10 of warm scores alone, and with each of ``by_genre`` for the cold."""
    runs = []
    for seed in range(1, draws + 1):
        artists = task.names["artist"].sort()
        cold = artists.sample(fraction=0.5, seed=seed, shuffle=True).implode()
        # Nobody is told to play a cold artist: lists are as long as ever, of others.
        warm = warm_scores(task, task.train.filter(~pl.col("artist_id").is_in(cold)))
        both = [ndcg(task, blend_warm_and_cold(warm, one)) for one in by_genre]
        runs.append([ndcg(task, warm), *both])
    return [float(value) for value in np.mean(runs, axis=0)]


def _by_neighbours(task: Task, train: pl.DataFrame) -> pl.DataFrame:
    return score_neighbours(task.weights, neighbour_lists(train), task.listeners, task.candidates)


def _by_fit(task: Task, train: pl.DataFrame) -> pl.DataFrame:
    artist = pl.col("artist_id").cast(pl.String)
    return _by_local_model(task, fit_artist_model(train.select(artist=artist, listener="user_id")))


def _genres(names: pl.DataFrame) -> pl.DataFrame | None:
    """artist, genre by name, of names that one artist bears; None without the catalogue."""
    catalogue = SHARED / "data" / "matching" / "catalog.csv"
    if not catalogue.exists():
        return None
    listed = pl.read_csv(catalogue).select("genres", "name", "popularity").drop_nulls("genres")
    keyed = listed.with_columns(key=_keys(listed["name"]))
    best = keyed.sort("popularity", descending=True, nulls_last=True).unique("key", keep="first")
    return (
        names.with_columns(key=_keys(names["name"]))
        .join(best.select("key", genre=pl.col("genres").str.split("|")), on="key")
        .select("artist", "genre")
        .explode("genre")
    )


def _keys(names: pl.Series) -> pl.Series:
    return pl.Series([normalize(name) for name in names], dtype=pl.String)
