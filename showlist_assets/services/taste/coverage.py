"""Of how many performers anything is known that tells whether a listener likes them.

What belongs here: the counting. What does not: asking for what is missing (beside this module).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.recommendations.show_scores import performers_of

if TYPE_CHECKING:
    from showlist_assets.domain.playlists.upcoming import Upcoming
    from showlist_assets.domain.recommendations.show_scores import Similarity

SIZES: Final = ("up to 500 seats", "up to 2,500 seats", "more seats", "seats unknown")


@dataclass(frozen=True)
class Funnel:
    """How many performers are left after each step.

    Attributes:
        performers: Who is on an upcoming show.
        matched: Of them on Spotify.
        identified: Of them on MusicBrainz.
        linked: Of them played together with anybody, as far as it was asked.
        by_size: identified and linked as shares of the performers, by the largest venue that they
            play, with how many performers there are.
    """

    performers: int
    matched: int
    identified: int
    linked: int
    by_size: dict[str, tuple[int, float, float]]


def funnel(upcoming: pl.DataFrame, similarity: Similarity) -> Funnel:
    """What is known of the performers of ``upcoming`` (``UpcomingShows``), whoever listens."""
    linked = pl.concat(
        [
            similarity.neighbours.filter(pl.col("score") > 0)[name]
            for name in ("artist_mbid", "neighbour_mbid")
        ]
    ).unique()
    performers = performers_of(upcoming, similarity.artist_ids).with_columns(
        is_linked=pl.col("artist_mbid").is_in(linked.implode()).fill_null(value=False),
        is_identified=pl.col("artist_mbid").is_not_null(),
    )
    sized = performers.join(_sizes(upcoming), on="performer_key")
    by_size = sized.group_by("size").agg(
        pl.len(), pl.col("is_identified").mean(), pl.col("is_linked").mean()
    )
    shares = {size: (count, known, near) for size, count, known, near in by_size.iter_rows()}
    return Funnel(
        performers=performers.height,
        matched=performers["spotify_artist_id"].count(),
        identified=int(performers["is_identified"].sum()),
        linked=int(performers["is_linked"].sum()),
        by_size={size: shares[size] for size in SIZES if size in shares},
    )


def shares_by_basis(show_taste: pl.DataFrame) -> dict[str, float]:
    """The share of performers (``ShowTaste``) by what their score rests on."""
    if show_taste.is_empty():
        return {}
    counted = show_taste.group_by("basis").len()
    return {basis: count / show_taste.height for basis, count in counted.iter_rows()}


def shares_in(show_taste: pl.DataFrame, upcoming: Upcoming) -> dict[str, int]:
    """How many acts of ``upcoming`` there are by what their score (``ShowTaste``) rests on."""
    acts = pl.concat(
        [upcoming.acts.select("performer_key"), upcoming.silent.select("performer_key")]
    ).unique()
    bases = show_taste.filter(pl.col("verdict") != "block").select("performer_key", "basis")
    told = acts.join(bases, on="performer_key", how="inner").group_by("basis").len()
    return dict(told.iter_rows())


def _sizes(upcoming: pl.DataFrame) -> pl.DataFrame:
    seats = pl.col("venue_capacity")
    small, middle, large, unknown = (pl.lit(size) for size in SIZES)
    return (
        upcoming.group_by("performer_key")
        .agg(seats.max())
        .select(
            "performer_key",
            size=pl.when(seats.is_null())
            .then(unknown)
            .when(seats <= 500)
            .then(small)
            .when(seats <= 2500)
            .then(middle)
            .otherwise(large),
        )
    )
