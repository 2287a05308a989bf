"""``upcoming_shows``, called with one row of each table it is joined from."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import polars as pl
import pytest

from showlist_assets.defs.assets import upcoming
from showlist_assets.defs.assets.upcoming import upcoming_shows
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.defs.called import FakePlatform, call, sums_agree, try_to_call
from showlist_assets_tests.rows import frame, pending

PARTS = [table for table in TABLES if table not in ("raw_events", "show_changes", "upcoming_shows")]


def parts(**rows):
    """A row of each table in New York, or the given rows."""
    return {table: frame(table, *rows.get(table, [{}])) for table in PARTS}


@pytest.fixture
def platform(tmp_path):
    return FakePlatform(tmp_path)


def spoilt(monkeypatch, spoil):
    join = upcoming.join_upcoming_shows
    monkeypatch.setattr(upcoming, "join_upcoming_shows", lambda *a, **k: spoil(join(*a, **k)))


def test_each_partition_s_numbers_are_its_own(platform):
    ny, tx = {"state": "NY"}, {"state": "TX"}
    rows = {table: [ny, tx] for table in PARTS}
    rows["shows"][1] = {**tx, "show_id": "seatgeek-7"}
    rows["expanded_artists"][1] = {**tx, "show_id": "seatgeek-7", "performer_key": "miles"}
    rows["matched_artists"][1] = {
        **tx, "performer_key": "miles", "spotify_artist_id": "artist-2"
    }  # fmt: skip
    rows["top_tracks"] = [
        ny,
        *({**tx, "spotify_artist_id": "artist-2", "track_id": each, "rank": rank}
          for rank, each in enumerate(("track-7", "track-8"), start=1)),
    ]  # fmt: skip
    called = call(upcoming_shows, platform, "NY", "TX", **parts(**rows))
    assert {state: each["rows"] for state, each in called.of_state.items()} == {"NY": 1, "TX": 2}
    shares = [each["tracks_with_features_share"] for each in called.of_state.values()]
    assert shares == [1.0, 0.0]
    assert sums_agree(called, "upcoming_shows")


def test_only_shows_that_lie_ahead_come_out(platform):
    assert call(upcoming_shows, platform, **parts()).frame.height == 1
    platform.at = NOW + timedelta(days=45)
    called = call(upcoming_shows, platform, **parts())
    assert called.frame.is_empty()
    assert not called.checks["has_songs"].passed


def test_shows_come_out_without_features(platform):
    called = call(upcoming_shows, platform, **parts(audio_features=[]))
    assert called.frame["energy"].to_list() == [None]


@pytest.mark.parametrize(
    ("spoil", "check", "told"),
    [
        (lambda found: found.with_columns(title=pl.lit("")), "schema", "title"),
        (lambda found: found.drop("title"), "schema", "title"),
        (lambda found: pl.concat([found, found]), "keys", "the key occurs more than once"),
    ],
    ids=["rows that break a rule", "a column that is missing", "keys that come twice"],
)
def test_a_table_that_may_not_be_written_is_refused(platform, monkeypatch, spoil, check, told):
    many = {
        "top_tracks": [{"track_id": f"track-{number}", "rank": 1} for number in range(20)],
    }
    spoilt(monkeypatch, spoil)
    called = try_to_call(upcoming_shows, platform, **parts(**many))
    assert not called.checks[check].passed
    assert called.checks[check].severity is dg.AssetCheckSeverity.ERROR
    assert not [each for each in called.results if isinstance(each, dg.MaterializeResult)]
    assert isinstance(called.failure, dg.Failure)
    assert not called.failure.allow_retries
    assert told in called.failure.description
    assert platform.tables.read_rejected().is_empty()


def test_whoever_waits_is_expected_by_the_place_in_the_country_s_queue(tmp_path):
    platform = FakePlatform(tmp_path, spotify_budget=1, spotify_reserve=0)
    waits = frame("matched_artists", pending())
    sooner = {**pending(), "state": "TX", "performer_key": "tin owl", "next_show_on": NOW.date()}
    platform.store("matched_artists", waits)
    called = call(upcoming_shows, platform, **parts(matched_artists=[pending()]))
    alone = called.frame["why_no_track"].item()
    platform.store("matched_artists", frame("matched_artists", sooner), "TX")
    called = call(upcoming_shows, platform, **parts(matched_artists=[pending()]))
    assert alone.startswith("Not looked up yet: expected by about November")
    assert called.frame["why_no_track"].item() > alone
