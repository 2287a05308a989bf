"""What Dagster hands to assets, schedules and sensors: the platform, and the tables' IO manager.

What belongs here: dressing a ``Platform`` as Dagster's resources. What does not: making its parts
(``wiring``). The platform is a plain object, so the UI, run configuration and event log hold none
of its settings, secrets included. An ``EnvVar`` field would show none either, but would demand
every variable, the optional ones too, before anything runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from showlist_assets.defs.io_managers import StatePartitionedParquet

if TYPE_CHECKING:
    from showlist_assets.wiring import Platform


def default_resources(platform: Platform) -> dict[str, dg.ResourceDefinition | dg.IOManager]:
    """The resources under the names that the assets ask for."""
    settings = platform.settings

    # Named, because the UI calls a resource by its function: a hardcoded one is a "<lambda>".
    def platform_of_the_settings(_: dg.InitResourceContext) -> Platform:
        return platform

    def parquet_by_table_and_state(_: dg.InitResourceContext) -> StatePartitionedParquet:
        return StatePartitionedParquet(platform.tables)

    return {
        "platform": dg.ResourceDefinition(
            platform_of_the_settings,
            description=f"Tables in {settings.data_root}; Spotify app in {settings.spotify_mode} "
            f"mode, {settings.spotify_budget} calls a day. The command "
            "showlist doctor tells the rest.",
        ),
        "tables_io": dg.IOManagerDefinition(
            parquet_by_table_and_state,
            description="Writes the rows of each state to a Parquet file of its own, as a whole, "
            f"and reads them from there: {settings.data_root}.",
        ),
    }


def gcs_client() -> Any:
    """The client of Google Cloud Storage, as Dagster's own resource makes it."""
    from dagster_gcp import GCSResource

    return GCSResource().get_client()
