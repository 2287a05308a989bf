"""What every call of ListenBrainz and its Labs passes: the limit, told in each answer's headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.state.service import json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from showlist_assets.sandbox.state.limits import RollingLimit
    from showlist_assets.sandbox.state.service import Handler, WriteHandler
    from showlist_assets.sandbox.state.state import SandboxState

# What is told where nothing is counted.
_PLENTY = 1000
_TOO_MANY = (
    "You have exceeded your rate limit. See the X-RateLimit-* response headers for more "
    "information on your current rate limit."
)


class RefusedError(Exception):
    """The request gets a refusal with this status and text."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def reading(
    handler: Callable[[Request, SandboxState], Any],
    limit_of: Callable[[SandboxState], RollingLimit],
) -> Handler:
    """A GET endpoint within the limit."""

    def answer(request: Request, state: SandboxState) -> Response:
        return _answered(state, limit_of(state), lambda: handler(request, state))

    return answer


def posting(
    handler: Callable[[Request, SandboxState, str], Any],
    limit_of: Callable[[SandboxState], RollingLimit],
) -> WriteHandler:
    """A POST endpoint within the limit."""

    def answer(request: Request, state: SandboxState, text: str) -> Response:
        return _answered(state, limit_of(state), lambda: handler(request, state, text))

    return answer


def _answered(state: SandboxState, limit: RollingLimit, answer: Callable[[], Any]) -> Response:
    headers, is_let_in = _counted(state, limit)
    if not is_let_in:
        return _refusal(RefusedError(429, _TOO_MANY), headers)
    try:
        return json_answer(answer(), headers=headers)
    except RefusedError as refused:
        return _refusal(refused, headers)


def _refusal(refused: RefusedError, headers: Mapping[str, str]) -> Response:
    body = {"code": refused.status, "error": str(refused)}
    return json_answer(body, refused.status, headers)


def _counted(state: SandboxState, limit: RollingLimit) -> tuple[Mapping[str, str], bool]:
    now = state.clock.now()
    is_let_in = not limit.limit or not limit.wait(now)
    if limit.limit and is_let_in:
        limit.record(now)
    left = limit.limit - limit.used(now) if limit.limit else _PLENTY - 1
    # Until all of it is free again would be longer; until the next call is.
    wait = limit.wait(now) if limit.limit else 1
    headers = {
        "X-RateLimit-Limit": str(limit.limit or _PLENTY),
        "X-RateLimit-Remaining": str(max(0, left)),
        "X-RateLimit-Reset-In": str(max(1, wait)),
        "X-RateLimit-Reset": str(int(now.timestamp()) + max(1, wait)),
    }
    return headers, is_let_in
