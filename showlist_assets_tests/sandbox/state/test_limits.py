from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sandbox.state.limits import RollingLimit
from showlist_assets_tests.sandbox.clients import control, spotify, token

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def ask(sandbox, bearer):
    return spotify(sandbox, "/v1/search", q="x", type="artist", bearer=bearer)


def test_the_31st_second_lets_calls_through_again(start_sandbox):
    sandbox = start_sandbox(window_limit=3, clock=NOON)
    bearer = token(sandbox)
    assert [ask(sandbox, bearer).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(sandbox, bearer)
    assert refused.headers["Retry-After"] == "30"
    assert refused.json() == {"error": {"status": 429, "message": "API rate limit exceeded"}}
    sandbox.advance(seconds=30)
    assert ask(sandbox, bearer).status_code == 200


def test_the_daily_quota_says_so_and_asks_to_wait_for_hours(start_sandbox):
    sandbox = start_sandbox(daily_quota=2, clock=NOON)
    bearer = token(sandbox)
    ask(sandbox, bearer)
    sandbox.advance(minutes=10)
    ask(sandbox, bearer)
    refused = ask(sandbox, bearer)
    assert refused.status_code == 429
    assert refused.json()["error"]["reason"] == "QUOTA_EXCEEDED"
    assert int(refused.headers["Retry-After"]) == 24 * 3600 - 600
    assert control(sandbox, "GET", "limits")["daily"] == {"limit": 2, "used": 2}
    sandbox.advance(hours=24)
    assert ask(sandbox, token(sandbox)).status_code == 200


def test_a_refused_or_unauthorized_call_costs_nothing(start_sandbox):
    sandbox = start_sandbox(daily_quota=1, clock=NOON)
    ask(sandbox, "no-token")
    assert ask(sandbox, token(sandbox)).status_code == 200


@given(
    limit=st.integers(1, 5),
    pauses=st.lists(st.integers(0, 20), min_size=1, max_size=60),
)
def test_no_stretch_of_time_ever_holds_more_than_the_limit(limit, pauses):
    period = timedelta(seconds=30)
    rolling, now, let_through = RollingLimit(limit, period), NOON, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if rolling.wait(now) == 0:
            rolling.record(now)
            let_through.append(now)
    for start in let_through:
        assert sum(start <= call < start + period for call in let_through) <= limit


@given(limit=st.integers(1, 4), pauses=st.lists(st.integers(0, 9), min_size=5, max_size=30))
def test_waiting_as_long_as_told_is_enough(limit, pauses):
    rolling, now = RollingLimit(limit, timedelta(seconds=30)), NOON
    for pause in pauses:
        now += timedelta(seconds=pause)
        now += timedelta(seconds=rolling.wait(now))
        assert rolling.wait(now) == 0
        rolling.record(now)
