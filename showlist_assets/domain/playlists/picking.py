"""Which tracks of the rows that a recipe lets through: so many per artist, so many in all.

Every order ends in the whole key of a row, so that the same rows give the same playlist however
they are sorted.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from datetime import date

    from showlist_assets.domain.playlists.recipe import Recipe

_SHOW_ORDER: Final = ("local_date", "starts_at_local", "state", "show_id")
_ROW_ORDER: Final = (*_SHOW_ORDER, "billing", "performer_key", "track_slot", "track_id")


def week_of(today: date) -> str:
    """The ISO week of ``today``, such as 2026-W47: what every surprise is drawn with."""
    year, week, _ = today.isocalendar()
    return f"{year}-W{week:02}"


def pick_tracks(
    rows: pl.DataFrame, recipe: Recipe, *, week: str
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows of the playlist in its order, and how many tracks were left out, by reason.

    Adds ``nights``, how many shows the artist plays, and ``track_slot``, 0 for the artist's first
    track by the recipe's pick.
    """
    drawn = _with_lots(rows, f"{recipe.name} {week}")
    fitting = _in_slots(drawn, recipe)
    kept = _preferred(fitting, recipe)
    left_out = {
        f"tracks beyond {recipe.tracks_per_artist} per artist": _fewer(rows, fitting),
        f"tracks over the limit of {recipe.max_tracks}": _fewer(fitting, kept),
    }
    return _ordered(kept, recipe), {reason: count for reason, count in left_out.items() if count}


def _fewer(before: pl.DataFrame, after: pl.DataFrame) -> int:
    return before["track_id"].n_unique() - after["track_id"].n_unique()


def _with_lots(rows: pl.DataFrame, seed: str) -> pl.DataFrame:
    return rows.with_columns(
        artist_lot=_lot(rows["spotify_artist_id"], seed), track_lot=_lot(rows["track_id"], seed)
    )


def _lot(ids: pl.Series, seed: str) -> pl.Series:
    """A number per id that only ``seed`` decides, on every machine and in every release."""
    # Python salts its own hash in each process, and Polars promises none from version to version.
    # Seven bytes fit into Polars' signed Int64.
    drawn = {
        one: int.from_bytes(sha256(f"{seed} {one}".encode()).digest()[:7]) for one in ids.unique()
    }
    return ids.replace_strict(drawn, return_dtype=pl.Int64)


def _in_slots(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """One row per track: its artist's nights take turns at the artist's tracks.

    A track of two billed artists goes to the one who plays first.
    """
    slots = _numbered_tracks(rows, recipe)
    nights = _numbered_nights(rows)
    its_turn = pl.col("night") == pl.col("track_slot") // recipe.tracks_per_artist
    if recipe.one_artist_once:
        its_turn &= pl.col("night") == 0
    return (
        rows.sort(*_SHOW_ORDER, "billing", "performer_key", nulls_last=True)
        # One artist may be billed twice on a show, under two names.
        .unique(["spotify_artist_id", "show_id", "track_id"], keep="first", maintain_order=True)
        .join(slots, on=["spotify_artist_id", "track_id"])
        .join(nights, on=["spotify_artist_id", "state", "show_id"])
        .filter(its_turn)
        .sort(*_ROW_ORDER, nulls_last=True)
        .unique("track_id", keep="first", maintain_order=True)
    )


def _numbered_tracks(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    best_known = pl.col("track_rank").min()
    by_pick = {
        "best known": ["track_rank", "track_id"],
        "newest": ["age", "track_rank", "track_id"],
        "surprise": ["track_lot", "track_id"],
    }[recipe.pick]
    tracks = rows.group_by("spotify_artist_id", "track_id").agg(
        best_known, pl.col("release_date").max(), pl.col("track_lot").first()
    )
    # Dates of different precision ("2024", "2024-05-01") compare well enough as text.
    newest_first = pl.col("release_date").rank("dense", descending=True).alias("age")
    return (
        tracks.with_columns(newest_first)
        .sort(*by_pick, nulls_last=True)
        .select(
            "spotify_artist_id",
            "track_id",
            track_slot=pl.int_range(pl.len()).over("spotify_artist_id"),
        )
    )


def _numbered_nights(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.group_by("spotify_artist_id", "state", "show_id")
        .agg(pl.col("local_date", "starts_at_local").min())
        .sort(*_SHOW_ORDER, nulls_last=True)
        .select(
            "spotify_artist_id",
            "state",
            "show_id",
            night=pl.int_range(pl.len()).over("spotify_artist_id"),
            nights=pl.len().over("spotify_artist_id"),
        )
    )


def _preferred(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    if recipe.prefer == "biggest":
        rows = _biggest_first(rows)
    if recipe.prefer == "surprise":
        rows = rows.sort("artist_lot", *_ROW_ORDER, nulls_last=True)
    return rows.head(recipe.max_tracks)


def _biggest_first(rows: pl.DataFrame) -> pl.DataFrame:
    """By popularity, else by the size of the venue: Development Mode tells no popularity."""
    size = ("artist_popularity", "venue_capacity")
    rest = ("local_date", "starts_at_local", "state", "show_id", "performer_key", "track_slot")
    columns = (*size, "billing", *rest, "track_id")
    return rows.sort(*columns, descending=[column in size for column in columns], nulls_last=True)


def _ordered(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    if recipe.order == "popularity":
        return _biggest_first(rows)
    if recipe.order == "shuffle":
        return rows.sort("track_lot", "track_id")
    by_date = rows.sort(*_ROW_ORDER, nulls_last=True)
    return by_date if recipe.order == "date" else _in_an_arc(by_date)


def _in_an_arc(rows: pl.DataFrame) -> pl.DataFrame:
    """Energy rises over two thirds of the playlist and falls over the last.

    A track of unknown energy stands where the middle one does.
    """
    energy = pl.col("energy").fill_null(pl.col("energy").median()).fill_null(0.5)
    calm_first = rows.sort(energy, "track_id").with_row_index("position")
    falls = pl.col("position") % 3 == 1
    rising, falling = calm_first.filter(~falls), calm_first.filter(falls).reverse()
    return pl.concat([rising, falling]).drop("position")
