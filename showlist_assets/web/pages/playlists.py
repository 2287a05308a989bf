"""``/playlists``: what a listener has saved, and how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.web.rendering import Page, answer, frame_of
from showlist_assets.web.routing import shows
from showlist_assets.web.saving import own_recipes
from showlist_assets.web.views.playlists import card_of, playlists_of
from showlist_assets.web.visitors import required_account, visitor_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.web.site import Site
    from showlist_assets.web.views.playlists import Card


def playlists(request: Request, site: Site) -> Response:
    """All of the visitor's own."""
    account = required_account(visitor_of(request, site))
    cards = [
        read_card(site, recipe, site.platform.plans.read(recipe.name))
        for recipe in own_recipes(site, account)
    ]
    view = playlists_of(
        cards,
        site.platform.accounts.read(account),
        is_upkept=site.upkeep.is_running(),
        now=site.now(),
    )
    frame = frame_of(request, site, title="My playlists", section="playlists")
    return answer(site, Page("playlists.html", frame, view))


def read_card(site: Site, recipe: Recipe, plan: Plan | None) -> Card:
    """What is known of one playlist; ``plan`` is the one that was made last."""
    platform = site.platform
    return card_of(
        recipe,
        row=platform.history.last(recipe.name, recipe.account),
        last=site.saves.last_push(recipe),
        plan=plan,
        digest=platform.plans.last_digest(recipe.name),
        now=site.now(),
    )


ROUTES = [shows("/playlists", playlists)]
