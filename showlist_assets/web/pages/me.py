"""``/me``: a listener's account here, the way out of it, and being forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.web.failures import Failure
from showlist_assets.web.rendering import Page, answer, frame_of, to_outside
from showlist_assets.web.routing import does, shows
from showlist_assets.web.saving import own_recipes
from showlist_assets.web.views.me import me_of
from showlist_assets.web.visitors import log_out, required_account, visitor_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.web.site import Site


def me(request: Request, site: Site) -> Response:
    """How long the permission lasts, and how to end all of this."""
    account = required_account(visitor_of(request, site))
    recipes = own_recipes(site, account)
    view = me_of(
        site.platform.accounts.read(account),
        recipes,
        by_hand=[
            recipe.name
            for recipe in recipes
            if site.platform.recipes.is_written_by_hand(recipe.name)
        ],
        now=site.now(),
    )
    return answer(site, Page("me.html", frame_of(request, site, title="Me", section="me"), view))


def leave_everywhere(request: Request, site: Site, _form: FormData) -> Response:
    """Log every browser of the listener out."""
    account = required_account(visitor_of(request, site))
    site.sessions.end_all(account)
    log_out(request)
    return to_outside(site, "everywhere")


def forget(request: Request, site: Site, _form: FormData) -> Response:
    """Delete everything that is kept of the listener, before the answer is sent."""
    account = required_account(visitor_of(request, site))
    if is_being_written(site, account):
        words = "A playlist is being written right now, so nothing was deleted. Try again soon."
        failure = Failure("In a minute", words, ("Back", "/me"))
        frame = frame_of(request, site, title=failure.heading, section="me")
        return answer(site, Page("failure.html", frame, failure, 409))
    forget_listener(site, account)
    log_out(request)
    return to_outside(site, "forgotten")


def is_being_written(site: Site, account: str) -> bool:
    """Whether a push of one of the account's goes on: it would leave something behind."""
    if site.saves.under_way(account):
        return True
    workflow = site.platform.playlists
    return any(workflow.is_under_way(recipe.name) for recipe in own_recipes(site, account))


def forget_listener(site: Site, account: str) -> None:
    """Delete all of ``account``'s, here and in Dagster.

    Raises:
        AccountError, PushError, RecipeError, StorageError: something is left; once more deletes it.
    """
    forgotten = site.platform.forget_listener(account)
    from showlist_assets.defs.runless import forget_in_dagster

    forget_in_dagster(forgotten)


ROUTES = [
    shows("/me", me),
    does("/me/everywhere", leave_everywhere),
    does("/me/forget", forget),
]
