"""From what was played of late to a playlist at Spotify: over the sandbox's real HTTP."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from showlist_assets.cli.demo_listener import connect_listener
from showlist_assets.domain.playlists.recipe import parse_recipe
from showlist_assets.services.listening.profile import ListeningProfile
from showlist_assets.sources.listenbrainz.labs import Labs
from showlist_assets.wiring import Platform
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.domain.recommendations.listening_rows import listens
from showlist_assets_tests.platform_under_test import PlatformUnderTest

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = parse_recipe(
    "discover: similar to what I play\nmax_tracks: 20\n", name="made-for-me", source="made-for-me"
)


@pytest.fixture(scope="module")
def history(_shared_sandbox, tmp_path_factory) -> Path:
    """The folder of a platform whose listener has two years of plays at ListenBrainz."""
    folder = tmp_path_factory.mktemp("history")
    made = PlatformUnderTest(_shared_sandbox, folder).platform
    made.listening_profiles.save("me", ListeningProfile(listenbrainz_name="demo-listener"))
    made.listening_sync.sync("me")
    made.listening.rebuild("me")
    return folder


@pytest.fixture
def listening(history, platform):
    """A platform of its own with that history, and an account."""
    for file in ("data", "accounts", "accounts.key"):
        if (history / file).is_dir():
            shutil.copytree(history / file, platform.folder / file)
        else:
            shutil.copy(history / file, platform.folder / file)
    made = platform.platform
    connect_listener(platform.sandbox, made)
    return made


def later(platform: Platform, **time: float) -> Platform:
    return Platform(platform.settings, clock=lambda: NOW + timedelta(**time))


def written(sandbox) -> list[str]:
    (playlist,) = sandbox.listeners.playlists()
    return list(playlist.uris)


def test_nothing_is_asked_for_somebody_who_played_nothing(platform):
    made = platform.platform
    done = made.suggestions.refresh("me")
    assert (done.seeds, done.by_status, done.asked.asked) == (0, {}, 0)
    plan = made.playlists.plan(RECIPE)
    assert "Nothing is known of what 'me' plays" in plan.why_empty


def test_suggestions_are_played_by_others_and_not_of_late_and_cost_spotify_nothing(listening):
    before = listening.ledger("spotify").spent()
    done = listening.suggestions.refresh("me")
    assert listening.ledger("spotify").spent() == before
    songs = listening.suggestions.of("me")
    assert done.by_status["id"] > 50
    heard = listening.listening.read("me", "listens").filter(
        pl.col("started_at") > NOW - timedelta(days=90)
    )
    playable = songs.filter(pl.col("status") == "id")
    assert playable.join(heard, on="spotify_track_id", how="semi").is_empty()
    assert playable["because"].list.len().min() >= 1
    assert songs["score"].is_sorted(descending=True)


def test_a_second_refresh_asks_only_about_what_is_left(listening, sandbox):
    first = listening.suggestions.refresh("me")
    again = listening.suggestions.refresh("me")
    assert again.asked.asked == first.asked.left
    third = listening.suggestions.refresh("me")
    assert (third.asked.asked, third.asked.left) == (0, 0)
    # Also not again about songs that are not on Spotify, until a month is over.
    asked = sandbox.requests("listenbrainz_labs")
    assert listening.suggestions.refresh("me").by_status["no id"] > 0
    assert sandbox.requests("listenbrainz_labs") == asked
    long_ago = listening.suggestions.of("me").with_columns(
        pl.col("id_asked_at") - timedelta(days=31)
    )
    listening.listening_store.write("me", "track_suggestions", long_ago)
    listening.suggestions.refresh("me")
    assert sandbox.requests("listenbrainz_labs") == asked + 1


def test_while_labs_is_down_the_neighbours_of_before_serve_and_it_is_told(listening, sandbox):
    listening.suggestions.refresh("me")
    before = listening.suggestions.of("me")
    sandbox.fault("listenbrainz_labs", "status", status=500, times=200)
    done = later(listening, days=1).suggestions.refresh("me")
    assert done.asked.trouble is not None
    after = listening.suggestions.of("me").filter(pl.col("status") == "id")
    assert after.join(before, on="recording_mbid", how="semi").height > 0


def test_whoever_is_blocked_is_suggested_no_more_at_once(listening):
    listening.suggestions.refresh("me")
    artist = listening.suggestions.of("me").filter(pl.col("status") == "id")["artist_name"][0]
    listening.taste_feedback.say("me", artist, "block", said_by="command")
    plan = listening.playlists.plan(RECIPE)
    assert artist not in {track.artist_name for track in plan.tracks}
    assert plan.left_out["songs of artists you never want"] >= 1
    again = listening.suggestions.refresh("me")
    assert again.by_status["blocked"] >= 1


def test_a_pushed_one_is_written_once_and_what_is_taken_out_stays_out(listening, sandbox):
    listening.suggestions.refresh("me")
    first = listening.playlist_refresh.refresh(RECIPE, run_id="one")
    assert first.pushed.result is not None
    plan = first.published.plan
    assert len(plan.tracks) == 20
    assert written(sandbox) == plan.uris
    again = listening.playlist_refresh.refresh(RECIPE, run_id="two").pushed.result
    assert (again.added, again.removed) == ((), ())
    gone = plan.uris[3]
    (playlist,) = sandbox.listeners.playlists()
    sandbox.listeners.remove_tracks(playlist.id, [gone])
    third = later(listening, days=8).playlist_refresh.refresh(RECIPE, run_id="three")
    assert gone not in written(sandbox)
    assert gone in {track.uri for track in third.pushed.result.withheld}
    # Of its artist alone, and until that is taken back on the page.
    artist = plan.tracks[3].artist_name
    taste = listening.tastes
    taste.recompute("me")
    less = taste.taste("me").filter(pl.col("verdict") == "less")
    assert less["artist_name"].to_list() == [artist]
    (row,) = listening.taste_feedback.read("me").rows(named=True)
    assert row["artist_key"] == plan.tracks[3].spotify_artist_id
    assert listening.taste_feedback.take_back("me", row["artist_key"]) is not None
    assert listening.taste_feedback.read("me").is_empty()


def test_its_digest_and_its_page_tell_of_songs_and_of_no_shows(listening):
    listening.suggestions.refresh("me")
    listening.playlist_refresh.publish(RECIPE)
    text = listening.plans.read_digest(RECIPE.name, "txt").decode()
    assert "20 tracks like what you play" in " ".join(text.split())
    assert "show" not in text.replace("Showlist", "").replace("showlist", "")


def test_who_is_forgotten_while_labs_is_asked_stays_forgotten(platform, monkeypatch):
    made = platform.platform
    plays = listens({"artist": "Mitski", "mbid": "m1"}).with_columns(recording_mbid=pl.lit("r1"))
    made.listening_store.write("me", "listens", plays)

    def forget(*_):
        made.listening.forget("me")
        return []

    monkeypatch.setattr(Labs, "similar_recordings", forget)
    assert made.suggestions.refresh("me").by_status == {}
    assert made.listening_store.accounts() == []
