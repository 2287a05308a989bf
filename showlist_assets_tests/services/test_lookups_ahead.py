"""Several threads decide as one does: the same rows from the same calls, whoever answers first."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from random import Random
from threading import Lock, get_ident

import pytest

from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.domain.matching.overrides import Override
from showlist_assets.domain.matching.rows import not_an_artist_row
from showlist_assets.domain.names import performer_key
from showlist_assets.services.artist_matching import ArtistMatcher
from showlist_assets.services.calls_ahead import ROOM_FOR_REPETITIONS
from showlist_assets.sources.failures import (
    BudgetSpent,
    NotFound,
    Permanent,
    Transient,
    WrongKey,
)
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets_tests.domain.matching.performers import performer, some_evidence
from showlist_assets_tests.rows import NOW, found_track

_THREADS = 4
_WORDS = ("Paper", "Lantern", "Harbour", "Choir", "Quiet", "Engine", "Tin", "Orchard")
_PLAIN = "music"


class Catalogue:
    """Answers alike whoever asks when, each after a time of its own; kept answers cost no call.

    Args:
        seed: Who is known, and how long each answer takes.
        failing: What becomes of a question the first time, by query.
        budget: How many calls there are; None for any number.
    """

    def __init__(self, seed, *, failing=(), budget=None):
        self._seed, self._failing = seed, dict(failing)
        self._budget, self._lock = budget, Lock()
        self._latency = Random(time.perf_counter_ns())
        self._kept = {}
        self.sent, self.threads = [], set()

    @property
    def usage(self):
        return ApiUsage(sent=len(self.sent))

    def calls_left(self):
        return None if self._budget is None else max(0, self._budget - len(self.sent))

    def search(self, name, *, newer_than=None):
        del newer_than
        return self._answer(name, self._found)

    def search_tracks(self, query):
        return self._answer(query, lambda _: [FoundTrack(**found_track(query))])

    def artist(self, artist_id):
        if Random(f"{self._seed} {artist_id}").random() < 0.5:
            raise NotFound(f"No artist {artist_id}.")
        name = artist_id.removeprefix("id of ")
        return self._answer(artist_id, lambda _: _artist(name))

    def _answer(self, query, find):
        with self._lock:
            # An answer of this run is newer than whatever is asked again.
            if query in self._kept:
                return self._kept[query]
            if self._budget is not None and len(self.sent) >= self._budget:
                raise BudgetSpent("No calls left.")
            self.sent.append(query)
            self.threads.add(get_ident())
            failure = self._failing.pop(query, None)
            seconds = self._latency.random() / 2000
        time.sleep(seconds)
        if failure:
            raise failure
        with self._lock:
            self._kept[query] = find(query)
        return self._kept[query]

    def _found(self, query):
        drawn = Random(f"{self._seed} {query}").random()
        if drawn < 0.3:
            return SearchAnswer((), ())
        name = query if drawn < 0.8 else f"{query} Band"
        track = found_track(f"song of {name}", artist_ids=(f"id of {name}",))
        return SearchAnswer((_artist(name),), (FoundTrack(**track),))


def _artist(name):
    return FoundArtist(f"id of {name}", name, ("indie",), None, None, None)


def some_performers(seed, count=30):
    """Performers as a run meets them: twins, longer billings, links, festivals, acts of a text."""
    random = Random(seed)
    acts = []
    for _ in range(count):
        name = " ".join(random.sample(_WORDS, 2))
        billed = random.choice(
            ["{}", "{}", "{}", "{} (DJ Set)", "{} with Guests", "An Evening with {}"]
        )
        name = billed.format(name)
        linked = random.random() < 0.15
        acts.append(
            performer(
                key=performer_key(name),
                name=name,
                state=random.choice(["NY", "PA", "CA"]),
                act_kind=random.choice(["artist"] * 9 + ["festival"]),
                source_spotify_artist_id=f"id of {name.title()}" if linked else None,
                billed_texts=(random.choice(acts).name,) if acts and random.random() < 0.1 else (),
            )
        )
    return acts


def new_matcher(catalogue, *, threads=_THREADS, earlier=None, due=None, overrides=None):
    return ArtistMatcher(
        lambda: catalogue,
        earlier=earlier or {},
        due=due or {},
        overrides=overrides or {},
        now=NOW,
        log=logging.getLogger("test"),
        threads=threads,
    )


def decided(catalogue, performers, seed, *, threads):
    """The rows, and the matcher that decided them."""
    random = Random(seed)
    earlier, due, overrides = {}, {}, {}
    for act in performers:
        drawn = random.random()
        if drawn < 0.08:
            earlier[act.key] = replace(some_evidence(), answers={act.name: []})
        elif drawn < 0.16:
            row = not_an_artist_row(act, at=NOW)
            due[act.state, act.key] = row | {"ask_again_at": NOW}
        elif drawn < 0.24:
            wanted = random.choice([None, f"id of {act.name}"])
            overrides[act.key] = Override(act.name, act.key, wanted)
    matching = new_matcher(
        catalogue, threads=threads, earlier=earlier, due=due, overrides=overrides
    )
    return matching.decide_all(performers), matching


def both_ways(seed, performers=None, **world):
    """One thread's outcome and that of several: rows, counts and failure, and the calls of each."""
    performers = performers or some_performers(seed)
    outcomes, catalogues = [], []
    for threads in (1, _THREADS):
        catalogue = Catalogue(seed, **world)
        rows, matching = decided(catalogue, performers, seed, threads=threads)
        outcomes.append(
            {
                "rows": rows,
                "outcomes": matching.outcomes,
                "failure": str(matching.failure),
                "answered": matching.answered,
                "spared": matching.spared_by_links,
                "unknown": matching.unknown_overrides,
            }
        )
        catalogues.append(catalogue)
    return *outcomes, *catalogues


@pytest.mark.parametrize("seed", range(25))
def test_rows_and_calls_are_those_of_one_thread(seed):
    one, several, alone, together = both_ways(seed)
    assert several == one
    assert sorted(together.sent) == sorted(alone.sent)
    assert len(together.threads) > 1


def _failures_of(seed, performers, share):
    random = Random(-seed - 1)
    kinds = [Transient("Cut."), Permanent("Too long.", status=400), Permanent("No.", status=403)]
    queries = {act.name for act in performers} | {"Paper Lantern", "Quiet Engine", _PLAIN}
    failing = {query: random.choice(kinds) for query in sorted(queries) if random.random() < share}
    if random.random() < 0.2:
        failing[random.choice(performers).name] = WrongKey("Your keys are refused.")
    return failing


@pytest.mark.parametrize("share", [0.1, 0.4, 0.9])
@pytest.mark.parametrize("seed", range(12))
def test_failures_and_stops_are_those_of_one_thread(seed, share):
    performers = some_performers(seed)
    failing = _failures_of(seed, performers, share)
    one, several, alone, together = both_ways(seed, performers, failing=failing)
    assert several == one
    assert set(alone.sent) <= set(together.sent)
    assert len(together.sent) <= len(alone.sent) + _THREADS


def test_whatever_the_budget_the_same_performers_get_its_last_calls():
    performers = some_performers(3, count=25)
    for budget in (0, 1, 5, *range(ROOM_FOR_REPETITIONS, ROOM_FOR_REPETITIONS + 30)):
        one, several, alone, together = both_ways(3, performers, budget=budget)
        assert several == one, budget
        assert sorted(together.sent) == sorted(alone.sent), budget
        assert len(together.sent) <= budget


def test_nobody_is_asked_about_more_than_a_few_places_before_the_turn():
    class Watched(Catalogue):
        def search(self, name, *, newer_than=None):
            begun.append(name)
            return super().search(name, newer_than=newer_than)

    begun = []
    acts = [performer(key=f"act {n}", name=f"Act {n}") for n in range(30)]
    matching = new_matcher(Watched(1))
    matching.decide_all(acts)
    places = [int(name.split()[1]) for name in begun if name.startswith("Act")]
    assert all(abs(place - turn) < _THREADS + 1 for turn, place in enumerate(dict.fromkeys(places)))


def test_songs_are_asked_for_as_one_thread_does():
    queries = [f'artist:"{n}"' for n in range(30)]
    for seed in range(8):
        random = Random(seed)
        failing = {q: Transient("Cut.") for q in queries if random.random() < 0.3}
        budget = random.choice([None, 3, ROOM_FOR_REPETITIONS + 9, 25])
        told = []
        for threads in (1, _THREADS):
            catalogue = Catalogue(seed, failing=failing, budget=budget)
            matching = new_matcher(catalogue, threads=threads)
            told.append((matching.search_songs(queries), str(matching.failure)))
            assert budget is None or len(catalogue.sent) <= budget
        assert told[0] == told[1]
        assert list(told[0][0]) == list(told[1][0])


def test_whoever_is_interrupted_leaves_no_thread_that_waits():
    class Interrupted(Catalogue):
        def search(self, name, *, newer_than=None):
            if name == "Act 0":
                raise KeyboardInterrupt
            return super().search(name, newer_than=newer_than)

    catalogue = Interrupted(1)
    matching = new_matcher(catalogue)
    acts = [performer(key=f"act {n}", name=f"Act {n}") for n in range(30)]
    with pytest.raises(KeyboardInterrupt):
        matching.decide_all(acts)
    assert len(catalogue.sent) < _THREADS
