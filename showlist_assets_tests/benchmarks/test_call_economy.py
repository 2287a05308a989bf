"""The arithmetic of the benchmark of calls, and what the reference method costs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets_tests.benchmarks import reference_method
from showlist_assets_tests.benchmarks.call_economy import newcomers_events
from showlist_assets_tests.benchmarks.call_economy_figures import (
    Limits,
    Pass,
    passes_table,
)
from showlist_assets_tests.benchmarks.touring_world import SONGS, write_touring_world
from showlist_assets_tests.clock import NOW

LIMITS = Limits(window=250, latency_ms=60)
STATES = ["CA", "NY"]
OURS = Pass(
    "ours", "development", events=80, rows=190, performers=100, new=100, matched=90,
    spotify=110, refused=0, reccobeats=3, tracks={"CA": 41, "NY": 40}, seconds=7.0, start=2.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def touring_world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("touring")
    today = NOW.date()
    write_touring_world(folder, states=STATES, performers=40, today=today)
    return folder


@pytest.fixture
def touring_sandbox(start_sandbox, touring_world):
    return start_sandbox(world=touring_world, mode="extended", daily_quota=100_000)


def test_a_burst_within_the_window_costs_only_its_latency():
    assert LIMITS.seconds(0) == 0
    assert LIMITS.seconds(250) == pytest.approx(15.0)


def test_the_call_after_a_full_window_waits_for_the_first_to_leave_it():
    assert LIMITS.seconds(251) == pytest.approx(30.06)
    assert Limits(1, 60).seconds(3) == pytest.approx(60.06)


def test_a_slow_service_is_the_tighter_bound():
    assert Limits(window=1000, latency_ms=60).seconds(5000) == pytest.approx(300.0)


@given(st.integers(1, 400), st.integers(1, 60), st.integers(0, 2000))
def test_the_bound_lies_between_the_tighter_limit_and_the_sum_of_both(calls, window, latency_ms):
    by_latency, by_window = calls * latency_ms / 1000, 30 * ((calls - 1) // window)
    bound = Limits(window, latency_ms).seconds(calls)
    assert bound >= max(by_latency, by_window) - 1e-6
    assert bound <= by_latency + by_window + 1e-6


def test_feature_calls_are_rounded_up_in_each_state():
    assert OURS.feature_calls == 2 + 1
    assert replace(OURS, tracks={}).feature_calls == 0


def test_refused_calls_count_as_calls():
    assert replace(OURS, refused=10).per_performer == pytest.approx(1.2)


def test_a_reckoned_wall_time_is_marked():
    table = passes_table([OURS, replace(OURS, timed_rows=75)], LIMITS)
    assert [line.count("~") for line in table.splitlines()[2:]] == [0, 2]


def test_newcomers_play_nowhere_else():
    bills = [["star", "opener"], ["star"], ["new one"], ["new two", "new three"]]
    events = [
        {"id": number, "performers": [{"id": name} for name in bill]}
        for number, bill in enumerate(bills)
    ]
    assert newcomers_events(events, 0.2) == [2]
    assert newcomers_events(events, 0.4) == [2, 3]


def test_a_billed_row_costs_the_reference_thirteen_calls(touring_sandbox):
    spotify = reference_method.Spotify(touring_sandbox.url)
    artist = touring_sandbox.world.catalog.artists[0]
    assert reference_method.look_up(spotify, artist.name) == (True, SONGS)
    assert touring_sandbox.requests("spotify", "/v1/search") == 1 + 1
    assert touring_sandbox.requests("spotify", "/v1/artists/{id}/top-tracks") == 1
    assert touring_sandbox.requests("spotify", "/v1/audio-features/{id}") == 10


def test_a_row_nobody_resembles_costs_the_reference_two_calls(touring_sandbox):
    spotify = reference_method.Spotify(touring_sandbox.url)
    assert reference_method.look_up(spotify, "0000") == (False, 0)
    assert touring_sandbox.requests("spotify") == 2


def test_the_reference_asks_again_for_every_row(touring_sandbox):
    done = reference_method.run(touring_sandbox.url, STATES, paging=True)
    assert done.rows > done.performers >= 20
    assert touring_sandbox.requests("spotify", "/v1/search") == 2 * done.rows
    assert touring_sandbox.requests("spotify", "/v1/audio-features/{id}") == done.tracks


def test_without_paging_the_reference_reads_ten_events_a_state(start_sandbox):
    sandbox = start_sandbox(mode="extended")
    assert len(list(reference_method.upcoming_events(sandbox.url, "CA", paging=False))) == 10
    assert len(list(reference_method.upcoming_events(sandbox.url, "CA", paging=True))) > 10


def test_a_query_that_is_refused_for_good_finds_the_reference_nobody(touring_sandbox):
    spotify = reference_method.Spotify(touring_sandbox.url)
    assert reference_method.look_up(spotify, "Fox " * 100) == (False, 0)


def test_the_reference_sits_a_refusal_out(start_sandbox, touring_world, monkeypatch):
    sandbox = start_sandbox(world=touring_world, mode="extended")
    waits = []
    monkeypatch.setattr(reference_method.time, "sleep", waits.append)
    sandbox.fault("spotify", "rate_limit", retry_after=7)
    name = sandbox.world.catalog.artists[0].name
    assert reference_method.look_up(reference_method.Spotify(sandbox.url), name)[0]
    assert waits == [7]
