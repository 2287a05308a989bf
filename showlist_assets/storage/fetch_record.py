"""Which states the event source did not answer for, since when, and why.

A partition cannot say it: Dagster records one for every state of a run, and a state whose events
were never fetched holds the same nothing as one without shows (docs/adr/0018).

What belongs here: one small file a state, ``fetch_record/<STATE>.json``. What does not: when a
state is fetched again (``defs.schedules``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.states import STATE_CODES
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.storage.files import Files

_FOLDER: Final = "fetch_record"
# What is left of a failure after an answer: places such as a bucket are only ever written to.
_ANSWERED: Final = b"{}\n"


@dataclass(frozen=True)
class Unanswered:
    """A state whose last fetch failed.

    Attributes:
        state: USPS code.
        missing: Its events were never fetched; otherwise, the last good ones are kept.
        since: When the first fetch failed since the last answer (UTC).
        tried_at: When the last one did.
        because: What the source, or our client, said.
    """

    state: str
    missing: bool
    since: datetime
    tried_at: datetime
    because: str


class FetchRecord:
    """The states that the event source did not answer for."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def unanswered(self, states: Iterable[str] | None = None) -> dict[str, Unanswered]:
        """Those (of ``states``) whose last fetch failed, by state, heaviest first.

        Raises:
            StorageError: a file cannot be read.
        """
        wanted = set(STATE_CODES if states is None else states)
        noted = {Path(name).stem: name for name in self._files.names(_FOLDER)}
        found = (self._read(noted[one]) for one in STATE_CODES if one in noted and one in wanted)
        return {each.state: each for each in found if each}

    def missing(self, states: Iterable[str] | None = None) -> frozenset[str]:
        """Those (of ``states``) whose events were never fetched."""
        return frozenset(one.state for one in self.unanswered(states).values() if one.missing)

    def note_failures(
        self, failures: dict[str, str], *, stored: Iterable[str], at: datetime
    ) -> frozenset[str]:
        """Remember which states got no answer, and why; returns those that are missing.

        Args:
            failures: By state, what was said.
            stored: States that have a partition; one that was missing still is.
            at: When (UTC).
        """
        before, known = self.unanswered(failures), set(stored)
        for state, because in failures.items():
            last = before.get(state)
            missing = last.missing if last else state not in known
            self._write(Unanswered(state, missing, last.since if last else at, at, because))
        return self.missing(failures)

    def note_answers(self, states: Iterable[str]) -> None:
        """Forget that ``states`` got no answer: their new events are stored."""
        for state in self.unanswered(states):
            self._files.write(_file(state), _ANSWERED)

    def _write(self, one: Unanswered) -> None:
        document = {
            "state": one.state,
            "missing": one.missing,
            "since": one.since.isoformat(),
            "tried_at": one.tried_at.isoformat(),
            "because": one.because,
        }
        self._files.write(_file(one.state), json.dumps(document, indent=1).encode())

    def _read(self, name: str) -> Unanswered | None:
        try:
            noted = json.loads(self._files.read(name) or _ANSWERED)
            return noted and Unanswered(
                noted["state"],
                bool(noted["missing"]),
                datetime.fromisoformat(noted["since"]),
                datetime.fromisoformat(noted["tried_at"]),
                str(noted["because"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StorageError(
                f"{self._files.uri(name)} is no readable note of a failed fetch. Delete it and "
                f"materialize raw_events for {Path(name).stem} again."
            ) from error


def _file(state: str) -> str:
    return f"{_FOLDER}/{state}.json"
