from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from showlist_assets.storage.fetch_record import FetchRecord, SourceFetch, in_words
from showlist_assets.storage.files import LocalFiles, StorageError
from showlist_assets_tests.clock import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def record(tmp_path):
    return FetchRecord(LocalFiles(tmp_path), ["ticketmaster", "seatgeek"])


def failed(record, *states, source="seatgeek", because="No.", stored=(), at=NOW):
    failures = {(state, source): because for state in states}
    return record.note_failures(failures, stored=stored, at=at)


def answered(record, *states, source="seatgeek", through=date.max, at=NOW):
    record.note_answers(
        SourceFetch(state, source, at, through, listings=3, tried_at=at) for state in states
    )


def test_nothing_is_missing_before_anything_was_asked(record):
    assert record.unanswered() == {}
    assert record.missing() == frozenset()
    assert record.fetches() == []


def test_a_state_without_a_partition_is_missing_and_one_with_events_is_stale(record):
    assert failed(record, "WY", "NY", stored=["NY"]) == {"WY"}
    assert list(record.unanswered()) == ["NY", "WY"], "heaviest first"
    assert record.missing(["NY"]) == frozenset()


def test_what_is_missing_stays_so_though_an_empty_partition_was_stored_meanwhile(record):
    failed(record, "WY")
    assert failed(record, "WY", because="Still no.", stored=["WY"], at=LATER) == {"WY"}
    wyoming = record.unanswered()["WY"]
    assert (wyoming.since, wyoming.tried_at, wyoming.because) == (NOW, LATER, "Still no.")


def test_an_answer_ends_it_and_the_next_failure_is_a_new_one(record):
    failed(record, "WY")
    answered(record, "WY", "NY")
    assert record.unanswered() == {}
    failed(record, "WY", stored=["WY"], at=LATER)
    assert not record.missing()
    assert record.unanswered()["WY"].since == LATER


def test_one_source_s_answer_makes_a_state_known_though_another_fails(record):
    failed(record, "WY", source="ticketmaster")
    answered(record, "WY", source="seatgeek")
    wyoming = record.unanswered()["WY"]
    assert not wyoming.missing
    assert wyoming.sources == ("ticketmaster",)
    assert record.covered(["WY"]) == {
        ("WY", "ticketmaster"): None,
        ("WY", "seatgeek"): date.max,
    }


def test_an_answer_that_left_something_out_or_is_followed_by_a_failure_covers_nothing(record):
    answered(record, "WY", through=None)
    answered(record, "NY")
    failed(record, "NY", at=LATER)
    assert set(record.covered(["WY", "NY"]).values()) == {None}


def test_a_source_that_is_not_configured_any_more_says_nothing(record, tmp_path):
    failed(record, "WY", source="ticketmaster")
    assert FetchRecord(LocalFiles(tmp_path), ["seatgeek"]).unanswered() == {}


def test_freshness_is_told_in_words(record):
    answered(record, "WY")
    failed(record, "WY", because="SeatGeek is down.", at=LATER)
    failed(record, "NY", because="SeatGeek is down.")
    assert [in_words(one) for one in record.fetches()] == [
        "never answered; SeatGeek is down.",
        f"3 listings of {NOW:%Y-%m-%d %H:%M} UTC; SeatGeek is down.",
    ]


@pytest.mark.parametrize("content", [b"{", b"[1]", b'{"seatgeek": {"listings": 1}}'])
def test_a_note_that_cannot_be_read_names_its_file(record, tmp_path, content):
    (tmp_path / "fetch_record").mkdir()
    (tmp_path / "fetch_record" / "WY.json").write_bytes(content)
    with pytest.raises(StorageError, match=r"fetch_record/WY\.json"):
        record.unanswered()


def test_the_feeds_of_an_answer_are_remembered_and_a_record_without_them_is_read(tmp_path):
    record = FetchRecord(LocalFiles(tmp_path), ["seatgeek", "feeds"])
    record.note_answers(
        [SourceFetch("NY", "feeds", NOW, feeds=("room",)), SourceFetch("NY", "seatgeek", NOW)]
    )
    assert record.feeds_read(["NY"]) == {("NY", "feeds"): frozenset({"room"})}
    file = tmp_path / "fetch_record" / "NY.json"
    known = json.loads(file.read_text())
    for each in known.values():
        del each["feeds"]
    file.write_text(json.dumps(known))
    assert record.feeds_read(["NY"]) == {}
