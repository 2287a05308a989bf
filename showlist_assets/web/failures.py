"""What a visitor is told when something fails: one sentence, and the way out; never a stack."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from showlist_assets.errors import ShowlistError
from showlist_assets.web.logins import goes_on_at
from showlist_assets.web.rendering import Page, answer, frame_of
from showlist_assets.web.security import headers_of, new_number
from showlist_assets.web.visitors import visitor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

_log = logging.getLogger("showlist.web")


@dataclass(frozen=True)
class Failure:
    """What went wrong, as a page.

    Attributes:
        heading: In a few words.
        words: What it means and what helps.
        way_out: Where to go; the words of the link, its path.
    """

    heading: str
    words: str
    way_out: tuple[str, str] = ("Back to what plays near you", "/")


# Who knows the address of a calendar or a feed may read it.
_SECRET: Final = re.compile(r"(/(?:calendar|feed)/)[^/]+")

_KNOWN: Final[Mapping[int, Failure]] = {
    400: Failure("That cannot be done", "The page sent something that cannot be used."),
    401: Failure(
        "Log in first", "This belongs to a listener who has logged in.", ("Log in", "/login")
    ),
    404: Failure("Nothing here", "There is no such page, or its show is over and gone."),
    405: Failure("Not this way", "Open the page and use its buttons."),
    413: Failure("Too much at once", "Paste 500 names at most; a file of plays may have 200 MB."),
    429: Failure("Too many requests", "Wait a minute, then go on."),
}


def loggable_path(request: Request) -> str:
    """The path that was asked for, without what is a secret in it."""
    return _SECRET.sub(r"\1...", request.url.path)


def _page(request: Request, failure: Failure, status: int, headers: Mapping[str, str]) -> Response:
    site = request.app.state.site
    in_words = PlainTextResponse(f"{failure.heading}. {failure.words}\n", status, dict(headers))
    if "session" not in request.scope:
        # Refused before anybody could be known.
        return in_words
    try:
        frame = frame_of(request, site, title=failure.heading)
        return answer(site, Page("failure.html", frame, failure, status, headers))
    except Exception as again:  # noqa: BLE001
        # What broke the page, such as a damaged file of sessions, breaks this one too.
        _log.warning("No page tells of it, either: %r", again)
        return in_words


async def on_http(request: Request, error: Exception) -> Response:
    """A page for what HTTP has a number for."""
    if not isinstance(error, HTTPException):
        raise error
    known = _KNOWN.get(error.status_code, _KNOWN[400])
    failure = known
    if error.status_code == 401 and request.method == "GET":
        path = request.url.path.removeprefix(request.app.state.site.options.prefix)
        failure = replace(known, way_out=("Log in", f"/login?to={goes_on_at(path)}"))
    if isinstance(error.detail, str) and error.status_code == 400 and error.detail != "Bad Request":
        failure = Failure(known.heading, error.detail)
    return _page(request, failure, error.status_code, error.headers or {})


def _is_owners(request: Request) -> bool:
    if "session" not in request.scope:
        return False
    try:
        return visitor_of(request, request.app.state.site).is_owner
    except ShowlistError:
        # Who asks stands in the very file that cannot be read.
        return False


async def on_foreseen(request: Request, error: Exception) -> Response:
    """A page for a failure that says itself what to do."""
    number = new_number()
    # What it says is for the operator: it names files and commands.
    _log.warning("%s %s: %s (%s)", number, loggable_path(request), error, type(error).__name__)
    words = (
        str(error)
        if _is_owners(request)
        else f"Its owner finds out why under number {number} in the log."
    )
    return _page(request, Failure("This does not work now", words), 503, {})


async def on_fault(request: Request, error: Exception) -> Response:
    """A page for a fault of ours, whose stack is in the log."""
    number = new_number()
    _log.error("%s %s", number, loggable_path(request), exc_info=error)
    words = f"This is a fault of Showlist's. Its owner finds it under number {number} in the log."
    # Starlette answers a fault outside of all middleware, which would have added them.
    headers = headers_of(request.app.state.site.platform.settings.spotify_accounts_url)
    return _page(request, Failure("Something broke", words), 500, headers)


EXCEPTION_HANDLERS: Final[Mapping[Any, Any]] = {
    HTTPException: on_http,
    ShowlistError: on_foreseen,
    Exception: on_fault,
}
