"""From a request to a page: who may ask for it, how often, and on which thread it is made.

Pages are plain functions of the request and the site. They read files and databases, so each runs
on a thread of its own; a form is read before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Route

from showlist_assets.web.rendering import redirect
from showlist_assets.web.site import Site
from showlist_assets.web.visitors import visitor_of

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    Show: TypeAlias = Callable[[Request, Site], Response]
    Do: TypeAlias = Callable[[Request, Site, FormData], Response]

# A form has some thirty fields, most of them check boxes of genres.
_MOST_FIELDS = 200


def shows(path: str, page: Show, *, to_anybody: bool = False, pace: str = "look") -> Route:
    """A page that is looked at; it changes nothing.

    Args:
        path: Its address.
        page: Makes it.
        to_anybody: Whether also those see it who are no guests here, such as the login.
        pace: How often an address may ask for it (``security.Pace``).
    """

    async def endpoint(request: Request) -> Response:
        site = _site_of(request)
        keep_pace(request, site, pace)
        if not to_anybody and not site.options.guests and visitor_of(request, site).is_guest:
            return redirect(site, "/login")
        return await run_in_threadpool(page, request, site)

    return Route(path, endpoint, methods=["GET"])


def does(path: str, action: Do, *, pace: str = "look") -> Route:
    """What a form does; its answer leads to a page (``rendering.redirect``) or says what is wrong.

    Args:
        path: Where the form is sent.
        action: Does it; it checks who may.
        pace: see ``shows``.
    """

    async def endpoint(request: Request) -> Response:
        site = _site_of(request)
        keep_pace(request, site, pace)
        # No form of ours uploads a file.
        form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
        return await run_in_threadpool(action, request, site, form)

    return Route(path, endpoint, methods=["POST"])


def field(form: FormData, name: str) -> str:
    """The text of a form's field; empty where it was not sent."""
    value: Any = form.get(name, "")
    if not isinstance(value, str):
        return ""
    # A form may name a charset that makes halves of characters, which nothing can keep.
    return value.encode(errors="replace").decode()


def _site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


def keep_pace(request: Request, site: Site, kind: str) -> None:
    """Count a request of its address.

    Raises:
        HTTPException: 429, it asks too often.
    """
    who = request.client.host if request.client else ""
    if not site.pace.allows(kind, who):
        raise HTTPException(429, headers={"Retry-After": "60"})
