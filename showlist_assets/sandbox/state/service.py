"""What a service of the sandbox is: its name, its routes and the settings that point at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from showlist_assets.sandbox.state.state import SandboxState

Handler = Callable[[Request, SandboxState], Response]
WriteHandler = Callable[[Request, SandboxState, str], Response]


@dataclass(frozen=True, slots=True)
class Service:
    """One imitated API; a new one is a module with such a value, named in ``server.SERVICES``.

    Attributes:
        name: the first segment of its paths.
        handlers: path template to what answers a GET there.
        url_variable: the environment variable that holds the service's base URL; "" if none does.
        credentials: environment variables and the values the service accepts.
        writes: method and path template to what answers there; it gets the body as text.
        fallback: what answers any other path and method below the service's name.
    """

    name: str
    handlers: Mapping[str, Handler]
    url_variable: str
    credentials: Mapping[str, str] = field(default_factory=dict)
    writes: Mapping[tuple[str, str], WriteHandler] = field(default_factory=dict)
    fallback: Handler | None = None

    def routes(self, state: SandboxState) -> list[Route]:
        """The service's routes below ``/<name>``."""
        made = [
            Route(f"/{self.name}{path}", _getter(handler, state), methods=["GET"])
            for path, handler in self.handlers.items()
        ]
        for (method, path), write in self.writes.items():
            made.append(Route(f"/{self.name}{path}", _writer(write, state), methods=[method]))
        return made

    def fallback_routes(self, state: SandboxState) -> list[Route]:
        """What answers the rest; it must come after every other route."""
        if self.fallback is None:
            return []
        methods = ["GET", "POST", "PUT", "DELETE"]
        path = f"/{self.name}/{{rest:path}}"
        return [Route(path, _getter(self.fallback, state), methods=methods)]


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer as the services send it."""
    return JSONResponse(
        body, status, dict(headers or {}), media_type="application/json; charset=utf-8"
    )


def _getter(handler: Handler, state: SandboxState) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return handler(request, state)

    return answer


def _writer(handler: WriteHandler, state: SandboxState) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return handler(request, state, (await request.body()).decode(errors="replace"))

    return answer
