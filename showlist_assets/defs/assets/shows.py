"""The table everything was for: what plays, where, when, and what to listen to before."""

from __future__ import annotations

import dagster as dg
import polars as pl

from showlist_assets.defs.publishing import NewRows
from showlist_assets.defs.table_asset import table_asset
from showlist_assets.domain.shows import join_upcoming_shows
from showlist_assets.wiring import Platform


@table_asset(group="shows", kinds={"polars", "parquet"}, code_version="1")
def upcoming_shows(
    context: dg.AssetExecutionContext,  # noqa: ARG001  names the states to whoever records the rows
    raw_events: pl.DataFrame,
    expanded_artists: pl.DataFrame,
    matched_artists: pl.DataFrame,
    top_tracks: pl.DataFrame,
    audio_features: pl.DataFrame,
    platform: dg.ResourceParam[Platform],
) -> NewRows:
    """Every future show with its performers, their tracks and how these sound, in one place.

    One row is one track of one performer on one show that goes ahead: date, venue, map position,
    prices, ticket link, artist, track and audio features.
    """
    return NewRows(
        join_upcoming_shows(
            raw_events,
            expanded_artists,
            matched_artists,
            top_tracks,
            audio_features,
            now=platform.now(),
        )
    )
