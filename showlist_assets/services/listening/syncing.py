"""Asking every service that a listener has connected, so that one's failure costs only its own.

What belongs here: whom to ask when, and going on where a walk was cut off. What does not: how a
service is asked (``sources``) and what is kept of it (``history``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.listening.reports import SHORTEST_PLAY_MS, as_reports
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.top_artists import TopArtists
from showlist_assets.errors import ShowlistError
from showlist_assets.services.listeners.account_key import AccountError
from showlist_assets.services.listening.history import Told
from showlist_assets.services.listening.profile import Walk
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pydantic import SecretStr

    from showlist_assets.services.listeners.accounts import Account, AccountStore
    from showlist_assets.services.listening.history import ListeningHistory
    from showlist_assets.services.listening.polling import SpotifyPolls
    from showlist_assets.services.listening.profile import ListeningProfiles, SyncProgress
    from showlist_assets.sources.listenbrainz.client import ListenBrainz, ListenPage
    from showlist_assets.sources.spotify.listening import SpotifyListening, TimeRange

LISTENBRAINZ: Final = "listenbrainz"
POLL: Final = "spotify_poll"
TOP: Final = "spotify_top"
MOST_PAGES: Final = 200
"""Pages of a thousand plays that one sync asks for; the next one goes on."""

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_AFTER_A_FAILURE: Final = timedelta(hours=1)
# Programs without a connection tell late; a page holds a thousand plays anyway.
_LOOK_BACK: Final = timedelta(days=3)
_TIME_RANGES: Final[tuple[TimeRange, ...]] = ("short_term", "medium_term", "long_term")


class Disconnected(ShowlistError):
    """The listener was forgotten, or connected to another user, while they were asked for."""


@dataclass
class Synced:
    """What came of a sync: numbers, and sentences without a name of anybody played.

    Attributes:
        returned: How many plays, or artists, each source told.
        added: How many of them were new; of artists none is counted.
        troubles: By source, why it told nothing or not all.
        unfinished: Whether more plays wait at ListenBrainz for the next sync.
    """

    returned: dict[str, int] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    unfinished: bool = False


class ListeningSync:
    """The services of all listeners."""

    def __init__(
        self,
        history: ListeningHistory,
        profiles: ListeningProfiles,
        polls: SpotifyPolls,
        accounts: AccountStore,
        *,
        listenbrainz: Callable[[SecretStr | None], ListenBrainz],
        spotify: Callable[[Account], SpotifyListening],
        clock: Callable[[], datetime],
    ) -> None:
        """Ask nothing yet."""
        self._history, self._profiles, self._polls = history, profiles, polls
        self._accounts, self._clock = accounts, clock
        self._listenbrainz, self._spotify = listenbrainz, spotify

    def connected(self, account: str) -> list[str]:
        """The sources that can be asked for ``account``.

        Raises:
            AccountError, StorageError: something cannot be read.
        """
        profile, logged_in = self._profiles.read(account), account in self._accounts.names()
        return [
            source
            for source, is_on in (
                (LISTENBRAINZ, profile.listenbrainz_name is not None),
                (POLL, logged_in and profile.spotify),
                (TOP, logged_in and profile.spotify_top),
            )
            if is_on
        ]

    def due(self, account: str) -> list[str]:
        """Those of them that are due now; nothing is asked.

        Raises:
            AccountError, StorageError: something cannot be read.
        """
        now, progress = self._clock(), self._profiles.progress(account)
        return [
            each for each in self.connected(account) if self._is_due(account, each, progress, now)
        ]

    def sync(
        self,
        account: str,
        sources: list[str] | None = None,
        *,
        most_pages: int = MOST_PAGES,
        tell: Callable[[str, int], object] = lambda _source, _plays: None,
    ) -> Synced:
        """Ask ``sources``, by default all that are connected; a failure stops no other one.

        Args:
            account: Whose.
            sources: Of ``connected``.
            most_pages: Of ListenBrainz.
            tell: Hears of each answer: the source, and how many plays it has told.

        Raises:
            AccountError, StorageError: something cannot be read or written.
        """
        synced = Synced()
        ask = {LISTENBRAINZ: self._walk, POLL: self._poll, TOP: self._top}
        for source in self.connected(account) if sources is None else sources:
            try:
                ask[source](account, synced, most_pages, tell)
            except (AccountError, StorageError):
                raise
            except ShowlistError as failure:
                # A service that fails, or of which there is no app.
                synced.troubles[source] = str(failure)
        return synced

    def _is_due(self, account: str, source: str, progress: SyncProgress, now: datetime) -> bool:
        if source == POLL:
            tried, wanted = progress.poll_tried_at, self._polls.due_at(account)
        elif source == TOP:
            tried, wanted = progress.top_tried_at, _after(progress.top_asked_at, _WEEK)
        else:
            tried, wanted = progress.listenbrainz_tried_at, None
            if self._is_of(account, progress) and progress.walk is None:
                wanted = _after(progress.listenbrainz_asked_at, _DAY)
            elif not self._is_of(account, progress):
                tried = None
        if wanted is not None and now < wanted:
            return False
        return tried is None or tried > now or now - tried >= _pause(wanted, tried)

    def _is_of(self, account: str, progress: SyncProgress) -> bool:
        return progress.listenbrainz_name == self._profiles.read(account).listenbrainz_name

    def _walk(
        self, account: str, synced: Synced, most_pages: int, tell: Callable[[str, int], object]
    ) -> None:
        profile, progress = self._profiles.read(account), self._profiles.progress(account)
        name, now = profile.listenbrainz_name, self._clock()
        if name is None:
            return
        changed: dict[str, object] = {"listenbrainz_tried_at": now}
        if progress.listenbrainz_name != name:
            # Another user's plays end elsewhere.
            changed |= {"listenbrainz_name": name, "known_until": None, "walk": None}
            changed |= {"listenbrainz_asked_at": None}
        progress = self._profiles.note(account, **changed)
        client, left = self._listenbrainz(profile.listenbrainz_token), most_pages
        if progress.walk is not None:
            left = self._go_on(account, client, name, progress.walk, left, synced, tell)
        if left > 0:
            self._begin(account, client, name, left, synced, tell)
        synced.unfinished = self._profiles.progress(account).walk is not None
        if not synced.unfinished and left > 0:
            self._profiles.note(account, listenbrainz_asked_at=now)

    def _begin(
        self,
        account: str,
        client: ListenBrainz,
        name: str,
        left: int,
        synced: Synced,
        tell: Callable[[str, int], object],
    ) -> None:
        """Walk from the newest play to what is known."""
        known_until = self._profiles.progress(account).known_until
        floor = None if known_until is None else known_until - _LOOK_BACK
        page = client.listens(name, newer_than=floor)
        self._keep(account, name, page, synced, tell)
        if page.newest is None or page.oldest is None:
            return
        if not page.has_more:
            self._profiles.note(account, known_until=page.newest)
            return
        walk = Walk(top=page.newest, down_to=page.oldest, floor=floor)
        self._profiles.note(account, walk=walk)
        self._go_on(account, client, name, walk, left - 1, synced, tell)

    def _go_on(
        self,
        account: str,
        client: ListenBrainz,
        name: str,
        walk: Walk,
        left: int,
        synced: Synced,
        tell: Callable[[str, int], object],
    ) -> int:
        """Walk to the end, or until no call is left; returns how many are."""
        while left > 0:
            page = client.listens(name, newer_than=walk.floor, older_than=walk.down_to)
            # Kept before it is noted: whoever is killed between asks for the same page again.
            self._keep(account, name, page, synced, tell)
            left -= 1
            if not page.has_more or page.oldest is None:
                self._profiles.note(account, walk=None, known_until=walk.top)
                break
            walk = walk.model_copy(update={"down_to": page.oldest})
            self._profiles.note(account, walk=walk)
        return left

    def _keep(
        self,
        account: str,
        name: str,
        page: ListenPage,
        synced: Synced,
        tell: Callable[[str, int], object],
    ) -> None:
        now = self._clock()
        long = [row for row in page.rows if not _is_short(row.get("ms_played"))]
        told = Told(
            import_id=f"listenbrainz-{now:%Y-%m-%d}",
            source=LISTENBRAINZ,
            rows=len(page.rows) + page.unreadable,
            too_short=len(page.rows) - len(long),
            bad_rows=page.unreadable,
        )
        reports = as_reports(long, source=LISTENBRAINZ, import_id=told.import_id, received_at=now)
        with self._history.alone(account):
            # Or somebody who was forgotten meanwhile would be there again.
            if self._profiles.read(account).listenbrainz_name != name:
                raise Disconnected("The listener was disconnected meanwhile: the rest is not kept.")
            added = int(self._history.add(account, reports, told)["added"][0])
        _count(synced, LISTENBRAINZ, page.count, added)
        tell(LISTENBRAINZ, synced.returned[LISTENBRAINZ])

    def _poll(
        self, account: str, synced: Synced, _pages: int, tell: Callable[[str, int], object]
    ) -> None:
        self._profiles.note(account, poll_tried_at=self._clock())
        polled = self._polls.poll(account, self._spotify(self._accounts.read(account)))
        _count(synced, POLL, polled.returned, polled.added)
        tell(POLL, polled.returned)

    def _top(
        self, account: str, synced: Synced, _pages: int, tell: Callable[[str, int], object]
    ) -> None:
        now = self._clock()
        self._profiles.note(account, top_tried_at=now)
        client = self._spotify(self._accounts.read(account))
        rows = [
            (time_range, rank, artist_id, name, now)
            for time_range in _TIME_RANGES
            for rank, (artist_id, name) in enumerate(client.top_artists(time_range), start=1)
        ]
        frame = pl.DataFrame(rows, schema=polars_schema(TopArtists), orient="row")
        self._history.replace(account, "top_artists", frame)
        self._profiles.note(account, top_asked_at=now)
        _count(synced, TOP, len(rows), 0)
        tell(TOP, len(rows))


def _count(synced: Synced, source: str, returned: int, added: int) -> None:
    synced.returned[source] = synced.returned.get(source, 0) + returned
    synced.added[source] = synced.added.get(source, 0) + added


def _is_short(ms_played: object) -> bool:
    return isinstance(ms_played, int) and ms_played < SHORTEST_PLAY_MS


def _after(asked_at: datetime | None, wait: timedelta) -> datetime | None:
    return None if asked_at is None else asked_at + wait


def _pause(wanted: datetime | None, tried: datetime) -> timedelta:
    """How long to wait after the last try: an hour if it failed."""
    succeeded = wanted is not None and wanted > tried
    return timedelta() if succeeded else _AFTER_A_FAILURE
