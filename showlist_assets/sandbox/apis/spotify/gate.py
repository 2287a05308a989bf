"""What every call of the Web API passes: token, limits, account, scopes; and its refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import PlainTextResponse

from showlist_assets.sandbox.state import refusals
from showlist_assets.sandbox.state.listeners import ListenerError
from showlist_assets.sandbox.state.service import json_answer
from showlist_assets.sandbox.state.stored_playlists import PlaylistError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.datastructures import URL
    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.listeners import Listener
    from showlist_assets.sandbox.state.service import Handler, WriteHandler
    from showlist_assets.sandbox.state.state import SandboxState

_UNAUTHORIZED = {
    "missing": "No token provided",
    "unknown": "Invalid access token",
    "expired": "The access token expired",
}


class RefusedError(Exception):
    """The request gets a refusal with this status and text, in JSON or plain."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        plain: bool = False,
        retry_after: int | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message)
        self._status, self._message, self._plain = status, message, plain
        self._retry_after, self._reason = retry_after, reason

    def answer(self) -> Response:
        """The refusal as Spotify sends it."""
        if self._plain:
            return PlainTextResponse(self._message, self._status)
        error: dict[str, Any] = {"status": self._status, "message": self._message}
        if self._reason:
            error["reason"] = self._reason
        wait = self._retry_after
        headers = {} if wait is None else {"Retry-After": str(wait)}
        return json_answer({"error": error}, self._status, headers)


@dataclass(frozen=True, slots=True)
class ListenerCall:
    """A call with a listener's token.

    Attributes:
        request: as it came.
        state: of the sandbox.
        listener: whose token it is.
        scopes: what the listener agreed to.
        text: the body; empty for a GET.
    """

    request: Request
    state: SandboxState
    listener: Listener
    scopes: frozenset[str]
    text: str = ""

    def require(self, scope: str) -> None:
        """Refuses the call where the listener did not agree to ``scope``."""
        if scope not in self.scopes:
            raise RefusedError(403, refusals.INSUFFICIENT_SCOPE)

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; an empty body is an empty object."""
        try:
            sent = json.loads(self.text) if self.text else {}
        except ValueError:
            sent = None
        if not isinstance(sent, dict):
            raise RefusedError(400, "Error parsing JSON.")
        return sent


def metered(handler: Handler) -> Handler:
    """An endpoint for any token; ``request.state.listener`` is whose it is, or ``None``."""

    def answer(request: Request, state: SandboxState) -> Response:
        try:
            _admit(request, state)
            return handler(request, state)
        except RefusedError as refused:
            return refused.answer()

    return answer


def reading(handler: Callable[[ListenerCall], Response]) -> Handler:
    """A GET endpoint for listeners' tokens only."""

    def answer(request: Request, state: SandboxState) -> Response:
        return _answered(request, state, "", handler)

    return answer


def writing(handler: Callable[[ListenerCall], Response]) -> WriteHandler:
    """A POST, PUT or DELETE endpoint; only listeners have anything that can be changed."""

    def answer(request: Request, state: SandboxState, text: str) -> Response:
        return _answered(request, state, text, handler)

    return answer


def _answered(
    request: Request,
    state: SandboxState,
    text: str,
    handler: Callable[[ListenerCall], Response],
) -> Response:
    try:
        scopes = _admit(request, state)
        return handler(ListenerCall(request, state, _listener(request), scopes, text))
    except RefusedError as refused:
        return refused.answer()
    except ListenerError:
        return RefusedError(404, refusals.NOT_FOUND).answer()
    except PlaylistError as error:
        return RefusedError(400, str(error)).answer()


def _listener(request: Request) -> Listener:
    listener: Listener | None = request.state.listener
    if listener is None:
        raise RefusedError(401, refusals.NEEDS_LISTENER)
    return listener


def _admit(request: Request, state: SandboxState) -> frozenset[str]:
    """Lets a call in, or refuses it; returns the token's scopes."""
    now = state.clock.now()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    verdict = state.tokens.verdict(token, now) if scheme.lower() == "bearer" else "missing"
    if verdict != "valid":
        raise RefusedError(401, _UNAUTHORIZED[verdict])
    _count(state)
    consent = state.tokens.consent_of(token)
    request.state.listener = consent and state.listeners.listener(consent.user_id)
    if request.state.listener is not None:
        _check_account(request.state.listener)
    return consent.scopes if consent else frozenset()


def _count(state: SandboxState) -> None:
    wait, is_daily = state.limits.admit(state.clock.now())
    # The reason is new since July 2026:
    # https://developer.spotify.com/documentation/web-api/references/changes/july-2026
    if wait and is_daily:
        raise RefusedError(429, "Too many requests", retry_after=wait, reason="QUOTA_EXCEEDED")
    if wait:
        raise RefusedError(429, "API rate limit exceeded", retry_after=wait)


def _check_account(listener: Listener) -> None:
    # Both in plain text, which clients that expect JSON stumble over (spotipy-dev/spotipy#1233).
    # With Spotify it is the owner of the app who needs Premium; here each listener stands for one.
    if not listener.premium:
        raise RefusedError(403, refusals.NOT_PREMIUM, plain=True)
    if not listener.allowlisted:
        raise RefusedError(403, refusals.NOT_ALLOWLISTED, plain=True)


def whole_number(request: Request, name: str, default: int, allowed: range) -> int:
    """A query parameter that must be a number in ``allowed``."""
    value = request.query_params.get(name, str(default))
    if not value.isdecimal() or int(value) not in allowed:
        raise RefusedError(400, f"Invalid {name}")
    return int(value)


def paging(
    request: Request,
    items: Sequence[Any],
    total: int,
    limit: int,
    offset: int,
    *,
    url: URL | None = None,
) -> dict[str, Any]:
    """Spotify's envelope of a page; its links lead back here, to ``url`` or what was asked."""
    here = str((url or request.url).replace(query=""))
    kept = {
        name: value
        for name, value in request.query_params.items()
        if name not in ("limit", "offset")
    }

    def page(at: int) -> str:
        return f"{here}?{urlencode({'offset': at, 'limit': limit, **kept})}"

    return {
        "href": page(offset),
        "limit": limit,
        "next": page(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": page(max(0, offset - limit)) if offset else None,
        "total": total,
        "items": list(items),
    }
