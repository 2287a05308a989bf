"""What the listener gets: the plan of each recipe's playlist, and the playlist itself."""

import dagster as dg

from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.partitions import recipes_partitions
from showlist_assets.defs.resources import Clock, Recipes, Tables
from showlist_assets.defs.table_asset import GROUP, OWNERS
from showlist_assets.services.playlists.page import difference_page, plan_page
from showlist_assets.services.playlists.plan_files import PlanFiles
from showlist_assets.services.playlists.workflow import (
    NO_ACCOUNT,
    account_warning,
    listeners_date,
    make_plan,
    push_plan,
)
from showlist_assets.settings import load_settings
from showlist_assets.sources.failures import SourceError


class PushConfig(dg.Config):
    """How to push."""

    dry_run: bool = False
    """Only read, and say what would be written."""
    recreate: bool = False
    """Make a new playlist if the listener has deleted the old one."""


@dg.asset(
    partitions_def=recipes_partitions,
    deps=[dg.AssetDep("upcoming_shows", partition_mapping=dg.AllPartitionMapping())],
    kinds={"polars"},
    owners=OWNERS,
    group_name=GROUP,
    code_version="1",
)
def playlist_plans(
    context: dg.AssetExecutionContext, recipes: Recipes, tables: Tables, clock: Clock
) -> dg.MaterializeResult:
    """The playlist that a recipe makes of the upcoming shows, as the listener would see it.

    Each track says which show it stands for and why it is there; beside it, what a push would
    change in the playlist that is live. The shows are a calendar file and a digest, too. Nothing is
    written to Spotify.
    """
    settings, now = load_settings(), clock.now()
    with as_dagster_failure():
        recipe = recipes.folder().read(context.partition_key)
        plan, store = make_plan(recipe, settings), PlanFiles(tables.files())
        changed = store.publish(plan, today=listeners_date(recipe, now), now=now)
        difference, unknown = None, ""
        try:
            difference = push_plan(recipe, plan, settings, run_id=context.run.run_id, dry_run=True)
        except SourceError as failure:
            # The plan stands, whether or not anybody can say now what is live.
            unknown = str(failure)
            context.log.warning(f"What is live cannot be told: {failure}")
    connected = difference is not None or unknown
    return dg.MaterializeResult(
        metadata={
            "playlist": dg.MetadataValue.md(plan_page(plan, difference)),
            "tracks": len(plan.tracks),
            "artists": len({track.spotify_artist_id for track in plan.tracks}),
            "shows": len(plan.shows),
            "new_shows": len(changed.new),
            "gone_shows": len(changed.gone),
            "moved_shows": len(changed.moved),
            "left_out": dict(plan.left_out),
            "account": recipe.account,
            "live": unknown or (difference.words if difference else ""),
            **({} if connected else {"not_connected": NO_ACCOUNT.format(name=recipe.account)}),
            **{name: dg.MetadataValue.path(at) for name, at in store.places(recipe.name).items()},
        }
    )


@dg.asset(
    partitions_def=recipes_partitions,
    deps=[playlist_plans],
    kinds={"spotify"},
    owners=OWNERS,
    group_name=GROUP,
    code_version="1",
    pool="spotify",
)
def playlists(
    context: dg.AssetExecutionContext, config: PushConfig, recipes: Recipes, tables: Tables
) -> dg.MaterializeResult:
    """The playlist in the listener's Spotify account.

    Only the difference is written, read back and compared. What the listener added stays, what the
    listener took out does not come back, and an unchanged plan writes nothing. Until an account is
    connected, nothing is sent at all.
    """
    settings = load_settings()
    with as_dagster_failure():
        recipe = recipes.folder().read(context.partition_key)
        plan = PlanFiles(tables.files()).read(recipe.name) or make_plan(recipe, settings)
        result = push_plan(
            recipe,
            plan,
            settings,
            run_id=context.run.run_id,
            dry_run=config.dry_run,
            recreate=config.recreate,
        )
    if result is None:
        words = NO_ACCOUNT.format(name=recipe.account)
        context.log.warning(words)
        return dg.MaterializeResult(metadata={"outcome": "not connected", "words": words})
    context.log.info(result.words)
    warning = account_warning(recipe, settings)
    if warning:
        context.log.warning(warning)
    return dg.MaterializeResult(
        metadata={
            "outcome": result.outcome,
            "words": result.words,
            "account": warning or f"{recipe.account}: its permission lasts",
            "difference": dg.MetadataValue.md(difference_page(result)),
            "added": len(result.added),
            "removed": len(result.removed),
            "kept": result.kept,
            "listeners_own": len(result.additions),
            "writes": result.writes,
            "spotify_calls": result.calls,
            **(
                {"playlist": dg.MetadataValue.url(result.playlist_url)}
                if result.playlist_url
                else {}
            ),
        }
    )
