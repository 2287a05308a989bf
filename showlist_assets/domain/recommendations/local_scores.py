"""How well artists fit a taste, by a model of the operator's own data (``models.artist_model``).

Two ways of counting, each told in its own deviations and added: who is played together with whom,
divided by popularity, and a matrix factorisation. Both are sums over the artists of a listener, so
that it can be told which of them say most.

What belongs here: those sums. What does not: fitting the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHA: Final = 10.0
"""How much surer it is that somebody likes what they play than that they do not like the rest."""
REGULARIZATION: Final = 1.0

_SCHEMA: Final = {"candidate": pl.String, "artist": pl.String, "part": pl.Float64}


@dataclass(frozen=True)
class ArtistModel:
    """What was fitted.

    Attributes:
        neighbours: artist, neighbour, score: divided by popularity already, and of this direction
            alone.
        factors: artist, factors: the point of each artist (a list of numbers).
    """

    neighbours: pl.DataFrame
    factors: pl.DataFrame

    @cached_property
    def artists(self) -> pl.Series:
        """Whom the model knows."""
        columns = (self.neighbours["artist"], self.neighbours["neighbour"])
        return pl.concat([*(one.unique() for one in columns), self.factors["artist"]]).unique()

    @cached_property
    def products(self) -> NDArray[np.float64]:
        """The factors' inner products: what every listener's point begins with."""
        points = _points(self.factors)
        return points.T @ points + REGULARIZATION * np.eye(points.shape[1])


def local_parts(weights: pl.DataFrame, model: ArtistModel, candidates: pl.Series) -> pl.DataFrame:
    """What each artist of one listener adds to a score: candidate, artist, part.

    Of every candidate whom the model knows, if it knows any artist of the listener.

    Args:
        weights: artist, weight.
        model: What was fitted.
        candidates: Who is scored.
    """
    known = model.artists.implode()
    played = weights.filter(pl.col("weight") > 0, pl.col("artist").is_in(known))
    asked = candidates.unique().sort().alias("candidate")
    asked = asked.filter(asked.is_in(known))
    if played.is_empty() or asked.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    together = played.join(model.neighbours, on="artist").select(
        "artist", candidate="neighbour", part=pl.col("weight") * pl.col("score")
    )
    parts = pl.concat(
        _in_deviations(one.filter(pl.col("candidate").is_in(asked.implode())), len(asked))
        for one in (together, _parts_by_factors(played, model, asked))
    )
    # A candidate who has nothing to do with what is played is known all the same.
    first = pl.lit(played["artist"].min())
    none = asked.to_frame().select("candidate", artist=first, part=pl.lit(0.0)).select(*_SCHEMA)
    return (
        pl.concat([parts, none])
        .group_by("candidate", "artist")
        .agg(pl.col("part").sort().sum())
        .sort("candidate", "artist")
    )


def _parts_by_factors(played: pl.DataFrame, model: ArtistModel, asked: pl.Series) -> pl.DataFrame:
    """The point of the listener is that which fits best what they play, as each artist adds to it.

    Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets (2008), 4 and 5.
    """
    known = played.join(model.factors, on="artist").sort("artist")
    scored = model.factors.filter(pl.col("artist").is_in(asked.implode())).sort("artist")
    if known.is_empty() or scored.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    theirs, weights = _points(known), known["weight"].to_numpy()
    sure = np.maximum(ALPHA * weights / weights.mean(), 1.0)
    fit = model.products + theirs.T @ (theirs * (sure - 1.0)[:, None])
    parts = _points(scored) @ np.linalg.solve(fit, (theirs * sure[:, None]).T)
    return pl.DataFrame(
        {
            "artist": known["artist"].gather(np.tile(np.arange(len(known)), len(scored))),
            "candidate": scored["artist"].gather(np.repeat(np.arange(len(scored)), len(known))),
            "part": parts.ravel(),
        }
    )


def _points(factors: pl.DataFrame) -> NDArray[np.float64]:
    flat = factors["factors"].explode().to_numpy().astype(np.float64)
    return flat.reshape(len(factors), -1)


def _in_deviations(parts: pl.DataFrame, candidates: int) -> pl.DataFrame:
    """``parts`` divided by the deviation of the candidates' sums; whoever has no part has 0."""
    sums = parts.group_by("candidate").agg(pl.col("part").sort().sum())["part"].sort().to_numpy()
    # Whoever has no part is a candidate all the same.
    all_sums = np.concatenate([sums, np.zeros(candidates - len(sums))])
    deviation = float(all_sums.std()) or 1.0
    return parts.select("candidate", "artist", pl.col("part") / deviation)
