"""``serve``: a server that answers as the sandbox never would."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from showlist_assets_tests.redis import running_redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    queries: dict[str, list[str]] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """``body`` that is neither text nor bytes is sent as JSON."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


class OwnServer:
    """Answers with ``answer`` and keeps every request."""

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        own = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet: two would wait for each other

            def setup(self):
                own.connections += 1
                super().setup()

            def answer(self):
                parts = urlsplit(self.path)
                queries = parse_qs(parts.query)
                query = {name: found[-1] for name, found in queries.items()}
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = dict(self.headers)
                request = Request(self.command, parts.path, query, headers, queries, body)
                own.requests.append(request)
                reply = answer(request)
                body = reply.encoded()
                self.send_response(reply.status)
                headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
                for name, value in (headers | reply.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

            def log_message(self, *_):
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[..., OwnServer]]:
    """Starts a server with a function from ``Request`` to ``Reply``, or with replies in turn.

    The last of several replies is repeated.
    """
    running: list[OwnServer] = []

    def start(*replies: Reply | Callable[[Request], Reply]) -> OwnServer:
        left = list(replies)

        def in_turn(_: Request) -> Reply:
            return left.pop(0) if len(left) > 1 else left[0]

        running.append(OwnServer(replies[0] if callable(replies[0]) else in_turn))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def _redis_process() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture
def redis_server(_redis_process: str) -> str:
    """The URL of a real Redis without a key in it; skips where none is installed."""
    from redis import Redis

    Redis.from_url(_redis_process).flushall()
    return _redis_process
