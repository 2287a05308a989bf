"""The jobs: what a schedule or a person starts."""

# Dagster reads the annotation of a resource unevaluated, so annotations are not postponed here.
import dagster as dg

# Dagster 1.13 has no public name for what ``define_asset_job`` returns.
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from showlist_assets.defs.old_runs import purge
from showlist_assets.wiring import Platform

CALLS_TAG = "showlist/spotify_calls"
"""Run tag: how many Spotify lookups the run may make."""

_ON_FROM_THE_ARTISTS = dg.AssetSelection.groups("artists", "tracks") | dg.AssetSelection.assets(
    "upcoming_shows"
)

# Six short steps do not earn six process starts of five CPU-seconds each (docs/adr).
refresh_states = dg.define_asset_job(
    "refresh_states",
    selection=dg.AssetSelection.groups("events", "artists", "tracks", "upcoming"),
    description="Find the concerts of one or several states, match the performers, take their "
    "tracks and features, and join it all. The DuckDB file follows by itself.",
    executor_def=dg.in_process_executor,
)

catch_up_states = dg.define_asset_job(
    "catch_up_states",
    selection=_ON_FROM_THE_ARTISTS,
    description="Go on with the performers who wait for free Spotify calls: match them, take their "
    "tracks and features, and join it all. The events stay as they are.",
    executor_def=dg.in_process_executor,
)

push_playlists = dg.define_asset_job(
    "push_playlists",
    selection=dg.AssetSelection.groups("playlists"),
    description="Plan the playlist of a recipe and write the difference to the listener's account.",
    executor_def=dg.in_process_executor,
)

rebuild_warehouse = dg.define_asset_job(
    "rebuild_warehouse",
    selection=dg.AssetSelection.groups("warehouse"),
    description="Publish the DuckDB file at once from the stored tables, as a machine without the "
    "daemon needs it.",
    executor_def=dg.in_process_executor,
)

sync_listening = dg.define_asset_job(
    "sync_listening",
    selection=dg.AssetSelection.groups("listening"),
    description="Ask the services that a listener has connected for what is new, and make plays "
    "of it.",
    executor_def=dg.in_process_executor,
)

refresh_taste = dg.define_asset_job(
    "refresh_taste",
    selection=dg.AssetSelection.groups("recommendations"),
    description="Rank whoever plays soon for a listener.",
    executor_def=dg.in_process_executor,
)


@dg.op
def delete_old_runs(context: dg.OpExecutionContext, platform: dg.ResourceParam[Platform]) -> None:
    """Delete what SHOWLIST_RUNS_KEPT_DAYS no longer keeps, and tell how many went."""
    done = purge(context.instance, now=platform.now(), days=platform.settings.runs_kept_days)
    context.log.info(done.words)
    counts = {"deleted": done.deleted, "left": done.waiting, "kept": done.held}
    context.add_output_metadata(counts)


@dg.job(
    description="Delete old runs with their events and logs (SHOWLIST_RUNS_KEPT_DAYS). One with "
    "the newest result of something stays.",
    executor_def=dg.in_process_executor,
)
def purge_runs() -> None:
    """One step."""
    delete_old_runs()


default_jobs: list[dg.JobDefinition | UnresolvedAssetJobDefinition] = [
    refresh_states,
    catch_up_states,
    push_playlists,
    rebuild_warehouse,
    sync_listening,
    refresh_taste,
    purge_runs,
]
