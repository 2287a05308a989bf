"""From a wish at the page to a recipe of a listener: under which name, new or in place of another.

What belongs here: what the page of a save, the save itself and the way back from Spotify share.
What does not: the recipe that a wish makes (``domain.playlists.wish``) and writing it to Spotify
(``services.playlists.saving``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.playlists.recipe import RecipeError
from showlist_assets.domain.playlists.wish import recipe_of
from showlist_assets.storage.recipes import WEB_PAGE, recipe_name
from showlist_assets.web.wishes import Wished, wished

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.domain.gazetteer import Area, Place
    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.domain.playlists.wish import Wish
    from showlist_assets.web.site import Site

PLAYLIST: Final = "playlist"
"""Names in an address the recipe that a wish takes the place of."""
ANOTHER: Final = "another"
"""Asks for a playlist of its own, though there is one for the same."""
MOST_PLAYLISTS: Final = 100
"""Of one account, saved at the page: each is planned at every refresh, by calls that all share."""
_OURS: Final = (PLAYLIST, ANOTHER, "did", "shows")


class TooManyPlaylists(RecipeError):
    """The listener has as many as one may have; the message is for them."""


@dataclass(frozen=True)
class Order(Wished):
    """What somebody wants to save.

    Attributes:
        playlist: The recipe that was named; empty: none was.
        is_another: Whether a playlist of its own is wanted.
    """

    playlist: str = ""
    is_another: bool = False


@dataclass(frozen=True)
class Named:
    """The recipe of an order.

    Attributes:
        before: What it takes the place of; None: it is a new one.
    """

    recipe: Recipe
    before: Recipe | None


def order_of(site: Site, pairs: Iterable[tuple[str, str]]) -> Order:
    """What an address or a form asks to be saved."""
    given = list(pairs)
    ours = {name: value for name, value in given if name in _OURS}
    asks = wished(
        site, site.publications.current(), [pair for pair in given if pair[0] not in _OURS]
    )
    return Order(
        asks.wish,
        asks.mistakes,
        asks.asked,
        asks.place,
        ours.get(PLAYLIST, ""),
        ours.get(ANOTHER) == "yes",
    )


def named(site: Site, order: Order, place: Place | Area, account: str) -> Named:
    """The recipe of ``order`` for ``account``: that of before where there is one for the same.

    Raises:
        RecipeError: the recipe that was named is not the listener's, or not the page's to change.
        TooManyPlaylists: it would be a new one, and there is no room for it.
    """
    if order.playlist:
        before = own_recipe(site, order.playlist, account)
        if before is None or not is_of_page(site, order.playlist):
            raise RecipeError("There is no such playlist of yours that can be changed here.")
        return Named(recipe_of(order.wish, place, name=before.name, account=account), before)
    words = _words(order.wish, place)
    name = recipe_name(account, words, ())
    before = own_recipe(site, name, account)
    taken = site.platform.recipes.names()
    if name in taken and (order.is_another or before is None or not is_of_page(site, name)):
        name, before = recipe_name(account, words, taken), None
    if before is None:
        _refuse_too_many(site, account)
    return Named(recipe_of(order.wish, place, name=name, account=account), before)


def _refuse_too_many(site: Site, account: str) -> None:
    saved = [one for one in own_recipes(site, account) if is_of_page(site, one.name)]
    if len(saved) >= MOST_PLAYLISTS:
        raise TooManyPlaylists(
            f"You have {len(saved)} playlists here, and there is no room for more. Change one of "
            "them, or delete one that you no longer want."
        )


def own_recipe(site: Site, name: str, account: str) -> Recipe | None:
    """The recipe called so, if it is that listener's and can be read."""
    try:
        recipe = site.platform.recipes.read(name)
    except RecipeError:
        return None
    return recipe if recipe.account == account else None


def own_recipes(site: Site, account: str) -> list[Recipe]:
    """All of that listener's."""
    found = (own_recipe(site, name, account) for name in site.platform.recipes.names())
    return [recipe for recipe in found if recipe is not None]


def is_of_page(site: Site, name: str) -> bool:
    """Whether the page wrote the recipe, and nobody has changed it by hand: it may change it."""
    return site.platform.recipes.written_by(name) == WEB_PAGE


def _words(wish: Wish, place: Place | Area) -> str:
    """What tells a playlist from another: its title, or where, when and what."""
    if wish.title:
        return wish.title
    loud = "" if wish.loud == "any" else wish.loud
    return " ".join((place.label, wish.when, *wish.days, *wish.genre[:2], loud, *wish.venue[:1]))
