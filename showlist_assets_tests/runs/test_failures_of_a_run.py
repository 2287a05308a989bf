"""Every way in which an API can fail, against whole runs: what is lost, and what is told."""

from __future__ import annotations

from contextlib import contextmanager

import polars as pl
import pytest

from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.sources.http import session as http
from showlist_assets_tests.platform_under_test import failures

pytestmark = pytest.mark.slow

STUMBLES = {
    "seatgeek": [
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 408},
        {"kind": "reset"},
        {"kind": "truncated"},
        {"kind": "cut_json"},
        {"kind": "not_json"},
    ],
    "spotify": [
        {"kind": "status", "status": 502},
        {"kind": "reset"},
        {"kind": "truncated"},
        {"kind": "rate_limit", "retry_after": 0},
        {"kind": "forbidden"},
        {"kind": "not_json"},
        {"kind": "cut_json"},
        {"kind": "status", "status": 401},
    ],
    "accounts": [{"kind": "status", "status": 500}, {"kind": "reset"}, {"kind": "not_json"}],
    "reccobeats": [
        {"kind": "status", "status": 504},
        {"kind": "rate_limit", "retry_after": 0},
        {"kind": "cut_json"},
    ],
}
# A request is tried four times, so three stumbles in a row leave it one.
IN_A_ROW = http.ATTEMPTS - 1


@pytest.fixture(autouse=True)
def _no_waiting_between_attempts(monkeypatch):
    monkeypatch.setattr(http, "_FIRST_WAIT", 0.001)


@contextmanager
def failing(platform, service, kind, times=1000):
    """A context in which the service answers nothing else."""
    platform.sandbox.fault(service, kind, times=times)
    try:
        yield
    finally:
        platform.sandbox.state.faults.clear()


def warnings_of(platform, result):
    entries = platform.instance.all_logs(result.run_id)
    return " ".join(entry.user_message for entry in entries if entry.level >= 30)


def undecided(platform, state):
    return platform.store.read("matched_artists", [state]).filter(pl.col("outcome") == "pending")


def test_whatever_passes_by_itself_leaves_no_trace_in_any_table(platform, finished_runs):
    for service, faults in STUMBLES.items():
        for place, fault in enumerate(faults):
            platform.sandbox.fault(service, skip=place // IN_A_ROW, **fault)
    platform.must_run("WA")
    assert platform.sandbox.state.faults.pending() == [], "not every fault was met"
    for table in TABLES:
        undisturbed = finished_runs.store.read(table, ["WA"])
        assert platform.table(table).equals(undisturbed), table


@pytest.mark.parametrize(
    ("kind", "words", "most_calls"),
    [
        ("not_premium", "no active Premium subscription", 1),
        ("status", "Spotify answered 503", 3 * http.ATTEMPTS),
        ("quota_exceeded", "the day's calls are spent", 1),
    ],
)
def test_a_spotify_that_keeps_refusing_leaves_the_rest_pending_and_says_why(
    filled_platform, kind, words, most_calls
):
    platform, known = filled_platform, filled_platform.store.read("matched_artists", ["VT"])
    with failing(platform, "spotify", kind):
        result = platform.must_run("AK", "VT")
    assert platform.store.read("matched_artists", ["VT"]).equals(known)
    waiting = undecided(platform, "AK")["reason"].to_list()
    assert any(words in reason for reason in waiting)
    assert words in platform.of_run("matched_artists")["stopped_early"]
    assert words in warnings_of(platform, result)
    assert platform.sandbox.requests("spotify") <= most_calls
    platform.wait(days=1)
    platform.must_run("AK")
    assert undecided(platform, "AK").is_empty()


def test_a_search_that_was_forbidden_twice_is_not_tried_again_before_its_time(platform):
    platform.set(SHOWLIST_RETRIES="0")
    platform.sandbox.fault("spotify", "forbidden", times=2)
    assert "may not use the endpoint" in failures(platform.run("WY"))
    asked = platform.sandbox.requests("spotify")
    platform.wait(minutes=50)
    assert "is tried again after" in failures(platform.run("WY"))
    assert platform.sandbox.requests("spotify") == asked
    platform.wait(minutes=20)
    platform.must_run("WY")
    assert undecided(platform, "WY").is_empty()


@pytest.mark.parametrize(
    ("kind", "words"),
    [("invalid_grant", "Log in to Spotify again"), ("captcha", "a web page instead of data")],
)
def test_a_run_that_gets_no_token_at_all_fails_in_words_and_keeps_the_events(platform, kind, words):
    with failing(platform, "accounts", kind):
        result = platform.run("WY")
    assert not result.success
    assert words in failures(result)
    assert "Traceback" not in failures(result)
    assert platform.table("expanded_artists").height > 0


def test_a_step_that_failed_is_tried_again_and_the_run_goes_on(platform):
    platform.sandbox.fault("accounts", "wrong_types", times=2)
    result = platform.must_run("WY")
    retried = [event.step_key for event in result.all_events if event.is_step_up_for_retry]
    assert retried == ["matched_artists"]
    assert undecided(platform, "WY").is_empty()


def test_a_state_that_cannot_be_listed_keeps_its_events_and_is_named(filled_platform):
    platform, before = filled_platform, filled_platform.store.read("raw_events", ["VT"])
    # No kept list of events may stand in any more.
    platform.wait(days=3)
    with failing(platform, "seatgeek", "forbidden", times=1):
        result = platform.must_run("VT", "WY")
    assert platform.store.read("raw_events", ["VT"]).equals(before)
    fetched_at = platform.store.read("raw_events", ["WY"])["fetched_at"]
    assert fetched_at.min() > before["fetched_at"].max()
    assert "why_kept_from_earlier_answers" not in platform.metadata("raw_events", "WY")
    assert "Forbidden" in platform.metadata("raw_events", "VT")["why_kept_from_earlier_answers"]
    assert "Forbidden" in warnings_of(platform, result)


def test_a_seatgeek_that_shuts_us_out_fails_no_run_while_its_lists_are_young(platform):
    # Lists are kept by the day (UTC), so both runs are on one.
    platform.wait(hours=24 - platform.sandbox.state.clock.now().hour)
    platform.must_run("WY")
    shows = platform.table("upcoming_shows")
    platform.wait(hours=12)
    with failing(platform, "seatgeek", "quota_exceeded"):
        platform.must_run("WY")
    stale = platform.metadata("raw_events", "WY")["why_kept_from_earlier_answers"]
    assert "From earlier answers" in stale
    assert "SeatGeek" in stale
    assert platform.table("upcoming_shows").height > 0.9 * shows.height
    platform.wait(days=3)
    with failing(platform, "seatgeek", "captcha"):
        result = platform.run("WY")
    assert "a web page instead of data" in failures(result)
    assert "Traceback" not in failures(result)
    assert platform.table("raw_events").height > 0


def test_an_unreachable_api_names_its_address_and_the_setting(platform):
    platform.set(SHOWLIST_SEATGEEK_URL="http://127.0.0.1:9", SHOWLIST_RETRIES="1")
    result = platform.run("WY")
    assert not result.success
    assert "http://127.0.0.1:9" in failures(result)
    assert "SHOWLIST_SEATGEEK_URL" in failures(result)


def test_a_page_that_comes_empty_once_loses_no_event(filled_platform):
    platform = filled_platform
    before = platform.store.read("raw_events", ["WY"]).drop("fetched_at")
    platform.set(SHOWLIST_CALL_STORE=str(platform.folder / "other"))
    platform.sandbox.fault("seatgeek", "empty_page")
    platform.must_run("WY")
    assert platform.store.read("raw_events", ["WY"]).drop("fetched_at").equals(before)


def test_one_malformed_item_of_each_source_is_counted_and_costs_nothing_else(platform):
    for service in ("seatgeek", "spotify", "reccobeats"):
        platform.sandbox.fault(service, "malformed_item")
    platform.must_run("WA")
    assert platform.metadata("raw_events", "WA")["rejected_rows"] == 1
    assert platform.of_run("matched_artists")["spotify_items_malformed"] == 2
    assert platform.of_run("audio_features")["reccobeats_items_malformed"] == 1
    assert undecided(platform, "WA").is_empty()
    assert platform.table("upcoming_shows").height > 0


def test_shows_come_out_without_features_and_the_next_run_has_them(platform):
    with failing(platform, "reccobeats", "captcha"):
        result = platform.must_run("WY")
    shows = platform.table("upcoming_shows")
    assert 0 < shows.height == shows["energy"].null_count()
    assert "a web page instead of data" in platform.of_run("audio_features")["stopped_early"]
    assert "a web page instead of data" in warnings_of(platform, result)
    platform.must_run("WY")
    shows = platform.table("upcoming_shows")
    assert shows["energy"].null_count() < shows.height
