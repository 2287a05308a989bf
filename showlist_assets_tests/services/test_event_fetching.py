"""Sources asked for several states at once: the same as one after the other, each by itself."""

from __future__ import annotations

import logging
import time
from datetime import date
from random import Random
from threading import Lock

import pytest

from showlist_assets.services.event_fetching import fetch_events
from showlist_assets.sources.event_source import StateListings
from showlist_assets.sources.failures import Transient, WrongKey
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets.sources.seatgeek import reader
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources.clients import seatgeek, ticketmaster

_STATES = ("VT", "WY", "AK", "ND", "SD", "DE", "RI", "NH")
_QUIET = logging.getLogger("test")


class Source:
    """Lists nothing, after a time of its own; ``said`` is what else becomes of a state."""

    name = "seatgeek"

    def __init__(self, said, states_at_once):
        self._said, self.states_at_once = said, states_at_once
        self._latency, self._lock = Random(time.perf_counter_ns()), Lock()
        self.asked = []

    @property
    def usage(self):
        return ApiUsage(sent=len(self.asked))

    def check(self):
        """Nothing can be wrong."""

    def listings(self, state, since):
        with self._lock:
            self.asked.append(state)
            seconds = self._latency.random() / 200
        time.sleep(seconds)
        said = self._said.get(state, "")
        if isinstance(said, Exception):
            raise said
        rows = reader.read_events([], state=state, fetched_at=since)
        return StateListings(rows, date.max, outdated=said)


def _told(fetched):
    return (
        fetched.answers,
        list(fetched.failures.items()),
        list(fetched.outdated.items()),
        fetched.stale,
        str(fetched.first_failure),
    )


@pytest.mark.parametrize("seed", range(10))
def test_what_is_told_of_each_state_does_not_depend_on_who_answers_first(seed):
    random = Random(seed)
    kinds = [Transient("Cut."), "SeatGeek shut us out.", "", "", WrongKey("No.")]
    said = {state: random.choice(kinds[: 4 + (seed % 3 == 0)]) for state in _STATES}
    one, several = Source(said, 1), Source(said, 3)
    alone = fetch_events([one], _STATES, now=NOW, log=_QUIET, at_once=True)
    together = fetch_events([several], _STATES, now=NOW, log=_QUIET, at_once=True)
    assert _told(together) == _told(alone)
    assert len(several.asked) <= len(one.asked) + 3
    if alone.usage["seatgeek"].sent == len(_STATES):
        assert sorted(several.asked) == sorted(one.asked)


def test_real_sources_list_the_same_at_once(sandbox):
    frames = []
    for at_once in (False, True):
        sources = [seatgeek(sandbox), ticketmaster(sandbox)]
        assert all(source.states_at_once > 1 for source in sources)
        fetched = fetch_events(sources, _STATES, now=NOW, log=_QUIET, at_once=at_once)
        assert not fetched.failures
        frames.append([*fetched.good, *fetched.rejected])
    alone, together = frames
    assert len(alone) == len(together)
    assert all(ours.equals(theirs) for ours, theirs in zip(alone, together, strict=True))
    assert sum(frame.height for frame in alone) > 0
