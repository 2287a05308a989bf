"""What keeps the page safe, before any page is asked: headers, hosts, origins, sizes, pace.

The list is section 4.2 of the design (docs/web.md, "Safe by default"); each point has a test. What
belongs here: what is the same for every request. What does not: who may see what (``visitors``).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from asgi_cross_origin_protection import CrossOriginProtection
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from showlist_assets.web.site import Site

_THIRTY_DAYS: Final = 30 * 24 * 3600
# A pasted list of 500 names of bands is some 10 kB.
_LARGEST_BODY: Final = 64 * 1024
_WORTH_PRESSING: Final = 600
"""The smallest answer that is worth compressing, in bytes."""

SAME_FOR_ALL: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}


def content_policy(accounts_url: str) -> str:
    """The Content-Security-Policy: nothing but our own files, and forms that may lead to consent.

    Chromium checks where a form's answer redirects to, so the origin at which a listener agrees is
    listed.
    """
    parts = urlsplit(accounts_url)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            f"form-action 'self' {parts.scheme}://{parts.netloc}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def headers_of(accounts_url: str) -> dict[str, str]:
    """Those of every answer; a page that needs others says so itself."""
    return {**SAME_FOR_ALL, "Content-Security-Policy": content_policy(accounts_url)}


class SecurityHeaders:
    """Adds the headers to every answer that does not have its own."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with the headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    own.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


_refused = PlainTextResponse(
    "This came from another site, so it was not done. Open the page itself and try again.\n",
    status_code=403,
)


def middleware_of(site: Site, *, accounts_url: str) -> list[Middleware]:
    """What stands before the pages, the outermost first."""
    options = site.options
    return [
        Middleware(SecurityHeaders, headers=headers_of(accounts_url)),
        Middleware(TrustedHostMiddleware, allowed_hosts=list(options.hosts), www_redirect=False),
        Middleware(GZipMiddleware, minimum_size=_WORTH_PRESSING),
        Middleware(
            CrossOriginProtection, allowed_origins=(_origin(options.address),), deny_app=_refused
        ),
        Middleware(RequestBodyLimitMiddleware, max_body_size=_LARGEST_BODY),
        Middleware(
            SessionMiddleware,
            secret_key=site.sessions.secret,
            # A browser takes the prefix only from HTTPS and for the path "/".
            session_cookie="__Host-showlist" if options.is_https else "showlist",
            max_age=_THIRTY_DAYS,
            same_site="lax",
            https_only=options.is_https,
        ),
    ]


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def new_number() -> str:
    """What an error's page and its line in the log have in common."""
    return secrets.token_hex(3)
