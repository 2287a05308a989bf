"""``shows``, ``show_changes`` and ``expanded_artists``, called with what the sources list."""

from __future__ import annotations

import io
from datetime import date, timedelta

import dagster as dg
import polars as pl
import pytest

from showlist_assets.defs.assets.events import raw_events
from showlist_assets.defs.assets.shows import expanded_artists, show_changes, shows
from showlist_assets.domain.events.show_decisions import forget_entry, join_entry, part_entry
from showlist_assets.storage.fetch_record import SourceFetch
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.defs.called import FakePlatform, FakeSeatGeek, call, try_to_call
from showlist_assets_tests.domain.events.bills import performer
from showlist_assets_tests.rows import frame
from showlist_assets_tests.sources.seatgeek.documents import document

TWO_IN_NEW_YORK = [document(id=1), document(id=2, datetime_local="2026-12-11T20:00:00")]
ONE_IN_TEXAS = [document(id=3, venue={**document()["venue"], "id": 77, "state": "TX"})]
TWIN = {
    "source": "ticketmaster",
    "event_id": "G5v1",
    "platform": "ticketmaster",
    "title": "Paper Lantern - The Slow Tour",
    "lowest_price": 12.0,
}


@pytest.fixture
def platform(tmp_path):
    platform = FakePlatform(tmp_path)
    platform.fakes["seatgeek"] = FakeSeatGeek({"NY": TWO_IN_NEW_YORK, "TX": ONE_IN_TEXAS})
    return platform


def told(platform, *rows):
    """The shows of these listings, stored as a run stores them."""
    found = call(shows, platform, raw_events=frame("raw_events", *rows))
    platform.store("shows", found.frame)
    return found


def test_two_listings_of_one_show_are_one_show_with_both_as_provenance(platform):
    found = told(platform, {}, TWIN)
    row = found.frame.row(0, named=True)
    assert found.frame.height == 1
    assert {(each["source"], each["event_id"]) for each in row["listings"]} == {
        ("seatgeek", "1"),
        ("ticketmaster", "G5v1"),
    }
    assert all(each["why"] for each in row["listings"])
    assert found.of_state["NY"]["shows_listed_more_than_once"] == 1


def test_a_show_keeps_its_id_when_the_listing_that_named_it_is_gone(platform):
    first = told(platform, {}).frame["show_id"].to_list()
    both = told(platform, {}, TWIN).frame["show_id"].to_list()
    second = told(platform, TWIN).frame["show_id"].to_list()
    assert first == both == second == ["seatgeek-1"]


def test_what_an_operator_joins_parts_or_forgets_is_so(platform):
    platform.show_decisions.add(part_entry("seatgeek-1", "ticketmaster-G5v1"))
    assert told(platform, {}, TWIN).frame.height == 2
    platform.show_decisions.path.unlink()
    far = {**TWIN, "title": "Another", "venue_name": "Elsewhere", "event_id": "G9"}
    assert told(platform, {}, far).frame.height == 2
    platform.show_decisions.add(join_entry("seatgeek-1", "ticketmaster-G9"))
    assert told(platform, {}, far).frame.height == 1
    platform.show_decisions.add(forget_entry("seatgeek-1"))
    assert told(platform, {}, far).frame["source"].to_list() == ["ticketmaster"]


def test_the_history_begins_with_what_is_known_and_goes_on_with_news(platform):
    first = call(show_changes, platform, shows=told(platform, {}).frame)
    assert first.frame["change"].to_list() == ["known"]
    platform.store("show_changes", first.frame)
    platform.at += timedelta(days=1)
    later = {"title": "Glass Owls", "local_date": date(2026, 12, 9), "event_id": "7"}
    second = call(show_changes, platform, shows=told(platform, {}, later).frame)
    assert second.frame["change"].to_list() == ["known", "announced"]
    platform.store("show_changes", second.frame)
    third = call(show_changes, platform, shows=told(platform, {}, later).frame)
    assert third.frame.equals(second.frame), "the same shows again are no news"


def test_a_show_that_no_source_lists_any_more_is_presumed_cancelled_if_the_walk_was_whole(platform):
    platform.store(
        "show_changes", call(show_changes, platform, shows=told(platform, {}).frame).frame
    )
    platform.at += timedelta(days=1)
    none = told(platform).frame
    platform.fetch_record.note_answers([SourceFetch("NY", "seatgeek", platform.at)])
    assert call(show_changes, platform, shows=none).of_state["NY"]["vanished_in_this_run"] == 0
    platform.fetch_record.note_answers([SourceFetch("NY", "seatgeek", platform.at, date.max)])
    assert call(show_changes, platform, shows=none).of_state["NY"]["vanished_in_this_run"] == 1


def test_a_show_that_had_to_be_forgotten_has_not_vanished(platform):
    first = call(show_changes, platform, shows=told(platform, {}).frame).frame
    platform.store("show_changes", first)
    platform.show_decisions.add(forget_entry("seatgeek-1"))
    platform.fetch_record.note_answers([SourceFetch("NY", "seatgeek", platform.at, date.max)])
    assert call(show_changes, platform, shows=told(platform).frame).frame.is_empty()


def test_performers_are_told_apart_by_state_and_counted_there(platform):
    listed = call(raw_events, platform, "NY", "TX").frame
    told = call(shows, platform, "NY", "TX", raw_events=listed).frame
    called = call(expanded_artists, platform, "NY", "TX", shows=told)
    assert {state: each["billings"] for state, each in called.of_state.items()} == {
        "NY": 4,
        "TX": 2,
    }
    assert called.frame["performer_key"].unique().sort().to_list() == [
        "paper lantern", "tin sparrow",
    ]  # fmt: skip
    assert called.checks["has_performers"].passed
    assert called.of_run == {}


def test_rows_that_share_a_key_are_refused_with_the_state_s_name(platform):
    twice = frame("shows", {}, {})
    called = try_to_call(expanded_artists, platform, shows=twice)
    assert not called.checks["keys"].passed
    assert called.checks["keys"].severity is dg.AssetCheckSeverity.ERROR
    assert "NY: 2 rows share a key" in called.failure.description


def bill_of(text):
    listed = {"performers": [performer(text)]}
    return frame("shows", listed)


def test_a_text_is_taken_apart_once_a_search_refuted_it_and_stays_so(platform):
    text = "Mossgate w/ Ferrow"
    first = call(expanded_artists, platform, "NY", shows=bill_of(text)).frame
    assert first["performer_name"].to_list() == [text]
    page = {
        "query": text, "rank": 1, "artist_id": "a", "name": "Mossgate", "genres": [],
        "popularity": None, "image_url": None,
    }  # fmt: skip
    searched = {"performer_key": "mossgate w ferrow", "asked_at": NOW, "candidates": [page]}
    platform.tables.write("matched_artists", "NY", frame("matched_artists", searched))
    second = call(expanded_artists, platform, "NY", shows=bill_of(text)).frame
    assert second["performer_name"].to_list() == ["Mossgate", "Ferrow"]
    platform.tables.write("expanded_artists", "NY", second)
    # The next decisions are about the acts: nothing about the text is stored any more.
    platform.tables.write("matched_artists", "NY", frame("matched_artists"))
    third = call(expanded_artists, platform, "NY", shows=bill_of(text)).frame
    assert third.equals(second)


def test_bills_of_an_older_version_do_not_stop_the_step_that_mends_them(platform):
    old = frame("expanded_artists", {}).drop("billed_text")
    buffer = io.BytesIO()
    old.write_parquet(buffer)
    platform.files.write("expanded_artists/NY.parquet", buffer.getvalue())
    called = call(expanded_artists, platform, "NY", shows=bill_of("Mossgate w/ Ferrow"))
    assert called.frame.height == 1


def test_bills_of_before_there_was_a_last_day_are_read_and_written_anew_without_a_call(platform):
    festival = bill_of("Mossgate").with_columns(last_date=pl.col("local_date").dt.offset_by("2d"))
    new = call(expanded_artists, platform, "NY", shows=festival).frame
    platform.tables.write("expanded_artists", "NY", new)
    buffer = io.BytesIO()
    new.drop("last_date").write_parquet(buffer)
    platform.files.write("expanded_artists/NY.parquet", buffer.getvalue())
    older = platform.tables.read("expanded_artists", ["NY"])
    assert older.equals(new.with_columns(last_date=pl.lit(None, dtype=pl.Date)))
    called = call(expanded_artists, platform, "NY", shows=festival)
    assert called.frame.equals(new)
    assert called.of_run == {}, "a step that asks an API tells how often"
