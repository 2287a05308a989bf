"""``/about``: where shows and songs come from, how fresh they are, credits and privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.domain.states import STATE_CODES
from showlist_assets.storage.published.counts import states_with_shows
from showlist_assets.storage.published.freshness import freshness
from showlist_assets.web import routing
from showlist_assets.web.map import nation_map
from showlist_assets.web.pages.published import of_publication
from showlist_assets.web.rendering import Page, frame_of
from showlist_assets.web.views.about import about_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from starlette.requests import Request

    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site


def about(request: Request, site: Site, publication: Publication) -> Page:
    """What stands behind the page."""
    now = site.now()
    with publication.cursor() as cursor:
        states = freshness(cursor)
        shows = {one.state: one.shows for one in states_with_shows(cursor, first=now.date())}
    prefix = site.options.prefix
    # What lies elsewhere is in the list alone.
    of_us = {code: count for code, count in shows.items() if code in STATE_CODES}
    drawn = nation_map(of_us, lambda state: f"{prefix}/?where={state}")
    view = about_of(states, shows, now=now, drawn=drawn)
    return Page("about.html", frame_of(request, site, title="About"), view)


def _hour(site: Site) -> Hashable:
    """Ages are told in hours."""
    return site.now().hour


ROUTES = [routing.shows("/about", of_publication(about, _hour))]
