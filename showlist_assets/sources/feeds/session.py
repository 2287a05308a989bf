"""How a calendar is asked for: whatever it is, it comes as a document, and only if it changed.

What belongs here: conditional requests and the bounds of an answer. What does not: when a calendar
is asked (``client``) and what it says (``ics``, ``csv_file``, ``json_ld``).
"""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from typing_extensions import override

from showlist_assets.sources.failures import BadAnswer
from showlist_assets.sources.http.session import ApiSession

if TYPE_CHECKING:
    from showlist_assets.domain.feeds.feed import Feed

LARGEST: Final = 10_000_000
"""Bytes; the calendar of a house with a show every night has a tenth of it."""
# A time-out of requests counts from byte to byte, so a trickle would never end.
_LONGEST_SECONDS: Final = 60.0
_ACCEPTED: Final = "text/calendar, text/csv, application/ld+json, text/html;q=0.9, */*;q=0.5"


_IS_ASKED: ContextVar[bool] = ContextVar("feed_is_asked", default=False)


class _WithoutAddresses(logging.Filter):
    """Leaves out what urllib3 writes of a feed's request (level DEBUG): its whole path."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return not _IS_ASKED.get()


_FILTER: Final = _WithoutAddresses()


class FeedDocument(NamedTuple):
    """What a host answered.

    Attributes:
        content: The document; None where it has not changed.
        charset: The encoding that the host claims, if any.
        etag: What to ask with next time.
        last_modified: The same, of hosts that know no ETag.
    """

    content: bytes | None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class FeedSession(ApiSession):
    """An ``ApiSession`` that takes any document.

    An address may hold the key of a private calendar, so messages name the feed and the host only.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__("feeds", **options)
        self.headers["Accept"] = _ACCEPTED
        self._asked = ""

    def fetch(
        self, feed: Feed, *, etag: str | None = None, last_modified: str | None = None
    ) -> FeedDocument:
        """The document at the feed's address, unless it is what those two tell of.

        Raises:
            SourceError: as ``failures`` says.
        """
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        self._asked = feed.name
        logging.getLogger("urllib3.connectionpool").addFilter(_FILTER)
        token = _IS_ASKED.set(True)
        response = None
        try:
            response = self.get(
                feed.source, headers={name: value for name, value in headers.items() if value}
            )
        # requests lets what is wrong with an address through as it is.
        except ValueError as error:
            kind = type(error).__name__
        finally:
            _IS_ASKED.reset(token)
        if response is None:
            # Outside of the handler, so that the error, which may quote an address, is no context.
            raise self._bad_answer(f"what cannot be read ({kind})")
        if response.status_code == 304:
            return FeedDocument(None, etag=etag, last_modified=last_modified)
        return FeedDocument(
            response.content,
            _charset(response),
            response.headers.get("ETag"),
            response.headers.get("Last-Modified"),
        )

    @override
    def described(self, address: str, params: Any) -> str:
        return f"asking for the feed {self._asked}"

    @override
    def is_answer(self, response: requests.Response) -> bool:
        # What a host sends is judged by whoever reads it: a page may be what was asked for.
        return response.status_code in (200, 304)

    @override
    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send as ``requests`` does, but read no more than a calendar has.

        Raises:
            SourceError: the answer is too large, or takes too long.
        """
        response = super().send(request, **{**options, "stream": True})
        if not response._content_consumed:  # type: ignore[attr-defined]  # noqa: SLF001
            # requests has no other way to give a response its body.
            response._content = self._body(response)  # noqa: SLF001
        return response

    @override
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where an answer leads.

        Raises:
            SourceError: not to the web.
        """
        target = super().get_redirect_target(resp)
        fault = None if target is None else _redirect_fault(resp.url, target)
        if fault:
            raise self._refusal(resp, f"a redirect to {fault}")
        return target

    def _body(self, response: requests.Response) -> bytes:
        began, body = time.monotonic(), bytearray()
        for part in response.iter_content(65_536):
            body += part
            if len(body) > LARGEST:
                raise self._refusal(response, f"more than {LARGEST // 10**6} MB")
            if time.monotonic() - began > _LONGEST_SECONDS:
                raise self._refusal(response, "a document that does not end")
        return bytes(body)

    def _refusal(self, response: requests.Response, words: str) -> BadAnswer:
        response.close()
        return self._bad_answer(words)

    def _bad_answer(self, words: str) -> BadAnswer:
        what = f"asking for the feed {self._asked}"
        return BadAnswer(
            f"The calendar's host answered with {words} while {what}. Check `from` of the feed.",
            service=self.service,
            what=what,
        )


def _redirect_fault(address: str, target: str) -> str:
    """What a redirect leads to that is not the web, its path left out as a secret; "" if it is."""
    try:
        parts = urlsplit(urljoin(address, target))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "what is not a usable address"
    if parts.scheme in ("http", "https") and host:
        return ""
    return f"{parts.scheme}://{host or ''}, which is not a usable address of the web"


def _charset(response: requests.Response) -> str | None:
    # requests itself takes any text for Latin-1 where nothing is said.
    kind = response.headers.get("Content-Type", "").lower()
    return kind.partition("charset=")[2].strip(" \"';") or None if "charset=" in kind else None
