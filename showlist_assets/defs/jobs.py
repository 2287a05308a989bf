"""The jobs: what a schedule or a person starts."""

from __future__ import annotations

import dagster as dg

from showlist_assets.domain.tables.schemas import TABLES

CALLS_TAG = "showlist/spotify_calls"
"""Run tag: how many Spotify lookups the run may make."""

# Six short steps do not earn six process starts of five CPU-seconds each (docs/architecture.md).
refresh_states = dg.define_asset_job(
    "refresh_states",
    selection=dg.AssetSelection.assets(*TABLES, "warehouse"),
    description="Find the concerts of one or several states, match the performers, take their "
    "tracks and features, join it all, and publish the DuckDB file.",
    executor_def=dg.in_process_executor,
)

catch_up_states = dg.define_asset_job(
    "catch_up_states",
    selection=dg.AssetSelection.assets(
        "matched_artists", "top_tracks", "audio_features", "upcoming_shows", "warehouse"
    ),
    description="Go on with the performers who wait for free Spotify calls: match them, take their "
    "tracks and features, join it all, and publish the DuckDB file. The events stay as they are.",
    executor_def=dg.in_process_executor,
)

push_playlists = dg.define_asset_job(
    "push_playlists",
    selection=dg.AssetSelection.assets("playlist_plans", "playlists"),
    description="Plan the playlist of a recipe and write the difference to the listener's account.",
    executor_def=dg.in_process_executor,
)

rebuild_warehouse = dg.define_asset_job(
    "rebuild_warehouse",
    selection=dg.AssetSelection.assets("warehouse"),
    description="Publish the DuckDB file again from the stored tables.",
    executor_def=dg.in_process_executor,
)

default_jobs = [refresh_states, catch_up_states, push_playlists, rebuild_warehouse]
