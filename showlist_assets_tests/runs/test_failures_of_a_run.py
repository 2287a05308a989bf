"""Every way in which an API can fail, against whole runs: what is lost, and what is told."""

from __future__ import annotations

from contextlib import contextmanager

import polars as pl
import pytest

from showlist_assets.domain.tables.schemas import TABLES
from showlist_assets.sources.http import session as http
from showlist_assets_tests.platform_under_test import failures

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


def test_whatever_passes_by_itself_leaves_no_trace_in_any_table(platform):
    platform.pretend(platform.sandbox.state.clock.now())
    platform.must_run("MN")
    undisturbed = {table: platform.table(table) for table in TABLES}
    platform.sandbox.reset()
    platform.root = platform.folder / "other" / "data"
    platform.set(
        SHOWLIST_DATA_ROOT=str(platform.root), SHOWLIST_CALL_STORE=str(platform.folder / "other")
    )
    for service, faults in STUMBLES.items():
        for place, fault in enumerate(faults):
            platform.sandbox.fault(service, skip=place // IN_A_ROW, **fault)
    platform.must_run("MN")
    assert platform.sandbox.state.faults.pending() == [], "not every fault was met"
    for table, rows in undisturbed.items():
        assert platform.table(table).equals(rows), table


def test_a_spotify_that_keeps_refusing_leaves_the_rest_pending_and_says_why(platform, subtests):
    platform.must_run("WY")
    known = platform.table("matched_artists")
    for kind, words, most_calls in [
        ("not_premium", "no active Premium subscription", 1),
        ("insufficient_scope", "has not agreed to this", 3),
        ("status", "Spotify answered 503", 3 * http.ATTEMPTS),
        ("wrong_types", "something that is not", 3),
        ("quota_exceeded", "the day's calls are spent", 1),
    ]:
        with subtests.test(kind=kind), failing(platform, "spotify", kind):
            asked = platform.sandbox.requests("spotify")
            result = platform.must_run("VT", "WY")
            assert platform.store.read("matched_artists", ["WY"]).equals(known)
            waiting = undecided(platform, "VT")["reason"].to_list()
            assert any(words in reason for reason in waiting)
            assert words in platform.metadata("matched_artists", "VT")["stopped_early"]
            assert words in warnings_of(platform, result)
            assert platform.sandbox.requests("spotify") - asked <= most_calls
    platform.wait(days=1)
    platform.must_run("VT")
    assert undecided(platform, "VT").is_empty()


def test_a_search_that_was_forbidden_twice_is_not_tried_again_before_its_time(platform):
    platform.sandbox.fault("spotify", "forbidden", times=2)
    assert "may not use the endpoint" in failures(platform.run("WY"))
    asked = platform.sandbox.requests("spotify")
    platform.wait(minutes=50)
    assert "is tried again after" in failures(platform.run("WY"))
    assert platform.sandbox.requests("spotify") == asked
    platform.wait(minutes=20)
    platform.must_run("WY")
    assert undecided(platform, "WY").is_empty()


def test_a_run_that_gets_no_token_at_all_fails_in_words_and_keeps_the_events(platform, subtests):
    for kind, words in [
        ("invalid_grant", "Log in to Spotify again"),
        ("wrong_types", "not a token"),
        ("captcha", "a web page instead of data"),
    ]:
        with subtests.test(kind=kind), failing(platform, "accounts", kind):
            result = platform.run("WY")
            assert not result.success
            assert words in failures(result)
            assert "Traceback" not in failures(result)
            assert platform.table("expanded_artists").height > 0
    platform.must_run("WY")
    assert platform.table("upcoming_shows").height > 0


def test_a_state_that_cannot_be_listed_keeps_its_events_and_is_named(platform, subtests):
    platform.must_run("VT", "WY")
    before = platform.store.read("raw_events", ["VT"])
    for kind, words in [
        ("forbidden", "Forbidden"),
        ("wrong_types", "no list of events with a total"),
    ]:
        # No kept list of events may stand in any more.
        platform.wait(days=3)
        with subtests.test(kind=kind), failing(platform, "seatgeek", kind, times=1):
            result = platform.must_run("VT", "WY")
            assert platform.store.read("raw_events", ["VT"]).equals(before)
            assert platform.metadata("raw_events", "VT")["stale_states"].keys() == {"VT"}
            assert words in platform.metadata("raw_events", "VT")["stale_states"]["VT"]
            assert words in warnings_of(platform, result)


def test_a_seatgeek_that_shuts_us_out_fails_no_run_while_its_lists_are_young(platform):
    # Lists are kept by the day (UTC), so both runs are on one.
    platform.wait(hours=24 - platform.sandbox.state.clock.now().hour)
    platform.must_run("WY")
    shows = platform.table("upcoming_shows")
    platform.wait(hours=12)
    with failing(platform, "seatgeek", "quota_exceeded"):
        platform.must_run("WY")
    stale = platform.metadata("raw_events", "WY")["stale_states"]["WY"]
    assert "From earlier answers" in stale
    assert "SeatGeek" in stale
    assert platform.table("upcoming_shows").height > 0.9 * shows.height
    platform.wait(days=3)
    with failing(platform, "seatgeek", "captcha"):
        result = platform.run("WY")
    assert "a web page instead of data" in failures(result)
    assert platform.table("raw_events").height > 0


def test_a_page_that_comes_empty_once_loses_no_event(platform):
    platform.must_run("WY")
    before = platform.table("raw_events").drop("fetched_at")
    platform.set(SHOWLIST_CALL_STORE=str(platform.folder / "other"))
    platform.sandbox.fault("seatgeek", "empty_page")
    platform.must_run("WY")
    assert platform.table("raw_events").drop("fetched_at").equals(before)


def test_one_malformed_item_of_each_source_is_counted_and_costs_nothing_else(platform):
    for service in ("seatgeek", "spotify", "reccobeats"):
        platform.sandbox.fault(service, "malformed_item")
    platform.must_run("WA")
    assert platform.metadata("raw_events", "WA")["rejected_rows"] == 1
    assert platform.metadata("matched_artists", "WA")["spotify_items_malformed"] == 2
    assert platform.metadata("audio_features", "WA")["reccobeats_items_malformed"] == 1
    assert undecided(platform, "WA").is_empty()
    assert platform.table("upcoming_shows").height > 0


def test_shows_come_out_without_features_and_the_next_run_has_them(platform, subtests):
    for kind, words in [
        ("captcha", "a web page instead of data"),
        ("wrong_types", "without a list of features"),
        ("quota_exceeded", "the day's calls are spent"),
    ]:
        with subtests.test(kind=kind), failing(platform, "reccobeats", kind):
            result = platform.must_run("WY")
            shows = platform.table("upcoming_shows")
            assert 0 < shows.height == shows["energy"].null_count()
            assert words in platform.metadata("audio_features", "WY")["stopped_early"]
            assert words in warnings_of(platform, result)
    platform.wait(days=1)
    platform.must_run("WY")
    shows = platform.table("upcoming_shows")
    assert shows["energy"].null_count() < shows.height
