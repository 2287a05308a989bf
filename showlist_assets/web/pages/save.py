"""``/save``: what a save would do, in full, before it does it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.services.playlists.saving import Difference
from showlist_assets.web.logins import at_own_name
from showlist_assets.web.pages import nothing_yet
from showlist_assets.web.pages.login import begun
from showlist_assets.web.pages.saving_steps import path_of, write_and_start
from showlist_assets.web.pages.ways_out import unknown_place
from showlist_assets.web.rendering import Page, answer, frame_of, redirect
from showlist_assets.web.routing import does, field, shows
from showlist_assets.web.saving import ANOTHER, PLAYLIST, Order, TooManyPlaylists, named, order_of
from showlist_assets.web.views.save import save_of
from showlist_assets.web.visitors import visitor_of
from showlist_assets.web.wishes import preview_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.web.saving import Named
    from showlist_assets.web.site import Site


def save(request: Request, site: Site) -> Response:
    """The title, who sees it, whether it is kept up to date, and what it would hold."""
    if elsewhere := at_own_name(request, site):
        return elsewhere
    publication = site.publications.current()
    if publication is None:
        return nothing_yet.page(request, site)
    order = order_of(site, request.query_params.multi_items())
    if order.place is None:
        return answer(site, unknown_place(request, site, order))
    found = _named(request, site, order)
    account = visitor_of(request, site).account
    view = save_of(
        order,
        order.place,
        preview_of(site, publication, order.wish, order.place, account=account),
        is_known=account is not None,
        before=found.before if found else None,
        difference=_difference(site, found) if found and found.before else None,
    )
    frame = frame_of(request, site, title="Save to Spotify")
    return answer(site, Page("save.html", frame, view))


def _difference(site: Site, found: Named) -> Difference:
    if not site.pace.allows("compare", found.recipe.account):
        return Difference("You have looked often within an hour, so Spotify is not asked now.")
    return site.saves.difference(found.recipe)


def _named(request: Request, site: Site, order: Order) -> Named | None:
    """The recipe it would be; None while nobody knows whose."""
    account = visitor_of(request, site).account
    if account is None or order.place is None:
        return None
    return _of_listener(site, order, account)


def _of_listener(site: Site, order: Order, account: str) -> Named:
    if order.place is None:
        raise HTTPException(400, "Nobody here knows that place.")
    try:
        return named(site, order, order.place, account)
    except TooManyPlaylists as full:
        raise HTTPException(400, str(full)) from None
    except RecipeError:
        raise HTTPException(404) from None


def do_save(request: Request, site: Site, form: FormData) -> Response:
    """Save; whoever is not logged in agrees at Spotify first, and is then led back to here."""
    order = _ordered(site, form)
    account = visitor_of(request, site).account
    if account is None:
        return begun(request, site, form, return_to=path_of(order))
    found = _of_listener(site, order, account)
    # A playlist that is there is changed only by somebody who has seen what would change.
    if found.before and order.playlist != found.recipe.name:
        return redirect(site, path_of(order, found.recipe.name))
    return write_and_start(site, found.recipe)


def _ordered(site: Site, form: FormData) -> Order:
    wished = parse_qsl(field(form, "wish"), keep_blank_values=True)
    own = ("title", "public", "refresh")
    pairs = [(name, value) for name, value in wished if name not in own]
    pairs += [(name, field(form, name)) for name in own if field(form, name)]
    pairs += [(name, field(form, name)) for name in (PLAYLIST, ANOTHER) if field(form, name)]
    return order_of(site, pairs)


ROUTES = [shows("/save", save), does("/save", do_save, pace="login")]
