"""The limits of calls, by the second or few, and by the day.

Spotify's are per 30 seconds and day, Ticketmaster's per second and day, ListenBrainz' per 5
seconds, MusicBrainz' per second.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import UTC, datetime, timedelta


class RollingLimit:
    """At most ``limit`` calls in any stretch of ``period``."""

    def __init__(self, limit: int, period: timedelta) -> None:
        self.limit = limit
        self.period = period
        self._calls: deque[datetime] = deque()

    def used(self, now: datetime) -> int:
        """Calls that still count at ``now``."""
        while self._calls and not now - self.period < self._calls[0] <= now:
            self._calls.popleft()
        return len(self._calls)

    def wait(self, now: datetime) -> int:
        """Whole seconds until a call is allowed; 0 when it is allowed now."""
        if self.used(now) < self.limit:
            return 0
        if not self._calls:
            return math.ceil(self.period.total_seconds())
        return max(1, math.ceil((self._calls[0] + self.period - now).total_seconds()))

    def record(self, now: datetime) -> None:
        """Counts a call that was let through; refused ones do not count."""
        self._calls.append(now)

    def clear(self) -> None:
        """Forgets every call."""
        self._calls.clear()

    def kept(self) -> list[float]:
        """The calls that count, as ``restore`` takes them."""
        return [call.timestamp() for call in list(self._calls)]

    def restore(self, calls: list[float]) -> None:
        """Counts ``calls`` and no others."""
        self._calls = deque(datetime.fromtimestamp(call, UTC) for call in calls)


class SpotifyLimits:
    """Both limits of one app; the daily one is unpublished and known from reports only."""

    def __init__(self, window_limit: int, daily_quota: int) -> None:
        # https://developer.spotify.com/documentation/web-api/concepts/rate-limits
        self.window = RollingLimit(window_limit, timedelta(seconds=30))
        # Rolling, as the waits that clients report suggest (Waynting/GuessSong#27).
        self.daily = RollingLimit(daily_quota, timedelta(hours=24))

    def admit(self, now: datetime) -> tuple[int, bool]:
        """Counts a call, or refuses it.

        Returns:
            Seconds to wait (0: the call was let through) and whether the daily quota is the reason.
        """
        if wait := self.daily.wait(now):
            return wait, True
        if wait := self.window.wait(now):
            return wait, False
        self.daily.record(now)
        self.window.record(now)
        return 0, False

    def clear(self) -> None:
        """Forgets every call."""
        self.window.clear()
        self.daily.clear()


class TicketmasterLimits:
    """Both limits of one key (developer.ticketmaster.com, "Getting started")."""

    def __init__(self, pace: int, daily_quota: int) -> None:
        self._pace = RollingLimit(pace, timedelta(seconds=1))
        self.daily = RollingLimit(daily_quota, timedelta(hours=24))

    def is_too_fast(self, now: datetime) -> bool:
        """Whether the second is full; else the call is counted in it."""
        if not self._pace.limit:
            return False
        if self._pace.wait(now):
            return True
        self._pace.record(now)
        return False

    def clear(self) -> None:
        """Forgets every call."""
        self._pace.clear()
        self.daily.clear()


class PacedLimits:
    """Those of services that count no day: a ``limit`` of 0 is none."""

    def __init__(self, listenbrainz: int, musicbrainz: int) -> None:
        # 30 in 5 seconds were measured in July 2026; it tells them in each answer.
        span = timedelta(seconds=5)
        self.listenbrainz = RollingLimit(listenbrainz, span)
        self.listenbrainz_labs = RollingLimit(listenbrainz, span)
        # https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting
        self.musicbrainz = RollingLimit(musicbrainz, timedelta(seconds=1))

    def clear(self) -> None:
        """Forgets every call."""
        for limit in (self.listenbrainz, self.listenbrainz_labs, self.musicbrainz):
            limit.clear()
