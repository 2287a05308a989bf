"""How well every upcoming performer fits a listener's taste: the table ``ShowTaste``.

Whom the listener plays comes first, then whoever is played by the people who play the same, among
them those of whom nobody knows that, by their genres.

What belongs here: the order among these. What does not: each score by itself (``neighbours``,
``genre_taste``), and the words (``explanations``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.names import normalize
from showlist_assets.domain.recommendations.artist_keys import known_performers
from showlist_assets.domain.recommendations.genre_taste import (
    best_common_genre,
    genre_shares,
    score_genres,
)
from showlist_assets.domain.recommendations.local_scores import ArtistModel, local_parts
from showlist_assets.domain.recommendations.neighbours import parts_of_scores
from showlist_assets.domain.recommendations.weights import plays_by_artist
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.show_taste import BECAUSE, ShowTaste
from showlist_assets.domain.tables.similarity.artist_factors import ArtistFactors

if TYPE_CHECKING:
    from datetime import datetime

MODEL: Final = "neighbours-1"
"""Changes whenever the scores would come out otherwise for the same data."""
MOST_REASONS: Final = 3
FIRST_ROWS: Final = pl.col("row_number") == 1
"""Of ``UpcomingShows``, those that tell who plays; the others tell more of their songs."""
LOCAL: Final = "local"
"""The algorithm of neighbours that a model of the operator's own data counted."""

# Genres say less than who is played together: measured with half of the artists unknown.
_OF_GENRES: Final = 0.8
_BY_VERDICT: Final = {"none": 1.0, "more": 1.25, "less": 0.5, "block": 0.0}


@dataclass(frozen=True)
class Similarity:
    """What is known of artists, as the tables ``ArtistIds`` and so on have it."""

    artist_ids: pl.DataFrame
    neighbours: pl.DataFrame
    listeners: pl.DataFrame
    factors: pl.DataFrame = field(default_factory=ArtistFactors.create_empty)

    def local(self) -> ArtistModel:
        """What was fitted on the operator's own data; without a row where nothing was."""
        pairs = self.neighbours.filter(pl.col("algorithm") == LOCAL)
        return ArtistModel(_as_pairs(pairs), self.factors.select("factors", artist="artist_mbid"))

    def counted(self) -> pl.DataFrame:
        """artist, neighbour, score as a service counts."""
        return _as_pairs(self.neighbours.filter(pl.col("algorithm") != LOCAL))


def _as_pairs(neighbours: pl.DataFrame) -> pl.DataFrame:
    return neighbours.select("score", artist="artist_mbid", neighbour="neighbour_mbid")


def blend_warm_and_cold(warm: pl.DataFrame, cold: pl.DataFrame) -> pl.DataFrame:
    """One order of those who are scored by neighbours and those who have no other than genres.

    Each score is told in deviations from the mean: the warm ones among the warm, a cold one's
    genres among everybody's.

    Args:
        warm: candidate, score; with a column listener, of many listeners.
        cold: The same by genre, of everybody, the warm ones among them.

    Returns:
        The columns of ``warm`` and basis, co-listening or genre, each candidate once.
    """
    by_listener = ["listener"] if "listener" in warm.columns else []
    whose = [*by_listener, "candidate"]
    told = _in_deviations(warm, whose).with_columns(basis=pl.lit("co-listening"))
    by_genre = (
        _in_deviations(cold, whose)
        .join(warm, on=whose, how="anti")
        .with_columns(pl.col("score") * _OF_GENRES, basis=pl.lit("genre"))
    )
    columns = [*whose, "score", "basis"]
    return pl.concat([told.select(columns), by_genre.select(columns)]).sort(whose)


def performers_of(upcoming: pl.DataFrame, artist_ids: pl.DataFrame) -> pl.DataFrame:
    """Everybody who plays: performer_key, performer_name, spotify_artist_id, artist_mbid, genres.

    Args:
        upcoming: As ``UpcomingShows`` has them, of all states.
        artist_ids: As ``ArtistIds`` has them.
    """
    mbids = artist_ids.select("spotify_artist_id", "artist_mbid")
    return (
        upcoming.select("performer_key", "performer_name", "spotify_artist_id", "genres")
        .unique()
        # States may have decided on different days; whoever has an artist goes before nobody.
        .sort("performer_key", "spotify_artist_id", "performer_name", nulls_last=True)
        .group_by("performer_key", maintain_order=True)
        .agg(
            pl.col("performer_name", "spotify_artist_id").first(),
            pl.col("genres").explode().drop_nulls().unique().sort(),
        )
        .join(mbids, on="spotify_artist_id", how="left", maintain_order="left")
    )


def show_taste(
    taste: pl.DataFrame, performers: pl.DataFrame, similarity: Similarity, *, at: datetime
) -> pl.DataFrame:
    """``ShowTaste`` of everybody in ``performers`` (``performers_of``).

    Args:
        taste: As ``Taste`` has it.
        performers: Who plays.
        similarity: Who is played together with whom.
        at: When this is computed.
    """
    known = known_performers(performers, taste)
    asked = with_mbids(performers, known, taste, similarity)
    parts = _parts(taste, asked, similarity)
    warm = parts.group_by("performer_key").agg(score=pl.col("part").sort().sum())
    cold = _by_genre(taste, performers, known)
    unknown = _unknown_scores(warm, cold)
    rows = (
        asked.join(known, on="performer_key", how="left")
        .join(_played(taste), on="artist_key", how="left")
        .join(unknown, on="performer_key", how="left")
        .join(_reasons(parts, taste), on="performer_key", how="left")
        .join(_said_of_names(performers, taste), on="performer_key", how="left")
    )
    return _told(_with_genres(_scored(rows), taste, performers, known), at)


def _in_deviations(scores: pl.DataFrame, whose: list[str]) -> pl.DataFrame:
    score = pl.col("score")
    mean, deviation = score.mean(), score.std()
    if "listener" in whose:
        mean, deviation = mean.over("listener"), deviation.over("listener")
    # Where all are alike, or there is one alone, none stands out.
    return scores.with_columns(
        score=pl.when(deviation > 0).then((score - mean) / deviation).otherwise(0.0)
    )


def with_mbids(
    performers: pl.DataFrame, known: pl.DataFrame, taste: pl.DataFrame, similarity: Similarity
) -> pl.DataFrame:
    """``performers`` with every MBID that can be known without asking anybody.

    One who is nobody's by id may be named among the neighbours: there a name that is one artist's
    alone is taken for theirs, as equality decides everywhere.
    """
    of_taste = known.join(taste.select("artist_key", mbid="artist_mbid"), on="artist_key").select(
        "performer_key", "mbid"
    )
    named = _names_of(similarity.neighbours)
    keys = [normalize(name) for name in performers["performer_name"]]
    # A matched artist whose MBID was asked for, and is not known, is no namesake's either.
    return (
        performers.with_columns(name_key=pl.Series(keys, dtype=pl.String))
        .join(of_taste, on="performer_key", how="left")
        .join(named, on="name_key", how="left")
        .with_columns(artist_mbid=pl.coalesce("artist_mbid", "mbid", "named_mbid"))
        .drop("mbid", "named_mbid", "name_key")
    )


def _names_of(neighbours: pl.DataFrame) -> pl.DataFrame:
    """name_key, named_mbid of names that one artist alone bears among all neighbours."""
    names = neighbours.select("neighbour_name", named_mbid="neighbour_mbid").drop_nulls().unique()
    keys = [normalize(name) for name in names["neighbour_name"]]
    return (
        names.select("named_mbid", name_key=pl.Series(keys, dtype=pl.String))
        .unique()
        .filter(pl.len().over("name_key") == 1)
    )


def _parts(taste: pl.DataFrame, asked: pl.DataFrame, similarity: Similarity) -> pl.DataFrame:
    """What each artist of the listener adds to each performer: performer_key, artist, part.

    Whom a model of the operator's own data knows is scored by it alone.
    """
    with_mbid = asked.drop_nulls("artist_mbid")
    candidates = with_mbid["artist_mbid"]
    weights = plays_by_artist(taste)
    local = local_parts(weights, similarity.local(), candidates)
    others = candidates.filter(~candidates.is_in(local["candidate"].implode()))
    people = similarity.listeners.select("listeners", artist="artist_mbid")
    counted = parts_of_scores(weights, similarity.counted(), people, others)
    parts = pl.concat([_comparable(local), _comparable(counted)])
    by_mbid = with_mbid.select("performer_key", candidate="artist_mbid")
    return parts.join(by_mbid, on="candidate").drop("candidate")


def _comparable(parts: pl.DataFrame) -> pl.DataFrame:
    """``parts`` in units of the mean score, so that two ways of counting go together."""
    score = parts.group_by("candidate").agg(pl.col("part").sum())["part"].mean()
    unit = score if isinstance(score, float) and score > 0 else 1.0
    return parts.with_columns(pl.col("part") / unit)


def _genres_of(performers: pl.DataFrame, column: str) -> pl.DataFrame:
    return (
        performers.select("genres", artist=column)
        .explode("genres")
        .drop_nulls()
        .rename({"genres": "genre"})
    )


def _by_genre(taste: pl.DataFrame, performers: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """performer_key, score of everybody, by the genres of those performers whom they play."""
    weights = known.join(taste.select("artist_key", "weight"), on="artist_key").select(
        "weight", artist="performer_key"
    )
    genres = _genres_of(performers, "performer_key")
    scores = score_genres(weights, genres, performers["performer_key"])
    return scores.rename({"candidate": "performer_key"})


def _unknown_scores(warm: pl.DataFrame, cold: pl.DataFrame) -> pl.DataFrame:
    """performer_key, fit (0 to 1) and fit_basis of whoever can be scored without being known."""
    blended = blend_warm_and_cold(
        warm.rename({"performer_key": "candidate"}), cold.rename({"performer_key": "candidate"})
    )
    told = blended.rename({"candidate": "performer_key"}).join(
        cold.filter(pl.col("score") > 0).select("performer_key", has_genre=pl.lit(value=True)),
        on="performer_key",
        how="left",
    )
    return told.filter((pl.col("basis") == "co-listening") | pl.col("has_genre")).select(
        "performer_key",
        # From any number to one between 0 and 1, in the same order.
        fit=1 / (1 + (-pl.col("score")).exp()),
        fit_basis="basis",
    )


def _played(taste: pl.DataFrame) -> pl.DataFrame:
    """artist_key and what the listener did and said; own is 0 to 1, by their weight."""
    most = taste["weight"].max()
    scale = most if isinstance(most, float) and most > 0 else 1.0
    return taste.select(
        "artist_key", "plays", "last_at", "verdict", own=pl.col("weight").fill_null(0.0) / scale
    )


def _said_of_names(performers: pl.DataFrame, taste: pl.DataFrame) -> pl.DataFrame:
    """performer_key, said_of_name: what was said of a bare name is said of all who bear it."""
    keys = [f"name:{normalize(name)}" for name in performers["performer_name"]]
    named = performers.select("performer_key", artist_key=pl.Series(keys, dtype=pl.String))
    said = taste.filter(pl.col("verdict") != "none")
    return named.join(said.select("artist_key", said_of_name="verdict"), on="artist_key").drop(
        "artist_key"
    )


def _reasons(parts: pl.DataFrame, taste: pl.DataFrame) -> pl.DataFrame:
    """performer_key, reasons: the artists that say most, each with its share of the score."""
    names = taste.drop_nulls("artist_mbid").select("artist_name", artist="artist_mbid")
    share = (pl.col("part") / pl.col("part").sum().over("performer_key")).clip(0.0, 1.0)
    return (
        parts.join(names, on="artist")
        .with_columns(share=share)
        .sort("performer_key", "share", "artist", descending=[False, True, False])
        .group_by("performer_key", maintain_order=True)
        .agg(reasons=pl.struct("artist_name", "share").head(MOST_REASONS))
    )


def _scored(rows: pl.DataFrame) -> pl.DataFrame:
    """With score and basis. Whom the listener plays stands over everybody else."""
    of_artist = pl.col("verdict").replace("none", None)
    verdict = pl.coalesce(of_artist, "said_of_name").fill_null("none")
    is_known = (pl.col("plays") > 0) | (pl.col("own") > 0)
    basis = pl.when(is_known).then(pl.lit("known")).otherwise(pl.col("fit_basis"))
    score = pl.when(is_known).then(1 + pl.col("own")).otherwise(pl.col("fit"))
    is_reason = basis.eq_missing(pl.lit("co-listening"))
    return rows.with_columns(
        score=score * verdict.replace_strict(_BY_VERDICT, return_dtype=pl.Float64),
        basis=basis.fill_null("none"),
        verdict=verdict,
        plays=pl.col("plays").fill_null(0),
        because=pl.when(is_reason).then("reasons").fill_null([]).cast(BECAUSE),
    )


def _with_genres(
    rows: pl.DataFrame, taste: pl.DataFrame, performers: pl.DataFrame, known: pl.DataFrame
) -> pl.DataFrame:
    """With genre and genre_share, of those whose basis it is."""
    listened = known.join(taste.select("artist_key", "weight"), on="artist_key")
    # An artist may play under two names; as a share of the listening they count once.
    weights = listened.select("weight", artist="artist_key").unique("artist")
    genres = _genres_of(performers.join(known, on="performer_key"), "artist_key")
    shares = genre_shares(weights, genres)
    found = [
        best_common_genre(genres, shares) if basis == "genre" else None
        for genres, basis in rows.select("genres", "basis").iter_rows()
    ]
    return rows.with_columns(
        genre=pl.Series([one[0] if one else None for one in found], dtype=pl.String),
        genre_share=pl.Series([one[1] if one else None for one in found], dtype=pl.Float64),
    )


def _told(rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    schema = polars_schema(ShowTaste)
    told = rows.with_columns(
        model=pl.lit(MODEL), computed_at=pl.lit(at).cast(schema["computed_at"])
    )
    return told.select(schema.names()).cast(schema).sort("performer_key")
