"""The API as the page mounts it: FastAPI is imported at the first request, not at the start."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from showlist_assets.web.site import Site


class Api:
    """The API over one site, made when somebody asks for it."""

    def __init__(self, site: Site) -> None:
        self._site, self._lock = site, Lock()
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as FastAPI does."""
        # On a thread: the import takes half a second, in which nobody else should wait.
        app = await run_in_threadpool(self._made) if self._app is None else self._app
        await app(scope, receive, send)

    def _made(self) -> ASGIApp:
        with self._lock:
            if self._app is None:
                from showlist_assets.web.api.app import build_api

                self._app = build_api(self._site)
            return self._app
