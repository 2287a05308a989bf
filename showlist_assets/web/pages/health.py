"""``/healthz``: whether the page answers, and which shows it has; for containers and monitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from showlist_assets.web.routing import shows

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.web.site import Site


def health(_request: Request, site: Site) -> Response:
    """200 while pages can be made; shows that were never published are no fault of the page."""
    publication = site.publications.current()
    published = publication.published_at.isoformat() if publication else None
    return JSONResponse({"status": "ok", "published_at": published})


ROUTES = [shows("/healthz", health, to_anybody=True)]
