"""Whether playlists are kept up to date by themselves: asked beside the page, never waited for."""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.wiring import Platform

_LASTS: Final = 60.0
_LONGEST_WAIT: Final = 0.15


class Upkeep:
    """What is known of whoever pushes; one for each running page."""

    def __init__(
        self,
        ask: Callable[[], bool | None],
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask nothing yet.

        Args:
            ask: Whether somebody does; None where nobody knows.
            elapsed: Seconds that go on.
        """
        self._ask, self._elapsed = ask, elapsed
        self._lock, self._asked_at = Lock(), None  # type: tuple[Lock, float | None]
        self._known: bool | None = None
        self._told = Event()

    def is_running(self) -> bool | None:
        """Whether somebody does, as of a minute ago at most; None while nobody knows.

        The first question loads Dagster, which takes seconds: whoever asks it gets None.
        """
        with self._lock:
            now = self._elapsed()
            if self._asked_at is None or now - self._asked_at >= _LASTS:
                self._asked_at = now
                self._told.clear()
                Thread(target=self._look, name="upkeep", daemon=True).start()
        self._told.wait(_LONGEST_WAIT)
        return self._known

    def _look(self) -> None:
        try:
            self._known = self._ask()
        finally:
            self._told.set()


def ask_scheduler(platform: Platform) -> bool | None:
    """Whether ticks keep playlists up to date, or Dagster does; None where nobody knows."""
    with suppress(ShowlistError):
        if platform.tick_file.read().goes_on(platform.now()):
            return True
    from showlist_assets.defs.sensor_state import pushes_by_itself

    return pushes_by_itself()
