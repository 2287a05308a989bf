"""``/search?q=``: artists, venues, cities and shows by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain.gazetteer import find_places, suggestions
from showlist_assets.domain.playlists.wish_model import cleaned
from showlist_assets.storage.published.search import did_you_mean, search
from showlist_assets.web import routing
from showlist_assets.web.pages.published import of_publication
from showlist_assets.web.rendering import Page, frame_of
from showlist_assets.web.views.search import search_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site

_LONGEST: Final = 100
_MOST: Final = 12


def find(request: Request, site: Site, publication: Publication) -> Page:
    """What is called as the address says."""
    text = cleaned(request.query_params.get("q", "")[: 4 * _LONGEST])[:_LONGEST].rstrip()
    with publication.cursor() as cursor:
        found = search(cursor, text, today=site.now().date(), limit=_MOST)
        places = find_places(text) if text else ()
        meant: tuple[str, ...] = ()
        if text and not places and not any(found.values()):
            meant = tuple(dict.fromkeys((*did_you_mean(cursor, text), *suggestions(text, 2))))
    view = search_of(text, found, places, meant)
    title = f"{text}: search" if text else "Search"
    return Page("search.html", frame_of(request, site, title=title, search=text), view)


ROUTES = [routing.shows("/search", of_publication(find))]
