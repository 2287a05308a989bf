from __future__ import annotations

from datetime import timedelta

from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.domain.matching.evidence import (
    Evidence,
    add_answer,
    add_artist,
    earlier_evidence,
    evidence_of,
    found_track_struct,
)
from showlist_assets.domain.matching.ladder import decide
from showlist_assets.domain.matching.rows import decided_row, pending_row
from showlist_assets.domain.matching.types import Candidate
from showlist_assets_tests.domain.matching.performers import performer, some_evidence, stored
from showlist_assets_tests.rows import NOW, found_track, frame, pending


def test_what_was_paid_for_survives_in_a_decided_row():
    paper_lantern = performer()
    verdict = decide(paper_lantern.as_billed, some_evidence().answers)
    row = stored(decided_row(paper_lantern, verdict, some_evidence(), method="search", at=NOW))
    assert row["spotify_artist_id"] == "artist-1"
    assert row["spotify_image_url"] == "https://i.scdn.co/1"
    assert evidence_of(row) == some_evidence()
    assert decide(paper_lantern.as_billed, evidence_of(row).answers) == verdict


def test_what_was_paid_for_survives_in_a_pending_row():
    paper_lantern = performer()
    row = stored(pending_row(paper_lantern, reason="Spent.", at=NOW, evidence=some_evidence()))
    assert row["outcome"] == "pending"
    assert evidence_of(row) == some_evidence()


def test_the_newest_answers_are_remembered_whichever_state_paid_for_them():
    old = {"asked_at": NOW - timedelta(days=3), "matcher_version": "0"}
    rows = frame(
        "matched_artists",
        {"state": "PA", "queries": ["new"]},
        {"state": "TX", "queries": ["old"], **old},
        {"state": "VT", "performer_key": "somebody else"},
        {"state": "WY", "queries": [], **pending(), "asked_at": None},
    )
    remembered = earlier_evidence([performer()], rows)
    assert list(remembered) == ["paper lantern"]
    assert remembered["paper lantern"].answers == {"new": []}


def found(artist_id, name, image_url=None):
    return FoundArtist(artist_id, name, ("indie",), None, None, image_url)


def track(track_id):
    return FoundTrack(**found_track(track_id))


def test_an_answer_adds_its_artists_in_order_and_each_track_once():
    evidence = Evidence()
    artists = found("one", "One", "https://i.scdn.co/1"), found("two", "Two")
    add_answer(evidence, "one", SearchAnswer(artists, (track("t1"),)), at=NOW)
    add_answer(evidence, "two", SearchAnswer((), (track("t1"), track("t2"))), at=NOW)
    assert [(each.artist_id, each.rank) for each in evidence.answers["one"]] == [
        ("one", 1), ("two", 2),
    ]  # fmt: skip
    assert evidence.answers["two"] == []
    assert evidence.image_urls == {"one": "https://i.scdn.co/1", "two": None}
    assert evidence.tracks == [found_track_struct(track("t1")), found_track_struct(track("t2"))]
    assert evidence.asked_at == NOW


def test_an_artist_looked_up_by_its_id_is_a_candidate_but_no_search_was_made():
    evidence = Evidence()
    add_artist(evidence, found("one", "One"))
    assert evidence.candidate("one") == Candidate("one", "One", ("indie",), None, 1)
    assert evidence.candidate("two") is None
    assert evidence.asked_at is None


def test_tracks_are_an_artist_s_where_it_is_credited():
    assert some_evidence().has_tracks_of("artist-1")
    assert not some_evidence().has_tracks_of("artist-2")
