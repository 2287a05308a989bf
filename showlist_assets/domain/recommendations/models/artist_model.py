"""Artists as a model of an operator's own data knows them: item-kNN and a matrix factorisation.

What belongs here: the fit. What does not: a listener's scores by it (``local_scores``) and reading
the data (``storage.co_listening``).
"""

from __future__ import annotations

from typing import Final

import polars as pl

from showlist_assets.domain.recommendations.local_scores import (
    ALPHA,
    REGULARIZATION,
    ArtistModel,
)
from showlist_assets.domain.recommendations.models.als import fit_als
from showlist_assets.domain.recommendations.models.co_occurrence import as_pairs, nearest
from showlist_assets.domain.recommendations.models.interactions import interactions_of

FACTORS: Final = 128
LONGEST_LIST: Final = 100
_OF_PLAYED: Final = 0.4
_OF_CANDIDATE: Final = 0.6


def fit_artist_model(plays: pl.DataFrame, *, factors: int = FACTORS) -> ArtistModel:
    """The same plays, in any order, give the same model.

    Args:
        plays: listener, artist: who plays whom, however often.
        factors: How many numbers an artist's point has; fewer where there are too few artists.

    Raises:
        MissingExtraError: a library of the extra is not installed.
    """
    interactions = interactions_of(plays, "listener", "artist")
    artists = interactions.items
    # Cut by the counts: the rarest of all that were ever played together are mostly chance.
    counts = nearest(interactions, count=LONGEST_LIST, of_item=0.0, of_neighbour=0.0)
    listeners = plays.unique(["listener", "artist"]).group_by("artist").len("listeners")
    als = fit_als(
        interactions.matrix,
        factors=min(factors, len(artists)),
        regularization=REGULARIZATION,
        alpha=ALPHA,
    )
    points = pl.Series("factors", als.factors.astype("float32").tolist(), pl.List(pl.Float32))
    return ArtistModel(
        neighbours=_divided(as_pairs(counts, artists), listeners),
        factors=pl.DataFrame({"artist": artists, "factors": points}),
    )


def _divided(pairs: pl.DataFrame, listeners: pl.DataFrame) -> pl.DataFrame:
    """artist, neighbour, score of both directions of each pair."""
    told = pairs.select("score", artist="item", neighbour="neighbour")
    turned = told.select("score", artist="neighbour", neighbour="artist")
    people = listeners.with_columns(pl.col("listeners").cast(pl.Float64))
    return (
        pl.concat([told, turned])
        .unique(["artist", "neighbour"])
        .join(people, on="artist")
        .join(people.rename({"artist": "neighbour", "listeners": "theirs"}), on="neighbour")
        .select(
            "artist",
            "neighbour",
            score=pl.col("score")
            / pl.col("listeners").pow(_OF_PLAYED)
            / pl.col("theirs").pow(_OF_CANDIDATE),
        )
        .sort("artist", "neighbour")
    )
