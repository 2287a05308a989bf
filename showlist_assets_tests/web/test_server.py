"""How the page is served: where it listens, and what it believes of a proxy."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from showlist_assets.web.server import CannotListenError, claim_port, is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

# Answers with what the pages would see of a request.
_ECHO = """
import json, sys
from starlette.responses import JSONResponse
from showlist_assets.web.server import claim_port, serve

async def echo(scope, receive, send):
    if scope["type"] == "http":
        seen = [scope["scheme"], scope["client"][0], scope["root_path"], scope["path"]]
        await JSONResponse(seen)(scope, receive, send)

claimed = claim_port("127.0.0.1", 0)
tell = lambda: print(claimed.getsockname()[1], flush=True)
serve(echo, claimed, on_started=tell, **json.loads(sys.argv[1]))
"""
_FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


@contextmanager
def echoing(options: str) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _ECHO, options], stdout=subprocess.PIPE, text=True
    )
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ("{}", ["http", "127.0.0.1", "", "/a"]),
        ('{"proxies": "127.0.0.1"}', ["https", "203.0.113.9", "", "/a"]),
        ('{"proxies": "10.0.0.0/8,127.0.0.0/8"}', ["https", "203.0.113.9", "", "/a"]),
        ('{"proxies": "10.0.0.1"}', ["http", "127.0.0.1", "", "/a"]),
        ('{"prefix": "/music"}', ["http", "127.0.0.1", "/music", "/music/a"]),
    ],
)
def test_a_proxy_is_believed_only_where_it_is_named(options, seen):
    with echoing(options) as url:
        answer = requests.get(f"{url}/a", headers=_FORWARDED, timeout=30)
        assert answer.json() == seen
        assert "server" not in answer.headers
        assert "date" in answer.headers


@pytest.mark.parametrize(
    ("host", "is_so"),
    [
        ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("[::1]", True),
        ("localhost", True), ("0.0.0.0", False), ("::", False), ("192.168.1.5", False),  # noqa: S104
        ("localhost.example", False), ("", False),
    ],
)  # fmt: skip
def test_loopback_is_what_only_this_machine_reaches(host, is_so):
    assert is_loopback(host) is is_so


def test_a_port_is_claimed_once_and_free_again_afterwards():
    with claim_port("127.0.0.1", 0) as claimed:
        port = claimed.getsockname()[1]
        with pytest.raises(CannotListenError, match=f"127.0.0.1:{port}"):
            claim_port("127.0.0.1", port)
    claim_port("127.0.0.1", port).close()


def test_a_host_that_is_none_of_this_machine_is_told():
    with pytest.raises(CannotListenError, match="another --port or --host"):
        claim_port("192.0.2.1", 8300)
    with pytest.raises(CannotListenError, match=r"no-such-host\.invalid"):
        claim_port("no-such-host.invalid", 8300)


def test_the_network_of_version_six_is_listened_at():
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        claim_port("::1", 0).close()
    except CannotListenError as refused:
        pytest.skip(f"no IPv6 here: {refused}")
