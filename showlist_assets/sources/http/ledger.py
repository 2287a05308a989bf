"""The ledger of calls: what each API was asked, and whether one more call is allowed.

One ledger per API is shared by every process and every purpose. Spotify tells nobody the size of
its quota; about 500 calls in any 24 hours are safe, a lockout lasts up to 22 hours (your_spotify
discussion 629, news-bulletin-playlist#156, spotDL#2585). So our own count comes first, and what the
API says about waiting is remembered for all.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, cast

from showlist_assets.sources.failures import (
    BudgetSpent,
    EndpointGone,
    QuotaExceeded,
    SourceError,
    name_of,
)
from showlist_assets.sources.http.call_store import Document
from showlist_assets.sources.http.waiting import wait as wait_for_a_slot

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from pyrate_limiter import AbstractBucket, Rate
    from pyrate_limiter.abstracts.algorithm import Decision

    from showlist_assets.sources.http.call_store import CallStore

_log = logging.getLogger(__name__)

_Refusal = TypeVar("_Refusal", bound=SourceError)
Purpose = Literal["lookup", "playlist", "listening", "history"]

_DAY: Final = timedelta(hours=24)
# APIs count when a call arrives, we when it is sent.
_SLACK: Final = timedelta(seconds=0.5)
_SPOTIFY_WINDOW: Final = timedelta(seconds=30)
_MILLISECOND: Final = timedelta(milliseconds=1)
# One part of this many is kept for playlists: 15 of the usual 90.
_SHARE_OF_WINDOW: Final = 6
# What the store calls pauses and endpoints that are gone.
_NOTES: Final = "notes"
# pyrate-limiter wants a number; nobody makes as many calls in a day.
_UNLIMITED: Final = 10**9
# A slot of the day that comes free within seconds is waited for; a run never sleeps for more.
_PATIENCE_WITH_THE_DAY: Final = 5.0
# A Retry-After of up to a minute is a pause, and a longer one the end of the day (diagnosis).
_PATIENCE_WITH_A_PAUSE: Final = 61.0
# QUOTA_EXCEEDED without a Retry-After: nobody knows; asking once an hour costs 24 calls a day.
_UNSAID: Final = timedelta(hours=1)
# Stray 403s last for minutes (SpotifyWebApiPython 1.0.276), a removed endpoint for good.
_PAUSES: Final = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
# The room that lookups leave beside the polls of the last day: a day is never quite like the last.
_MORE_POLLS: Final = 0.25
_MORE_POLLS_AT_LEAST: Final = 6


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an API may be asked.

    Attributes:
        day: Calls in any 24 hours; None where nobody counts.
        reserve: How many of these only playlists may use.
        listening: How many of these may read what listeners played; None where nobody counts them.
        window: Calls in any stretch of ``window_length``.
        window_length: At least a second; Spotify's 30 seconds unless told otherwise.
    """

    day: int | None = None
    reserve: int = 0
    window: int | None = None
    window_length: timedelta = _SPOTIFY_WINDOW
    listening: int | None = None

    def for_purpose(self, purpose: Purpose) -> int:
        """Calls in any 24 hours after which ``purpose`` has to wait."""
        if self.day is None:
            return _UNLIMITED
        return max(0, self.day - (0 if purpose == "playlist" else self.reserve))

    def room_for_listening(self, polls: int) -> int:
        """What lookups leave free, where ``polls`` were made in the last 24 hours.

        A poll that comes late may lose plays, a lookup only waits. Where nobody is polled, nothing
        is left free; a first poll takes its chance among the lookups.
        """
        if not polls or not self.listening:
            return 0
        expected = polls + max(_MORE_POLLS_AT_LEAST, int(polls * _MORE_POLLS))
        return max(0, min(self.listening, expected) - polls)

    def window_for_purpose(self, purpose: Purpose) -> int | None:
        """Calls in any stretch of ``window_length`` after which ``purpose`` has to wait.

        Where calls are kept for playlists, a few of each window are, too: lookups use it up for
        hours, and somebody may be waiting for a playlist, which takes some five calls.
        """
        if self.window is None or purpose == "playlist" or not self.reserve:
            return self.window
        return self.window - self.window // _SHARE_OF_WINDOW


class Ledger:
    """One API's calls, as one purpose sees them; threads may share one."""

    def __init__(
        self,
        store: CallStore,
        api: str,
        allowance: Allowance,
        *,
        clock: Callable[[], datetime],
        purpose: Purpose = "lookup",
        share: int | None = None,
        sleep: Callable[[float], None] = wait_for_a_slot,
    ) -> None:
        """Open a ledger; nothing is read yet.

        Args:
            store: Where it is kept.
            api: As ``endpoints.api_at`` names it.
            allowance: What the API may be asked.
            clock: The present (UTC).
            purpose: What the calls are for.
            share: How many calls may be made through this very object, whatever is free.
            sleep: Waits for a slot of the window.
        """
        self._store, self.api, self._allowance = store, api, allowance
        self._clock, self.purpose, self._sleep = clock, purpose, sleep
        self._share, self._made = share, 0
        self._lock = RLock()
        self._service = api.partition("@")[0]
        self._sat_out: datetime | None = None
        # Refused again without a look at the store until then.
        self._refusal: tuple[datetime, SourceError] | None = None

    def spend(self) -> None:
        """Count one call that is about to be sent, waiting for seconds if that is all it takes.

        Raises:
            BudgetSpent: the day's calls for this purpose are spent, or this object's share.
            QuotaExceeded: the API has asked for a longer pause.
            CallStoreError: the ledger cannot be kept, so nothing may be sent.
        """
        # Thousands may ask on a spent day; the files need not be read for each.
        if self._refusal and self._clock() < self._refusal[0]:
            raise self._refusal[1]
        with self._lock:
            if self._share is not None and self._made >= self._share:
                raise self._share_spent()
            self._made += 1
        try:
            self._count()
        except BaseException:
            with self._lock:
                self._made -= 1
            raise

    def _count(self) -> None:
        moment = self._sit_out_the_pause()
        self._refuse_too_many_polls()
        with self._lock:
            bucket = self._bucket if self._daily else None
        if bucket is None:
            raise self._budget_spent(None)
        while True:
            with self._lock:
                # Only now: a call that is counted long before it is sent makes room in the window
                # too early, and one that is older than the last is not counted with it in Redis. A
                # clock that stands still, as SHOWLIST_NOW makes it, has waited all the same.
                moment = max(moment, self._clock())
                decision = self._put(bucket, moment)
            if decision.failing_rate is None:
                return
            wait = (decision.retry_after_ms or 0) / 1000
            by_day = decision.failing_rate.interval >= _DAY // _MILLISECOND
            moment += timedelta(seconds=wait)
            if wait > (_PATIENCE_WITH_THE_DAY if by_day else _PATIENCE_WITH_A_PAUSE):
                raise self._budget_spent(moment)
            self._sleep(wait)

    def _put(self, bucket: AbstractBucket, moment: datetime) -> Decision:
        from pyrate_limiter import RateItem

        with self._store.failing_plainly():
            return cast("Decision", bucket.put_decision(RateItem(self.purpose, _ms(moment))))

    def check(self) -> None:
        """See whether calls can be counted, without counting one.

        Raises:
            CallStoreError: the ledger cannot be kept.
        """
        _ = self._bucket

    def refuse_if_spent(self) -> None:
        """As ``spend`` without counting: for a request that is useless if no call can follow.

        Raises:
            BudgetSpent, QuotaExceeded, CallStoreError: as ``spend``.
        """
        self._sit_out_the_pause()
        self._refuse_too_many_polls()
        free_at = self.free_at()
        if free_at is None or (free_at - self._clock()).total_seconds() > _PATIENCE_WITH_THE_DAY:
            raise self._budget_spent(free_at)

    def pause(self, failure: SourceError) -> None:
        """Remember, for every process, that the API asked to wait (``failure.retry_after``)."""
        wait = timedelta(seconds=failure.retry_after) if failure.retry_after else _UNSAID
        until = self._clock() + wait
        known = self.paused_until()
        if known is None or known < until:
            self._note("pause", until, str(failure))

    def paused_until(self) -> datetime | None:
        """Until when the API wants no calls; None if it may be asked now."""
        note = self._read("pause")
        until = _until(note) if note else None
        return until if until and until > self._clock() else None

    def close_endpoint(self, endpoint: str) -> None:
        """Learn that ``endpoint`` is gone: for an hour at first, longer each time it is confirmed.

        Only a confirmation after the pause counts; several at once are one.
        """
        before = self._read(f"gone {endpoint}")
        if before and _until(before) > self._clock():
            return
        times = int(before["times"]) if before else 0
        until = self._clock() + _PAUSES[min(times, len(_PAUSES) - 1)]
        self._note(f"gone {endpoint}", until, "it answered 403 Forbidden", times=times + 1)
        self._once_gone[endpoint] = until
        _log.warning("%s: %s is gone; asked again on %s", self.api, endpoint, _words(until))

    def reopen_endpoint(self, endpoint: str) -> None:
        """Forget that ``endpoint`` was gone, if it ever was: it has answered."""
        if endpoint in self._once_gone:
            with self._lock, self._store.failing_plainly():
                self._notes.pop(f"{self.api} gone {endpoint}", None)
            self._once_gone.pop(endpoint, None)

    def refuse_if_gone(self, endpoint: str) -> None:
        """Do not ask an endpoint that is known to be gone.

        Raises:
            EndpointGone: it is, and its next check is not due.
        """
        note = self._read(f"gone {endpoint}")
        if note and _until(note) > self._clock():
            raise EndpointGone(
                f"{name_of(self._service)} is not asked for {endpoint}: {note['why']}. It is tried "
                f"again after {_words(_until(note))}.",
                service=self._service,
                what=f"asking for {endpoint}",
                status=403,
            )

    def gone_endpoints(self) -> dict[str, datetime]:
        """Endpoints known to be gone, and when each is tried again."""
        start = f"{self.api} gone "
        with self._store.failing_plainly():
            known = self._store.peek(_NOTES)
            notes = {key: note for key, note in known.items() if key.startswith(start)}
        return {key.removeprefix(start): _until(note) for key, note in notes.items()}

    @cached_property
    def _once_gone(self) -> dict[str, datetime]:
        return self.gone_endpoints()

    def spent(self) -> Counter[str]:
        """Calls of the last 24 hours by purpose."""
        return Counter(purpose for purpose, _ in self._entries())

    def calls(self) -> Counter[tuple[str, int]]:
        """The same one by one: the purpose and the instant (in ms) of each."""
        return Counter(self._entries())

    def free(self) -> int | None:
        """Calls that this purpose may still make now; None where nobody counts."""
        if self._allowance.day is None:
            return None
        if self.paused_until():
            return 0
        entries = self._entries()
        left = self._daily_beside(entries) - len(entries)
        return max(0, min(left, self._polls_left(entries)))

    def left(self) -> int | None:
        """Calls that this very object may still make today; None where nobody counts.

        Cheaper than ``free``, and as blind to pauses as a count can be.

        Raises:
            CallStoreError: the ledger cannot be read.
        """
        with self._lock:
            shared = None if self._share is None else self._share - self._made
            if self._allowance.day is None:
                return shared
            made = self._store.count(self.api, _ms(self._clock() - _DAY))
            free = max(0, self._daily - made)
        return free if shared is None else min(free, shared)

    def free_at(self) -> datetime | None:
        """When this purpose may make its next call; None if never."""
        entries = self._entries()
        daily, polls = self._daily_beside(entries), self._most_polls
        if not daily or polls == 0:
            return None
        by_day = self._free_beside(entries, daily)
        return (
            by_day if polls is None else max(by_day, self._free_beside(_polls_of(entries), polls))
        )

    def _free_beside(self, made: list[tuple[str, int]], most: int) -> datetime:
        """When there are fewer than ``most`` of the calls that were ``made``."""
        now, over = self._clock(), len(made) - most
        return now if over < 0 else max(now, _moment(made[over][1]) + _DAY)

    @cached_property
    def _daily(self) -> int:
        """As it was at the first call of this object: a run is short beside a day."""
        return self._daily_beside(self._entries() if self.purpose == "lookup" else [])

    def _daily_beside(self, entries: list[tuple[str, int]]) -> int:
        """Calls in any 24 hours after which this purpose has to wait, beside those ``entries``."""
        most = self._allowance.for_purpose(self.purpose)
        if self.purpose != "lookup":
            return most
        return max(0, most - self._allowance.room_for_listening(len(_polls_of(entries))))

    @property
    def _most_polls(self) -> int | None:
        """How many calls this purpose may make of its own; None where only the day limits it."""
        return self._allowance.listening if self.purpose == "listening" else None

    def _polls_left(self, entries: list[tuple[str, int]]) -> int:
        if self._most_polls is None:
            return _UNLIMITED
        # One of exactly a day ago is out of it: that is the instant that ``free_at`` tells.
        a_day_ago = _ms(self._clock() - _DAY)
        return self._most_polls - sum(at > a_day_ago for _, at in _polls_of(entries))

    def _refuse_too_many_polls(self) -> None:
        """Two processes that poll in one instant may exceed the number by one: it is our own.

        Raises:
            BudgetSpent: the calls for listening are spent.
        """
        if self._most_polls is None or self._polls_left(self._entries()) > 0:
            return
        free_at = self.free_at()
        when = f"the next one is free at {_words(free_at)}" if free_at else "none ever comes free"
        refusal = BudgetSpent(
            f"The {self._most_polls} {name_of(self._service)} calls in 24 hours that may read what "
            f"listeners played are spent; {when}. SHOWLIST_{self._service.upper()}_LISTENING sets "
            "the number.",
            service=self._service,
            what="counting the calls",
        )
        raise self._remembered(free_at, refusal) if free_at else refusal

    def _entries(self) -> list[tuple[str, int]]:
        return list(self._store.entries(self.api, _ms(self._clock() - _DAY)))

    @cached_property
    def _bucket(self) -> AbstractBucket:
        window = self._allowance.window_for_purpose(self.purpose)
        rates = _rates(max(1, self._daily), window, self._allowance.window_length)
        bucket = self._store.bucket(self.api, rates)
        with self._store.failing_plainly():
            # pyrate-limiter forgets old calls only when it is told to.
            bucket.leak(_ms(self._clock()))
        return bucket

    @cached_property
    def _notes(self) -> MutableMapping[str, Any]:
        return self._store.documents(_NOTES)

    def _sit_out_the_pause(self) -> datetime:
        """When the next call may be sent: now, or after a pause of seconds.

        Raises:
            QuotaExceeded: the pause is longer.
        """
        until, now = self.paused_until(), self._clock()
        if until is None or until == self._sat_out:
            return until or now
        wait = (until - now).total_seconds()
        if wait > _PATIENCE_WITH_A_PAUSE:
            raise self._remembered(until, self._paused(until, wait))
        self._sleep(wait)
        self._sat_out = until
        return max(self._clock(), until)

    def _budget_spent(self, free_at: datetime | None) -> BudgetSpent:
        when = f"the next one is free at {_words(free_at)}" if free_at else "none ever comes free"
        reserved = self._allowance.reserve if self.purpose != "playlist" else 0
        reserve = f" ({reserved} of them are kept for playlists)" if reserved else ""
        refusal = BudgetSpent(
            f"The budget of {self._allowance.day} {name_of(self._service)} calls in 24 hours is "
            f"spent{reserve}; {when}. What is left stays pending and comes first next time. "
            f"SHOWLIST_{self._service.upper()}_BUDGET sets the budget.",
            service=self._service,
            what="counting the calls",
        )
        return self._remembered(free_at, refusal) if free_at else refusal

    def _paused(self, until: datetime, wait: float) -> QuotaExceeded:
        return QuotaExceeded(
            f"{name_of(self._service)} asked not to be called before {_words(until)}. What is left "
            "stays pending and comes first next time.",
            service=self._service,
            what="waiting as asked",
            retry_after=wait,
        )

    def _share_spent(self) -> BudgetSpent:
        return BudgetSpent(
            f"This run's share of {self._share} {name_of(self._service)} calls is spent. What is "
            "left stays pending; the next catch-up goes on with it.",
            service=self._service,
            what="counting the calls",
        )

    def _remembered(self, until: datetime, refusal: _Refusal) -> _Refusal:
        self._refusal = (until, refusal)
        return refusal

    def _note(self, subject: str, until: datetime, why: str, **more: Any) -> None:
        document = Document.lasting(self._clock(), until, until=until.isoformat(), why=why, **more)
        with self._lock, self._store.failing_plainly():
            self._notes[f"{self.api} {subject}"] = document

    def _read(self, subject: str) -> Document | None:
        with self._store.failing_plainly():
            note: Document | None = self._store.peek(_NOTES).get(f"{self.api} {subject}")
        return note


def _rates(day: int, window: int | None, window_length: timedelta) -> list[Rate]:
    """The limits as pyrate-limiter takes them: each longer period with more calls, but no faster.

    A window that lets the whole day through limits nothing; nor does a day beyond what its windows
    let through.
    """
    from pyrate_limiter import Rate

    length = window_length + _SLACK
    if not window or window >= day:
        return [Rate(day, _DAY // _MILLISECOND)]
    most = window * (_DAY // length)
    return [
        Rate(window, length // _MILLISECOND),
        Rate(min(day, most), _DAY // _MILLISECOND),
    ]


def _polls_of(entries: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [entry for entry in entries if entry[0] == "listening"]


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _until(note: Document) -> datetime:
    return datetime.fromisoformat(note["until"])


def _words(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
