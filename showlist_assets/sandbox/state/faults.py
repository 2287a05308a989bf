"""What goes wrong on demand: the next answers of a service, replaced or spoilt.

``FaultQueue`` holds what was ordered, ``FaultyAnswers`` is the outermost layer of the server that
carries it out. What the services answer when nothing is ordered is not decided here, nor what a
spoilt body looks like inside (``spoilt_bodies``).
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args
from urllib.parse import parse_qs, urlencode

from showlist_assets.sandbox.state import refusals, spoilt_bodies

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from showlist_assets.sandbox.state.request_log import Endpoint, RequestLog

FaultKind = Literal[
    "rate_limit",
    "quota_exceeded",
    "status",
    "late",
    "reset",
    "lost",
    "truncated",
    "cut_json",
    "not_json",
    "wrong_types",
    "malformed_item",
    "odd_items",
    "empty_page",
    "duplicate_page",
    "captcha",
    "web_page",
    "hostile_page",
    "forbidden",
    "not_premium",
    "not_allowlisted",
    "insufficient_scope",
    "not_owner",
    "invalid_grant",
]

# PerimeterX, the wall before SeatGeek (seatgeek/api-support#104, #123, #165).
_CAPTCHA = (
    "<!DOCTYPE html><html><head><title>Access to this page has been denied.</title></head>"
    '<body><div id="px-captcha"></div>Press &amp; Hold to confirm you are a human.</body></html>'
)
# What a gateway shows while the service behind it is exchanged.
_WEB_PAGE = "<!DOCTYPE html><html><head><title>One moment, please</title></head></html>"
# What somebody between us and the service may write: it calls itself JSON, runs where it is shown
# as HTML, and looks as if it held keys.
_HOSTILE_PAGE = (
    "\ufeff\n<html><body onload=\"alert('hostile')\"><script>alert('hostile')</script>"
    "client_secret=hostile-0123456789abcdef Authorization: Bearer hostile-0123456789abcdef "
    '<img src=x onerror="alert(1)">[hostile](javascript:alert(1))\x1b[31m</body></html>'
)
_INVALID_GRANT = {"error": "invalid_grant", "error_description": "Refresh token expired"}
_HALF_KINDS: Final = ("truncated", "cut_json")
_REWRITTEN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "wrong_types": spoilt_bodies.wrong_types,
    "malformed_item": spoilt_bodies.malformed_item,
    "odd_items": spoilt_bodies.odd_items,
    "empty_page": spoilt_bodies.empty_page,
}


class FaultError(ValueError):
    """A fault was ordered that the sandbox does not know."""


@dataclass(slots=True)
class Fault:
    """The next ``times`` answers of ``service`` go wrong in the way of ``kind``.

    Attributes:
        service: one of the sandbox's (``server.SERVICES``).
        kind: see ``docs/sandbox.md``.
        endpoint: a path template such as ``/v1/artists/{id}``; ``None`` is every endpoint.
        method: an HTTP method; ``None`` is every method.
        times: how many answers are left to spoil.
        status: what ``status`` answers with.
        retry_after: seconds, sent with ``rate_limit``, ``quota_exceeded`` and ``status``.
        seconds: how late ``late`` answers.
        skip: answers that go well before the first fault.
    """

    service: str
    kind: FaultKind
    endpoint: str | None = None
    times: int = 1
    status: int = 503
    retry_after: int | None = None
    seconds: float = 1.0
    skip: int = 0
    method: str | None = None

    def hits(self, asked: Endpoint) -> bool:
        """Whether a request is one that it may spoil."""
        return (
            self.service == asked.service
            and self.endpoint in (None, asked.path)
            and self.method in (None, asked.method)
        )

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            kinds = ", ".join(get_args(FaultKind))
            raise FaultError(f"Unknown fault kind {self.kind!r}: use one of {kinds}.")


class FaultQueue:
    """Faults in the order they were ordered; each request takes from the first that fits."""

    def __init__(self, services: tuple[str, ...]) -> None:
        self._services = services
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Orders a fault.

        Raises:
            FaultError: the service is not one of the sandbox's.
        """
        if fault.service not in self._services:
            known = ", ".join(self._services)
            raise FaultError(f"Unknown service {fault.service!r}: use one of {known}.")
        self._faults.append(fault)

    def take(self, endpoint: Endpoint) -> Fault | None:
        """The fault for this request, if any; uses up one of its times."""
        for fault in self._faults:
            if not fault.hits(endpoint):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._faults.remove(fault)
            return fault
        return None

    def pending(self) -> list[dict[str, Any]]:
        """What is still to come."""
        return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        """Everything goes well again."""
        self._faults.clear()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: str
    content_type: str = "application/json; charset=utf-8"
    retry_after: int | None = None


def _answer(fault: Fault) -> _Answer:
    if fault.kind in _REFUSALS:
        return _REFUSALS[fault.kind]
    match fault.kind:
        case "rate_limit":
            body = _error(429, "API rate limit exceeded")
            wait = 1 if fault.retry_after is None else fault.retry_after
            return _Answer(429, body, retry_after=wait)
        case "quota_exceeded":
            body = _error(429, "Too many requests", reason="QUOTA_EXCEEDED")
            # 22 hours, as a client was told (Yooooomi/your_spotify#411: 79,892 s).
            wait = 79_200 if fault.retry_after is None else fault.retry_after
            return _Answer(429, body, retry_after=wait)
        case "not_json":
            # What Envoy, a common proxy, writes when the service behind it hangs up.
            return _Answer(200, "upstream connect error or disconnect/reset before headers")
        case _:
            body = _error(fault.status, f"Ordered fault {fault.status}")
            return _Answer(fault.status, body, retry_after=fault.retry_after)


def _error(status: int, message: str, **extra: str) -> str:
    return json.dumps({"error": {"status": status, "message": message, **extra}})


_REFUSALS: Final = {
    "captcha": _Answer(403, _CAPTCHA, "text/html; charset=utf-8"),
    "web_page": _Answer(200, _WEB_PAGE, "text/html; charset=utf-8"),
    "hostile_page": _Answer(200, _HOSTILE_PAGE),
    "forbidden": _Answer(403, _error(403, refusals.ENDPOINT_GONE)),
    "not_premium": _Answer(403, refusals.NOT_PREMIUM, "text/plain; charset=utf-8"),
    "not_allowlisted": _Answer(403, refusals.NOT_ALLOWLISTED, "text/plain; charset=utf-8"),
    "insufficient_scope": _Answer(403, _error(403, refusals.INSUFFICIENT_SCOPE)),
    "not_owner": _Answer(403, _error(403, refusals.NOT_OWNER)),
    "invalid_grant": _Answer(400, json.dumps(_INVALID_GRANT)),
}


class FaultyAnswers:
    """ASGI layer that spoils answers; must be the outermost, to reach the connection itself."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        faults: FaultQueue,
        log: RequestLog,
        endpoint_of: Callable[[Scope], Endpoint | None],
    ) -> None:
        self._app = app
        self._faults = faults
        self._log = log
        self._endpoint_of = endpoint_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, well or not."""
        endpoint = self._endpoint_of(scope)
        fault = self._faults.take(endpoint) if endpoint else None
        if endpoint is None or fault is None:
            await self._app(scope, receive, send)
        elif fault.kind == "late":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
        elif fault.kind == "reset":
            self._log.record(endpoint, "reset")
            await _reset(send)
        elif fault.kind == "lost":
            await self._app(scope, receive, _nobody)
            await _reset(send)
        elif fault.kind == "duplicate_page":
            await self._app(_of_the_page_before(scope), receive, send)
        elif fault.kind in _HALF_KINDS:
            await self._app(scope, receive, _Cut(send, keep_length=fault.kind == "truncated"))
        elif fault.kind in _REWRITTEN:
            await self._app(scope, receive, _Rewritten(send, _REWRITTEN[fault.kind]))
        else:
            answer = _answer(fault)
            self._log.record(endpoint, answer.status)
            await _send(send, answer)


class _WholeAnswer:
    """Holds an answer back until it is whole, and then sends another."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if not message.get("more_body") and self._start is not None:
            await self._send_instead(self._start, self._body)

    async def _send_instead(self, start: Message, body: bytes) -> None:
        raise NotImplementedError


class _Cut(_WholeAnswer):
    """Sends half of a body: with the length of the whole (a broken connection), or a valid one."""

    def __init__(self, send: Send, *, keep_length: bool) -> None:
        super().__init__(send)
        self._keep_length = keep_length

    async def _send_instead(self, start: Message, body: bytes) -> None:
        half = body[: len(body) // 2]
        await self._send(_with_length(start, len(body) if self._keep_length else len(half)))
        await self._send(
            {"type": "http.response.body", "body": half, "more_body": self._keep_length}
        )
        if self._keep_length:
            _transport(self._send).close()
            await _until_closed()


class _Rewritten(_WholeAnswer):
    """Sends another body in the place of a good one; refusals pass as they are."""

    def __init__(self, send: Send, rewrite: Callable[[bytes], bytes]) -> None:
        super().__init__(send)
        self._rewrite = rewrite

    async def _send_instead(self, start: Message, body: bytes) -> None:
        other = self._rewrite(body) if start["status"] == 200 else body
        await self._send(_with_length(start, len(other)))
        await self._send({"type": "http.response.body", "body": other})


def _with_length(start: Message, length: int) -> Message:
    headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
    return {**start, "headers": [*headers, (b"content-length", str(length).encode())]}


def _of_the_page_before(scope: Scope) -> Scope:
    """The request as if it had asked for the page before; the first stays the first."""
    query = {name: found[-1] for name, found in parse_qs(scope["query_string"].decode()).items()}
    # As where rows shift between pages while a client walks them.
    query["page"] = str(max(1, int(query.get("page", "1")) - 1))
    return {**scope, "query_string": urlencode(query).encode()}


async def _send(send: Send, answer: _Answer) -> None:
    body = answer.body.encode()
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    if answer.retry_after is not None:
        headers.append((b"retry-after", str(answer.retry_after).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _nobody(_message: Message) -> None:
    """Hears an answer that does not go out."""


async def _reset(send: Send) -> None:
    transport = _transport(send)
    # Closing without lingering is what makes the kernel send RST instead of FIN.
    peer: socket.socket = transport.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _until_closed()


def _transport(send: Send) -> asyncio.Transport:
    # ASGI has no message for a broken connection. uvicorn's `send` is a method of its
    # request-response cycle, which holds the transport.
    transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
    return transport


async def _until_closed() -> None:
    # uvicorn learns of the loss in the loop's next turns; returning before that, it would log an
    # unfinished answer as an error of the application.
    for _ in range(3):
        await asyncio.sleep(0)
