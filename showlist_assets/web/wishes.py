"""A wish as an address or a form says it: with its place, and with what it would play.

What belongs here: what every screen that reads a wish shares. What does not: a wish itself
(``domain.playlists.wish``) and what a place's name may mean (``places``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.playlists.wish import Wish, recipe_of, wish_from_query
from showlist_assets.web.places import Asked, asked_place, usual_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.domain.gazetteer import Area, Place
    from showlist_assets.services.playlists.preview import Preview
    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site

_PREVIEWED: Final = "preview"


@dataclass(frozen=True)
class Wished:
    """A wish and where it looks.

    Attributes:
        mistakes: What of it could not be used, each in a sentence.
        asked: What was typed as its place; None where nothing was.
        place: Where; None where what was typed names no place.
    """

    wish: Wish
    mistakes: tuple[str, ...]
    asked: Asked | None
    place: Place | Area | None


def wished(site: Site, publication: Publication | None, pairs: Iterable[tuple[str, str]]) -> Wished:
    """What ``pairs`` of names and values ask for; without a place, where most shows are."""
    wish, mistakes = wish_from_query(pairs, today=site.now().date())
    asked = asked_place(wish.where) if wish.where else None
    place = asked.place if asked else usual_place(site.options.place, publication)
    return Wished(wish, mistakes, asked, place)


def preview_of(
    site: Site,
    publication: Publication,
    wish: Wish,
    place: Place | Area,
    *,
    account: str | None = None,
) -> Preview:
    """What a push of the wish would write; for whoever is logged in as ``account``, to their taste.

    Such an answer is for them alone, and may not be kept for others.
    """
    recipe = recipe_of(wish, place, name=_PREVIEWED, account=account or _PREVIEWED)
    return site.previews.of(publication, recipe, reader=account)
