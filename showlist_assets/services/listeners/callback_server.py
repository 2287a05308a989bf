"""The small server that Spotify sends the listener's browser back to."""

from __future__ import annotations

from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from typing_extensions import override

from showlist_assets.sources.spotify.login import LoginError, NotThisLogin

if TYPE_CHECKING:
    from collections.abc import Callable

PATH: Final = "/callback"
_THANKS: Final = "Thank you. Showlist finishes the login in the terminal; you can close this page."
_PAGE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Showlist</title>
<style>body {{ font: 1.2rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto;
padding: 0 1rem; }}</style></head>
<body><h1>{title}</h1><p>{words}</p></body>
</html>
"""


class CallbackServer:
    """Listens on 127.0.0.1 from its start to its end, as a context manager."""

    def __init__(self, port: int, code_in: Callable[[str], str]) -> None:
        """Take the port.

        Args:
            port: Where to listen.
            code_in: Finds the code in an address, or raises ``LoginError``: ``NotThisLogin``, and
                the waiting goes on, where the address does not answer this login.

        Raises:
            LoginError: the port is taken.
        """
        self._outcomes: SimpleQueue[str | LoginError] = SimpleQueue()
        try:
            # The number and not the name: Spotify refuses ``localhost``
            # (https://developer.spotify.com/documentation/web-api/concepts/redirect_uri).
            self._server = _Server(("127.0.0.1", port), _handler(code_in, self._outcomes))
        except OSError:
            raise LoginError(
                f"Port {port} is taken by another program. Choose another with --port or "
                "SHOWLIST_LOGIN_PORT, and add its address to the redirect URIs of your Spotify app."
            ) from None

    def __enter__(self) -> Self:
        # shutdown() waits until the loop looks up, by default every half second.
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def code(self, *, within: float) -> str:
        """The code that Spotify sends, waited for ``within`` seconds.

        Raises:
            LoginError: it did not come, or something else did.
        """
        try:
            outcome = self._outcomes.get(timeout=within)
        except Empty:
            port = self._server.server_port
            raise LoginError(
                f"Nobody agreed within {within / 60:.0f} minutes, so the login has ended. If the "
                f"page spoke of a redirect URI, add http://127.0.0.1:{port}{PATH} to those of your "
                "Spotify app. If the browser runs on another machine, use --no-browser."
            ) from None
        if isinstance(outcome, LoginError):
            raise outcome
        return outcome


class _Server(ThreadingHTTPServer):
    # Threads, because browsers open connections ahead of need and leave them silent.
    daemon_threads = True

    @override
    def handle_error(self, *_: Any) -> None:
        """Keep quiet: browsers hang up when they like."""


def _handler(
    code_in: Callable[[str], str], outcomes: SimpleQueue[str | LoginError]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # A silent connection ends after that; http.server would wait on it for ever.
        timeout = 10

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            # Browsers also ask for an icon.
            if parts.path != PATH:
                self._show(404, "Nothing here", "Showlist waits for Spotify's answer.")
                return
            outcome = _outcome(code_in, self.path)
            if isinstance(outcome, NotThisLogin):
                self._show(400, "Not this login", str(outcome))
                return
            try:
                if isinstance(outcome, LoginError):
                    self._show(400, "The login did not work", str(outcome))
                else:
                    self._show(200, "Almost done", _THANKS)
            finally:
                # After the page, or whoever waits may end the process before it is sent; but also
                # where the browser hung up, for the listener has agreed all the same.
                outcomes.put(outcome)

        def _show(self, status: int, title: str, words: str) -> None:
            page = _PAGE.format(title=escape(title), words=escape(words)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            # The address of this page holds the code.
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(page)

        @override
        def log_message(self, *_: Any) -> None:
            """Keep quiet: the address holds the code."""

    return Handler


def _outcome(code_in: Callable[[str], str], address: str) -> str | LoginError:
    try:
        return code_in(address)
    except LoginError as error:
        return error
