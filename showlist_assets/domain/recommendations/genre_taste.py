"""How well artists fit a taste, by their genres: for those of whom nobody knows who plays them.

What belongs here: the likeness of a listener's genres and an artist's. What does not: where genres
come from, and when they are asked (``show_scores``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.names import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# A genre that everybody has tells nothing, but a bit more than none.
_LEAST_VALUE: Final = 0.01


def score_genres(
    weights: pl.DataFrame, genres: pl.DataFrame, candidates: pl.Series | pl.DataFrame
) -> pl.DataFrame:
    """How much of what the listener plays lies in the genres of each candidate.

    A genre counts the more the fewer artists have it. An artist of many genres has no advantage as
    a candidate; as somebody who is played, they say more of a taste than one of a single genre.

    Args:
        weights: artist, weight; with a column listener, of many listeners.
        genres: artist, genre: of the listener's artists and of the candidates alike.
        candidates: Who is scored; of many listeners a frame of listener and candidate.

    Returns:
        candidate and score, with listener before them where ``weights`` has it: a row for each
        candidate, 0 where no genre is known or none is in common.
    """
    asked = _asked(weights, candidates)
    whose = asked.columns
    valued = _valued(genres)
    taste = (
        weights.join(valued, on="artist", how="inner")
        .group_by(*whose[:-1], "genre")
        .agg(amount=(pl.col("weight") * pl.col("value")).sum())
    )
    length = pl.col("value").pow(2).sum().sqrt().over("artist")
    theirs = valued.select(pl.col("value") / length, "genre", candidate="artist")
    scores = (
        asked.join(theirs, on="candidate", how="inner")
        .join(taste, on=[*whose[:-1], "genre"], how="inner")
        .group_by(whose)
        .agg(score=(pl.col("amount") * pl.col("value")).sum())
    )
    return asked.join(scores, on=whose, how="left").with_columns(pl.col("score").fill_null(0.0))


def genre_shares(weights: pl.DataFrame, genres: pl.DataFrame) -> dict[str, float]:
    """How much of the listening is by artists of each genre.

    An artist of several genres counts for each: the shares may add up to more than 1.
    """
    total = weights["weight"].sum()
    if not total:
        return {}
    shares = (
        _named_alike(genres)
        .join(weights, on="artist", how="inner")
        .group_by("genre")
        .agg(share=(pl.col("weight").sum() / total).clip(0.0, 1.0))
    )
    return dict(shares.sort("genre").iter_rows())


def best_common_genre(
    genres: Iterable[str], shares: Mapping[str, float]
) -> tuple[str, float] | None:
    """Which of ``genres`` the listener plays most, with its share; None where they play none."""
    common = [(shares.get(normalize(genre), 0.0), genre) for genre in genres]
    played = [found for found in common if found[0] > 0]
    if not played:
        return None
    share, genre = max(played)
    return genre, share


def _valued(genres: pl.DataFrame) -> pl.DataFrame:
    """artist, genre, value: rare genres count more."""
    named = _named_alike(genres)
    of_all = math.log1p(named["artist"].n_unique())
    rarity = of_all - pl.len().over("genre").cast(pl.Float64).log1p()
    return named.with_columns(value=rarity.clip(_LEAST_VALUE))


def _named_alike(genres: pl.DataFrame) -> pl.DataFrame:
    """artist, genre, each pair once: sites print "Hip-Hop" where Spotify prints "hip hop"."""
    printed = genres["genre"].drop_nulls().unique()
    names = {genre: normalize(genre) for genre in printed}
    return (
        genres.select(
            "artist", pl.col("genre").replace_strict(names, default=None, return_dtype=pl.String)
        )
        .filter(pl.col("genre").str.len_chars() > 0)
        .unique()
    )


def _asked(weights: pl.DataFrame, candidates: pl.Series | pl.DataFrame) -> pl.DataFrame:
    if isinstance(candidates, pl.DataFrame):
        return candidates.unique()
    asked = candidates.unique().alias("candidate").to_frame()
    if "listener" not in weights.columns:
        return asked
    return weights.select("listener").unique().join(asked, how="cross")
