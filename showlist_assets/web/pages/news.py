"""``/new`` and its tabs, and ``/leaving``: what came, what changed, and what is over soon."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from showlist_assets.storage.published import changes
from showlist_assets.web import routing
from showlist_assets.web.addresses import number_of
from showlist_assets.web.pages.published import (
    MOST_PASSED_OVER,
    of_publication,
    region_of,
    states_of,
    where_in,
)
from showlist_assets.web.rendering import Page, frame_of
from showlist_assets.web.views.news import (
    DAYS,
    DEFAULT_DAYS,
    KINDS,
    PAGE,
    Asked,
    leaving_of,
    news_of,
)

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.pages.published import Make
    from showlist_assets.web.site import Site

_NEWS_MILES: Final = 25
_LEAVING_MILES: Final = 50


def _asked(request: Request, miles: int) -> Asked:
    text, found = where_in(request)
    place = found.place if found else None
    mistake = ""
    if found and place is None:
        hints = f" Did you mean {', '.join(found.hints[:3])}?" if found.hints else ""
        mistake = f"Nobody here knows a place called {text}, so this is everywhere.{hints}"
    params = request.query_params
    return Asked(
        text=text,
        place=place,
        states=states_of(place, miles),
        mistake=mistake,
        days=number_of(params.get("days", ""), DEFAULT_DAYS, least=1, most=DAYS[-1]),
        first=number_of(params.get("from", ""), 0, most=MOST_PASSED_OVER),
    )


def _news(kind: str) -> Make:
    def page(request: Request, site: Site, publication: Publication) -> Page:
        asked = _asked(request, _NEWS_MILES)
        now = site.now()
        since = now - timedelta(days=asked.days)
        with publication.cursor() as cursor:
            found = changes.changes(
                cursor,
                KINDS[kind].changes,
                states=asked.states,
                since=since,
                first=now.date(),
                limit=PAGE + 1,
                offset=asked.first,
            )
            counts = changes.change_counts(cursor, since=since, states=asked.states)
        view = news_of(kind, asked, found, counts, today=now.date())
        return Page("news.html", frame_of(request, site, title=view.heading, section="new"), view)

    return page


def leaving(request: Request, site: Site, publication: Publication) -> Page:
    """Shows after which somebody does not play there any more, as far as is announced."""
    asked = _asked(request, _LEAVING_MILES)
    today = site.now().date()
    with publication.cursor() as cursor:
        found = changes.leaving_soon(
            cursor,
            region_of(asked.place, _LEAVING_MILES),
            today,
            today + timedelta(days=asked.days - 1),
            limit=PAGE + 1,
            offset=asked.first,
        )
    view = leaving_of(asked, found, _LEAVING_MILES, today=today)
    return Page(
        "leaving.html", frame_of(request, site, title="Leaving soon", section="leaving"), view
    )


ROUTES = [
    *(routing.shows(kind.path, of_publication(_news(name))) for name, kind in KINDS.items()),
    routing.shows("/leaving", of_publication(leaving)),
]
