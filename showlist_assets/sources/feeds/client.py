"""The calendars of venues as a source of events: each by itself, so a broken one costs only itself.

What belongs here: when a calendar is asked, which of its forms it has, and what an answer is worth.
What does not: the forms (``ics``, ``csv_file``, ``json_ld``) and the rows (``reader``).
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.domain.tables.rejected_rows import UNKNOWN_STATE
from showlist_assets.errors import ShowlistError
from showlist_assets.sources.event_source import StateListings
from showlist_assets.sources.failures import BadAnswer, SourceError, Transient
from showlist_assets.sources.feeds.copies import FeedCopy, is_useful
from showlist_assets.sources.feeds.csv_file import read_csv
from showlist_assets.sources.feeds.entries import Reading, UnreadableError
from showlist_assets.sources.feeds.ics import read_ics
from showlist_assets.sources.feeds.json_ld import read_page
from showlist_assets.sources.feeds.reader import HORIZON, SOURCE, read_entries
from showlist_assets.sources.feeds.session import LARGEST
from showlist_assets.sources.http.usage import ApiUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from showlist_assets.domain.feeds.feed import BrokenFeed, Feed, FeedKind
    from showlist_assets.sources.feeds.copies import FeedCopies
    from showlist_assets.sources.feeds.session import FeedSession

_log = logging.getLogger(__name__)

_NOTHING: Final = "It was never read."


@dataclass(frozen=True)
class FeedAnswer:
    """What a feed says, and since when.

    Attributes:
        feed: Which one.
        rows: ``RawEvents`` rows of every state that it tells of, and what was set aside.
        kind: The form that it turned out to have; None where nothing was read.
        answered_at: When the calendar said so (UTC); None where it never did.
        trouble: Why this is not what the calendar says now, in a sentence; empty if it is.
    """

    feed: Feed
    rows: quality.CheckedRows
    kind: FeedKind | None = None
    answered_at: datetime | None = None
    trouble: str = ""

    @property
    def covered_through(self) -> date | None:
        """The last date that it lists; None where it lists nothing."""
        last: Any = self.rows.good["local_date"].max()
        found: date | None = last
        return found


# On a line of its own, and not within a table's title.
_CALENDAR: Final = re.compile(rb"(?:^|[\r\n])[ \t]*BEGIN:VCALENDAR[ \t]*(?:[\r\n]|$)")


class Feeds:
    """All feeds of an operator; each is read once, however many states are asked for."""

    def __init__(
        self,
        feeds: Sequence[Feed],
        session: FeedSession,
        copies: FeedCopies,
        *,
        folder: Path | None,
        clock: Callable[[], datetime],
        beside: Callable[[str], bytes | None] | None = None,
        broken: Sequence[BrokenFeed] = (),
    ) -> None:
        """Read nothing yet.

        Args:
            feeds: Every feed that can be used.
            session: Asks for those of the web.
            copies: What they said last.
            folder: Where the paths of the others begin; None where they lie in a bucket.
            clock: The present (UTC).
            beside: Then reads a calendar that lies there, too; None where there is none.
            broken: Those that cannot be used, to be told.
        """
        self._feeds, self._broken = tuple(feeds), tuple(broken)
        self._session, self._copies, self._clock = session, copies, clock
        self._folder, self._beside = folder, beside
        self._answers: dict[str, FeedAnswer] = {}
        self._spared = ApiUsage()
        # What names no state is told with the first state that is asked for.
        self._told: set[str] = set()

    @property
    def name(self) -> str:
        """As in ``RawEvents.source``."""
        return SOURCE

    @property
    def usage(self) -> ApiUsage:
        """What was sent, and what the copies spared."""
        return self._session.usage + self._spared

    @property
    def states_at_once(self) -> int:
        """One: a feed is read for the first state that wants it, and kept for the others."""
        return 1

    def check(self) -> None:
        """See whether every feed can be read; a copy that is young enough counts.

        Raises:
            SourceError: one cannot.
        """
        troubles = [feed.words for feed in self._broken]
        now = self._clock()
        answers = [self.answer(feed, now) for feed in self._feeds]
        troubles += [answer.trouble for answer in answers if answer.trouble]
        if troubles:
            raise _nothing(" ".join(troubles))

    def listings(self, state: str, since: datetime) -> StateListings:
        """Everything that the feeds of ``state`` list from ``since`` on.

        Raises:
            SourceError: it has feeds, and none of them could be read.
        """
        outdated = self._spared.outdated
        answers = [self.answer(feed, since) for feed in self._feeds if feed.tells_of(state)]
        troubles = [one.words for one in self._broken if one.tells_of(state)]
        troubles += [answer.trouble for answer in answers if answer.trouble]
        if troubles and not any(answer.answered_at for answer in answers):
            raise _nothing(" ".join(troubles))
        return StateListings(
            rows=self._rows_of(state, answers),
            complete_through=None if troubles else _complete_through(answers, since),
            troubles=tuple(troubles),
            feeds=tuple(answer.feed.name for answer in answers),
            outdated=self._spared.failed if self._spared.outdated > outdated else "",
        )

    def _rows_of(self, state: str, answers: Sequence[FeedAnswer]) -> quality.CheckedRows:
        good = [pl.DataFrame(schema=polars_schema(RawEvents))]
        rejected = [quality.no_rejected_rows()]
        for answer in answers:
            good.append(answer.rows.good.filter(pl.col("state") == state))
            own = pl.col("state") == state
            if answer.feed.name not in self._told:
                own |= pl.col("state") == UNKNOWN_STATE
                self._told.add(answer.feed.name)
            rejected.append(answer.rows.rejected.filter(own))
        return quality.CheckedRows(pl.concat(good), pl.concat(rejected))

    def answer(self, feed: Feed, since: datetime, *, asks: bool = True) -> FeedAnswer:
        """What ``feed`` lists from ``since`` on.

        Args:
            feed: Any feed.
            since: The present (UTC).
            asks: Whether its host is asked where that is due; if not, the copy tells.
        """
        known = self._answers.get(feed.name)
        if known is None or known.feed != feed:
            known = self._read(feed, since, asks=asks)
            self._answers[feed.name] = known
            self._spared += ApiUsage(malformed=known.rows.rejected.height)
        return known

    def _read(self, feed: Feed, since: datetime, *, asks: bool) -> FeedAnswer:
        try:
            return (
                self._remote(feed, since, asks=asks) if feed.is_remote else self._local(feed, since)
            )
        except SourceError:
            raise
        # Whatever else is wrong with a feed costs only itself: a path of nobody's home, for one.
        except Exception as error:  # noqa: BLE001
            # Without the traceback: it may quote an address.
            kind = type(error).__name__
            _log.warning("Feed %s cannot be read: %s", feed.name, kind)
        return _broken_off(feed, f"Feed {feed.name}: it cannot be read ({kind}).")

    def _local(self, feed: Feed, since: datetime) -> FeedAnswer:
        path = Path(feed.source).expanduser()
        if self._folder is not None:
            path = self._folder / path
        try:
            return read_feed(feed, self._content(path), since=since, at=self._clock())
        except OSError as error:
            words = f"cannot read {path}: {error.strerror or error}"
        except UnreadableError as error:
            words = f"{path}: {error}"
        except ShowlistError as error:
            words = str(error).rstrip(".")
        return _broken_off(feed, f"Feed {feed.name}: {words}.")

    def _content(self, path: Path) -> bytes:
        if self._folder is not None or path.is_absolute():
            return _content(path)
        content = self._beside(str(path)) if self._beside else None
        if content is None:
            raise UnreadableError("there is no such file beside the feeds in their bucket")
        return _small_enough(content)

    def _remote(self, feed: Feed, since: datetime, *, asks: bool) -> FeedAnswer:
        """From the copy while it is young; else the host is asked, and the copy stands in."""
        try:
            copy = self._copies.find(feed)
            now = self._clock()
            if not asks or (copy and now < copy.may_be_asked_at(feed)):
                self._spared += ApiUsage(reused=1 if asks else 0)
                return self._from_copy(feed, copy, since)
            return self._asked(feed, copy, since, now)
        except SourceError:
            raise
        except ShowlistError as error:
            return _broken_off(feed, f"Feed {feed.name}: {error}")

    def _asked(
        self, feed: Feed, copy: FeedCopy | None, since: datetime, now: datetime
    ) -> FeedAnswer:
        kept = copy or FeedCopy(asked_at=now)
        try:
            found = self._session.fetch(
                feed,
                etag=kept.etag if kept.content is not None else None,
                last_modified=kept.last_modified if kept.content is not None else None,
            )
            if found.content is None:
                new = replace(kept, asked_at=now, answered_at=now, failure="")
            else:
                new = FeedCopy(now, now, *found)
            answer = read_feed(feed, new.content or b"", charset=new.charset, since=since, at=now)
        except UnreadableError as error:
            failure: SourceError = BadAnswer(
                f"{error}. Check `from` and `kind` of the feed.", service=SOURCE, what=feed.name
            )
        except SourceError as error:
            failure = error
        else:
            self._copies.keep(feed, new)
            return answer
        _log.warning("Feed %s: %s", feed.name, failure)
        failed = replace(kept, asked_at=now, failure=str(failure))
        self._copies.keep(feed, failed)
        return self._from_copy(feed, failed, since)

    def _from_copy(self, feed: Feed, copy: FeedCopy | None, since: datetime) -> FeedAnswer:
        """What the copy says, and why it is not the calendar's latest word, if it is not."""
        if copy is None:
            return _broken_off(feed, f"Feed {feed.name}: {_NOTHING}")
        why = f"Feed {feed.name}: {copy.failure}" if copy.failure else ""
        if copy.content is None or copy.answered_at is None or not is_useful(copy, self._clock()):
            return _broken_off(feed, why or f"Feed {feed.name}: {_NOTHING}")
        try:
            answer = read_feed(
                feed, copy.content, charset=copy.charset, since=since, at=copy.answered_at
            )
        except UnreadableError as error:
            return _broken_off(feed, f"Feed {feed.name}: {error}.")
        if why:
            self._spared += ApiUsage(outdated=1, failed=why)
            why += f" What it said on {copy.answered_at:%Y-%m-%d} stands in."
        return replace(answer, trouble=" ".join(filter(None, (why, answer.trouble))))


def read_feed(
    feed: Feed, content: bytes, *, charset: str | None = None, since: datetime, at: datetime
) -> FeedAnswer:
    """What a document of ``feed`` lists from ``since`` on.

    Args:
        feed: Whose document it is.
        content: The document.
        charset: The encoding that its host claims.
        since: The present (UTC).
        at: When it was fetched (UTC).

    Raises:
        UnreadableError: it is nothing of the feed's kind.
    """
    kind = feed.kind or kind_of(content)
    try:
        reading = _READERS[kind](content, charset, since)
        rows = read_entries(reading, feed, since=since, fetched_at=at)
    except UnreadableError:
        raise
    # Whatever a stranger's document makes our libraries do, it costs its own feed only.
    except Exception as error:
        _log.warning("Feed %s is not readable", feed.name, exc_info=True)
        raise UnreadableError(f"it cannot be read ({type(error).__name__})") from error
    trouble = f"Feed {feed.name}: {reading.cut_short}." if reading.cut_short else ""
    return FeedAnswer(feed, rows, kind, at, trouble)


def _broken_off(feed: Feed, trouble: str) -> FeedAnswer:
    """No answer at all, and why."""
    nothing = quality.CheckedRows(
        pl.DataFrame(schema=polars_schema(RawEvents)), quality.no_rejected_rows()
    )
    return FeedAnswer(feed, nothing, trouble=trouble)


def _content(path: Path) -> bytes:
    # A pipe has no end, and opening it waits for somebody who writes.
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise UnreadableError("it is no file")
    with path.open("rb") as file:
        return _small_enough(file.read(LARGEST + 1))


def _small_enough(content: bytes) -> bytes:
    if len(content) > LARGEST:
        raise UnreadableError(f"it has more than {LARGEST // 10**6} MB")
    return content


def kind_of(content: bytes) -> FeedKind:
    """Which form a document has, by how it begins."""
    start = content[:2000].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"").upper()
    if _CALENDAR.search(start):
        return "ics"
    return "page" if start[:1] in (b"<", b"{", b"[") else "csv"


def _ics(content: bytes, charset: str | None, since: datetime) -> Reading:
    # A day before, since it is still yesterday somewhere.
    first = since.date() - timedelta(days=1)
    return read_ics(content, charset=charset, since=first, until=since.date() + HORIZON)


def _csv(content: bytes, charset: str | None, _: datetime) -> Reading:
    return read_csv(content, charset=charset)


def _page(content: bytes, charset: str | None, _: datetime) -> Reading:
    return read_page(content, charset=charset)


_READERS: Final[dict[str, Callable[[bytes, str | None, datetime], Reading]]] = {
    "ics": _ics,
    "csv": _csv,
    "page": _page,
}


def _complete_through(answers: Sequence[FeedAnswer], since: datetime) -> date:
    """The last date that every feed lists: a calendar tells nothing of what lies beyond its end."""
    return min((answer.covered_through or since.date() for answer in answers), default=date.max)


def _nothing(words: str) -> SourceError:
    return Transient(words, service=SOURCE, what="reading the feeds")
