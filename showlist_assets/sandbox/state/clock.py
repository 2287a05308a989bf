"""The sandbox's time: what tokens, limits and the generated dates are measured by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def machine_time() -> datetime:
    """The present by the machine's clock (UTC): the only place of the sandbox that asks it."""
    return datetime.now(UTC)  # noqa: TID251


class Clock:
    """UTC time that can be set and moved.

    Started with a time it stands still until moved, so that a test decides when a second passes,
    unless it is to run on from there. Started without one it follows the machine's clock, shifted
    by whatever it was moved.
    """

    def __init__(self, start: datetime | None = None, *, running: bool = False) -> None:
        self._start, self._running = _as_utc(start) if start else None, running
        self.reset()

    def now(self) -> datetime:
        """The sandbox's time, aware, in UTC."""
        return self._stands_at or machine_time() + self._shift

    def set(self, moment: datetime) -> None:
        """Makes ``moment`` the present; a naive one is taken as UTC."""
        self.advance(_as_utc(moment) - self.now())

    def advance(self, by: timedelta) -> None:
        """Moves the present, also backwards."""
        if self._stands_at:
            self._stands_at += by
        else:
            self._shift += by

    @property
    def ahead(self) -> timedelta:
        """How far it was moved since it was started."""
        if self._stands_at and self._start:
            return self._stands_at - self._start
        return self._shift - self._shift_at_start

    def reset(self) -> None:
        """Back to the time the clock was started with."""
        runs = self._running and self._start is not None
        self._stands_at = None if runs else self._start
        self._shift = self._start - machine_time() if runs and self._start else timedelta()
        self._shift_at_start = self._shift


def _as_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
