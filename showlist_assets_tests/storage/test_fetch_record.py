from __future__ import annotations

from datetime import timedelta

import pytest

from showlist_assets.storage.fetch_record import FetchRecord
from showlist_assets.storage.files import LocalFiles, StorageError
from showlist_assets_tests.clock import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def record(tmp_path):
    return FetchRecord(LocalFiles(tmp_path))


def test_nothing_is_missing_before_anything_was_asked(record):
    assert record.unanswered() == {}
    assert record.missing() == frozenset()


def test_a_state_without_a_partition_is_missing_and_one_with_events_is_stale(record):
    assert record.note_failures({"WY": "No.", "NY": "No."}, stored=["NY"], at=NOW) == {"WY"}
    assert list(record.unanswered()) == ["NY", "WY"], "heaviest first"
    assert record.missing(["NY"]) == frozenset()


def test_what_is_missing_stays_so_though_an_empty_partition_was_stored_meanwhile(record):
    record.note_failures({"WY": "No."}, stored=[], at=NOW)
    assert record.note_failures({"WY": "Still no."}, stored=["WY"], at=LATER) == {"WY"}
    wyoming = record.unanswered()["WY"]
    assert (wyoming.since, wyoming.tried_at, wyoming.because) == (NOW, LATER, "Still no.")


def test_an_answer_ends_it_and_the_next_failure_is_a_new_one(record):
    record.note_failures({"WY": "No."}, stored=[], at=NOW)
    record.note_answers(["WY", "NY"])
    assert record.unanswered() == {}
    record.note_failures({"WY": "No."}, stored=["WY"], at=LATER)
    assert not record.missing()
    assert record.unanswered()["WY"].since == LATER


@pytest.mark.parametrize("content", [b"{", b"[1]", b'{"state": "WY"}'])
def test_a_note_that_cannot_be_read_names_its_file(record, tmp_path, content):
    (tmp_path / "fetch_record").mkdir()
    (tmp_path / "fetch_record" / "WY.json").write_bytes(content)
    with pytest.raises(StorageError, match=r"fetch_record/WY\.json"):
        record.unanswered()
