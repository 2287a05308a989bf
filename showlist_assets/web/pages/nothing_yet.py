"""The page of a Showlist that has published nothing yet: how its shows come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.web.rendering import Page, answer, frame_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.web.site import Site


def page(request: Request, site: Site) -> Response:
    """What a visitor and what the owner should know."""
    frame = frame_of(request, site, title="No shows yet", section="home")
    return answer(site, Page("nothing_yet.html", frame, None, headers={"Retry-After": "300"}))
