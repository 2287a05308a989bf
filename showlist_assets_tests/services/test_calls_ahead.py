"""Calls before their turn: how many, in which order they are used, and how they end."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from contextlib import closing
from threading import Event, Lock

import pytest

from showlist_assets.services.calls_ahead import (
    ROOM_FOR_REPETITIONS,
    CallsAhead,
    CallsLeft,
    in_order,
)
from showlist_assets.sources.failures import Transient
from showlist_assets.sources.http.waiting import wait


class Watched:
    """A call that tells how many were on their way at once."""

    def __init__(self):
        self.begun, self.most, self._now, self._lock = [], 0, 0, Lock()

    def __call__(self, item):
        with self._lock:
            self.begun.append(item)
            self._now += 1
            self.most = max(self.most, self._now)
        # The later ones answer first.
        wait(0.01 / (1 + item))
        with self._lock:
            self._now -= 1
        if item % 7 == 5:
            raise Transient(f"Cut {item}.")
        return -item


def _told(answers):
    told = []
    for item, answer in answers:
        try:
            told.append((item, answer()))
        except Transient as failure:
            told.append((item, str(failure)))
    return told


@pytest.mark.parametrize("threads", [1, 2, 4, 16])
def test_answers_and_failures_come_in_the_given_order(threads):
    call = Watched()
    told = _told(in_order(range(30), call, threads=threads))
    assert told == [(item, f"Cut {item}." if item % 7 == 5 else -item) for item in range(30)]
    assert sorted(call.begun) == list(range(30))
    assert call.most <= threads
    assert (call.most > 1) == (threads > 1)


def test_whoever_stops_has_had_no_more_calls_made_than_there_are_threads():
    call = Watched()
    with closing(in_order(range(30), call, threads=4)) as answers:
        for item, answer in answers:
            answer()
            if item == 3:
                break
    assert set(range(4)) <= set(call.begun)
    assert len(call.begun) <= 4 + 4


def test_a_failure_of_whoever_lists_the_items_is_raised():
    def broken():
        yield 1
        raise ValueError("No more.")

    with pytest.raises(ValueError, match=r"No more\."):
        _told(in_order(broken(), Watched(), threads=4))


def test_the_last_calls_of_a_budget_are_made_one_after_the_other():
    class Counted(Watched):
        def __call__(self, item):
            with self._lock:
                still = len(self.begun)
            if still >= _BUDGET - ROOM_FOR_REPETITIONS:
                together.add(self._now)
            return super().__call__(item)

    together: set[int] = set()
    call = Counted()
    left = CallsLeft(lambda: _BUDGET - len(call.begun), lambda: len(call.begun))
    assert len(_told(in_order(range(_BUDGET), call, threads=4, left=left))) == _BUDGET
    assert together == {0}


_BUDGET = 30


def test_the_ledger_is_looked_at_now_and_then_while_much_is_left():
    looks, sent = [], [0]

    def look():
        looks.append(sent[0])
        return 10_000 - sent[0]

    left = CallsLeft(look, lambda: sent[0])
    for _ in range(500):
        assert left.cover(5)
        sent[0] += 1
    assert len(looks) == 10
    sent[0] = 9_985
    assert not left.cover(6)


def test_nobody_counts_and_any_number_is_covered():
    assert CallsLeft(lambda: None, lambda: 3).cover(10**9)


def test_calls_that_nobody_took_end_their_waits_and_others_are_not_made():
    made, waiting, ended = [], Event(), []

    def call():
        waiting.set()
        try:
            wait(60)
        except CancelledError:
            ended.append(True)
            raise
        made.append(True)

    with CallsAhead[None](2) as ahead:
        for name in range(2):
            ahead.start(name, call)
        assert not ahead.has_room
        assert waiting.wait(5)
        of_pool = [each for each in threading.enumerate() if each.name.startswith("ahead")]
    for each in of_pool:
        each.join(5)
        assert not each.is_alive()
    assert made == []
    assert ended


def test_what_a_wait_is_for_is_wanted_unless_somebody_says_so():
    wait(0.0)
