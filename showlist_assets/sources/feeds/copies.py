"""The last document of every feed, and when its host may be asked again.

What belongs here: keeping. What does not: asking (``session``) and reading (``client``).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sources.http.call_store import Document

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from showlist_assets.domain.feeds.feed import Feed
    from showlist_assets.sources.http.call_store import CallStore

# What the store calls them.
_COPIES: Final = "feeds"
# A calendar that is gone for a month is gone.
_USEFUL: Final = timedelta(days=30)
# A host that failed is asked again sooner than one that answered, and not by every run.
_AFTER_A_FAILURE: Final = timedelta(hours=1)


@dataclass(frozen=True)
class FeedCopy:
    """What is kept of a feed.

    Attributes:
        asked_at: When its host was asked last (UTC).
        answered_at: When it last said that this is its document (UTC); None if never.
        content: The document; None where there never was one.
        charset: The encoding that the host claimed.
        etag: What to ask with next time.
        last_modified: The same, of hosts that know no ETag.
        failure: Why there was no answer when it was asked last; empty if there was.
    """

    asked_at: datetime
    answered_at: datetime | None = None
    content: bytes | None = None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    failure: str = ""

    def may_be_asked_at(self, feed: Feed) -> datetime:
        """From when on the host may be asked again."""
        wait = min(feed.every, _AFTER_A_FAILURE) if self.failure else feed.every
        return self.asked_at + wait


class FeedCopies:
    """The copies in a ``CallStore``.

    Every method raises ``CallStoreError`` where the store cannot be used: without it nobody knows
    when a host was asked, so nobody asks.
    """

    def __init__(self, store: CallStore) -> None:
        self._store = store

    def find(self, feed: Feed) -> FeedCopy | None:
        """What is kept of ``feed`` at its present address."""
        with self._store.failing_plainly():
            kept = self._documents.get(_key(feed))
        return _copy(kept) if kept else None

    def keep(self, feed: Feed, copy: FeedCopy) -> None:
        """Replace what is kept of ``feed``."""
        useful_from = copy.answered_at or copy.asked_at
        document = Document.lasting(
            copy.asked_at,
            max(copy.may_be_asked_at(feed), useful_from) + _USEFUL,
            asked_at=copy.asked_at.timestamp(),
            answered_at=copy.answered_at and copy.answered_at.timestamp(),
            body=None if copy.content is None else base64.b64encode(copy.content).decode(),
            charset=copy.charset,
            etag=copy.etag,
            last_modified=copy.last_modified,
            failure=copy.failure,
        )
        with self._store.failing_plainly():
            self._documents[_key(feed)] = document

    @cached_property
    def _documents(self) -> MutableMapping[str, Any]:
        return self._store.documents(_COPIES)


def is_useful(copy: FeedCopy, now: datetime) -> bool:
    """Whether its document may still stand in for one that does not come."""
    return copy.answered_at is not None and now - copy.answered_at <= _USEFUL


def _key(feed: Feed) -> str:
    # Another address is another calendar; the address itself may be a secret.
    return f"{feed.name} {hashlib.sha256(feed.source.encode()).hexdigest()[:16]}"


def _copy(kept: Document) -> FeedCopy:
    answered = kept["answered_at"]
    return FeedCopy(
        asked_at=datetime.fromtimestamp(kept["asked_at"], UTC),
        answered_at=None if answered is None else datetime.fromtimestamp(answered, UTC),
        content=None if kept["body"] is None else base64.b64decode(kept["body"]),
        charset=kept["charset"],
        etag=kept["etag"],
        last_modified=kept["last_modified"],
        failure=kept["failure"],
    )
