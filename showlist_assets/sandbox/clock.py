"""The sandbox's time: what tokens, limits and the generated dates are measured by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """UTC time that can be set and moved.

    Started with a time it stands still until moved, so that a test decides when a second passes.
    Started without one it follows the machine's clock, shifted by whatever it was moved.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._start = _as_utc(start) if start else None
        self._stands_at = self._start
        self._shift = timedelta()

    def now(self) -> datetime:
        """The sandbox's time, aware, in UTC."""
        return self._stands_at or datetime.now(UTC) + self._shift

    def set(self, moment: datetime) -> None:
        """Makes ``moment`` the present; a naive one is taken as UTC."""
        self.advance(_as_utc(moment) - self.now())

    def advance(self, by: timedelta) -> None:
        """Moves the present, also backwards."""
        if self._stands_at:
            self._stands_at += by
        else:
            self._shift += by

    def reset(self) -> None:
        """Back to the time the clock was started with."""
        self._stands_at, self._shift = self._start, timedelta()


def _as_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
