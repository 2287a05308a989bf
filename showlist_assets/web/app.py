"""The page as an ASGI application: every address, and what stands before all of them.

What belongs here: which modules have addresses. What does not: the pages (``pages``), and serving
them (``server``).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from showlist_assets.web.api.mount import Api
from showlist_assets.web.failures import EXCEPTION_HANDLERS
from showlist_assets.web.pages import ROUTES
from showlist_assets.web.rendering import STATIC
from showlist_assets.web.security import middleware_of
from showlist_assets.web.site import Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.responses import Response
    from starlette.types import Scope


class _KeptFiles(StaticFiles):
    """Files whose address changes with their content, so that browsers never ask again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for a year."""
        found = await super().get_response(path, scope)
        found.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return found


def build_app(site: Site) -> Starlette:
    """The application over ``site``, which is closed when it ends."""

    @asynccontextmanager
    async def closing(_app: Starlette) -> AsyncIterator[None]:
        yield
        site.close()

    app = Starlette(
        routes=[
            *ROUTES,
            Mount("/api", Api(site)),
            Mount("/static", _KeptFiles(directory=STATIC)),
        ],
        middleware=middleware_of(site, accounts_url=site.platform.settings.spotify_accounts_url),
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=closing,
    )
    # A redirect to another spelling would be built from the Host header.
    app.router.redirect_slashes = False
    app.state.site = site
    return app
