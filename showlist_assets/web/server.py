"""Serving the page: where it listens, what it believes of a proxy, and how it ends.

What belongs here: uvicorn. What does not: the pages (``app``), and what a person types
(``cli.web``).
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Final

import uvicorn

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

# By default uvicorn waits for open connections without end, and browsers keep theirs alive.
_ENDS_AFTER: Final = 2


class CannotListenError(ShowlistError):
    """The page cannot be served at this host and port; the message says why."""


def is_loopback(host: str) -> bool:
    """Whether ``host`` is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def claim_port(host: str, port: int) -> socket.socket:
    """The socket of ``host`` and ``port``; nobody is answered before ``serve``.

    Raises:
        CannotListenError: another program has it, or this user or machine may not.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    claimed = socket.socket(family, socket.SOCK_STREAM)
    # A port just left is in TIME_WAIT for a minute.
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind((host.strip("[]"), port))
        # Two programs could bind one port and learn only when they are ready that it is taken.
        claimed.listen(0)
    except OSError as error:
        claimed.close()
        raise CannotListenError(
            f"The page cannot be served at {host}:{port} ({error.strerror}): end the program that "
            "is there, or choose another --port or --host."
        ) from error
    return claimed


def serve(
    app: ASGIApp,
    claimed: socket.socket,
    *,
    prefix: str = "",
    proxies: str = "",
    on_started: Callable[[], None] | None = None,
    own_logs: bool = True,
) -> None:
    """Answer until interrupted.

    Args:
        app: The page.
        claimed: From ``claim_port``.
        prefix: The path under which a proxy shows the page; the proxy takes it off.
        proxies: Addresses and networks whose word about the visitor's address and HTTPS is
            believed, with commas between; empty: nobody's.
        on_started: Called once the page answers.
        own_logs: Whether uvicorn configures its loggers, or leaves them as the process has them.

    Raises:
        KeyboardInterrupt: somebody pressed Ctrl-C; open answers were given.
    """
    config = uvicorn.Config(
        app,
        log_config=uvicorn.config.LOGGING_CONFIG if own_logs else None,
        log_level="warning",
        # It would hold addresses, some of which are secrets (calendars, feeds, links).
        access_log=False,
        server_header=False,
        root_path=prefix,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_graceful_shutdown=_ENDS_AFTER,
        ws="none",
    )
    _TellingServer(config, on_started).run(sockets=[claimed])


class _TellingServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._on_started:
            self._on_started()
