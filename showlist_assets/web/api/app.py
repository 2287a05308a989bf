"""The API as a FastAPI application: its addresses, and its words where something fails."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from typing_extensions import override

from showlist_assets.errors import ShowlistError
from showlist_assets.web.api import lineup, published
from showlist_assets.web.api.models import Refusal
from showlist_assets.web.security import new_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.web.site import Site

_log = logging.getLogger("showlist.web")

_DESCRIPTION: Final = (
    "What Showlist's page knows, for programs. It is read only; a browser that is logged in at the "
    "page is logged in here. Answers carry an ETag that changes when new shows are published: send "
    "it back as If-None-Match. Names and titles are as their sources print them: escape them. A "
    "refusal is JSON with a sentence under `error`."
)
_WORDS: Final[Mapping[int, str]] = {
    404: "There is nothing at this address: /api/openapi.json lists what there is.",
    405: "The API is read only: use GET.",
    429: "Too many requests. Wait a minute, then go on.",
}


class _Described(FastAPI):
    """Says nothing of status 422: whatever cannot be used of an address becomes its default."""

    @override
    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            schema = super().openapi()
            for path in schema["paths"].values():
                path["get"]["responses"].pop("422", None)
            for name in ("HTTPValidationError", "ValidationError"):
                schema["components"]["schemas"].pop(name, None)
        return super().openapi()


def build_api(site: Site) -> FastAPI:
    """The application over ``site``."""
    api = _Described(
        title="Showlist",
        version="1",
        description=_DESCRIPTION,
        # FastAPI's own pages load their scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        # It would send a visitor to an absolute address, which a proxy may not know.
        redirect_slashes=False,
        responses={status: {"model": Refusal} for status in (401, 404, 429, 503)},
        exception_handlers={
            HTTPException: _on_http,
            RequestValidationError: _on_unusable,
            ShowlistError: _on_foreseen,
            Exception: _on_fault,
        },
    )
    api.state.site = site
    api.include_router(lineup.router)
    api.include_router(published.router)
    return api


def _refusal(
    status: int, error: str | Mapping[str, object], headers: Mapping[str, str] | None = None
) -> JSONResponse:
    content = {"error": error} if isinstance(error, str) else dict(error)
    return JSONResponse(content, status, dict(headers or {}))


async def _on_http(_request: Request, error: HTTPException) -> Response:
    if error.status_code == 304:
        return Response(status_code=304, headers=error.headers)
    detail: object = error.detail
    if isinstance(detail, dict):
        return _refusal(error.status_code, detail, error.headers)
    is_own = isinstance(detail, str) and detail.endswith(".")
    words = str(detail) if is_own else _WORDS.get(error.status_code, "That cannot be done.")
    return _refusal(error.status_code, words, error.headers)


async def _on_unusable(_request: Request, _error: RequestValidationError) -> Response:
    return _refusal(400, "Something in this address cannot be used.")


async def _on_foreseen(request: Request, error: ShowlistError) -> Response:
    number = new_number()
    # What it says is for the operator: it names files and commands.
    _log.warning("%s %s: %s (%s)", number, request.url.path, error, type(error).__name__)
    words = f"This does not work now. Its owner finds out why under number {number} in the log."
    return _refusal(503, words)


async def _on_fault(request: Request, error: Exception) -> Response:
    number = new_number()
    _log.error("%s %s", number, request.url.path, exc_info=error)
    return _refusal(500, f"This is a fault of Showlist's: number {number} in its owner's log.")
