"""Published files to read from: one of finished runs, and small ones of rows that a test gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from showlist_assets.storage.published.publication import Publications
from showlist_assets.storage.warehouse import publish_warehouse
from showlist_assets_tests.published_rows import publish_rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from showlist_assets.storage.published.publication import Publication
    from showlist_assets_tests.platform_under_test import PlatformUnderTest


@pytest.fixture(scope="session")
def world(
    finished_runs: PlatformUnderTest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Publication]:
    """What two finished runs published."""
    path = tmp_path_factory.mktemp("world") / "showlist.duckdb"
    record = finished_runs.platform.fetch_record
    publish_warehouse(finished_runs.store, path, fetches=record.fetches())
    publications = Publications(path)
    publication = publications.current()
    assert publication is not None
    yield publication
    publications.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where ``publish_rows`` publishes."""
    return tmp_path / "showlist.duckdb"


@pytest.fixture
def publish_rows(path: Path, tmp_path: Path) -> Callable[..., None]:
    """Publishes rows of New York, each with what differs from the default one."""

    def publish(**rows: Any) -> None:
        publish_rows_of(tmp_path / "data", path, **rows)

    return publish


@pytest.fixture
def publications(path: Path) -> Iterator[Publications]:
    """Reads what ``publish_rows`` has published."""
    found = Publications(path)
    yield found
    found.close()
