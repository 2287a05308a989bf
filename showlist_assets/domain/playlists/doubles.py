"""A show that is listed twice is one: its second listing becomes the first."""

from __future__ import annotations

from typing import Final

import polars as pl

from showlist_assets.domain.names import without_article
from showlist_assets.domain.places import city_keys
from showlist_assets.domain.same_show import Listing, first_listings

_ACT: Final = "spotify_artist_id"
_PLACE_AND_DAY: Final = ("venue", "city", "state", "local_date")
_OF_THE_SHOW: Final = (
    "title", "event_kind", "status", "starts_at", "starts_at_local", "doors_at_local", "local_date",
    "ends_at", "last_date", "venue_timezone", "venue_name", "venue_address", "venue_city",
    "venue_postal_code", "latitude", "longitude", "venue_capacity", "lowest_price",
    "average_price", "highest_price", "ticket_url", "source",
)  # fmt: skip


def without_doubles(shows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """``shows`` (``UpcomingShows``) with each show once, and how many listings were one too many.

    Whoever only the second listing bills plays on the first. An early and a late show stay two.
    """
    once, doubles = shows, 0
    # Whoever comes from a second listing may show that a third is one, too.
    while stands := _stands(once):
        once, doubles = _put_together(once, stands), doubles + len(stands)
    return once, doubles


def _put_together(shows: pl.DataFrame, stands: dict[str, str]) -> pl.DataFrame:
    second = pl.col("show_id").is_in(list(stands))
    kept, doubled = shows.filter(~second), shows.filter(second)
    # All rows of a show tell the same of it; if they do not, the headliner's do.
    firsts = (
        kept.sort("billing", "performer_key", "track_id")
        .select("state", "show_id", *_OF_THE_SHOW)
        .unique(["state", "show_id"], keep="first", maintain_order=True)
    )
    acts = (
        doubled.drop(*_OF_THE_SHOW)
        .with_columns(pl.col("show_id").replace(stands))
        .join(firsts, on=["state", "show_id"])
        .join(kept, on=["state", "show_id", "spotify_artist_id"], how="anti")
        .select(shows.columns)
        .sort("billing", "performer_key", "track_id")
        .unique(["state", "show_id", "spotify_artist_id", "track_id"], maintain_order=True)
    )
    return pl.concat([kept, acts])


def _stands(shows: pl.DataFrame) -> dict[str, str]:
    """Which listing stands for each that is one too many."""
    columns = ("show_id", "starts_at_local", "venue_name", "venue_city", _ACT, *_PLACE_AND_DAY)
    listings = (
        # Few columns first: rows are copied, and they have fifty.
        shows.select("local_date", "state", *columns[:5])
        .filter(pl.col("local_date").is_not_null())
        .with_columns(venue=_venue_keys(), city=city_keys())
        .select(columns)
        .unique(["show_id", _ACT, *_PLACE_AND_DAY])
    )
    several = (
        listings.filter(pl.len().over(_ACT, *_PLACE_AND_DAY) > 1)
        .group_by("show_id", "starts_at_local", *_PLACE_AND_DAY)
        .agg(_ACT)
        .sort("local_date", pl.col("starts_at_local").is_null(), "show_id")
    )
    stands: dict[str, str] = {}
    for group in several.partition_by(*_PLACE_AND_DAY, maintain_order=True):
        rows = group.select("show_id", "starts_at_local", _ACT).iter_rows()
        stands |= first_listings(
            Listing(show, start, frozenset(acts)) for show, start, acts in rows
        )
    return stands


def _venue_keys() -> pl.Expr:
    return pl.col("venue_name").map_batches(
        lambda names: names.replace_strict(
            {name: without_article(name) for name in names.unique()}, return_dtype=pl.String
        ),
        return_dtype=pl.String,
    )
