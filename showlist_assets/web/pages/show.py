"""``/shows/ID``: a show in full, and ``/shows/ID.ics``, the same for a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.storage.published import artists, shows, songs
from showlist_assets.web import routing
from showlist_assets.web.pages.published import of_publication, unknown
from showlist_assets.web.rendering import Page, frame_of, tag_of, unchanged
from showlist_assets.web.tastes import visitors_taste
from showlist_assets.web.views.show import heard_acts, show_of
from showlist_assets.web.views.show_calendar import calendar_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site


def show(request: Request, site: Site, publication: Publication) -> Page:
    """All that is known of one show."""
    with publication.cursor() as cursor:
        found = shows.show(cursor, request.path_params["show_id"])
        if found is None:
            return unknown(request, site, "No such show", "No show here ever had this address.")
        heard = {one: songs.songs_of(cursor, one) for one in heard_acts(found)}
        others = artists.shows_of(cursor, [act.performer_key for act in found.acts])
    view = show_of(
        found,
        heard,
        others,
        today=site.now().date(),
        prefix=site.options.prefix,
        taste=visitors_taste(request, site),
    )
    frame = frame_of(request, site, title=f"{view.headline} at {view.venue}")
    return Page("show.html", frame, view)


def calendar(request: Request, site: Site) -> Response:
    """One event."""
    publication = site.publications.current()
    if publication is None:
        raise HTTPException(404)
    tag = tag_of(request, site, publication.id)
    if same := unchanged(request, tag):
        return same
    with publication.cursor() as cursor:
        found = shows.show(cursor, request.path_params["show_id"])
    if found is None or found.local_date is None:
        raise HTTPException(404)
    fates = ShowFates(publication.changes(found.state))
    content = calendar_of(found, found.local_date, fates, site.now())
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'attachment; filename="show.ics"',
    }
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


ROUTES = [
    # First, because an id may hold a slash and a dot.
    routing.shows("/shows/{show_id:path}.ics", calendar),
    routing.shows("/shows/{show_id:path}", of_publication(show)),
]
