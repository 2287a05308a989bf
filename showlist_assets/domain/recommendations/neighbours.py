"""How well artists fit a taste, by who is played together with whom.

    score(listener u, candidate p) = sum over artists a of u:  w(u, a) * s(a, p) / (L_a^.4 * L_p^.6)

``s`` is how often a and p are played together and ``L`` how many people play an artist. Without the
division everybody is told of the same famous few: ranked by ``s`` alone the same lists reach an
NDCG@10 of .46 instead of .62 (docs/measured.md).

What belongs here: that sum, for one listener or many at once. What does not: asking for neighbours
(``services.taste.similar_artists``) and what is made of the scores (``show_scores``).
"""

from __future__ import annotations

from typing import Final

import polars as pl

LONGEST_LIST: Final = 100
"""How many neighbours of an artist count: whoever serves the lists cuts them there, too."""

_OF_PLAYED: Final = 0.4
_OF_CANDIDATE: Final = 0.6


def score_neighbours(
    weights: pl.DataFrame,
    neighbours: pl.DataFrame,
    listeners: pl.DataFrame,
    candidates: pl.Series | pl.DataFrame,
) -> pl.DataFrame:
    """The score of each candidate who is played together with any artist of the listener.

    Args:
        weights: artist, weight; with a column listener, of many listeners.
        neighbours: artist, neighbour, score (how often together), as they were told: a pair counts
            whichever of the two it was told of, and once.
        listeners: artist, listeners (how many people play the artist; null where unknown).
        candidates: Who is scored; of many listeners a frame of listener and candidate.

    Returns:
        candidate and score, with listener before them where ``weights`` has it; 0 where neighbours
        of the candidate are told and none is an artist of the listener. A candidate of whom nothing
        is told has no row.
    """
    parts = parts_of_scores(weights, neighbours, listeners, candidates)
    asked = _asked(weights, candidates)
    told = pl.concat([neighbours["artist"], neighbours["neighbour"]]).unique()
    scores = parts.group_by(asked.columns).agg(score=pl.col("part").sum())
    return (
        asked.filter(pl.col("candidate").is_in(told.implode()))
        .join(scores, on=asked.columns, how="left")
        .with_columns(pl.col("score").fill_null(0.0))
        .sort(asked.columns)
    )


def parts_of_scores(
    weights: pl.DataFrame,
    neighbours: pl.DataFrame,
    listeners: pl.DataFrame,
    candidates: pl.Series | pl.DataFrame,
) -> pl.DataFrame:
    """What each artist of the listener adds to a score: candidate, artist, part."""
    asked = _asked(weights, candidates)
    pairs = normalised_pairs(
        neighbours,
        listeners,
        played=weights["artist"].unique(),
        candidates=asked["candidate"].unique(),
    )
    return (
        weights.filter(pl.col("weight") > 0)
        .join(pairs, on="artist", how="inner")
        .join(asked, on=asked.columns, how="semi")
        .select(*asked.columns, "artist", part=pl.col("weight") * pl.col("closeness"))
        # Sums of floats depend on the order.
        .sort(*asked.columns, "artist")
    )


def normalised_pairs(
    neighbours: pl.DataFrame,
    listeners: pl.DataFrame,
    *,
    played: pl.Series,
    candidates: pl.Series,
) -> pl.DataFrame:
    """Pairs as artist (played), candidate, closeness: ``s`` by how many people play each."""
    told = _cut(neighbours).select("score", "artist", candidate="neighbour")
    turned = told.select("score", artist="candidate", candidate="artist")
    both_ways = pl.concat([told, turned])
    pairs = (
        both_ways.filter(
            pl.col("artist").is_in(played.implode()),
            pl.col("candidate").is_in(candidates.implode()),
        )
        .group_by("artist", "candidate")
        .agg(pl.col("score").max())
    )
    return pairs.select(
        "artist",
        "candidate",
        closeness=pl.col("score")
        / _people(pairs["artist"], listeners).pow(_OF_PLAYED)
        / _people(pairs["candidate"], listeners).pow(_OF_CANDIDATE),
    )


def _cut(neighbours: pl.DataFrame) -> pl.DataFrame:
    """The longest list that counts of each artist, the most often played together first.

    An artist without neighbours has a row that names itself.
    """
    place = pl.struct(-pl.col("score"), "neighbour").rank("ordinal").over("artist")
    others = neighbours.filter(pl.col("artist") != pl.col("neighbour"), pl.col("score") > 0)
    return others.filter(place <= LONGEST_LIST)


def _people(artists: pl.Series, listeners: pl.DataFrame) -> pl.Series:
    """How many people play each of ``artists``; the median where nobody knows."""
    known = listeners.filter(pl.col("listeners") > 0).unique("artist", keep="any")
    median = known["listeners"].cast(pl.Float64).median()
    asked = artists.alias("artist").to_frame()
    found = asked.join(
        known.select("artist", "listeners"), on="artist", how="left", maintain_order="left"
    )
    return found["listeners"].cast(pl.Float64).fill_null(1.0 if median is None else median)


def _asked(weights: pl.DataFrame, candidates: pl.Series | pl.DataFrame) -> pl.DataFrame:
    if isinstance(candidates, pl.DataFrame):
        return candidates.unique()
    asked = candidates.unique().alias("candidate").to_frame()
    if "listener" not in weights.columns:
        return asked
    return weights.select("listener").unique().join(asked, how="cross")
