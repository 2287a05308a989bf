"""``showlist status`` and ``showlist cache``, over a platform that ran."""

from __future__ import annotations

import pytest
from rich.console import Console

from showlist_assets.cli.cache import UnknownServiceError, clear_cache, print_cache
from showlist_assets.cli.doctor import findings
from showlist_assets.cli.status import print_status, status_lines
from showlist_assets.sources.failures import QuotaExceeded


def _lines(platform) -> dict[str, str]:
    return {line.subject: line.words for line in status_lines(platform.platform)}


def _printed(platform, function, *arguments) -> str:
    console = Console(record=True, width=120)
    function(platform.platform, *arguments, console)
    return console.export_text()


def test_before_anything_ran_it_says_so(platform):
    lines = _lines(platform)
    assert lines["Resolved"] == "nothing yet: no state was materialized"
    assert lines["Spotify"] == "0 of 1,000 calls in 24 hours"
    assert lines["Cache"].startswith("0 answers")


def test_it_tells_what_is_resolved_who_waits_and_what_was_spent(platform):
    platform.set(SHOWLIST_CALLS_PER_RUN="5")
    platform.must_run("WA")
    lines = _lines(platform)
    assert "of the next 14 days" in lines["Resolved"]
    assert "(100%) of the next 60 days" not in lines["Resolved"]
    assert "done with the next catch-up at 900 lookups a day" in lines["Waiting"]
    assert lines["Spotify"] == "5 of 1,000 calls in 24 hours (lookup 5)"
    assert lines["SeatGeek"].startswith(f"{platform.sandbox.requests('seatgeek')} calls")

    platform.set(SHOWLIST_CALLS_PER_RUN="")
    platform.must_run("WA")
    lines = _lines(platform)
    assert "(100%) of the next 60 days" in lines["Resolved"]
    assert lines["Waiting"] == "nobody: every performer has been looked up"


def test_it_tells_which_states_are_missing_and_which_are_stale(platform):
    record, now = platform.platform.fetch_record, platform.platform.now()
    assert not {"Missing", "Stale"} & set(_lines(platform))
    failed = {"NY": "A web page [captcha].", "TX": "A web page.", "WY": "Cut."}
    record.note_failures(failed, stored=["WY"], at=now)
    lines = _lines(platform)
    assert lines["Missing"].startswith("NY, TX: never fetched")
    assert lines["Stale"].startswith("WY: last good events kept")
    assert "[captcha]" in _printed(platform, print_status)
    record.note_answers(["NY", "TX", "WY"])
    assert not {"Missing", "Stale"} & set(_lines(platform))


def test_it_tells_when_a_long_backlog_will_be_done(platform):
    platform.set(SHOWLIST_CALLS_PER_RUN="0")
    platform.must_run("WA")
    platform.set(SHOWLIST_SPOTIFY_BUDGET="6", SHOWLIST_SPOTIFY_RESERVE="1")
    assert "; done by about " in _lines(platform)["Waiting"]
    assert "at 5 lookups a day" in _lines(platform)["Waiting"]
    platform.set(SHOWLIST_SPOTIFY_BUDGET="1")
    assert "SHOWLIST_SPOTIFY_BUDGET is too low" in _lines(platform)["Waiting"]


def test_it_tells_of_pauses_and_of_endpoints_that_are_gone(platform):
    ledger = platform.platform.ledger("spotify")
    ledger.pause(QuotaExceeded("spent", retry_after=7200))
    ledger.close_endpoint("/v1/audio-features")
    told = _printed(platform, print_status)
    assert "asked to pause until" in told
    assert "/v1/audio-features is gone; tried again after" in told


def test_calls_to_another_address_are_told_apart(platform, start_sandbox):
    platform.must_run("WY")
    platform.set(**start_sandbox().env())
    told = _printed(platform, print_status)
    assert f"at {platform.sandbox.url.removeprefix('http://')}" in told
    assert "Spotify     0 of 1,000 calls" in told


def test_the_cache_can_be_looked_at_and_dropped(platform):
    assert "No answer is kept" in _printed(platform, print_cache)
    platform.must_run("WY")
    assert "/v1/search" in _printed(platform, print_cache)
    assert "Dropped" in _printed(platform, clear_cache, "spotify")
    shown = _printed(platform, print_cache)
    assert "/v1/search" not in shown
    assert "/2/events" in shown
    with pytest.raises(UnknownServiceError, match="spotify, seatgeek, reccobeats or all"):
        _printed(platform, clear_cache, "spotfy")
    _printed(platform, clear_cache, "all")
    assert "No answer is kept" in _printed(platform, print_cache)


def test_the_doctor_shows_no_password_that_a_url_holds(platform):
    platform.set(SHOWLIST_CALL_STORE="redis://:hunter2@127.0.0.1:1/0")
    told = " ".join(f"{finding.subject} {finding.words}" for finding in findings(platform.platform))
    assert "redis://***@127.0.0.1:1/0" in told
    assert "hunter2" not in told
