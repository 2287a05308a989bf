"""``raw_events``, called with what the sources list."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import polars as pl
import pytest

from showlist_assets.defs.assets.events import raw_events
from showlist_assets.sources.failures import Permanent, Transient, WrongKey
from showlist_assets.sources.seatgeek import reader
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.defs.called import (
    FakePlatform,
    FakeSeatGeek,
    call,
    sums_agree,
    try_to_call,
)
from showlist_assets_tests.rows import frame
from showlist_assets_tests.sources.seatgeek.documents import document

TWO_IN_NEW_YORK = [document(id=1), document(id=2)]
ONE_IN_TEXAS = [document(id=3, venue={**document()["venue"], "id": 77, "state": "TX"})]
MOVED_DATES = {"datetime_local": "2026-12-11T20:00:00", "datetime_utc": "2026-12-12T01:00:00"}


@pytest.fixture
def platform(tmp_path):
    platform = FakePlatform(tmp_path, retries=2, retry_delay_seconds=3)
    platform.fakes["seatgeek"] = FakeSeatGeek({"NY": TWO_IN_NEW_YORK, "TX": ONE_IN_TEXAS})
    return platform


def listings(platform, **listings):
    platform.fakes["seatgeek"] = FakeSeatGeek(listings)
    return platform.fakes["seatgeek"]


def test_each_partition_s_numbers_are_its_own_and_the_calls_are_the_run_s(platform):
    called = call(raw_events, platform, "NY", "TX")
    assert called.frame["state"].to_list() == ["NY", "NY", "TX"]
    numbers = {state: of_state["events"] for state, of_state in called.of_state.items()}
    assert numbers == {"NY": 2, "TX": 1}
    assert sums_agree(called, "raw_events")
    for state, rows in numbers.items():
        of_state = called.of_state[state]
        assert of_state["dagster/partition_row_count"] == of_state["new_events"] == rows
        assert of_state["path"].value.endswith(f"raw_events/{state}.parquet")
    assert called.of_run["seatgeek_calls"] == 2
    assert not set(called.of_run) & set(called.of_state["NY"])


def test_a_number_is_given_under_the_same_name_for_an_empty_state(platform):
    full = call(raw_events, platform)
    listings(platform, NY=[])
    empty = call(raw_events, platform)
    assert set(full.of_state["NY"]) == set(empty.of_state["NY"])
    assert set(full.of_run) == set(empty.of_run)
    assert not empty.checks["has_events"].passed
    assert empty.checks["schema"].passed


def test_new_gone_and_moved_events_are_counted_against_what_is_stored(platform):
    platform.store("raw_events", call(raw_events, platform).frame)
    listings(platform, NY=[document(id=1, **MOVED_DATES), document(id=5)])
    of_state = call(raw_events, platform).of_state["NY"]
    assert [of_state[f"{what}_events"] for what in ("new", "gone", "moved")] == [1, 1, 1]


def test_a_state_that_cannot_be_listed_keeps_its_events_and_is_named_stale(platform):
    platform.store("raw_events", call(raw_events, platform).frame)
    platform.at += timedelta(minutes=1)
    listings(platform, NY=Permanent("SeatGeek answered 403"), TX=ONE_IN_TEXAS)
    called = call(raw_events, platform, "NY", "TX")
    before = platform.stored("raw_events")
    assert called.frame.filter(pl.col("state") == "NY").equals(before)
    assert called.frame.filter(pl.col("state") == "TX")["fetched_at"].to_list() == [platform.at]
    assert called.of_state["NY"]["why_kept_from_earlier_answers"] == "SeatGeek answered 403"
    assert "why_kept_from_earlier_answers" not in called.of_state["TX"]
    answered = called.checks["source_answered"]
    assert not answered.passed
    assert answered.severity is dg.AssetCheckSeverity.WARN
    assert answered.metadata["failing_states"].value == {"NY": 1}
    assert answered.description == "Fails in NY (1)."


def test_a_state_that_was_never_fetched_is_missing_and_not_without_shows(platform):
    platform.store("raw_events", call(raw_events, platform).frame)
    listings(platform, NY=Permanent("No."), TX=Permanent("No."), FL=[])
    called = call(raw_events, platform, "NY", "FL")
    numbers = {
        state: (of_state["kept_from_earlier_answers"], of_state["never_fetched"])
        for state, of_state in called.of_state.items()
    }
    assert numbers == {"NY": (1, 0), "TX": (1, 1), "FL": (0, 0)}
    assert called.of_state["TX"]["why_kept_from_earlier_answers"] == "No."
    assert set(called.checks["source_answered"].metadata["failing_states"].value) == {"NY", "TX"}
    assert called.checks["was_fetched"].description == "Fails in TX (1)."
    assert platform.fetch_record.missing() == {"TX"}


def test_a_missing_state_stays_so_until_it_is_fetched(platform):
    listings(platform, NY=Permanent("No."), TX=ONE_IN_TEXAS)
    for _ in range(2):
        platform.store("raw_events", call(raw_events, platform, "NY", "TX").frame)
        assert platform.fetch_record.missing() == {"NY"}
    listings(platform, NY=[], TX=[])
    assert call(raw_events, platform, "NY", "TX").of_state["NY"]["never_fetched"] == 0
    assert platform.fetch_record.unanswered() == {}


def test_a_run_that_got_nothing_leaves_its_states_to_the_catch_up(platform):
    listings(platform, NY=WrongKey("no such client"))
    try_to_call(raw_events, platform, "NY", "TX")
    assert platform.fetch_record.missing() == {"NY", "TX"}


def test_a_source_that_is_down_is_not_asked_for_the_other_states(platform):
    # Heaviest first: New York, Texas, Florida.
    source = listings(platform, NY=TWO_IN_NEW_YORK, TX=WrongKey("no such client"), FL=[])
    called = call(raw_events, platform, "NY", "FL")
    assert source.usage.sent == 2
    stale = {
        state
        for state, of_state in called.of_state.items()
        if of_state["kept_from_earlier_answers"]
    }
    assert stale == {"TX", "FL"}
    assert called.of_run["seatgeek_calls"] == 2


def test_lists_that_stand_in_for_a_refusal_make_a_state_stale(platform):
    platform.fakes["seatgeek"] = FakeSeatGeek(
        {"NY": TWO_IN_NEW_YORK}, outdated="SeatGeek shut us out."
    )
    called = call(raw_events, platform)
    assert called.frame.height == 2
    assert (
        called.of_state["NY"]["why_kept_from_earlier_answers"]
        == "From earlier answers. SeatGeek shut us out."
    )


def test_a_run_that_got_no_state_at_all_fails_in_the_words_of_the_source(platform):
    listings(platform, NY=WrongKey("no such client"))
    called = try_to_call(raw_events, platform, "NY", "TX")
    assert called.results == []
    assert isinstance(called.failure, dg.Failure)
    assert called.failure.description == "no such client"
    assert not called.failure.allow_retries


@pytest.mark.parametrize("error", [Transient("SeatGeek answered 503"), ValueError("our own bug")])
def test_what_may_pass_by_itself_is_tried_again_as_the_settings_say(platform, error):
    listings(platform, NY=error)
    failure = try_to_call(raw_events, platform).failure
    assert isinstance(failure, dg.RetryRequested)
    assert (failure.max_retries, failure.seconds_to_wait) == (2, 3)
    cause = failure.__cause__
    assert cause is error or (cause.description, cause.__cause__) == (str(error), None)


def test_a_document_that_is_no_event_is_set_aside_and_counted_for_its_state(platform):
    listings(
        platform, NY=TWO_IN_NEW_YORK, TX=[*ONE_IN_TEXAS, {**ONE_IN_TEXAS[0], "id": 9, "title": ""}]
    )
    called = call(raw_events, platform, "NY", "TX")
    assert [called.of_state[state]["rejected_rows"] for state in ("NY", "TX")] == [0, 1]
    rejected = platform.tables.read_rejected()
    assert rejected.select("state", "table").rows() == [("TX", "raw_events")]
    assert "title" in rejected["reason"][0]


def _nameless(found, **given):
    rows = _read(found, **given)
    return rows.__class__(rows.good.with_columns(title=pl.lit("")), rows.rejected)


_read = reader.read_events


def test_a_table_whose_rows_mostly_break_rules_is_refused_and_not_materialized(
    platform, monkeypatch
):
    listings(platform, NY=[document(id=number) for number in range(1, 30)], TX=ONE_IN_TEXAS)
    monkeypatch.setattr(reader, "read_events", _nameless)
    called = try_to_call(raw_events, platform, "NY", "TX")
    # The one row of Texas might be the daily untidiness.
    assert not called.checks["schema"].passed
    assert set(called.checks["schema"].metadata["failing_states"].value) == {"NY"}
    assert called.checks["keys"].passed
    assert not [each for each in called.results if isinstance(each, dg.MaterializeResult)]
    assert isinstance(called.failure, dg.Failure)
    assert not called.failure.allow_retries
    assert "NY: 29 of 29 rows break a rule" in called.failure.description
    assert "its partitions stay as they were" in called.failure.description
    assert platform.tables.read_rejected().is_empty()


def test_a_missing_state_whose_table_is_refused_is_still_missing(platform, monkeypatch):
    listings(platform, NY=Permanent("No."), TX=[])
    call(raw_events, platform, "NY", "TX")
    listings(platform, NY=[document(id=number) for number in range(1, 30)], TX=[])
    monkeypatch.setattr(reader, "read_events", _nameless)
    try_to_call(raw_events, platform, "NY", "TX")
    assert platform.fetch_record.missing() == {"NY"}


def test_what_is_fetched_is_as_old_as_the_platform_s_clock(platform):
    assert set(call(raw_events, platform).frame["fetched_at"]) == {NOW}


def test_a_partition_that_cannot_be_read_is_not_emptied_where_a_source_does_not_answer(platform):
    platform.store("raw_events", call(raw_events, platform).frame)
    platform.files.write("raw_events/NY.parquet", b"no parquet")
    listings(platform, NY=Permanent("No."), TX=ONE_IN_TEXAS)
    failure = try_to_call(raw_events, platform, "NY", "TX").failure
    assert "raw_events/NY.parquet" in str(failure.description)
    listings(platform, NY=TWO_IN_NEW_YORK, TX=ONE_IN_TEXAS)
    assert call(raw_events, platform, "NY", "TX").frame.height == 3


def test_whose_source_is_not_asked_any_more_goes(platform):
    stray = frame("raw_events", {"source": "ticketmaster", "event_id": "G1"})
    platform.store("raw_events", stray)
    called = call(raw_events, platform)
    assert set(called.frame["source"]) == {"seatgeek"}


def test_a_mistake_in_shows_yaml_costs_no_fetch(platform):
    source = listings(platform, NY=TWO_IN_NEW_YORK)
    platform.show_decisions.path.write_text("- joins: [a, b]", "utf-8")
    failure = try_to_call(raw_events, platform).failure
    assert "line 1" in failure.description
    assert source.usage.sent == 0
