"""The ledger of calls: budgets, windows, pauses and removed endpoints, shared by processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showlist_assets.sources.failures import BudgetSpent, EndpointGone, QuotaExceeded, RateLimited
from showlist_assets.sources.http.call_store import CallStoreError, open_call_store
from showlist_assets.sources.http.ledger import Allowance, Ledger
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources.clients import Sleeps

_API = "spotify@api.spotify.com"
_NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Time:
    """A clock that a test moves; sleeping moves it, too."""

    def __init__(self, now: datetime = _NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def _ledger(place, time, *, day=10, reserve=0, window=None, **options) -> Ledger:
    allowance = Allowance(day, reserve, window)
    return Ledger(
        open_call_store(str(place)),
        _API,
        allowance,
        clock=time,
        **{"sleep": getattr(time, "sleep", Sleeps()), **options},
    )


def _spend_all(ledger: Ledger, most: int = 1000) -> int:
    for made in range(most):
        try:
            ledger.spend()
        except BudgetSpent:
            return made
    return most


@pytest.fixture(params=["folder", "redis"])
def place(request, tmp_path):
    """Where the ledger lies: a folder, or a Redis server of its own."""
    if request.param == "folder":
        return tmp_path / "calls"
    return request.getfixturevalue("redis_server")


def test_the_budget_holds_for_any_24_hours(place):
    time = Time()
    ledger = _ledger(place, time)
    assert _spend_all(ledger) == 10
    time.now += timedelta(hours=23, minutes=59)
    with pytest.raises(BudgetSpent, match="next one is free at 2026-11-22 12:00 UTC"):
        ledger.spend()
    time.now += timedelta(minutes=2)
    assert _spend_all(ledger) == 10


def test_lookups_leave_playlists_their_reserve(place):
    time = Time()
    lookups = _ledger(place, time, reserve=3)
    playlists = _ledger(place, time, reserve=3, purpose="playlist")
    assert _spend_all(lookups) == 7
    assert (lookups.free(), playlists.free()) == (0, 3)
    assert _spend_all(playlists) == 3
    assert lookups.spent() == Counter(lookup=7, playlist=3)


def test_calls_for_playlists_count_for_everybody(place):
    time = Time()
    lookups = _ledger(place, time, reserve=3)
    playlists = _ledger(place, time, reserve=3, purpose="playlist")
    for _ in range(5):
        playlists.spend()
    assert _spend_all(lookups) == 2
    assert sum(lookups.spent().values()) == 7


def test_a_full_window_is_waited_for(place):
    time = Time()
    ledger = _ledger(place, time, day=100, window=4)
    for _ in range(9):
        ledger.spend()
    assert timedelta(seconds=60) <= time.now - _NOON < timedelta(seconds=62)


def test_lookups_that_fill_the_window_leave_playlists_a_part_of_it(place):
    time = Time()
    lookups = _ledger(place, time, day=300, reserve=30, window=12)
    playlists = _ledger(place, time, day=300, reserve=30, window=12, purpose="playlist")
    for _ in range(10):
        lookups.spend()
    for _ in range(2):
        playlists.spend()
    assert time.now == _NOON, "nobody has waited"
    playlists.spend()
    assert time.now - _NOON >= timedelta(seconds=30), "Spotify counts all of them"


def test_lookups_have_the_whole_window_where_nothing_is_kept_for_playlists(place):
    time = Time()
    lookups = _ledger(place, time, day=300, window=12)
    for _ in range(12):
        lookups.spend()
    assert time.now == _NOON


def test_a_window_may_be_a_second(place):
    time = Time()
    allowance = Allowance(100, window=5, window_length=timedelta(seconds=1))
    store = open_call_store(str(place))
    ledger = Ledger(store, _API, allowance, clock=time, sleep=time.sleep)
    moments = []
    for _ in range(20):
        ledger.spend()
        moments.append(time.now)
    for first, sixth in zip(moments, moments[5:], strict=False):
        assert sixth - first >= timedelta(seconds=1)
    assert time.now - _NOON < timedelta(seconds=6)


def test_a_day_that_is_spent_ends_a_short_window_too(tmp_path):
    allowance = Allowance(7, window=5, window_length=timedelta(seconds=1))
    time = Time()
    store = open_call_store(str(tmp_path))
    ledger = Ledger(store, _API, allowance, clock=time, sleep=time.sleep)
    assert _spend_all(ledger) == 7


@pytest.mark.parametrize("day", [1, 3, 4, 5, 100_000, 10**9])
@pytest.mark.parametrize("window", [1, 4, 1000])
def test_any_budget_goes_with_any_window(tmp_path, day, window):
    ledger = _ledger(tmp_path, Time(), day=day, window=window)
    assert _spend_all(ledger, 3) == min(day, 3)


def test_a_clock_that_stands_still_does_not_wait_for_ever(tmp_path):
    slept = Sleeps()
    ledger = _ledger(tmp_path, lambda: _NOON, day=100, window=4, sleep=slept)
    for _ in range(5):
        ledger.spend()
    assert len(slept) == 1


def test_a_pause_that_one_process_was_told_holds_for_all(place):
    time = Time()
    told, other = _ledger(place, time), _ledger(place, time)
    told.pause(QuotaExceeded("spent", retry_after=22 * 3600))
    with pytest.raises(QuotaExceeded, match="not to be called before 2026-11-22 10:00 UTC"):
        other.spend()
    assert other.free() == 0
    time.now += timedelta(hours=22, seconds=1)
    _ledger(place, time).spend()


def test_a_longer_pause_is_not_shortened_by_a_later_one(tmp_path):
    time = Time()
    ledger = _ledger(tmp_path, time)
    ledger.pause(QuotaExceeded("spent", retry_after=7200))
    ledger.pause(RateLimited("slower", retry_after=2))
    assert ledger.paused_until() == _NOON + timedelta(hours=2)


def test_a_pause_of_seconds_is_sat_out(tmp_path):
    time = Time()
    ledger = _ledger(tmp_path, time)
    ledger.pause(RateLimited("slower", retry_after=20))
    ledger.spend()
    assert time.now == _NOON + timedelta(seconds=20)


def test_a_pause_is_sat_out_once_though_the_clock_stands_still(tmp_path):
    slept = Sleeps()
    ledger = _ledger(tmp_path, lambda: _NOON, sleep=slept)
    ledger.pause(RateLimited("slower", retry_after=20))
    ledger.spend()
    ledger.spend()
    assert slept == [20]


def test_a_quota_without_a_retry_after_is_asked_about_in_an_hour(tmp_path):
    ledger = _ledger(tmp_path, Time())
    ledger.pause(QuotaExceeded("spent"))
    assert ledger.paused_until() == _NOON + timedelta(hours=1)


def test_a_removed_endpoint_is_asked_ever_less_often(place):
    time = Time()
    ledger = _ledger(place, time)
    pauses = []
    for _ in range(5):
        ledger.close_endpoint("/v1/audio-features")
        ledger.close_endpoint("/v1/audio-features")  # two at once are one verdict
        until = ledger.gone_endpoints()["/v1/audio-features"]
        pauses.append(until - time.now)
        with pytest.raises(EndpointGone, match="tried again after"):
            _ledger(place, time).refuse_if_gone("/v1/audio-features")
        ledger.refuse_if_gone("/v1/search")
        time.now = until
        ledger.refuse_if_gone("/v1/audio-features")
    assert [pause / timedelta(days=1) for pause in pauses] == [1 / 24, 1, 7, 30, 30]


def test_an_endpoint_that_answers_again_is_forgotten(place):
    time = Time()
    _ledger(place, time).close_endpoint("/v1/search")
    time.now += timedelta(hours=2)
    other = _ledger(place, time)
    other.reopen_endpoint("/v1/search")
    assert not other.gone_endpoints()
    other.close_endpoint("/v1/search")
    assert other.gone_endpoints()["/v1/search"] == time.now + timedelta(hours=1)


def test_a_run_s_share_is_all_that_it_may_spend(tmp_path):
    time = Time()
    ledger = _ledger(tmp_path, time, share=4)
    assert _spend_all(ledger) == 4
    with pytest.raises(BudgetSpent, match="share of 4 Spotify calls"):
        ledger.spend()
    assert _ledger(tmp_path, time).free() == 6


def test_a_budget_of_nothing_allows_nothing(tmp_path):
    ledger = _ledger(tmp_path, Time(), day=0)
    assert _spend_all(ledger) == 0
    assert (ledger.free(), ledger.free_at()) == (0, None)
    with pytest.raises(BudgetSpent):
        ledger.refuse_if_spent()


def test_whoever_only_asks_is_not_counted(tmp_path):
    time = Time()
    ledger = _ledger(tmp_path, time, day=1)
    ledger.refuse_if_spent()
    ledger.spend()
    with pytest.raises(BudgetSpent):
        ledger.refuse_if_spent()
    assert ledger.spent() == Counter(lookup=1)


def test_an_api_without_a_budget_is_counted_and_never_refused(tmp_path):
    ledger = _ledger(tmp_path, Time(), day=None)
    assert _spend_all(ledger, 50) == 50
    assert ledger.free() is None
    assert ledger.spent() == Counter(lookup=50)


def test_two_addresses_have_two_budgets(tmp_path):
    store, time = open_call_store(str(tmp_path)), Time()
    for api in (_API, "spotify@127.0.0.1:8321"):
        assert _spend_all(Ledger(store, api, Allowance(10), clock=time)) == 10


@settings(max_examples=25)
@given(
    steps=st.lists(st.integers(0, 7 * 3600), min_size=1, max_size=60),
    purposes=st.lists(st.sampled_from(["lookup", "playlist", "history"]), min_size=1),
)
def test_no_24_hours_hold_more_calls_than_the_budget(tmp_path_factory, steps, purposes):
    place, time = tmp_path_factory.mktemp("calls"), Time()
    ledgers = [_ledger(place, time, reserve=2, purpose=purpose) for purpose in purposes]
    made: list[datetime] = []
    for place_in_turn, step in enumerate(steps):
        time.now += timedelta(seconds=step)
        try:
            ledgers[place_in_turn % len(ledgers)].spend()
        except BudgetSpent:
            continue
        made.append(time.now)
    for first, eleventh in zip(made, made[10:], strict=False):
        assert eleventh - first >= timedelta(hours=24)
    assert all(earlier <= later for earlier, later in pairwise(made))


_SPENDER = """
import sys
from datetime import datetime
from showlist_assets.sources.http.call_store import open_call_store
from showlist_assets.sources.failures import BudgetSpent
from showlist_assets.sources.http.ledger import Allowance, Ledger
ledger = Ledger(open_call_store(sys.argv[1]), "spotify@x", Allowance(200, 20),
                clock=lambda: datetime.fromisoformat(sys.argv[2]))
made = 0
try:
    while True:
        ledger.spend()
        made += 1
except BudgetSpent:
    print(made)
"""


def test_four_processes_at_once_never_exceed_the_budget(place):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _SPENDER, str(place), NOW.isoformat()],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    made = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(made) == 180


def test_looking_at_a_ledger_makes_no_folder_and_spending_does(tmp_path):
    ledger = _ledger(tmp_path / "calls", Time())
    assert (ledger.free(), ledger.spent(), ledger.gone_endpoints()) == (10, {}, {})
    assert open_call_store(str(tmp_path / "calls")).buckets() == []
    assert not (tmp_path / "calls").exists()
    ledger.spend()
    assert (ledger.free(), _ledger(tmp_path / "calls", Time()).free()) == (9, 9)


def test_a_place_that_cannot_be_written_is_told_when_it_is_written():
    ledger = _ledger("/proc/none", Time())
    assert ledger.free() == 10
    for writes in (ledger.check, ledger.spend):
        with pytest.raises(CallStoreError, match="Cannot write the call store /proc/none"):
            writes()


def test_a_damaged_ledger_stops_every_call_with_the_remedy(tmp_path):
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(CallStoreError, match="SHOWLIST_CALL_STORE"):
        _ledger(tmp_path, Time()).spend()


def test_a_redis_that_does_not_answer_is_named_without_its_password():
    ledger = _ledger("redis://:hidden@127.0.0.1:1/0", Time())
    with pytest.raises(CallStoreError, match=r"127\.0\.0\.1:1") as failure:
        ledger.spend()
    assert "hidden" not in str(failure.value)


def _listening(place, time, *, day=20, reserve=5, listening=8, purpose="listening") -> Ledger:
    return Ledger(
        open_call_store(str(place)),
        _API,
        Allowance(day, reserve, listening=listening),
        clock=time,
        purpose=purpose,
        sleep=time.sleep,
    )


def test_polls_have_a_number_of_their_own_within_the_day(place):
    time = Time()
    polls = _listening(place, time)
    assert polls.free() == 8
    assert _spend_all(polls) == 8
    assert polls.free() == 0
    for refused in (polls.spend, polls.refuse_if_spent):
        with pytest.raises(BudgetSpent, match="SHOWLIST_SPOTIFY_LISTENING"):
            refused()
    assert polls.free_at() == _NOON + timedelta(hours=24)
    time.now += timedelta(hours=24)
    _listening(place, time).spend()
    time.now += timedelta(milliseconds=1)
    assert _listening(place, time).free() == 7


def test_nobody_who_may_not_be_polled_is(place):
    polls = _listening(place, Time(), listening=0)
    assert (polls.free(), polls.free_at()) == (0, None)
    with pytest.raises(BudgetSpent, match="none ever comes free"):
        polls.spend()


def test_lookups_leave_polls_no_room_where_nobody_is_polled(place):
    time = Time()
    assert _spend_all(_listening(place, time, purpose="lookup")) == 15


def test_where_somebody_is_polled_lookups_leave_room_for_the_next_polls(place):
    time = Time()
    polls = _listening(place, time, day=40, listening=20)
    for _ in range(4):
        polls.spend()
    lookups = _listening(place, time, day=40, listening=20, purpose="lookup")
    assert lookups.free() == 25
    assert _spend_all(lookups) == 25
    # Six more than yesterday's four may be due, and playlists have their five.
    assert _spend_all(_listening(place, time, day=40, listening=20)) == 6
    assert _spend_all(_listening(place, time, day=40, listening=20, purpose="playlist")) == 5


def test_polls_never_take_what_is_kept_for_playlists(place):
    time = Time()
    assert _spend_all(_listening(place, time, purpose="lookup")) == 15
    with pytest.raises(BudgetSpent, match="kept for playlists"):
        _listening(place, time).spend()
    assert _spend_all(_listening(place, time, purpose="playlist")) == 5


@given(
    st.integers(0, 40), st.integers(0, 10), st.integers(0, 30), st.integers(0, 30),
)  # fmt: skip
def test_room_for_polls_is_within_their_number_and_none_where_nobody_polls(
    day, reserve, listening, polls
):
    allowance = Allowance(day, reserve, listening=listening)
    room = allowance.room_for_listening(polls)
    assert 0 <= room <= max(0, listening - polls)
    assert room == 0 or polls > 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["lookup", "listening", "playlist"]), st.integers(0, 300)),
        max_size=60,
    )
)
def test_whoever_spends_in_whatever_order_no_limit_is_exceeded(tmp_path_factory, spent):
    place, time = tmp_path_factory.mktemp("calls"), Time()
    made: list[tuple[str, datetime]] = []
    for purpose, minutes in spent:
        time.now += timedelta(minutes=minutes)
        ledger = _listening(place, time, day=12, reserve=3, listening=4, purpose=purpose)
        free = ledger.free()
        try:
            ledger.spend()
        except BudgetSpent:
            assert free == 0
        else:
            made.append((purpose, time.now))
        recent = [each for each, at in made if at > time.now - timedelta(hours=24)]
        assert len(recent) <= 12
        assert recent.count("listening") <= 4


class RealTime:
    """A clock that goes on while threads wait."""

    def __call__(self) -> datetime:
        return _NOON + timedelta(seconds=time.monotonic())


def _from_threads(ledger: Ledger, calls: int, threads: int = 8) -> int:
    """How many of the ``calls`` that threads make at once are allowed."""

    def spend(_: int) -> bool:
        try:
            ledger.spend()
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(spend, range(calls)))


def test_threads_together_never_exceed_the_budget_or_the_share(place):
    assert _from_threads(_ledger(place, RealTime(), day=60, share=25, sleep=time.sleep), 50) == 25
    rest = _ledger(place, RealTime(), day=60, sleep=time.sleep)
    assert rest.left() == 35
    assert _from_threads(rest, 60) == 35
    assert rest.left() == 0
    assert sum(rest.spent().values()) == 60


def test_threads_together_never_exceed_the_window(place):
    second = timedelta(seconds=1)
    allowance = Allowance(1000, window=10, window_length=second)
    store = open_call_store(str(place))
    ledger = Ledger(store, _API, allowance, clock=RealTime(), sleep=time.sleep)
    assert _from_threads(ledger, 15) == 15
    moments = sorted(at for _, at in ledger.calls().elements())
    assert all(later - first >= 1000 for first, later in zip(moments, moments[10:], strict=False))


def test_what_is_left_is_that_of_the_day_or_of_the_run(tmp_path):
    now = Time()
    assert _ledger(tmp_path, now, day=None).left() is None
    assert _ledger(tmp_path, now, day=None, share=3).left() == 3
    lookups = _ledger(tmp_path, now, day=20, reserve=5, share=12)
    assert lookups.left() == 12
    for _ in range(4):
        _ledger(tmp_path, now, day=20, purpose="playlist").spend()
    assert lookups.left() == 11
    lookups.spend()
    assert lookups.left() == 10


def test_a_refused_call_takes_nothing_of_the_share(tmp_path):
    now = Time()
    ledger = _ledger(tmp_path, now, day=2, share=3)
    assert _spend_all(ledger, 4) == 2
    now.now += timedelta(hours=25)
    assert ledger.left() == 1
    assert _spend_all(ledger, 4) == 1
