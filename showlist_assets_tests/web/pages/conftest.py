"""The page over filled tables, their published file, and a sandbox that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from showlist_assets.storage.warehouse import publish_warehouse
from showlist_assets.wiring import Platform
from showlist_assets_tests.web.browsers import Browser
from showlist_assets_tests.web.sites import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from showlist_assets.web.site import Site
    from showlist_assets_tests.platform_under_test import PlatformUnderTest


@pytest.fixture(scope="session")
def published(finished_runs: PlatformUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of the filled tables: pages read a copy of it."""
    file = tmp_path_factory.mktemp("published") / "showlist.duckdb"
    publish_warehouse(finished_runs.store, file)
    return file


@pytest.fixture
def open_site(
    filled_platform: PlatformUnderTest, published: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Site]]:
    """Opens the page with the given options; without any, for real listeners on this machine."""
    # No instance of Dagster's is asked or told.
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    accounts = filled_platform.folder / "accounts"
    filled_platform.set(
        SHOWLIST_ACCOUNTS=str(accounts),
        SHOWLIST_WAREHOUSE=str(published),
    )
    opened: list[Site] = []

    def open_site(*, clock: Callable[[], datetime] | None = None, **options: Any) -> Site:
        platform = Platform(filled_platform.settings, clock=clock)
        defaults = {"is_made_up": False, "place": "WA"}
        opened.append(site_of(platform, **{**defaults, **options}))
        return opened[-1]

    yield open_site
    for each in opened:
        each.close()


@pytest.fixture
def living(open_site: Callable[..., Site]) -> Site:
    """The page as ``open_site`` opens it."""
    return open_site()


@pytest.fixture
def guest(living: Site) -> Browser:
    """Somebody whom nobody knows."""
    return Browser(living)


@pytest.fixture
def owner(living: Site) -> Browser:
    """Whoever runs it, not logged in at Spotify."""
    browser = Browser(living)
    browser.become_owner()
    return browser


@pytest.fixture
def listener(owner: Browser) -> Browser:
    """The account "me", which is the owner's."""
    assert owner.log_in().status_code == 303
    return owner


@pytest.fixture
def robin(owner: Browser, sandbox: Any) -> Browser:
    """An invited listener: the account "robin"."""
    sandbox.listeners.add_listener("robin-at-spotify", "Robin Second")
    browser = Browser(owner.site)
    token = owner.site.invitations.invite("robin")
    assert browser.log_in("robin-at-spotify", invite=token).status_code == 303
    return browser
