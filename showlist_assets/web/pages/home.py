"""``/``: the lineup of a wish; the whole wish is in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.web.addresses import number_of
from showlist_assets.web.pages.published import of_publication
from showlist_assets.web.pages.ways_out import unknown_place, ways_out_of
from showlist_assets.web.rendering import Page, frame_of
from showlist_assets.web.routing import shows
from showlist_assets.web.tastes import visitors_taste
from showlist_assets.web.views.bands import bands_of
from showlist_assets.web.views.dots import map_of
from showlist_assets.web.views.home import SHOWS_A_PAGE, home_of
from showlist_assets.web.visitors import visitor_of
from showlist_assets.web.wishes import preview_of, wished

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.domain.playlists.plan import Plan
    from showlist_assets.domain.playlists.wish import Wish
    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site
    from showlist_assets.web.views.bands import Band

_AHEAD: Final = "next 3 months"
_MOST_SHOWN: Final = 600


def home(request: Request, site: Site, publication: Publication) -> Page:
    """What plays where and when the address says."""
    asks = wished(site, publication, request.query_params.multi_items())
    wish, place, asked = asks.wish, asks.place, asks.asked
    if place is None:
        return unknown_place(request, site, asks)
    account = visitor_of(request, site).account
    preview = preview_of(site, publication, wish, place, account=account)
    if not request.url.query and not preview.plan.tracks:
        # Who has asked for nothing yet should hear something.
        wish = wish.model_copy(update={"when": _AHEAD})
        preview = preview_of(site, publication, wish, place, account=account)
    others = (
        () if preview.plan.tracks else ways_out_of(site, publication, wish, place, account=account)
    )
    view = home_of(
        wish,
        place,
        preview,
        mistakes=asks.mistakes,
        meant=asked.others if asked else (),
        shown=number_of(
            request.query_params.get("shows", ""),
            SHOWS_A_PAGE,
            least=SHOWS_A_PAGE,
            most=_MOST_SHOWN,
        ),
        ways_out=others,
        drawn=map_of(wish, place, preview.plan, site.options.prefix),
        bands=_bands(publication, wish, preview.plan),
        taste=visitors_taste(request, site),
    )
    frame = frame_of(request, site, title=f"{view.headline} {view.where}", section="home")
    return Page("home.html", frame, view)


def _bands(publication: Publication, wish: Wish, plan: Plan) -> tuple[Band, ...]:
    if not wish.bands:
        return ()
    with publication.cursor() as cursor:
        return bands_of(wish, plan, cursor)


ROUTES = [shows("/", of_publication(home))]
