"""A wish and a recipe: the form of the page and the file of an engineer are one thing.

What belongs here: which recipe a wish makes, and which wish a recipe is. What does not: the fields
of a wish (``wish_model``) and its address (``wish_query``); both are asked for here.
"""

from __future__ import annotations

import re
from typing import Any, Final

from showlist_assets.domain.gazetteer import Area, Place
from showlist_assets.domain.places import is_position
from showlist_assets.domain.playlists.ranges import Range
from showlist_assets.domain.playlists.recipe import Recipe
from showlist_assets.domain.playlists.wish_model import Wish
from showlist_assets.domain.playlists.wish_query import query_of, wish_from_query

__all__ = ["Wish", "query_of", "recipe_of", "settled", "wish_from_query", "wish_of"]

_ENERGY: Final = {
    "calm": Range(high=0.4),
    "lively": Range(0.4, 0.7),
    "loud": Range(low=0.7),
}
_CAPACITY: Final = {"small": Range(high=500.0), "medium": Range(high=2000.0)}
_MILES: Final = re.compile(r"([0-9]{1,3}) mi")


def settled(wish: Wish, place: Place | Area) -> Wish:
    """``wish`` as it comes back from its recipe: ``place`` has one spelling.

    The name that was typed may be that of several places; a whole state has no radius.
    """
    if isinstance(place, Area):
        return wish.model_copy(
            update={"where": place.label, "radius": Wish.model_fields["radius"].default}
        )
    if is_position(wish.where):
        return wish
    return wish.model_copy(update={"where": place.zip or f"{place.name}, {place.state}"})


def recipe_of(wish: Wish, place: Place | Area, *, name: str, account: str) -> Recipe:
    """The recipe of ``wish``.

    Args:
        wish: What the listener asks for.
        place: What ``wish.where`` names; for a position, the city nearest to it.
        name: Of the recipe.
        account: Whose playlist it is.
    """
    bands = {wish.bands_are: wish.bands} if wish.bands else {}
    title = {"title": wish.title} if wish.title else {}
    fields: dict[str, Any] = {
        "name": name,
        **title,
        "account": account,
        "public": wish.public,
        "refresh": wish.refresh,
        **_where(wish, place),
        "when": wish.when,
        "weekdays": wish.days,
        "venues": {"only": wish.venue},
        "capacity": _CAPACITY.get(wish.rooms),
        "price": None if wish.price is None else Range(high=float(wish.price)),
        "artists": {**bands, "never": wish.never},
        "genres": {"only": wish.genre, "never": wish.without},
        "openers": wish.openers,
        "explicit": "no" if wish.clean else "yes",
        "features": {} if wish.loud == "any" else {"energy": _ENERGY[wish.loud]},
        "tracks_per_artist": wish.tracks,
        "pick": wish.pick,
        "max_tracks": wish.most,
        "taste": {"minimum": wish.fit / 100, "known": wish.known},
        "unknown_taste": wish.unknown_taste,
        "prefer": wish.prefer,
        "order": wish.order,
    }
    return Recipe.model_validate(fields)


def _where(wish: Wish, place: Place | Area) -> dict[str, Any]:
    if isinstance(place, Area):
        return {"states": (place.state,)}
    radius = f"{wish.radius} mi"
    # A ZIP's middle is known; a city's is where its venues are.
    if place.zip:
        return {"near": {"zip": place.zip, "radius": radius}}
    at = {"at": wish.where} if is_position(wish.where) else {}
    return {"near": {"city": place.name, "state": place.state, "radius": radius, **at}}


def wish_of(recipe: Recipe) -> Wish | None:
    """The wish whose recipe ``recipe`` is; None where it says what the form cannot."""
    try:
        wish, place = _nearest_wish(recipe)
        same = recipe_of(wish, place, name=recipe.name, account=recipe.account)
    except ValueError:
        return None
    return wish if same == recipe else None


def _nearest_wish(recipe: Recipe) -> tuple[Wish, Place | Area]:
    """What of ``recipe`` a wish can say, and where.

    Raises:
        ValueError: not even where.
    """
    where, place = _place_of(recipe)
    bands_are = "only" if recipe.artists.only else "first"
    price = recipe.price.high if recipe.price else None
    default_title = Recipe.model_fields["title"].default
    wish = Wish.model_validate(
        {
            **where,
            "when": recipe.when,
            "days": recipe.weekdays,
            "genre": recipe.genres.only,
            "without": recipe.genres.never,
            "loud": _word_for(recipe.features.get("energy"), _ENERGY),
            "bands": getattr(recipe.artists, bands_are),
            "bands_are": bands_are,
            "never": recipe.artists.never,
            "price": None if price is None else int(price),
            "rooms": _word_for(recipe.capacity, _CAPACITY),
            "openers": recipe.openers,
            "tracks": recipe.tracks_per_artist,
            "clean": recipe.explicit == "no",
            "order": recipe.order,
            "pick": recipe.pick,
            "most": recipe.max_tracks,
            "prefer": recipe.prefer,
            "fit": round(recipe.taste.minimum * 100),
            "known": recipe.taste.known,
            "unknown_taste": recipe.unknown_taste,
            "venue": recipe.venues.only,
            "title": "" if recipe.title == default_title else recipe.title,
            "public": recipe.public,
            "refresh": recipe.refresh,
        }
    )
    return wish, place


def _place_of(recipe: Recipe) -> tuple[dict[str, Any], Place | Area]:
    if recipe.discover:
        raise ValueError("The form knows playlists of shows only.")
    if not recipe.near:
        area = Area(recipe.states[0])
        return {"where": area.label}, area
    near = recipe.near[0]
    if not (miles := _MILES.fullmatch(near.radius)):
        raise ValueError("The form knows whole miles only.")
    # Where it lies is not asked: the recipe says it again.
    place = Place(near.city, near.state, 0.0, 0.0, near.zip)
    where = near.at or near.zip or f"{near.city}, {near.state}"
    return {"where": where, "radius": int(miles.group(1))}, place


def _word_for(wished: Range | None, words: dict[str, Range]) -> str:
    """The word of a form that stands for ``wished``; any where there is none."""
    return next((word for word, known in words.items() if known == wished), "any")
