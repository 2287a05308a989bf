"""Pages of what is published: unchanged for a browser while that is, and what to say before it is.

What belongs here: what such pages share. What does not: what one of them says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.gazetteer import Area, Place
from showlist_assets.domain.places import KILOMETRES_PER_MILE
from showlist_assets.domain.state_outlines import states_touched
from showlist_assets.storage.published.summaries import Circle, Region
from showlist_assets.web.failures import Failure
from showlist_assets.web.pages import nothing_yet
from showlist_assets.web.places import asked_place
from showlist_assets.web.rendering import Page, answer, frame_of, segment, tag_of, unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import TypeAlias

    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.places import Asked
    from showlist_assets.web.site import Site

    Make: TypeAlias = Callable[[Request, Site, Publication], Page]
    Show: TypeAlias = Callable[[Request, Site], Response]

# No page is worth more of them, and each further one costs the database as much as all before.
MOST_PASSED_OVER: Final = 2000


def of_publication(make: Make, also: Callable[[Site], Hashable] = lambda _site: "") -> Show:
    """A page that ``make`` makes of the published shows, and of what ``also`` tells apart."""

    def page(request: Request, site: Site) -> Response:
        publication = site.publications.current()
        if publication is None:
            return nothing_yet.page(request, site)
        tag = tag_of(request, site, publication.id, also(site))
        if same := unchanged(request, tag):
            return same
        made = make(request, site, publication)
        return answer(site, replace(made, headers={**made.headers, "ETag": tag}))

    return page


def unknown(request: Request, site: Site, heading: str, words: str, *, like: str = "") -> Page:
    """A page for a thing that is not there; ``like`` is what to search for instead."""
    way_out = ("Search for it", f"/search?q={segment(like[:100])}") if like else None
    failure = Failure(heading, words, way_out) if way_out else Failure(heading, words)
    return Page("failure.html", frame_of(request, site, title=heading), failure, 404)


def where_in(request: Request) -> tuple[str, Asked | None]:
    """What ``?where=`` says, and what it means; None where nothing is said."""
    text = request.query_params.get("where", "").strip()[:80]
    return text, asked_place(text) if text else None


def region_of(place: Place | Area | None, miles: float) -> Region:
    """So many miles around a place, a whole state, or everywhere."""
    if place is None:
        return Region()
    if isinstance(place, Area):
        return Region((place.state,))
    return Region(circle=Circle(place.latitude, place.longitude, miles))


def states_of(place: Place | Area | None, miles: float) -> tuple[str, ...]:
    """The states of such a region; none: everywhere."""
    if place is None:
        return ()
    if isinstance(place, Area):
        return (place.state,)
    return states_touched(place.latitude, place.longitude, miles * KILOMETRES_PER_MILE)
