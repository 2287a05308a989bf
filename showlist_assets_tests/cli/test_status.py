"""``showlist status`` and ``showlist cache``, over a platform that ran."""

from __future__ import annotations

import pytest
from rich.console import Console

from showlist_assets.cli.cache import UnknownServiceError, clear_cache, print_cache
from showlist_assets.cli.doctor import findings
from showlist_assets.cli.review import cases_of
from showlist_assets.cli.status import print_status, status_lines
from showlist_assets.sandbox.config import LISTENBRAINZ_TOKEN
from showlist_assets.sources.failures import QuotaExceeded
from showlist_assets.storage.fetch_record import SourceFetch
from showlist_assets.storage.files import StorageError
from showlist_assets_tests.services.mailbox import mail_server


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


def test_it_names_who_was_found_without_a_song_and_tells_how_shows_are_resolved(platform):
    silent = next(one for one in platform.sandbox.world.catalog.artists if not one.has_tracks)
    state = next(
        event.venue.state
        for event in platform.sandbox.world.events
        if silent.id in {act.artist_id for act in event.performers}
    )
    platform.must_run(state)
    lines = _lines(platform)
    assert lines["Songless"].startswith(f"1 artist found, but no song: {silent.name};")
    assert "with songs and " in lines["Resolved"]
    named = [case["performer_name"] for case in cases_of(platform.platform, limit=99)]
    assert silent.name in named
    platform.set(SHOWLIST_CALLS_PER_RUN="0")
    platform.must_run("WA")
    assert _lines(platform)["Songless"] == lines["Songless"], "who is pending is not songless"


def test_no_songs_are_missed_where_they_were_not_picked_yet(platform):
    platform.must_run("WA")
    resolved = _lines(platform)["Resolved"]
    (platform.root / "top_tracks" / "WA.parquet").unlink()
    lines = _lines(platform)
    assert "Songless" not in lines
    assert lines["Resolved"] != resolved


def test_it_tells_which_states_are_missing_and_which_are_stale(platform):
    record, now = platform.platform.fetch_record, platform.platform.now()
    assert not {"Missing", "Stale"} & set(_lines(platform))
    failed = {"NY": "A web page [captcha].", "TX": "A web page.", "WY": "Cut."}
    record.note_failures(
        {(state, "seatgeek"): because for state, because in failed.items()}, stored=["WY"], at=now
    )
    lines = _lines(platform)
    assert lines["Missing"].startswith("NY, TX: never fetched")
    assert lines["Stale"].startswith("WY: last good events kept")
    assert "[captcha]" in _printed(platform, print_status)
    record.note_answers(SourceFetch(state, "seatgeek", now) for state in failed)
    assert not {"Missing", "Stale"} & set(_lines(platform))


def test_a_damaged_table_is_told_of_after_all_else(platform):
    platform.platform.files.write("matched_artists/WA.parquet", b"half a file")
    console = Console(record=True, width=120)
    with pytest.raises(StorageError, match=r"WA\.parquet is not a readable"):
        print_status(platform.platform, console)
    told = console.export_text()
    assert "0 of 1,000 calls in 24 hours" in told
    assert "Cache" in told


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
    assert "Spotify      0 of 1,000 calls" in told


def test_the_cache_can_be_looked_at_and_dropped(platform):
    assert "No answer is kept" in _printed(platform, print_cache)
    platform.must_run("WY")
    assert "/v1/search" in _printed(platform, print_cache)
    assert "Dropped" in _printed(platform, clear_cache, "spotify")
    shown = _printed(platform, print_cache)
    assert "/v1/search" not in shown
    assert "/2/events" in shown
    with pytest.raises(UnknownServiceError, match="seatgeek, ticketmaster, reccobeats"):
        _printed(platform, clear_cache, "spotfy")
    _printed(platform, clear_cache, "all")
    assert "No answer is kept" in _printed(platform, print_cache)


def test_the_doctor_shows_no_password_that_a_url_holds(platform):
    platform.set(SHOWLIST_CALL_STORE="redis://:hunter2@127.0.0.1:1/0")
    told = " ".join(f"{finding.subject} {finding.words}" for finding in findings(platform.platform))
    assert "redis://***@127.0.0.1:1/0" in told
    assert "hunter2" not in told


def test_the_doctor_tries_the_mail_server_and_shows_no_password(platform):
    def told() -> dict[str, tuple[str, str]]:
        found = findings(platform.platform)
        return {finding.subject: (finding.verdict, finding.words) for finding in found}

    assert "Mail" not in told()
    with mail_server() as box:
        platform.set(
            SHOWLIST_SMTP_URL=f"smtp://127.0.0.1:{box.port}", SHOWLIST_MAIL_FROM="me@example.org"
        )
        assert told()["Mail"][0] == "ok"
        platform.set(SHOWLIST_MAIL_FROM="")
        assert told()["Mail"][0] == "broken"
    platform.set(SHOWLIST_SMTP_URL=f"smtp://me%40example.org:hunter2@127.0.0.1:{box.port}")
    everything = told()
    assert everything["Mail"][0] == "broken"
    assert "hunter2" not in str(everything)


def test_the_doctor_tries_what_tells_of_plays_where_somebody_has_a_history(platform):
    def told() -> dict[str, tuple[str, str]]:
        found = findings(platform.platform)
        return {finding.subject: (finding.verdict, finding.words) for finding in found}

    platform.set(LISTENBRAINZ_TOKEN="")
    assert told()["Listening"][0] == "note"
    assert platform.sandbox.requests("listenbrainz_labs") == 0
    platform.set(LISTENBRAINZ_TOKEN=LISTENBRAINZ_TOKEN)
    everything = told()
    assert "Listening" not in everything
    for subject in ("ListenBrainz", "ListenBrainz Labs", "MusicBrainz"):
        assert everything[subject][0] == "ok", everything[subject]
    assert LISTENBRAINZ_TOKEN not in str(everything)
    platform.set(
        LISTENBRAINZ_TOKEN="hunter2", SHOWLIST_LISTENBRAINZ_ALGORITHM="session_based_mistaken"
    )
    everything = told()
    assert everything["ListenBrainz"][0] == "broken"
    assert "LISTENBRAINZ_TOKEN" in everything["ListenBrainz"][1]
    assert "SHOWLIST_LISTENBRAINZ_ALGORITHM" in everything["ListenBrainz Labs"][1]
    assert "hunter2" not in str(everything)


def test_a_service_that_only_a_history_needs_has_a_line_once_it_was_asked(platform):
    def subjects() -> list[str]:
        return [line.subject for line in status_lines(platform.platform)]

    assert "MusicBrainz" not in subjects()
    platform.platform.musicbrainz().check()
    assert "MusicBrainz" in subjects()
