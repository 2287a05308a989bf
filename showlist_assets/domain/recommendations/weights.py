"""How much each artist counts in a listener's taste.

What belongs here: from plays, Spotify's top artists and what the listener said to a table of
artists. What does not: whom else that taste fits (``neighbours``, ``genre_taste``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.names import normalize
from showlist_assets.domain.recommendations.artist_keys import MENTION, ids_of, unite
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.taste import Taste

if TYPE_CHECKING:
    from datetime import datetime

HALF_LIFE: Final = timedelta(days=180)
LARGEST_SHARE: Final = 0.01
"""No artist counts for more, or half of somebody's taste were a single band."""
_EVEN_SHARES: Final = 2.0
"""Nor for more than this many even shares, where there are too few artists for one per cent each.
"""

# What a place in Spotify's lists stands for, in plays: it tells the order and no numbers. It counts
# only where it says more than the plays that are known.
_TOP_PLAYS: Final = 40.0
_BY_RANK: Final = -0.7
_BY_RANGE: Final = {"short_term": 1.0, "medium_term": 0.7, "long_term": 0.5}

_BY_VERDICT: Final = {"none": 1.0, "more": 2.0, "less": 0.25, "block": 0.0}
# Whoever said it by hand counts more than a song that was taken out of a playlist.
_BY_HAND: Final = ("command", "page")


def taste_of(
    listens: pl.DataFrame,
    *,
    as_of: datetime,
    top_artists: pl.DataFrame,
    feedback: pl.DataFrame,
    artist_ids: pl.DataFrame | None = None,
    namesakes: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The artists that a listener plays or said something of, as ``Taste`` has them.

    Args:
        listens: Plays, as ``Listens`` has them; later ones than ``as_of`` count as of now.
        as_of: When the taste is wanted.
        top_artists: As ``TopArtists`` has them.
        feedback: As ``TasteFeedback`` has it.
        artist_ids: As ``ArtistIds`` has them.
        namesakes: Artists whose ids are known elsewhere, with the columns of ``MENTION``: a play
            that tells a name alone is taken for theirs, where one artist alone bears it.
    """
    played = _plays(listens, as_of)
    ranked = _ranks(top_artists)
    said = _said(feedback)
    mentions = pl.concat([frame.select(*MENTION, "plays") for frame in (played, ranked, said)])
    if mentions.is_empty():
        return pl.DataFrame(schema=polars_schema(Taste))
    artists = unite(pl.concat([mentions, _of_names(namesakes, mentions)]), artist_ids)
    amounts = _per_artist(played, ranked, said, artists)
    counted = amounts.filter(
        (pl.col("amount") > 0) | (pl.col("plays") > 0) | (pl.col("verdict") != "none")
    )
    return _weighed(counted).select(polars_schema(Taste).names()).sort("artist_key")


def _of_names(namesakes: pl.DataFrame | None, mentions: pl.DataFrame) -> pl.DataFrame:
    """Those of ``namesakes`` whose name is mentioned somewhere without an id."""
    if namesakes is None:
        return mentions.clear()
    bare = mentions.filter(pl.col("artist_mbid").is_null(), pl.col("spotify_artist_id").is_null())
    names = {normalize(name) for name in bare["artist_name"]}
    is_one = pl.Series(
        [normalize(name) in names for name in namesakes["artist_name"]], dtype=pl.Boolean
    )
    return namesakes.filter(is_one).select(*MENTION, plays=pl.lit(0, pl.Int64))


def plays_by_artist(taste: pl.DataFrame) -> pl.DataFrame:
    """artist, weight of those artists of a taste who have an MBID and count for something."""
    return taste.filter(pl.col("artist_mbid").is_not_null(), pl.col("weight") > 0).select(
        "weight", artist="artist_mbid"
    )


def capped_shares(amounts: pl.Series) -> pl.Series:
    """``amounts`` as shares of their sum, none over the cap; they add up to 1 if any is over 0."""
    positive = amounts.filter(amounts > 0).sort(descending=True)
    if positive.is_empty():
        return amounts * 0.0
    cap = max(LARGEST_SHARE, _EVEN_SHARES / len(positive))
    # The largest are cut to the cap, and what they leave is spread over the others in proportion;
    # that may lift the next one over the cap.
    # Sums from the smallest on: what is left after a large one is subtracted would be rounded away.
    rests = positive.cum_sum(reverse=True)
    left = 1.0
    scale = 0.0
    for amount, rest in zip(positive, rests, strict=True):
        scale = left / rest
        if amount * scale <= cap:
            break
        left -= cap
    return (amounts * scale).clip(0.0, min(cap, 1.0))


def _plays(listens: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """A row per distinct mention: plays, decayed plays, milliseconds, first and last play.

    A play counts for the artist who is named first: who is featured is often not the listener's
    choice, and a second MBID has no name of its own.
    """
    age = (pl.lit(as_of) - pl.col("started_at")).dt.total_seconds().clip(0)
    counted = (
        age.truediv(HALF_LIFE.total_seconds())
        .mul(-1)
        .map_batches(lambda halves: 2.0**halves, return_dtype=pl.Float64)
    )
    return (
        listens.select(
            artist_mbid=pl.col("artist_mbids").list.first(),
            spotify_artist_id=pl.col("spotify_artist_ids").list.first(),
            artist_name="artist_name",
            amount=counted,
            started_at="started_at",
            ms_played="ms_played",
        )
        .sort("started_at")
        .group_by(*MENTION)
        .agg(
            plays=pl.len().cast(pl.Int64),
            amount=pl.col("amount").sum(),
            ms_played=pl.col("ms_played").sum(),
            told=pl.col("ms_played").count(),
            first_at=pl.col("started_at").min(),
            last_at=pl.col("started_at").max(),
        )
    )


def _ranks(top_artists: pl.DataFrame) -> pl.DataFrame:
    worth = pl.col("time_range").replace_strict(_BY_RANGE, return_dtype=pl.Float64)
    return top_artists.select(
        artist_mbid=pl.lit(None, pl.String),
        spotify_artist_id="spotify_artist_id",
        artist_name="artist_name",
        plays=pl.lit(0, pl.Int64),
        ranked=_TOP_PLAYS * worth * pl.col("rank").cast(pl.Float64).pow(_BY_RANK),
    )


def _said(feedback: pl.DataFrame) -> pl.DataFrame:
    ids = [ids_of(key) for key in feedback["artist_key"]]
    return feedback.select(
        artist_mbid=pl.Series([mbid for mbid, _ in ids], dtype=pl.String),
        spotify_artist_id=pl.Series([spotify for _, spotify in ids], dtype=pl.String),
        artist_name="artist_name",
        plays=pl.lit(0, pl.Int64),
        verdict="verdict",
        by_hand=pl.col("said_by").is_in(_BY_HAND),
        said_at="said_at",
    )


def _per_artist(
    played: pl.DataFrame, ranked: pl.DataFrame, said: pl.DataFrame, artists: pl.DataFrame
) -> pl.DataFrame:
    """A row per artist: names and ids, plays, amount and verdict."""
    named = (
        artists.group_by("key")
        .agg(pl.col("mbid", "spotify_id", "name").first())
        .select(
            artist_key="key",
            artist_name="name",
            artist_mbid="mbid",
            spotify_artist_id="spotify_id",
        )
    )
    plays = _of_artists(played, artists).agg(
        pl.col("plays").sum(),
        pl.col("amount").sort().sum(),
        ms_played=pl.when(pl.col("told").sum() > 0).then(pl.col("ms_played").sum()),
        first_at=pl.col("first_at").min(),
        last_at=pl.col("last_at").max(),
    )
    ranks = _of_artists(ranked, artists).agg(pl.col("ranked").max())
    verdicts = _verdicts(said, artists)
    together = named
    for frame in (plays, ranks, verdicts):
        together = together.join(frame, on="artist_key", how="left")
    return together.with_columns(
        pl.col("plays").fill_null(0),
        pl.col("verdict").fill_null("none"),
        amount=pl.max_horizontal(pl.col("amount").fill_null(0.0), pl.col("ranked").fill_null(0.0)),
    )


def _verdicts(said: pl.DataFrame, artists: pl.DataFrame) -> pl.DataFrame:
    """artist_key, verdict: the last word of those said by hand, else the last of the others.

    What is said of a bare name is said of every artist who bears it.
    """
    keys = [normalize(name) for name in artists["artist_name"]]
    bearers = artists.select(artist_key="key", name_key=pl.Series(keys, dtype=pl.String)).unique()
    bare = pl.col("artist_mbid").is_null() & pl.col("spotify_artist_id").is_null()
    names = [normalize(name) for name in said["artist_name"]]
    by_name = said.with_columns(name_key=pl.Series(names, dtype=pl.String)).filter(bare)
    columns = ["artist_key", "by_hand", "said_at", "verdict"]
    told = pl.concat(
        [
            _with_key(said.filter(~bare), artists).select(columns),
            by_name.join(bearers, on="name_key").select(columns),
        ]
    )
    in_order = told.sort("by_hand", "said_at", "verdict", descending=[False, False, True])
    return in_order.group_by("artist_key", maintain_order=True).agg(pl.col("verdict").last())


def _of_artists(frame: pl.DataFrame, artists: pl.DataFrame) -> pl.dataframe.group_by.GroupBy:
    return _with_key(frame, artists).group_by("artist_key", maintain_order=True)


def _with_key(frame: pl.DataFrame, artists: pl.DataFrame) -> pl.DataFrame:
    keys = artists.select(*MENTION, artist_key="key")
    on = list(MENTION)
    return frame.join(keys, on=on, how="inner", nulls_equal=True, maintain_order="left")


def _weighed(artists: pl.DataFrame) -> pl.DataFrame:
    """With weight: the logarithm of the amount, moved by the verdict, as a share of all."""
    logarithm = pl.col("amount").log1p()
    usual = artists.filter(pl.col("amount") > 0).select(logarithm.median()).item()
    asked_for = (pl.col("verdict") == "more") & (pl.col("amount") == 0)
    amounts = artists.sort("artist_key").with_columns(
        amount=pl.when(asked_for).then(pl.lit(usual or 1.0)).otherwise(logarithm)
        * pl.col("verdict").replace_strict(_BY_VERDICT, return_dtype=pl.Float64)
    )
    return amounts.with_columns(weight=capped_shares(amounts["amount"]))
