"""``/artists/KEY``: an artist in full; and "Wrong band?", which the owner decides for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from showlist_assets.domain.matching.overrides import NOBODY, Override, artist_id_from
from showlist_assets.storage.published import artists
from showlist_assets.web import routing
from showlist_assets.web.pages.published import of_publication, unknown, where_in
from showlist_assets.web.rendering import Page, frame_of, redirect, segment
from showlist_assets.web.tastes import VERDICTS, visitors_taste
from showlist_assets.web.views.artist import artist_of
from showlist_assets.web.visitors import required_account, visitor_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.services.listeners.reports import Report
    from showlist_assets.storage.published.artists import ArtistPage
    from showlist_assets.storage.published.publication import Publication
    from showlist_assets.web.site import Site
    from showlist_assets.web.visitors import Visitor

# What the form sends for "this one", with a link beside it, and for taking a decision back.
_BY_LINK: Final = "link"
_UNDO: Final = "undo"
_BACK: Final = "back"
_DECIDED_AT_THE_PAGE: Final = "decided at the page"


def artist(request: Request, site: Site, publication: Publication) -> Page:
    """All that is known of one performer, and of who that is on Spotify."""
    key = request.path_params["key"]
    with publication.cursor() as cursor:
        found = artists.find_artist(cursor, key)
    if found is None:
        words = "Nobody of that name plays anywhere that we know of."
        return unknown(request, site, "Nobody here", words, like=key)
    _, asked = where_in(request)
    visitor = visitor_of(request, site)
    told = site.platform.reports.of(found.performer_key) if not visitor.is_guest else ()
    view = artist_of(
        found,
        asked.place if asked else None,
        today=site.now().date(),
        answered=site.platform.overrides.read().get(found.performer_key),
        reports=told if visitor.is_owner else (),
        reported=_own(told, visitor),
        taste=visitors_taste(request, site),
    )
    return Page("artist.html", frame_of(request, site, title=view.name), view)


def _own(reports: tuple[Report, ...], visitor: Visitor) -> str:
    own = (one for one in reports if one.account == visitor.account)
    return next((one.words or "wrong band" for one in own), "")


def wrong(request: Request, site: Site, form: FormData) -> Response:
    """The owner decides who a performer is; a listener tells the owner."""
    visitor = visitor_of(request, site)
    if not visitor.is_owner:
        required_account(visitor)
    found = _found(request, site)
    if visitor.is_owner:
        did = _decide(site, found, form)
    else:
        words = routing.field(form, "words")
        account = required_account(visitor)
        site.platform.reports.add(found.performer_key, found.name, account, words)
        did = "told"
    return redirect(site, f"/artists/{segment(found.performer_key)}?did={did}")


def say(request: Request, site: Site, form: FormData) -> Response:
    """The visitor likes them, or not; or takes that back."""
    account = required_account(visitor_of(request, site))
    found, said = _found(request, site), routing.field(form, "verdict")
    verdict = next((one for one in VERDICTS if one == said), None)
    artist, feedback = found.spotify_artist_id or found.name, site.platform.taste_feedback
    if said == _BACK:
        feedback.take_back(account, artist)
    elif verdict is not None:
        feedback.say(account, artist, verdict, said_by="page")
    else:
        raise HTTPException(400)
    site.platform.tastes.recompute(account)
    did = "unsaid" if said == _BACK else "said"
    return redirect(site, f"/artists/{segment(found.performer_key)}?did={did}")


def _found(request: Request, site: Site) -> ArtistPage:
    publication = site.publications.current()
    if publication is None:
        raise HTTPException(404)
    with publication.cursor() as cursor:
        found = artists.find_artist(cursor, request.path_params["key"])
    if found is None:
        raise HTTPException(404)
    return found


def _decide(site: Site, found: ArtistPage, form: FormData) -> str:
    """Write the answer where ``showlist review`` writes it; returns what was done."""
    overrides, said = site.platform.overrides, routing.field(form, "is")
    if said == _UNDO:
        overrides.remove(found.performer_key)
        return "taken_back"
    overrides.add(
        Override(
            performer=found.name,
            performer_key=found.performer_key,
            artist_id=_chosen(said, routing.field(form, "link")),
            note=_DECIDED_AT_THE_PAGE,
        )
    )
    site.platform.reports.settle(found.performer_key)
    return "decided"


def _chosen(said: str, link: str) -> str | None:
    if said == NOBODY:
        return None
    # Whoever has pasted a link and forgotten to choose it means it.
    chosen = artist_id_from(link if said in (_BY_LINK, "") else said)
    if chosen is None:
        raise HTTPException(
            400,
            "Choose one of the artists, or paste a link such as "
            "https://open.spotify.com/artist/… of the artist's page on Spotify.",
        )
    return chosen


def _decisions(site: Site) -> Hashable:
    """What changes with any decision or report, without reading either."""
    return site.platform.overrides.version, site.platform.reports.read()


ROUTES = [
    # A key may hold a slash.
    routing.does("/artists/{key:path}/wrong", wrong),
    routing.does("/artists/{key:path}/say", say),
    routing.shows("/artists/{key:path}", of_publication(artist, _decisions)),
]
