"""Asking every source of events for every state, so that one's failure costs only its own.

What belongs here: whom to ask, when to stop asking, and what is kept of a source that did not
answer. What does not: how a source is asked (``sources``), which of several listings is believed
(``domain.events``) and what is told of it (``defs.assets.events``).
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.services.calls_ahead import in_order
from showlist_assets.services.fetch_progress import FetchProgress
from showlist_assets.sources.failures import SourceError
from showlist_assets.storage.fetch_record import SourceFetch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from logging import Logger

    from showlist_assets.sources.event_source import EventSource, StateListings
    from showlist_assets.sources.http.usage import ApiUsage


@dataclass
class FetchedEvents:
    """What the sources gave for the states of a run.

    Attributes:
        good: ``RawEvents`` of each source and state that answered.
        rejected: Rows that were set aside.
        answers: Each answer, to be noted once its events are stored.
        failures: By state and source, why there was no answer; its last good rows are to be kept.
        outdated: By state and source, why earlier answers stand in for a new one.
        troubles: By state and source, what an answer left out.
        usage: By source, what was sent and what was spared.
        first_failure: The first failure, of any.
    """

    good: list[pl.DataFrame] = field(default_factory=lambda: [RawEvents.create_empty()])
    rejected: list[pl.DataFrame] = field(default_factory=lambda: [quality.no_rejected_rows()])
    answers: list[SourceFetch] = field(default_factory=list)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    outdated: dict[tuple[str, str], str] = field(default_factory=dict)
    troubles: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    usage: dict[str, ApiUsage] = field(default_factory=dict)
    first_failure: SourceError | None = None

    @property
    def stale(self) -> dict[str, str]:
        """States of which some source gave nothing new, and why."""
        words: dict[str, list[str]] = {}
        for (state, _), because in {**self.failures, **self.outdated}.items():
            words.setdefault(state, []).append(because)
        return {state: " ".join(dict.fromkeys(each)) for state, each in words.items()}

    def with_kept(self, before: pl.DataFrame) -> pl.DataFrame:
        """The new rows, and those of ``before`` whose source did not answer for their state."""
        failed = pl.DataFrame(
            list(self.failures), schema={"state": pl.String, "source": pl.String}, orient="row"
        )
        return pl.concat([before.join(failed, on=["state", "source"], how="semi"), *self.good])


def fetch_events(
    sources: Sequence[EventSource],
    states: Sequence[str],
    *,
    now: datetime,
    log: Logger,
    at_once: bool = False,
) -> FetchedEvents:
    """Ask each of ``sources`` for each of ``states``; a failure stops nobody else.

    Args:
        sources: The preferred one first.
        states: USPS codes.
        now: The present (UTC).
        log: Told of every state that was listed, those of a second in one line.
        at_once: Whether a source may be asked for several states at once, as many as it allows.
    """
    fetched = FetchedEvents()
    for source in sources:
        threads = source.states_at_once if at_once else 1
        asked = in_order(states, partial(source.listings, since=now), threads=threads)
        progress = FetchProgress(source.name, log)
        with closing(asked) as answers:
            _take_every_state(source, states, fetched, answers, now, progress)
        progress.tell()
        fetched.usage[source.name] = source.usage
    return fetched


def _take_every_state(
    source: EventSource,
    states: Sequence[str],
    fetched: FetchedEvents,
    answers: Iterable[tuple[str, Callable[[], StateListings]]],
    now: datetime,
    progress: FetchProgress,
) -> None:
    for index, (state, answer) in enumerate(answers):
        try:
            found = answer()
        except SourceError as failure:
            # A wrong key or an unreachable host fails alike for every other state.
            hopeless = states[index:] if failure.source_is_down else [state]
            fetched.failures |= {(one, source.name): str(failure) for one in hopeless}
            fetched.first_failure = fetched.first_failure or failure
            if failure.source_is_down:
                return
            continue
        key = (state, source.name)
        if found.outdated:
            # Kept answers stood in for an API that is down: told, though the state did not fail.
            fetched.outdated[key] = f"From earlier answers. {found.outdated}"
        else:
            fetched.answers.append(
                SourceFetch(
                    state,
                    source.name,
                    answered_at=now,
                    complete_through=found.complete_through,
                    listings=found.rows.good.height,
                    tried_at=now,
                    feeds=found.feeds,
                )
            )
        if found.troubles:
            fetched.troubles[key] = found.troubles
        fetched.good.append(found.rows.good)
        fetched.rejected.append(found.rows.rejected)
        progress.add(state, found.rows.good.height)
