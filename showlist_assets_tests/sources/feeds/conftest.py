"""``read_feeds``: a source over feeds of one's own, with a clock that moves on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from showlist_assets.sources.feeds.client import Feeds
from showlist_assets.sources.feeds.copies import FeedCopies
from showlist_assets.sources.feeds.session import FeedSession
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets_tests.sources.feeds.documents import SINCE

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from showlist_assets.domain.feeds.feed import BrokenFeed, Feed
    from showlist_assets.sources.event_source import StateListings


@dataclass
class Reader:
    """Reads feeds as one process after the other does: only the copies stay."""

    folder: Path
    now: datetime = SINCE
    sleeps: list[float] = field(default_factory=list)
    client: Any = None

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def feeds(self, *feeds: Feed, broken: tuple[BrokenFeed, ...] = ()) -> Feeds:
        self.client = Feeds(
            feeds,
            FeedSession(sleep=self.sleeps.append),
            FeedCopies(open_call_store(str(self.folder / "calls"))),
            folder=self.folder,
            clock=lambda: self.now,
            broken=broken,
        )
        return self.client

    def listings(
        self, *feeds: Feed, state: str = "NY", broken: tuple[BrokenFeed, ...] = ()
    ) -> StateListings:
        return self.feeds(*feeds, broken=broken).listings(state, self.now)


@pytest.fixture
def reader(tmp_path):
    return Reader(tmp_path)
