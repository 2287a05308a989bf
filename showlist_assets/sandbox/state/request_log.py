"""What was asked of the sandbox: counts per service, endpoint and status; no credentials."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.routing import Match

from showlist_assets.sandbox.state.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from starlette.routing import Route
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Endpoint(NamedTuple):
    """One endpoint of a service: ``spotify GET /v1/artists/{id}``."""

    service: str
    method: str
    path: str


class RequestLog:
    """Counts answers; a broken connection counts under the status "reset".

    Attributes:
        clock: What the times of the answers are told from; the machine's unless replaced.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self._counts: Counter[tuple[Endpoint, int | str]] = Counter()
        self._moments: defaultdict[str, list[datetime]] = defaultdict(list)

    def record(self, endpoint: Endpoint, status: int | str) -> None:
        """Counts one answer."""
        self._counts[endpoint, status] += 1
        self._moments[endpoint.service].append(self.clock.now())

    def most_within(self, period: timedelta, service: str) -> int:
        """The most answers of a service, of whatever status, in any stretch of ``period``."""
        moments = sorted(self._moments[service])
        return max(
            (
                index - bisect_right(moments, moment - period) + 1
                for index, moment in enumerate(moments)
            ),
            default=0,
        )

    def count(self, service: str, path: str | None = None, status: int | str | None = None) -> int:
        """Answers of a service, of one of its endpoints, with one status."""
        return sum(
            count
            for (endpoint, answered), count in self._counts.items()
            if endpoint.service == service
            and path in (None, endpoint.path)
            and status in (None, answered)
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row per service, endpoint and status, in alphabetical order."""
        return [
            {**endpoint._asdict(), "status": status, "count": count}
            for (endpoint, status), count in sorted(self._counts.items(), key=str)
        ]

    def restore(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Goes on counting from ``rows``; when these were asked is forgotten."""
        self.clear()
        for row in rows:
            endpoint = Endpoint(row["service"], row["method"], row["path"])
            self._counts[endpoint, row["status"]] = row["count"]

    def clear(self) -> None:
        """Counts from zero again."""
        self._counts.clear()
        self._moments.clear()


class CountedAnswers:
    """ASGI layer that counts every answer of a service."""

    def __init__(
        self, app: ASGIApp, *, log: RequestLog, endpoint_of: Callable[[Scope], Endpoint | None]
    ) -> None:
        self._app = app
        self._log = log
        self._endpoint_of = endpoint_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and counts what comes back."""
        endpoint = self._endpoint_of(scope)

        async def counted(message: Message) -> None:
            if endpoint and message["type"] == "http.response.start":
                self._log.record(endpoint, message["status"])
            await send(message)

        await self._app(scope, receive, counted)


def endpoint_finder(
    services: Sequence[str], routes: Sequence[Route]
) -> Callable[[Scope], Endpoint | None]:
    """Names the endpoint a request is for; ``None`` for what is no service's."""

    def endpoint_of(scope: Scope) -> Endpoint | None:
        if scope["type"] != "http":
            return None
        service, _, rest = scope["path"].lstrip("/").partition("/")
        if service not in services:
            return None
        for route in routes:
            if route.matches(scope)[0] is not Match.NONE:
                return Endpoint(service, scope["method"], route.path.removeprefix(f"/{service}"))
        return Endpoint(service, scope["method"], f"/{rest}")

    return endpoint_of
