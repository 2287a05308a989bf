"""The single entry point for Dagster: ``defs``, and ``build_definitions`` for tests and the CLI.

Loading it does no I/O beyond reading the settings.
"""

from __future__ import annotations

import dagster as dg

from showlist_assets.defs.assets import artists, events, playlists, shows, tracks, warehouse
from showlist_assets.defs.assets.external import external_assets
from showlist_assets.defs.io_managers import StatePartitionedParquet
from showlist_assets.defs.jobs import default_jobs
from showlist_assets.defs.resources import default_resources
from showlist_assets.defs.schedules import default_schedules
from showlist_assets.defs.sensors import default_sensors
from showlist_assets.settings import Settings, load_settings

table_assets = [
    events.raw_events,
    events.expanded_artists,
    artists.matched_artists,
    tracks.top_tracks,
    tracks.audio_features,
    shows.upcoming_shows,
]


def build_definitions(
    *,
    settings: Settings | None = None,
    resource_overrides: dict[str, object] | None = None,
    loggers: dict[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """Everything Dagster needs to know, with the resources as ``settings`` configure them."""
    configured = settings or load_settings()
    return dg.Definitions(
        assets=[
            *external_assets,
            *table_assets,
            warehouse.warehouse,
            playlists.playlist_plans,
            playlists.playlists,
        ],
        jobs=default_jobs,
        schedules=default_schedules,
        sensors=default_sensors,
        resources={
            **default_resources(configured),
            "tables_io": StatePartitionedParquet(root=configured.data_root),
            **(resource_overrides or {}),
        },
        executor=dg.in_process_executor,
        loggers=loggers,
    )


defs = build_definitions()
