"""``/venues/KEY``: a venue in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.storage.published import venues
from showlist_assets.web import routing
from showlist_assets.web.pages.published import of_publication, unknown, where_in
from showlist_assets.web.rendering import Page, frame_of
from showlist_assets.web.views.venue import venue_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site


def venue(request: Request, site: Site, publication: Publication) -> Page:
    """What is on at one venue."""
    key = request.path_params["key"]
    with publication.cursor() as cursor:
        found = venues.venue(cursor, key)
    if found is None:
        like = key.partition("--")[0].replace("-", " ")
        words = "No venue with shows that we know of has this address."
        return unknown(request, site, "No such venue", words, like=like)
    _, asked = where_in(request)
    view = venue_of(
        found,
        asked.place if asked else None,
        today=site.now().date(),
        prefix=site.options.prefix,
    )
    return Page("venue.html", frame_of(request, site, title=view.name), view)


ROUTES = [routing.shows("/venues/{key:path}", of_publication(venue))]
