"""A browser and the page that it opens, once for all tests of this folder."""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import start_sandbox
from showlist_assets.sandbox.state.lasting import LastingWorld
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests import clock
from showlist_assets_tests.web.browser.watching import WatchedPage
from showlist_assets_tests.web.sites import ServedSite, copy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from showlist_assets.cli.homes import Home
    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets_tests.commands import FinishedDemo

_AXE = Path(__file__).parent / "axe" / "axe.min.js"


# Of the package and not of the session: tests of other folders start a driver of their own, and two
# of them cannot be in one thread.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; skips where none is installed."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed (Debian package chromium)")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield running
        running.close()


@pytest.fixture(scope="package")
def home(finished_demo: FinishedDemo, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the demo's home, of this folder alone."""
    return copy_of(finished_demo, tmp_path_factory.mktemp("listeners"))


@pytest.fixture(scope="package")
def world(home: Home) -> Iterator[Sandbox]:
    """Its sandbox, whose login is at another site than the page, as Spotify's is."""
    choices = LastingWorld(home.world).choices()
    assert choices is not None
    # Another choice would be another world, whose songs are not those that the demo found.
    config = SandboxConfig(
        **asdict(choices), clock=clock.NOW, folder=home.world, accounts_host="localhost"
    )
    running = start_sandbox(config)
    yield running
    running.stop()


@pytest.fixture(scope="package")
def served(home: Home, world: Sandbox) -> Iterator[ServedSite]:
    """The page over it."""
    platform = Platform(load_settings(**home.sandbox_settings(world)))
    running = ServedSite(platform, listen_at=f"{world.url}/listen")
    yield running
    running.stop()


@pytest.fixture(scope="package")
def watched(browser: Browser, served: ServedSite) -> Iterator[WatchedPage]:
    """The page that most tests use, one after the other; nobody is logged in."""
    context = browser.new_context()
    yield WatchedPage(context, served.url)
    context.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers that remember nothing, with what ``Browser.new_context`` takes."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        made.append(browser.new_context(**options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def pictures() -> Callable[[Page, str, int, str], None]:
    """Takes pictures of whole pages, by the screen's name and the look, for somebody to look at.

    Into the folder that ``WEB_PICTURES`` names, and otherwise none: nothing is tested by
    them, and without a graphics card they take a third of these tests' time.
    """
    folder = Path(os.environ["WEB_PICTURES"]) if os.environ.get("WEB_PICTURES") else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str, width: int, scheme: str) -> None:
        if folder:
            page.screenshot(path=folder / f"{name}_{width}_{scheme}.png", full_page=True)

    return take


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    return _AXE.read_text(encoding="utf-8")
