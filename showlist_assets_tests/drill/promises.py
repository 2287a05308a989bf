"""What must hold after every single run, however it ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from showlist_assets.sandbox.server import Sandbox
    from showlist_assets.storage.tables import TableStore
    from showlist_assets_tests.drill.run_process import Outcome

_DAY: Final = timedelta(hours=24)
# The only steps that may fail, each when its source gave nothing at all: where no event of any
# state could be had, and where Spotify answered nothing and nobody was known before. What was
# stored stays, and a run that did nothing should not look like one that did.
_MAY_FAIL: Final = ("raw_events", "matched_artists")


class Promises:
    """Watches one world, and collects what was broken."""

    def __init__(self, store: TableStore, sandbox: Sandbox, lookups: int) -> None:
        """Watch the tables in ``store``; ``lookups`` is how many a day allows."""
        self._store, self._sandbox, self._lookups = store, sandbox, lookups
        self._decided: set[str] = set()
        self._filled: set[str] = set()
        self.broken: list[str] = []

    @property
    def busiest_day(self) -> int:
        """The most Spotify calls in any 24 hours so far."""
        return self._sandbox.state.log.most_within(_DAY, "spotify")

    @property
    def pending(self) -> int:
        """How many performers wait."""
        return self._matched().filter(pl.col("outcome") == "pending").height

    def look(self, outcome: Outcome) -> None:
        """Look at what a run has left behind."""
        self._failures(outcome)
        self._no_decision_is_lost()
        self._no_state_is_emptied()
        if self.busiest_day > self._lookups:
            self.broken.append(f"{self.busiest_day} Spotify calls in 24 hours")

    def _failures(self, outcome: Outcome) -> None:
        for step, words in outcome.failed.items():
            unforeseen = step not in _MAY_FAIL or words.startswith("unforeseen")
            too_soon = step == "matched_artists" and self._decided
            if unforeseen or too_soon:
                self.broken.append(f"{step} failed: {words[:600]}")

    def _no_decision_is_lost(self) -> None:
        """Whoever was decided once is never asked about as if for the first time."""
        matched = self._matched()
        decided, pending = (
            set(matched.filter((pl.col("outcome") == "pending") == waits)["performer_key"])
            for waits in (False, True)
        )
        if lost := pending & self._decided:
            self.broken.append(f"decided, and pending again: {sorted(lost)[:3]}")
        self._decided |= decided

    def _no_state_is_emptied(self) -> None:
        filled = set(self._store.read_all("upcoming_shows")["state"])
        if emptied := self._filled - filled:
            self.broken.append(f"upcoming_shows was emptied: {sorted(emptied)}")
        self._filled |= filled

    def _matched(self) -> pl.DataFrame:
        return self._store.read_all("matched_artists")
