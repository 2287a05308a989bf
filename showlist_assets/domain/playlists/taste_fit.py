"""How the acts of a plan fit a listener's taste: joined to their rows, ranked, and told.

What belongs here: what a plan makes of a table of scores. What does not: the scores and the
sentences (``domain.recommendations``), and which acts are left out (``filters``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.names import performer_key
from showlist_assets.domain.playlists.plan import TasteNote
from showlist_assets.domain.recommendations.artist_keys import ids_of
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.show_taste import ShowTaste

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING_KNOWN: Final = (
    "Nothing is known yet of what {listener!r} likes, so this is planned without taste: import "
    "what they play with `showlist import FILE`, or connect an account that tells it with "
    "`showlist listening connect`."
)
"""What a plan notes where taste is asked for, and there is none."""
_NOBODY_KNOWS: Final = "Nobody knows yet how they fit your taste."
_SHOW: Final = ["state", "show_id"]
_NO_FIT: Final = {
    "fit_row": pl.lit(None, pl.UInt32),
    "fit_score": pl.lit(None, pl.Float64),
    "fit_basis": pl.lit(None, pl.String),
    "is_blocked": pl.lit(value=False),
    "fit_percentile": pl.lit(None, pl.Float64),
}


def is_of_use(taste: pl.DataFrame | None) -> bool:
    """Whether ``taste`` (``ShowTaste``) knows more of any act than that it is blocked."""
    return taste is not None and not taste.filter(_is_scored()).is_empty()


def with_blocks_of(taste: pl.DataFrame | None, other: pl.DataFrame | None) -> pl.DataFrame | None:
    """``taste`` with whoever is blocked in ``other``: of them nothing else is kept."""
    blocked = None if other is None else other.filter(pl.col("verdict") == "block")
    if blocked is None or blocked.is_empty():
        return taste
    unscored = blocked.with_columns(
        pl.lit(None, pl.Float64).alias("score"), pl.lit("none").alias("basis")
    )
    if taste is None:
        return unscored
    others = taste.join(blocked, on="performer_key", how="anti", maintain_order="left")
    # Instants of two listeners may stand in two zones.
    return pl.concat([others, unscored.cast(taste.schema)])


def blocked_by(feedback: pl.DataFrame) -> pl.DataFrame:
    """Whoever is blocked in ``feedback`` (``TasteFeedback``), as ``ShowTaste``.

    A table of scores knows who played when it was made; whoever is announced since is blocked too.
    """
    rows = [
        {
            "performer_key": _key_of(row["artist_key"], row["artist_name"]),
            "performer_name": row["artist_name"],
            "spotify_artist_id": ids_of(row["artist_key"])[1],
            "basis": "none",
            "because": [],
            "plays": 0,
            "verdict": "block",
            "model": "none",
            "computed_at": row["said_at"],
        }
        for row in feedback.filter(pl.col("verdict") == "block").iter_rows(named=True)
    ]
    found = pl.DataFrame(rows, schema=pl.Schema(polars_schema(ShowTaste)))
    return found.unique("performer_key", keep="first", maintain_order=True)


def _key_of(artist_key: str, name: str) -> str:
    # By the id alone where there is one: another act may bear the name.
    return artist_key if ids_of(artist_key)[1] else performer_key(name)


def with_fit(acts: pl.DataFrame, taste: pl.DataFrame | None) -> pl.DataFrame:
    """``acts`` with their rows in ``taste``, and whether each is blocked.

    An act is found by its key, else by its artist on Spotify. ``fit_percentile`` is null until
    ``with_percentiles``.
    """
    if taste is None:
        return acts.with_columns(**_NO_FIT)
    told = taste.select(
        "performer_key", "spotify_artist_id", "score", "basis", "verdict"
    ).with_row_index("fit_row")
    by_key = told.select("performer_key", by_key="fit_row")
    by_artist = (
        told.drop_nulls("spotify_artist_id")
        .sort("score", "performer_key", descending=[True, False], nulls_last=True)
        .unique("spotify_artist_id", keep="first", maintain_order=True)
        .select("spotify_artist_id", by_artist="fit_row")
    )
    blocked = told.filter(pl.col("verdict") == "block")
    artists = blocked["spotify_artist_id"].drop_nulls().implode()
    found = (
        acts.join(by_key, on="performer_key", how="left", maintain_order="left")
        .join(by_artist, on="spotify_artist_id", how="left", maintain_order="left")
        .with_columns(fit_row=pl.coalesce("by_key", "by_artist"))
        .drop("by_key", "by_artist")
    )
    scores = told.select("fit_row", fit_score="score", fit_basis="basis")
    return found.join(scores, on="fit_row", how="left", maintain_order="left").with_columns(
        # Spelled in another way on another bill, it is the same artist.
        is_blocked=pl.col("performer_key").is_in(blocked["performer_key"].implode())
        | pl.col("spotify_artist_id").is_in(artists).fill_null(value=False),
        fit_percentile=pl.lit(None, pl.Float64),
    )


def with_percentiles(acts: pl.DataFrame, in_window: pl.Series) -> pl.DataFrame:
    """``acts`` with their ranks among those that are ``in_window``: each act counts once.

    A raw score says nothing: it depends on how much the listener plays, and on who is asked.
    """
    ranked = (
        acts.filter(in_window & ~pl.col("is_blocked") & _is_scored("fit_"))
        .unique("performer_key")
        .select(
            "performer_key",
            fit_percentile=pl.col("fit_score").rank("max") / pl.len(),
        )
    )
    return acts.drop("fit_percentile").join(
        ranked, on="performer_key", how="left", maintain_order="left"
    )


def _is_scored(prefix: str = "") -> pl.Expr:
    return (pl.col(f"{prefix}basis") != "none") & pl.col(f"{prefix}score").is_not_null()


def note_of(row: Mapping[str, Any], taste: pl.DataFrame) -> TasteNote:
    """How the act of ``row``, which has gone through ``with_percentiles``, fits ``taste``."""
    artist = row["spotify_artist_name"] or row["performer_name"]
    if row["fit_percentile"] is None:
        return TasteNote(artist=artist, basis="none", words=_NOBODY_KNOWS)
    from showlist_assets.domain.recommendations.explanations import explain

    told = taste.row(row["fit_row"], named=True)
    return TasteNote(
        artist=artist,
        basis=told["basis"],
        # A plan lies in plain text, and its digests and calendars go out.
        words=explain(told, counts=False),
        percentile=row["fit_percentile"],
        because=tuple(one["artist_name"] for one in told["because"]),
    )


def notes_of_shows(acts: pl.DataFrame, taste: pl.DataFrame) -> dict[tuple[str, str], TasteNote]:
    """By state and show, of the act that fits best; of what nobody knows there is no note."""
    best = (
        acts.filter(pl.col("fit_percentile").is_not_null())
        .sort("fit_percentile", "billing", "performer_key", descending=[True, False, False])
        .unique(_SHOW, keep="first", maintain_order=True)
    )
    return {
        (row["state"], row["show_id"]): note_of(row, taste) for row in best.iter_rows(named=True)
    }
