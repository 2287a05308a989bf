"""``top_tracks`` and ``audio_features``, called with matched artists and sources that answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from showlist_assets.defs.assets.tracks import audio_features, top_tracks
from showlist_assets.sources.failures import BotWall, NotFound, QuotaExceeded
from showlist_assets.sources.features import Features
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.defs.called import (
    FakePlatform,
    FakeReccoBeats,
    FakeSpotify,
    artist,
    call,
    sums_agree,
)
from showlist_assets_tests.rows import found_track, frame

LANTERN, SPARROW = artist("Paper Lantern", "artist-1"), artist("Tin Sparrow", "artist-2")
LOUD, QUIET = Features(energy=0.9), Features(energy=0.1)


def matched(number=1, state="NY", songs=1):
    """An artist and as many songs as its search brought."""
    return {
        "state": state,
        "performer_key": f"act {number}",
        "spotify_artist_id": f"artist-{number}",
        "found_tracks": [
            found_track(f"found-{number}-{song}", artist_ids=[f"artist-{number}"])
            for song in range(songs)
        ],
    }


def tracks(*ids, state="NY"):
    return frame("top_tracks", *(
        {"state": state, "track_id": each, "rank": rank} for rank, each in enumerate(ids, start=1)
    ))  # fmt: skip


@pytest.fixture
def platform(tmp_path):
    return FakePlatform(tmp_path)


@pytest.fixture
def extended(tmp_path):
    platform = FakePlatform(tmp_path, spotify_mode="extended")
    platform.fakes["spotify"] = FakeSpotify(LANTERN, SPARROW)
    platform.fakes["reccobeats"] = FakeReccoBeats()
    return platform


def reccobeats(platform, known=None):
    platform.fakes["reccobeats"] = FakeReccoBeats({} if known is None else known)
    return platform.fakes["reccobeats"]


def test_in_development_mode_the_search_s_tracks_cost_no_call(platform):
    both = frame("matched_artists", matched(1, songs=3), matched(2, "TX", songs=1))
    called = call(top_tracks, platform, "NY", "TX", matched_artists=both)
    assert {state: each["tracks"] for state, each in called.of_state.items()} == {"NY": 3, "TX": 1}
    assert sums_agree(called, "top_tracks")
    assert set(called.frame["ranking_source"]) == {"spotify_search"}
    assert (called.of_run["spotify_calls"], called.of_run["stopped_early"]) == (0, "")


def test_artists_of_whom_no_track_came_are_counted_in_each_state(platform):
    both = frame("matched_artists", matched(1, songs=3), matched(2, songs=0), matched(1, "TX"))
    called = call(top_tracks, platform, "NY", "TX", matched_artists=both)
    lacking = {name: each["artists_without_tracks"] for name, each in called.of_state.items()}
    assert lacking == {"NY": 1, "TX": 0}


def test_extended_mode_asks_for_each_artist_s_own_ranking_once(extended):
    both = frame("matched_artists", matched(1), matched(1, "TX"), matched(2, "TX"))
    called = call(top_tracks, extended, "NY", "TX", matched_artists=both)
    assert extended.fakes["spotify"].asked == ["artist-1", "artist-2"]
    assert called.frame.group_by("state").len().sort("state").rows() == [("NY", 3), ("TX", 6)]
    assert set(called.frame["ranking_source"]) == {"spotify_top_tracks"}
    extended.store("top_tracks", called.frame, "NY", "TX")
    again = call(top_tracks, extended, "NY", "TX", matched_artists=both)
    assert len(extended.fakes["spotify"].asked) == 2
    assert again.frame.height == called.frame.height
    assert set(again.of_run) == set(called.of_run)


def _with_ten_songs(number=1, state="NY"):
    row = matched(number, state, songs=10)
    return row | {
        "found_tracks": [song | {"popularity": n} for n, song in enumerate(row["found_tracks"])]
    }


def test_of_whom_the_search_brought_ten_songs_nothing_is_asked(extended):
    both = frame("matched_artists", _with_ten_songs(1), _with_ten_songs(1, "TX"), matched(2))
    called = call(top_tracks, extended, "NY", "TX", matched_artists=both)
    assert extended.fakes["spotify"].asked == ["artist-2"]
    ranked = called.frame.select("state", "spotify_artist_id", "ranking_source").unique().sort("*")
    assert ranked.rows() == [
        ("NY", "artist-1", "spotify_search_by_popularity"),
        ("NY", "artist-2", "spotify_top_tracks"),
        ("TX", "artist-1", "spotify_search_by_popularity"),
    ]
    assert called.frame["track_id"][0] == "found-1-9"


def test_a_ranking_that_was_paid_for_stays_and_whoever_wants_them_always_is_served(tmp_path):
    always = FakePlatform(tmp_path, spotify_mode="extended", top_tracks="always")
    sparing = FakePlatform(tmp_path, spotify_mode="extended")
    always.fakes["spotify"] = sparing.fakes["spotify"] = FakeSpotify(LANTERN)
    artists = frame("matched_artists", _with_ten_songs(1))
    first = call(top_tracks, always, matched_artists=artists)
    assert set(first.frame["ranking_source"]) == {"spotify_top_tracks"}
    sparing.store("top_tracks", first.frame)
    again = call(top_tracks, sparing, matched_artists=artists)
    assert again.frame.equals(first.frame)
    assert always.fakes["spotify"].asked == ["artist-1"]


def test_an_artist_whose_ranking_cannot_be_had_keeps_the_search_s_tracks(extended):
    extended.fakes["spotify"].failures = [NotFound("no such artist")]
    both = frame("matched_artists", matched(1), matched(2))
    called = call(top_tracks, extended, matched_artists=both)
    ranked = called.frame.select("spotify_artist_id", "ranking_source").unique().sort("*").rows()
    assert ranked == [("artist-1", "spotify_search"), ("artist-2", "spotify_top_tracks")]
    assert called.of_run["stopped_early"] == "no such artist"


@pytest.mark.parametrize("end", [BotWall("a web page"), QuotaExceeded("the day's calls are spent")])
def test_where_nobody_would_answer_nobody_else_is_asked(extended, end):
    extended.fakes["spotify"].failures = [end]
    both = frame("matched_artists", matched(1), matched(2))
    called = call(top_tracks, extended, matched_artists=both)
    assert extended.fakes["spotify"].asked == ["artist-1"]
    assert called.of_run["stopped_early"] == str(end)
    assert set(called.frame["ranking_source"]) == {"spotify_search"}


def test_features_are_asked_by_forty_and_known_ones_never_again(platform):
    source = reccobeats(platform, {f"track-{number}": LOUD for number in range(41)})
    first = call(audio_features, platform, top_tracks=tracks(*source.known))
    assert [len(batch) for batch in source.batches] == [40, 1]
    assert first.frame["energy"].to_list() == [0.9] * 41
    platform.store("audio_features", first.frame)
    both = tracks("track-1", "track-2", "track-99")
    second = call(audio_features, platform, top_tracks=both)
    assert source.batches[2:] == [["track-99"]]
    assert (
        second.of_state["NY"]["asked_in_this_run"],
        second.of_state["NY"]["known_from_earlier_runs"],
    ) == (1, 2)
    assert set(first.of_state["NY"]) == set(second.of_state["NY"])


def test_each_partition_s_numbers_are_its_own_and_the_calls_are_the_run_s(platform):
    reccobeats(platform, {"track-1": LOUD})
    both = tracks("track-1").vstack(tracks("track-1", "track-2", "track-3", state="TX"))
    called = call(audio_features, platform, "NY", "TX", top_tracks=both)
    shares = {state: each["tracks_known_share"] for state, each in called.of_state.items()}
    assert shares == {"NY": 1.0, "TX": 0.3333}
    assert sums_agree(called, "audio_features")
    assert [called.of_state[state]["asked_in_this_run"] for state in ("NY", "TX")] == [1, 3]
    assert called.checks["feature_coverage"].metadata["failing_states"].value == {"TX": 0.3333}
    assert called.of_run["reccobeats_calls"] == 1


def test_a_track_nobody_knows_has_a_row_that_says_so_and_is_asked_again_after_a_month(platform):
    source = reccobeats(platform)
    called = call(audio_features, platform, top_tracks=tracks("track-1"))
    assert called.frame["is_known"].to_list() == [False]
    platform.store("audio_features", called.frame)
    for days, asked in ((29, 1), (31, 2)):
        platform.at = NOW + timedelta(days=days)
        call(audio_features, platform, top_tracks=tracks("track-1"))
        assert len(source.batches) == asked


def test_where_features_cannot_be_had_the_tracks_have_no_row_and_are_asked_next_time(platform):
    reccobeats(platform, BotWall("a web page instead of data"))
    called = call(audio_features, platform, top_tracks=tracks("track-1"))
    assert called.frame.is_empty()
    assert called.of_run["stopped_early"] == "a web page instead of data"
    platform.store("audio_features", called.frame)
    reccobeats(platform, {"track-1": LOUD})
    assert call(audio_features, platform, top_tracks=tracks("track-1")).frame.height == 1


def test_extended_mode_asks_spotify_first_and_reccobeats_for_the_rest(extended):
    extended.fakes["spotify"] = FakeSpotify(features={"track-1": LOUD})
    source = reccobeats(extended, {"track-2": QUIET})
    called = call(audio_features, extended, top_tracks=tracks("track-1", "track-2", "track-3"))
    assert source.batches == [["track-2", "track-3"]]
    columns = ("track_id", "features_source", "is_known", "energy")
    assert called.frame.sort("track_id").select(columns).rows() == [
        ("track-1", "spotify", True, 0.9),
        ("track-2", "reccobeats", True, 0.1),
        ("track-3", "reccobeats", False, None),
    ]
    assert (called.of_run["spotify_calls"], called.of_run["reccobeats_calls"]) == (1, 1)


def test_of_two_sources_that_refuse_both_are_told(extended):
    extended.fakes["spotify"].failures = [QuotaExceeded("Spotify's day is spent.")]
    reccobeats(extended, BotWall("ReccoBeats shows a web page."))
    called = call(audio_features, extended, top_tracks=tracks("track-1"))
    assert called.of_run["stopped_early"] == (
        "Spotify's day is spent. ReccoBeats shows a web page."
    )
