"""What the listener gets: the plan of each recipe's playlist, and the playlist itself."""

# Dagster reads the annotation of a config unevaluated, so annotations are not postponed here.
from functools import partial
from typing import Any

import dagster as dg

from showlist_assets.defs.contexts import run_id
from showlist_assets.defs.downloads import download_link
from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.partitions import recipes_partitions
from showlist_assets.defs.table_asset import OWNERS
from showlist_assets.domain.playlists.plan import Plan
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets.services.playlists.digest_mail import MailReport
from showlist_assets.services.playlists.page import difference_page, plan_page
from showlist_assets.services.playlists.plan_files import PlanFiles
from showlist_assets.services.playlists.push_result import PushResult
from showlist_assets.services.playlists.workflow import NO_ACCOUNT
from showlist_assets.sources.failures import SourceError
from showlist_assets.wiring import Platform


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
    kinds={"polars"},
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
        workflow, plans = platform.playlists, platform.plans
        plan = workflow.plan(recipe)
        changed = plans.publish(
            plan,
            today=workflow.today(recipe),
            now=platform.now(),
            fates=workflow.fates(recipe),
            playlist_url=workflow.playlist_url(recipe),
        )
        difference, unknown = None, ""
        try:
            difference = workflow.push(recipe, plan, run_id=run_id(context), dry_run=True)
        except SourceError as failure:
            # The plan stands, whether or not anybody can say now what is live.
            unknown = str(failure)
            context.log.warning(f"What is live cannot be told: {failure}")
    connected = difference is not None or unknown
    heard = (difference and difference.plan) or plan
    return dg.MaterializeResult(
        metadata={
            "playlist": dg.MetadataValue.md(plan_page(plan, difference)),
            **_to_take_along(context, plans, recipe.name),
            "tracks": len(heard.tracks),
            "artists": len({track.spotify_artist_id for track in heard.tracks}),
            "shows": len(plan.shows),
            "new_shows": len(changed.new),
            "gone_shows": len(changed.gone),
            "moved_shows": len(changed.moved) + len(changed.moved_away),
            "cancelled_shows": len(changed.cancelled),
            "postponed_shows": len(changed.postponed),
            "vanished_shows": len(changed.vanished),
            "changed_line_ups": len(changed.line_ups),
            "left_out": dict(heard.left_out),
            "missing_states": list(plan.missing),
            "account": recipe.account,
            "live": unknown or (difference.words if difference else ""),
            **({} if connected else {"not_connected": NO_ACCOUNT.format(name=recipe.account)}),
            **{
                f"{name}_file": dg.MetadataValue.path(at)
                for name, at in plans.places(recipe.name).items()
            },
        }
    )


def _to_take_along(
    context: dg.AssetExecutionContext, plans: PlanFiles, recipe: str
) -> dict[str, dg.MarkdownMetadataValue]:
    """The digest to read, and links to it and to the calendar where the UI can hand them out."""
    found: dict[str, dg.MarkdownMetadataValue] = {}
    digest = plans.read_digest(recipe, "md")
    if digest:
        found["digest"] = dg.MetadataValue.md(digest.decode())
    links = [
        f"[{words}]({link})"
        for words, ending, content in (
            ("The shows as a calendar (.ics)", "ics", plans.read_calendar(recipe)),
            ("The digest as a page (.html)", "html", plans.read_digest(recipe, "html")),
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
    kinds={"python"},
    owners=OWNERS,
    group_name="playlists",
    code_version="1",
    # One asset at a time asks Spotify, lookups included: they share a window of 30 seconds.
    pool="spotify",
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
    workflow = platform.playlists
    with as_dagster_failure():
        recipe = platform.recipes.read(context.partition_key)
        plan = platform.plans.read(recipe.name) or workflow.plan(recipe)
        result = workflow.push(
            recipe, plan, run_id=run_id(context), dry_run=config.dry_run, recreate=config.recreate
        )
        mailed = MailReport() if config.dry_run else _deliver(platform, recipe, plan, result)
    if mailed.warning:
        context.log.warning(mailed.warning)
    if result is None:
        words = NO_ACCOUNT.format(name=recipe.account)
        context.log.warning(words)
        return dg.MaterializeResult(
            metadata={"outcome": "not connected", "words": words, **_mail_metadata(mailed)},
            check_results=_check_results(recipe.name, "not connected", words),
        )
    context.log.info(result.words)
    warning = workflow.account_warning(recipe)
    if warning:
        context.log.warning(warning)
    return dg.MaterializeResult(
        metadata={
            **_metadata(result, warning or f"{recipe.account}: its permission lasts"),
            **_mail_metadata(mailed),
        },
        check_results=_check_results(recipe.name, result.outcome, result.words),
    )


def _deliver(
    platform: Platform, recipe: Recipe, plan: Plan, result: PushResult | None
) -> MailReport:
    workflow = platform.playlists
    return platform.digest_mail.deliver(
        recipe,
        (result and result.plan) or plan,
        today=workflow.today(recipe),
        now=platform.now(),
        fates=partial(workflow.fates, recipe),
        playlist_url=(result and result.playlist_url) or "",
    )


def _mail_metadata(report: MailReport) -> dict[str, str]:
    return {"mail": report.words} if report.words else {}


def _metadata(result: PushResult, account: str) -> dict[str, Any]:
    url = result.playlist_url
    return {
        "outcome": result.outcome,
        "words": result.words,
        "account": account,
        "difference": dg.MetadataValue.md(difference_page(result)),
        "tracks_added": len(result.added),
        "tracks_removed": len(result.removed),
        "left_because": list(result.departed),
        "tracks_kept": result.kept,
        "tracks_of_the_listener": len(result.additions),
        "write_requests": result.writes,
        "spotify_calls": result.calls,
        **({"playlist": dg.MetadataValue.url(url)} if url else {}),
    }


def _check_results(recipe: str, outcome: str, words: str) -> list[dg.AssetCheckResult]:
    """A dry run intends to write nothing, so it is as planned."""
    as_planned = outcome in ("done", "unchanged", "dry run")
    return [
        dg.AssetCheckResult(
            check_name="reads_back",
            passed=outcome != "differs",
            severity=dg.AssetCheckSeverity.ERROR,
            description=None if outcome != "differs" else words,
            metadata={"recipe": recipe},
        ),
        dg.AssetCheckResult(
            check_name="playlist_is_as_planned",
            passed=as_planned,
            severity=dg.AssetCheckSeverity.WARN,
            description=None if as_planned else words,
            metadata={"recipe": recipe, "outcome": outcome},
        ),
    ]
