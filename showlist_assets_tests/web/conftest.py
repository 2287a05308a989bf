"""The page without a browser: over the demo's home, and over rows that a test gives."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import itsdangerous
import pytest
from starlette.testclient import TestClient

from showlist_assets.settings import load_settings
from showlist_assets.web.app import build_app
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import PINNED
from showlist_assets_tests.published_rows import publish_rows_of
from showlist_assets_tests.web.sites import home_of, platform_of, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from showlist_assets.web.site import Site
    from showlist_assets_tests.commands import FinishedDemo

HERE = "http://127.0.0.1:8300"


@pytest.fixture(scope="session")
def demo_site(finished_demo: FinishedDemo) -> Iterator[Site]:
    """The parts of the page over the demo's home: to be looked at only."""
    site = site_of(platform_of(home_of(finished_demo)))
    yield site
    site.close()


@pytest.fixture(scope="session")
def demo_page(demo_site: Site) -> TestClient:
    """A guest of that page."""
    return TestClient(build_app(demo_site), base_url=HERE, follow_redirects=False)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The parts of a page that has published nothing yet."""
    variables = {
        **PINNED,
        "SHOWLIST_DATA_ROOT": str(tmp_path / "data"),
        "SHOWLIST_WAREHOUSE": str(tmp_path / "data" / "showlist.duckdb"),
        "SHOWLIST_OVERRIDES": str(tmp_path / "overrides.yaml"),
        "SHOWLIST_ACCOUNTS": str(tmp_path / "accounts"),
        "SHOWLIST_RECIPES": str(tmp_path / "recipes"),
    }
    site = site_of(Platform(load_settings(**variables)), is_made_up=False)
    yield site
    site.close()


@pytest.fixture
def page(site: Site) -> TestClient:
    """A guest of the page over ``publish``."""
    return TestClient(build_app(site), base_url=HERE, follow_redirects=False)


@pytest.fixture
def publish(site: Site, tmp_path: Path) -> Callable[..., None]:
    """Publishes rows of New York (``publish_rows_of``)."""

    def publish(**rows: Any) -> None:
        publish_rows_of(tmp_path / "data", site.platform.warehouse_file, **rows)

    return publish


@pytest.fixture
def become(site: Site) -> Callable[..., None]:
    """Makes a client the owner's, or an account's, as a login would."""

    def become(client: TestClient, *, account: str = "", owner: bool = False) -> None:
        said: dict[str, Any] = {}
        if owner:
            said["owner"] = site.sessions.owner_number()
        if account:
            said |= {"account": account, "number": site.sessions.number(account)}
        signer = itsdangerous.TimestampSigner(site.sessions.secret)
        client.cookies.set("showlist", signer.sign(b64encode(json.dumps(said).encode())).decode())

    return become
