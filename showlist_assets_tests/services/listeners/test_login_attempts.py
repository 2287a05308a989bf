from __future__ import annotations

import pytest

from showlist_assets.services.listeners.login_attempts import ATTEMPT_LASTS, LoginAttempts
from showlist_assets.sources.spotify.login import LoginAttempt
from showlist_assets_tests.services.listeners.clocks import MovedClock


@pytest.fixture
def clock():
    return MovedClock()


@pytest.fixture
def attempts(clock):
    return LoginAttempts(clock)


def begun(attempts, browser="browser"):
    attempt = LoginAttempt("https://accounts", "id", "http://127.0.0.1:8300/auth/callback")
    attempts.begin(attempt, account="me", return_to="/mine", browser=browser)
    return attempt


def test_an_answer_is_taken_once_by_the_browser_that_began(attempts):
    attempt = begun(attempts)
    assert attempts.take(attempt.state, "another browser") is None
    assert attempts.take(attempt.state, "") is None
    assert attempts.take("another state", "browser") is None
    pending = attempts.take(attempt.state, "browser")
    assert (pending.attempt, pending.account, pending.return_to) == (attempt, "me", "/mine")
    assert attempts.take(attempt.state, "browser") is None


def test_two_logins_of_two_browsers_do_not_meet(attempts):
    one, other = begun(attempts, "one"), begun(attempts, "other")
    assert attempts.take(one.state, "other") is None
    assert attempts.take(other.state, "other").attempt == other
    assert attempts.take(one.state, "one").attempt == one


def test_it_waits_ten_minutes(attempts, clock):
    attempt = begun(attempts)
    clock.now += ATTEMPT_LASTS
    assert attempts.take(attempt.state, "browser") is None


def test_the_oldest_of_too_many_are_forgotten(attempts):
    first = begun(attempts)
    later = [begun(attempts) for _ in range(100)]
    assert attempts.take(first.state, "browser") is None
    assert all(attempts.take(each.state, "browser") for each in later)


def test_nothing_secret_is_shown(attempts):
    attempt = begun(attempts)
    shown = repr(attempts.take(attempt.state, "browser"))
    assert attempt.state not in shown
    assert attempt.verifier not in shown
