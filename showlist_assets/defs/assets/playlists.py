"""What the listener gets: the plan of each recipe's playlist, and the playlist itself."""

# Dagster reads the annotation of a config unevaluated, so annotations are not postponed here.
from datetime import datetime
from typing import TYPE_CHECKING

import dagster as dg

from showlist_assets.defs.contexts import run_id
from showlist_assets.defs.downloads import download_link
from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.partitions import recipes_partitions
from showlist_assets.defs.plain_text import plain_text
from showlist_assets.defs.playlist_metadata import (
    comparison_metadata,
    page_metadata,
    plan_metadata,
    push_checks,
    push_metadata,
)
from showlist_assets.defs.table_asset import OWNERS
from showlist_assets.sources.failures import SourceError
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from showlist_assets.services.playlists.plan_files import PlanFiles


class PushConfig(dg.Config):
    """How to push."""

    dry_run: bool = False
    """Only read, and say what would be written."""
    recreate: bool = False
    """Make a new playlist if the listener has deleted the old one."""


@dg.asset(
    partitions_def=recipes_partitions,
    # Between two kinds of partitions Dagster would assume equal keys, a state called like a recipe.
    deps=[dg.AssetDep("upcoming_shows", partition_mapping=dg.AllPartitionMapping())],
    kinds={"polars", "json"},
    owners=OWNERS,
    group_name="playlists",
    code_version="1",
)
def playlist_plans(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult:
    """The playlist that a recipe makes of the upcoming shows, as the listener would see it.

    Each track says which show it stands for and why it is there; beside it, what a push would
    change in the playlist that is live. The shows are a calendar and a digest, too, to open from
    here. Nothing is written to Spotify.
    """
    with as_dagster_failure():
        recipe = platform.recipes.read(context.partition_key)
        published = platform.playlist_refresh.publish(recipe)
        difference, unknown = None, ""
        try:
            difference = platform.playlists.push(
                recipe, published.plan, run_id=run_id(context), dry_run=True
            )
        except SourceError as failure:
            # The plan stands, whether or not anybody can say now what is live.
            unknown = str(failure)
            context.log.warning(f"What is live cannot be told: {failure}")
    return dg.MaterializeResult(
        metadata={
            **plan_metadata(recipe, published, difference),
            **page_metadata(recipe, platform.settings.web_url),
            **_to_take_along(context, platform.plans, recipe.name, platform.now()),
            **comparison_metadata(recipe, difference, unknown),
        }
    )


def _to_take_along(
    context: dg.AssetExecutionContext, plans: "PlanFiles", recipe: str, now: datetime
) -> dict[str, dg.MarkdownMetadataValue]:
    """The digest to read, and links to it and to the calendar where the UI can hand them out.

    What the listener plays is in none of them: Dagster is not theirs alone.
    """
    found: dict[str, dg.MarkdownMetadataValue] = {}
    digest = plans.digest_for_others(recipe, "md")
    if digest:
        found["digest"] = dg.MetadataValue.md(digest.decode())
    links = [
        f"[{words}]({link})"
        for words, ending, content in (
            ("The shows as a calendar (.ics)", "ics", plans.calendar_for_others(recipe, now=now)),
            ("The digest as a page (.html)", "html", plans.digest_for_others(recipe, "html")),
        )
        if content and (link := download_link(context, f"{recipe}.{ending}", content))
    ]
    if links:
        found["downloads"] = dg.MetadataValue.md("\n".join(f"- {link}" for link in links))
    return found


@dg.asset(
    partitions_def=recipes_partitions,
    deps=[playlist_plans],
    check_specs=[
        dg.AssetCheckSpec(
            "reads_back",
            asset="playlists",
            description="What was written into the playlist is what Spotify tells of it "
            "afterwards.",
        ),
        dg.AssetCheckSpec(
            "playlist_is_as_planned",
            asset="playlists",
            description="The listener has the playlist of the plan: it was written or needed no "
            "change. It fails where an intended push wrote nothing: no account is connected, the "
            "plan is empty, the listener has deleted the playlist.",
        ),
    ],
    # Nothing that Dagster has an icon for: it does something, in another system.
    kinds={"task"},
    owners=OWNERS,
    group_name="playlists",
    code_version="1",
    # Not that of the lookups, which may take hours: the window of 30 seconds that they share is
    # kept by the ledger, for all processes, and some calls of a day are reserved for playlists.
    pool="playlists",
)
def playlists(
    context: dg.AssetExecutionContext,
    config: PushConfig,
    platform: dg.ResourceParam[Platform],
) -> dg.MaterializeResult:
    """The playlist in the listener's Spotify account.

    Only the difference is written, read back and compared. What the listener added stays, what the
    listener took out does not come back, and an unchanged plan writes nothing. Until an account is
    connected, nothing is sent at all.
    """
    with as_dagster_failure():
        recipe = platform.recipes.read(context.partition_key)
        plan = platform.plans.read(recipe.name) or platform.playlists.plan(recipe)
        pushed = platform.playlist_refresh.push(
            recipe, plan, run_id=run_id(context), dry_run=config.dry_run, recreate=config.recreate
        )
    result = pushed.result
    if pushed.mailed.warning:
        context.log.warning(pushed.mailed.warning)
    if pushed.warning:
        context.log.warning(plain_text(pushed.warning))
    metadata = push_metadata(recipe, pushed)
    log = context.log.info if result else context.log.warning
    log(metadata["what_happened"])
    return dg.MaterializeResult(metadata=metadata, check_results=push_checks(recipe, result))
