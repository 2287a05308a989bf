"""Which tracks of the rows that a recipe lets through: so many per artist, so many in all.

Every order ends in the whole key of a row, so that the same rows give the same playlist however
they are sorted.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from showlist_assets.domain.playlists.filters import is_artist

if TYPE_CHECKING:
    from datetime import date

    from showlist_assets.domain.playlists.recipe import Recipe

# The house before the id: a show that is listed again under another id keeps its place.
_SHOW_ORDER: Final = ("local_date", "starts_at_local", "state", "venue_name", "show_id")
_ROW_ORDER: Final = (*_SHOW_ORDER, "billing", "performer_key", "track_slot", "track_id")


OVER_THE_LIMIT: Final = "tracks over the limit of"
"""How the reason begins for which the songs beyond a playlist's size are left out."""


class _Picked(NamedTuple):
    """``reserve`` are the next candidates, the best first, with ``behind`` as ``ReserveTrack``."""

    rows: pl.DataFrame
    reserve: pl.DataFrame
    left_out: dict[str, int]


def week_of(today: date) -> str:
    """The ISO week of ``today``, such as 2026-W47: what every surprise is drawn with."""
    year, week, _ = today.isocalendar()
    return f"{year}-W{week:02}"


def pick_tracks(rows: pl.DataFrame, recipe: Recipe, *, week: str) -> _Picked:
    """The rows of the playlist in its order, those in reserve, and how many were left out and why.

    Adds ``nights``, on how many days the artist plays, ``track_slot``, 0 for the artist's first
    track by the recipe's pick, and ``comes_first``, whether the recipe names the artist so.
    """
    # By the week alone: a playlist is previewed before it has a name, and must sound the same.
    drawn = _with_lots(rows, week).with_columns(comes_first=is_artist(rows, recipe.artists.first))
    fitting = _in_slots(drawn, recipe)
    best_first = _preferred(fitting, recipe)
    kept = best_first.head(recipe.max_tracks)
    left_out = {
        f"tracks beyond {recipe.tracks_per_artist} per artist": _fewer(rows, fitting),
        f"{OVER_THE_LIMIT} {recipe.max_tracks}": _fewer(fitting, kept),
    }
    # As many again: nobody takes out more than the whole list between two pushes.
    spare = best_first.slice(recipe.max_tracks, recipe.max_tracks)
    return _Picked(
        _ordered(kept, recipe),
        _behind(spare, kept, recipe),
        {reason: count for reason, count in left_out.items() if count},
    )


def _behind(spare: pl.DataFrame, kept: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    """``spare`` with how many of ``kept`` stand before each in the recipe's order."""
    all_rows = pl.concat(
        [kept.with_columns(is_kept=pl.lit(1)), spare.with_columns(is_kept=pl.lit(0))]
    )
    places = _ordered(all_rows, recipe).select("track_id", behind=pl.col("is_kept").cum_sum())
    return spare.join(places, on="track_id", how="left", maintain_order="left")


def _fewer(before: pl.DataFrame, after: pl.DataFrame) -> int:
    return before["track_id"].n_unique() - after["track_id"].n_unique()


def _with_lots(rows: pl.DataFrame, seed: str) -> pl.DataFrame:
    return rows.with_columns(
        artist_lot=lots(rows["spotify_artist_id"], seed), track_lot=lots(rows["track_id"], seed)
    )


def lots(ids: pl.Series, seed: str) -> pl.Series:
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
    # A year of 0000 is Spotify's way to say that it knows none.
    release_date = pl.col("release_date").filter(~pl.col("release_date").str.starts_with("0000"))
    tracks = rows.group_by("spotify_artist_id", "track_id").agg(
        best_known, release_date.max(), pl.col("track_lot").first()
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
    """The number of each artist's night and its first show: a late show is no night of its own."""
    return (
        rows.group_by("spotify_artist_id", "state", "show_id")
        .agg(pl.col("local_date", "starts_at_local", "venue_name").min())
        .sort(*_SHOW_ORDER, nulls_last=True)
        .unique(["spotify_artist_id", "local_date"], keep="first", maintain_order=True)
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
    if recipe.prefer == "taste":
        rows = _fittest_first(rows)
    if recipe.taste.known == "prefer":
        plays = pl.col("fit_basis").eq_missing(pl.lit("known"))
        rows = rows.sort(plays, descending=True, maintain_order=True)
    return _named_first(rows)


def _named_first(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` in their order, but those first whose artist ``artists.first`` names."""
    return rows.sort("comes_first", descending=True, maintain_order=True)


def _biggest_first(rows: pl.DataFrame) -> pl.DataFrame:
    """By popularity, else by the size of the venue: Development Mode tells no popularity."""
    size = ("artist_popularity", "venue_capacity")
    columns = (*size, "billing", *_SHOW_ORDER, "performer_key", "track_slot", "track_id")
    return rows.sort(*columns, descending=[column in size for column in columns], nulls_last=True)


def _fittest_first(rows: pl.DataFrame) -> pl.DataFrame:
    """By taste; those of which nobody knows, last."""
    columns = ("fit_percentile", *_ROW_ORDER)
    return rows.sort(*columns, descending=[True] + [False] * len(_ROW_ORDER), nulls_last=True)


def _ordered(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    return _named_first(_in_its_order(rows, recipe))


def _in_its_order(rows: pl.DataFrame, recipe: Recipe) -> pl.DataFrame:
    if recipe.order == "popularity":
        return _biggest_first(rows)
    if recipe.order == "shuffle":
        return rows.sort("track_lot", "track_id")
    if recipe.order == "taste":
        return _fittest_first(rows)
    by_date = rows.sort(*_ROW_ORDER, nulls_last=True)
    if recipe.order == "smooth":
        from showlist_assets.domain.recommendations.smooth_order import smooth

        return smooth(by_date)
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
