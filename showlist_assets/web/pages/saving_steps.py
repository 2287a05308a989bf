"""What begins a save, from the page's form and after a login: the file is written, Spotify next."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.domain.playlists.wish import query_of
from showlist_assets.web.rendering import redirect, segment
from showlist_assets.web.saving import PLAYLIST, named, order_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.web.saving import Order
    from showlist_assets.web.site import Site

# Most saves take less, so that most listeners see no page that waits.
_WORTH_WAITING: Final = 2.0
# Of two changes at once, the one whose file stays is also the one that is written to Spotify last.
_IN_ORDER: Final = Lock()


def path_of(order: Order, playlist: str = "") -> str:
    """The page of a save; it shows the difference where ``playlist`` is there already."""
    more = {PLAYLIST: playlist or order.playlist} if playlist or order.playlist else {}
    query = "&".join(filter(None, (query_of(order.wish), urlencode(more))))
    return f"/save?{query}"


def write_and_start(site: Site, recipe: Recipe) -> Response:
    """Keep the recipe, and write its playlist.

    Raises:
        RecipeError: its file is a person's.
        StorageError: it cannot be written.
    """
    with _IN_ORDER:
        site.platform.recipes.write(recipe)
        saving_id = site.saves.start(recipe)
    return _awaited(site, saving_id)


def started(site: Site, recipe: Recipe, *, recreate: bool = False) -> Response:
    """Write the playlist of a recipe; to the page that tells how it goes."""
    return _awaited(site, site.saves.start(recipe, recreate=recreate))


def _awaited(site: Site, saving_id: str) -> Response:
    site.saves.wait(saving_id, _WORTH_WAITING)
    return redirect(site, f"/saving/{segment(saving_id)}")


def save_after_login(_request: Request, site: Site, account: str, query: str) -> Response:
    """Go on with what was asked before the login; what is there already is asked about first."""
    order = order_of(site, parse_qsl(query, keep_blank_values=True))
    if order.place is None:
        return redirect(site, path_of(order))
    try:
        found = named(site, order, order.place, account)
    except RecipeError:
        # No room, deleted or written by hand meanwhile, another listener's: the page says so.
        return redirect(site, path_of(order))
    if found.before:
        return redirect(site, path_of(order, found.recipe.name))
    return write_and_start(site, found.recipe)
