"""``/``: the lineup of a wish; the whole wish is in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain.playlists.wish import recipe_of, wish_from_query
from showlist_assets.web.pages import nothing_yet
from showlist_assets.web.pages.ways_out import PREVIEWED, unknown_place, ways_out_of
from showlist_assets.web.places import asked_place, usual_place
from showlist_assets.web.rendering import Page, answer, frame_of, tag_of, unchanged
from showlist_assets.web.routing import shows
from showlist_assets.web.views.bands import bands_of
from showlist_assets.web.views.dots import map_of
from showlist_assets.web.views.home import SHOWS_A_PAGE, Home, home_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.domain.gazetteer import Area, Place
    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.wish import Wish
    from showlist_assets.services.playlists.preview import Preview
    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site
    from showlist_assets.web.views.bands import Band

_AHEAD: Final = "next 3 months"
_MOST_SHOWN: Final = 600


def home(request: Request, site: Site) -> Response:
    """What plays where and when the address says."""
    publication = site.publications.current()
    if publication is None:
        return nothing_yet.page(request, site)
    tag = tag_of(request, site, publication.id)
    if same := unchanged(request, tag):
        return same
    wish, mistakes = wish_from_query(request.query_params.multi_items(), today=site.now().date())
    asked = asked_place(wish.where) if wish.where else None
    if asked and asked.place is None:
        return unknown_place(request, site, wish, asked)
    place = (asked and asked.place) or usual_place(site.options.place, publication)
    preview = preview_of(site, publication, wish, place)
    if not request.url.query and not preview.plan.tracks:
        # Who has asked for nothing yet should hear something.
        wish = wish.model_copy(update={"when": _AHEAD})
        preview = preview_of(site, publication, wish, place)
    others = () if preview.plan.tracks else ways_out_of(site.previews, publication, wish, place)
    view = home_of(
        wish,
        place,
        preview,
        mistakes=mistakes,
        meant=asked.others if asked else (),
        shown=_shown(request),
        ways_out=others,
        drawn=map_of(wish, place, preview.plan, site.options.prefix),
        bands=_bands(publication, wish, preview.plan),
    )
    return answer(site, _page(request, site, view, tag))


def _bands(publication: Publication, wish: Wish, plan: Plan) -> tuple[Band, ...]:
    if not wish.bands:
        return ()
    with publication.cursor() as cursor:
        return bands_of(wish, plan, cursor)


def _page(request: Request, site: Site, view: Home, tag: str) -> Page:
    frame = frame_of(request, site, title=f"{view.headline} {view.where}", section="home")
    return Page("home.html", frame, view, headers={"ETag": tag})


def preview_of(site: Site, publication: Publication, wish: Wish, place: Place | Area) -> Preview:
    """What a push of the wish would write."""
    recipe = recipe_of(wish, place, name=PREVIEWED, account=PREVIEWED)
    return site.previews.of(publication, recipe)


def _shown(request: Request) -> int:
    asked = request.query_params.get("shows", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    return min(max(number, SHOWS_A_PAGE), _MOST_SHOWN)


ROUTES = [shows("/", home)]
