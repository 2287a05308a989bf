"""The table everything was for: what plays, where, when, and what to listen to before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from showlist_assets.defs.publishing import NewRows
from showlist_assets.defs.table_asset import table_asset
from showlist_assets.domain.matching.backlog import expected_by, pending_performers
from showlist_assets.domain.shows import (
    ACT_COLUMNS,
    ARTIST_COLUMNS,
    FEATURE_COLUMNS,
    SHOW_COLUMNS,
    SONG_COLUMNS,
    join_upcoming_shows,
)
from showlist_assets.storage.parquet import read_columns
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from datetime import date

_WAITING = ("state", "performer_key", "outcome", "next_show_on")


@table_asset(
    group="upcoming",
    kinds={"polars", "parquet"},
    code_version="2",
    columns={
        "shows": SHOW_COLUMNS,
        "expanded_artists": ACT_COLUMNS,
        "matched_artists": ARTIST_COLUMNS,
        "top_tracks": SONG_COLUMNS,
        "audio_features": FEATURE_COLUMNS,
    },
)
def upcoming_shows(
    context: dg.AssetExecutionContext,  # noqa: ARG001  names the states to whoever records the rows
    shows: pl.DataFrame,
    expanded_artists: pl.DataFrame,
    matched_artists: pl.DataFrame,
    top_tracks: pl.DataFrame,
    audio_features: pl.DataFrame,
    platform: dg.ResourceParam[Platform],
) -> NewRows:
    """Every future show with its performers, their tracks and how these sound, in one place.

    One row is one track of one performer on one show that goes ahead: date, venue, map position,
    prices, ticket link, artist, track and audio features. A performer without a track has a row as
    well, which says why: nobody on Spotify, no song, or not looked up yet, and about when.
    """
    return NewRows(
        join_upcoming_shows(
            shows,
            expanded_artists,
            matched_artists,
            top_tracks,
            audio_features,
            now=platform.now(),
            expected=_expected(platform, matched_artists),
        )
    )


def _expected(platform: Platform, matched_artists: pl.DataFrame) -> dict[str, date]:
    """About when each performer who waits will be looked up, by key."""
    pending = pl.col("outcome") == "pending"
    if matched_artists.filter(pending).is_empty():
        return {}
    # Of the whole country, which shares the day's calls; rows are heavy with answers.
    waiting = read_columns(platform.files, "matched_artists", _WAITING)
    if waiting is None:
        return {}
    return expected_by(
        pending_performers(waiting),
        free=platform.ledger("spotify").free() or 0,
        per_day=platform.spotify_allowance.for_purpose("lookup"),
        now=platform.now(),
    )
