"""What Dagster is told of a plan and of a push, whoever made them: a run, or the page.

Of the listener's taste that is counts alone: an event log keeps what it is told, and is read by
whoever sees Dagster.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import dagster as dg

from showlist_assets.defs.plain_text import plain_text
from showlist_assets.domain.links import web_address

if TYPE_CHECKING:
    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.services.playlists.push_result import PushResult
    from showlist_assets.services.playlists.refreshing import PublishedPlan, Pushed

NOT_CONNECTED = "not connected"


def plan_metadata(
    recipe: Recipe, published: PublishedPlan, difference: PushResult | None
) -> dict[str, Any]:
    """A plan, what changed since the one before, and where its files are."""
    from showlist_assets.services.playlists.page import plan_page

    plan, changed = published.plan, published.changed
    heard = (difference and difference.plan) or plan
    return {
        "playlist": dg.MetadataValue.md(plan_page(plan, difference)),
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
        **_by_taste(heard),
        **({"missing_states": list(plan.missing)} if plan.missing else {}),
        "account": recipe.account,
        **{f"{name}_file": dg.MetadataValue.path(at) for name, at in published.places.items()},
    }


def _by_taste(plan: Plan) -> dict[str, dict[str, int]]:
    """On what it rests that the tracks are to the listener's taste, counted."""
    found = Counter(track.taste.basis for track in plan.tracks if track.taste)
    return {"tracks_by_taste": dict(sorted(found.items()))} if found else {}


def page_metadata(recipe: Recipe, page: str | None) -> dict[str, dg.MarkdownMetadataValue]:
    """The way to the playlist on the listener's page, where its address is known."""
    if page is None:
        return {}
    # Names of recipes are of letters, digits and hyphens.
    link = web_address(f"{page}/playlists/{recipe.name}")
    return {"listeners_page": dg.MetadataValue.md(f"[Open the playlist there]({link})")}


def comparison_metadata(
    recipe: Recipe, difference: PushResult | None, unknown: str = ""
) -> dict[str, str]:
    """What a push would write, or why that cannot be told."""
    if difference is None and not unknown:
        return {"not_connected": _no_account(recipe)}
    return {"compared_with_spotify": plain_text(difference.words if difference else unknown)}


def push_metadata(recipe: Recipe, pushed: Pushed) -> dict[str, Any]:
    """What a push did."""
    mailed = {"mail": plain_text(pushed.mailed.words)} if pushed.mailed.words else {}
    if pushed.result is None:
        return {"outcome": NOT_CONNECTED, "what_happened": _no_account(recipe), **mailed}
    account = plain_text(pushed.warning) or f"{recipe.account}: its permission lasts"
    return {**_written(pushed.result, account), **mailed}


def _written(result: PushResult, account: str) -> dict[str, Any]:
    """What was written, in the order in which a person reads it."""
    from showlist_assets.services.playlists.page import difference_page

    url = web_address(result.playlist_url or "")
    # A link with a text of its own: an address does not break, and pushes the words out of sight.
    link = dg.MetadataValue.md(f"[Open in Spotify]({url})")
    return {
        "outcome": result.outcome,
        "what_happened": plain_text(result.words),
        **({"playlist": link} if url else {}),
        "account": account,
        "difference": dg.MetadataValue.md(difference_page(result)),
        "tracks_added": len(result.added),
        "tracks_removed": len(result.removed),
        "tracks_kept": result.kept,
        "tracks_of_the_listener": len(result.additions),
        "write_requests": result.writes,
        "spotify_calls": result.calls,
        **({"left_the_plan": list(result.departed)} if result.departed else {}),
    }


def push_checks(recipe: Recipe, result: PushResult | None) -> list[dg.AssetCheckResult]:
    """How a push is judged; a dry run intends to write nothing, so it is as planned."""
    outcome = result.outcome if result else NOT_CONNECTED
    words = plain_text(result.words) if result else _no_account(recipe)
    as_planned = outcome in ("done", "unchanged", "dry run")
    return [
        dg.AssetCheckResult(
            check_name="reads_back",
            passed=outcome != "differs",
            severity=dg.AssetCheckSeverity.ERROR,
            description=None if outcome != "differs" else words,
            metadata={"recipe": recipe.name},
        ),
        dg.AssetCheckResult(
            check_name="playlist_is_as_planned",
            passed=as_planned,
            severity=dg.AssetCheckSeverity.WARN,
            description=None if as_planned else words,
            metadata={"recipe": recipe.name, "outcome": outcome},
        ),
    ]


def _no_account(recipe: Recipe) -> str:
    from showlist_assets.services.playlists.workflow import NO_ACCOUNT

    return plain_text(NO_ACCOUNT.format(name=recipe.account))
