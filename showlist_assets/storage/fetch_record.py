"""How each source of events answered for each state: when last, how completely, or why not.

A partition cannot say it: Dagster records one for every state of a run, and a state whose events
were never fetched holds the same nothing as one without shows (docs/adr/0018).

What belongs here: one small file a state, ``fetch_record/<STATE>.json``. What does not: when a
state is fetched again (``defs.schedules``) and what an absence means (``domain.events``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.quantities import counted
from showlist_assets.domain.states import BY_CODE
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from showlist_assets.storage.files import Files

_FOLDER: Final = "fetch_record"


@dataclass(frozen=True)
class SourceFetch:
    """What is known of one source in one state.

    Attributes:
        state: USPS code.
        source: As in ``RawEvents.source``.
        answered_at: When it answered last (UTC); None where it never did.
        complete_through: The last date up to which that answer held every listing; None where it
            left something out.
        listings: How many rows came with that answer.
        failing_since: When the first fetch failed since the last answer (UTC); None where the last
            one was answered.
        tried_at: When the last fetch was tried, whatever became of it.
        because: What the source, or our client, said when it failed last.
        was_missing: No event of the state was stored when it failed first.
        feeds: The names of the feeds of which that answer told; None where the source has none.
    """

    state: str
    source: str
    answered_at: datetime | None = None
    complete_through: date | None = None
    listings: int = 0
    failing_since: datetime | None = None
    tried_at: datetime | None = None
    because: str = ""
    was_missing: bool = False
    feeds: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Unanswered:
    """A state of which some source's last fetch failed.

    Attributes:
        state: USPS code.
        missing: No source ever answered; otherwise, the last good events are kept.
        since: When the first fetch failed since the last answer (UTC).
        tried_at: When the last one did.
        because: What the source, or our client, said.
        sources: Those that failed.
    """

    state: str
    missing: bool
    since: datetime
    tried_at: datetime
    because: str
    sources: tuple[str, ...]


class FetchRecord:
    """How the sources of events answered for the states."""

    def __init__(self, files: Files, sources: Iterable[str]) -> None:
        """Read nothing yet; what is known of others than ``sources`` is passed over."""
        self._files, self._sources = files, tuple(sources)

    def fetches(self, states: Iterable[str] | None = None) -> list[SourceFetch]:
        """What is known of each source in each of ``states``, heaviest state first.

        Raises:
            StorageError: a file cannot be read.
        """
        wanted = set(BY_CODE if states is None else states)
        noted = {Path(name).stem: name for name in self._files.names(_FOLDER)}
        names = [noted[one] for one in BY_CODE if one in noted and one in wanted]
        of_states = [self._known(*one) for one in self._files.read_each(names)]
        return [known[name] for known in of_states for name in self._sources if name in known]

    def unanswered(self, states: Iterable[str] | None = None) -> dict[str, Unanswered]:
        """Those (of ``states``) of which a source's last fetch failed, heaviest first."""
        by_state: dict[str, list[SourceFetch]] = {}
        for one in self.fetches(states):
            by_state.setdefault(one.state, []).append(one)
        found = (_unanswered(state, known) for state, known in by_state.items())
        return {each.state: each for each in found if each}

    def missing(self, states: Iterable[str] | None = None) -> frozenset[str]:
        """Those (of ``states``) whose events were never fetched, from any source."""
        return frozenset(one.state for one in self.unanswered(states).values() if one.missing)

    def covered(self, states: Iterable[str]) -> dict[tuple[str, str], date | None]:
        """By state and source, the last date up to which its last fetch met every listing.

        None where that fetch failed or left something out: what did not come may still be there.
        """
        return {
            (one.state, one.source): None if one.failing_since else one.complete_through
            for one in self.fetches(states)
        }

    def feeds_read(self, states: Iterable[str]) -> dict[tuple[str, str], frozenset[str]]:
        """By state and source, the feeds of which its last answer told; only of what has feeds."""
        return {
            (one.state, one.source): frozenset(one.feeds)
            for one in self.fetches(states)
            if one.feeds is not None
        }

    def note_failures(
        self, failures: Mapping[tuple[str, str], str], *, stored: Iterable[str], at: datetime
    ) -> frozenset[str]:
        """Remember who gave no answer, and why; returns the states that are missing.

        Args:
            failures: By state and source, what was said.
            stored: States that have a partition; one that was missing still is.
            at: When (UTC).
        """
        known, states = set(stored), {state for state, _ in failures}
        before = {(one.state, one.source): one for one in self.fetches(states)}
        self._write(
            replace(
                last := before.get((state, source), SourceFetch(state, source)),
                was_missing=last.was_missing if last.failing_since else state not in known,
                failing_since=last.failing_since or at,
                tried_at=at,
                because=because,
            )
            for (state, source), because in failures.items()
        )
        return self.missing(states)

    def note_answers(self, answers: Iterable[SourceFetch]) -> None:
        """Remember who answered, and when, once the new events are stored."""
        self._write(answers)

    def _write(self, fetches: Iterable[SourceFetch]) -> None:
        by_state: dict[str, dict[str, SourceFetch]] = {}
        for one in fetches:
            by_state.setdefault(one.state, {})[one.source] = one
        for state, new in by_state.items():
            name = f"{_FOLDER}/{state}.json"
            known = {**self._known(name, self._files.read(name) or b""), **new}
            document = {source: _noted(one) for source, one in known.items()}
            self._files.write(name, json.dumps(document, indent=1).encode())

    def _known(self, name: str, content: bytes) -> dict[str, SourceFetch]:
        """What the file of a state says of its sources, by source."""
        state = Path(name).stem
        try:
            noted = json.loads(content or b"{}")
            return {source: _fetch(state, source, known) for source, known in noted.items()}
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise StorageError(
                f"{self._files.uri(name)} is no readable note of a fetch. Delete it and "
                f"materialize raw_events for {state} again."
            ) from error


def in_words(one: SourceFetch) -> str:
    """How fresh a source's listings of a state are, and why they are no fresher."""
    at = one.answered_at
    words = (
        f"{counted(one.listings, 'listing')} of {at:%Y-%m-%d %H:%M} UTC" if at else "never answered"
    )
    return f"{words}; {one.because}" if one.failing_since else words


def _unanswered(state: str, known: list[SourceFetch]) -> Unanswered | None:
    failed = [one for one in known if one.failing_since]
    if not failed:
        return None
    tried = {one.tried_at: one.because for one in failed if one.tried_at}
    return Unanswered(
        state,
        missing=all(one.failing_since and one.was_missing for one in known),
        since=min(one.failing_since for one in failed if one.failing_since),
        tried_at=max(tried),
        because=tried[max(tried)],
        sources=tuple(one.source for one in failed),
    )


def _noted(one: SourceFetch) -> dict[str, Any]:
    return {
        "answered_at": one.answered_at and one.answered_at.isoformat(),
        "complete_through": one.complete_through and one.complete_through.isoformat(),
        "listings": one.listings,
        "failing_since": one.failing_since and one.failing_since.isoformat(),
        "tried_at": one.tried_at and one.tried_at.isoformat(),
        "because": one.because,
        "was_missing": one.was_missing,
        "feeds": one.feeds,
    }


def _fetch(state: str, source: str, noted: dict[str, Any]) -> SourceFetch:
    return SourceFetch(
        state,
        source,
        answered_at=_instant(noted["answered_at"]),
        complete_through=(
            date.fromisoformat(noted["complete_through"]) if noted["complete_through"] else None
        ),
        listings=int(noted["listings"]),
        failing_since=_instant(noted["failing_since"]),
        tried_at=_instant(noted["tried_at"]),
        because=str(noted["because"]),
        was_missing=bool(noted["was_missing"]),
        # Records of earlier versions do not say.
        feeds=None if noted.get("feeds") is None else tuple(noted["feeds"]),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
