"""The page over the home of a finished demo, served to browsers and to whoever has none."""

from __future__ import annotations

import shutil
import socket
import threading
from typing import TYPE_CHECKING, Any

import requests
import uvicorn
from pyrate_limiter import Duration, Rate

from showlist_assets.cli.homes import Home
from showlist_assets.settings import load_settings
from showlist_assets.web.app import build_app
from showlist_assets.web.pace import Pace
from showlist_assets.web.site import Site, SiteOptions
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.applications import Starlette

    from showlist_assets_tests.commands import FinishedDemo


class Unhurried(Pace):
    """A suite asks for more pages a minute than any visitor."""

    kinds = dict.fromkeys(Pace.kinds, Rate(1_000_000, Duration.MINUTE))


def home_of(demo: FinishedDemo) -> Home:
    """Where the demo left what it made: to be looked at only."""
    return Home(demo.folder / ".showlist" / "sandbox")


def copy_of(demo: FinishedDemo, folder: Path) -> Home:
    """The same, to be changed."""
    home = Home(folder / "sandbox")
    shutil.copytree(home_of(demo).root, home.root, symlinks=True)
    # Nobody has saved anything yet.
    shutil.rmtree(home.recipes, ignore_errors=True)
    return home


def platform_of(home: Home, **variables: str) -> Platform:
    """The platform of a home whose sandbox does not run."""
    return Platform(load_settings(**{**home.kept_sandbox_settings(), **variables}))


def site_of(platform: Platform, **options: Any) -> Site:
    """The page's parts; nobody is told to wait."""
    site = Site(platform, SiteOptions(**{"is_made_up": True, **options}))
    site.pace = Unhurried()
    return site


class ServedSite:
    """The page at an address of its own, until it is stopped.

    Attributes:
        url: Where it is served.
        site: Its parts.
    """

    def __init__(self, platform: Platform, **options: Any) -> None:
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(128)
        port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.site = site_of(platform, port=port, **options)
        self._server = uvicorn.Server(_served(build_app(self.site), self.site.options.prefix))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listener]}, name="page", daemon=True
        )
        self._thread.start()

    def get(self, path: str, **headers: str) -> requests.Response:
        """What somebody without a browser is answered."""
        return self.ask("GET", path, headers=headers)

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """The same with another method, or with what ``requests`` takes."""
        options = {"allow_redirects": False, **options}
        # With a session, a connection that the server ends as nobody used it would be used again.
        return requests.request(method, f"{self.url}{path}", timeout=30, **options)

    def stop(self) -> None:
        """End it; whoever asks afterwards gets no answer."""
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._listener.close()


def _served(app: Starlette, prefix: str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        root_path=prefix,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
