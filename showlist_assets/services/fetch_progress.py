"""How far the fetching of events has come, in a few log lines."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from logging import Logger

# Each line of a run is stored in a transaction of its own; kept answers come fifty in a second.
_SECONDS_BETWEEN: Final = 1.0


class FetchProgress:
    """Says what a source listed: the first state at once, then those of a second together."""

    def __init__(
        self, source: str, log: Logger, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing has been listed; ``clock`` counts seconds from whenever."""
        self._source, self._log, self._clock = source, log, clock
        self._untold: dict[str, int] = {}
        self._told_at: float | None = None

    def add(self, state: str, listings: int) -> None:
        """``state`` has answered with so many listings."""
        self._untold[state] = listings
        if self._told_at is None or self._clock() >= self._told_at + _SECONDS_BETWEEN:
            self.tell()

    def tell(self) -> None:
        """Say what has not been said yet."""
        if not self._untold:
            return
        *others, (state, listings) = self._untold.items()
        before = "".join(f"{one}: {count}, " for one, count in others)
        self._log.info(f"{before}{state}: {counted(listings, 'listing')} of {self._source}")
        self._untold, self._told_at = {}, self._clock()
