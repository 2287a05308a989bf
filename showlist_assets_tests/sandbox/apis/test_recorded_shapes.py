"""Answers of the sandbox have the keys and types of recorded answers of the real services."""

from __future__ import annotations

import json

import pytest

from showlist_assets_tests.sandbox.clients import events, features, seatgeek, spotify
from showlist_assets_tests.sandbox.shapes import differences, without
from showlist_assets_tests.shared_data import shared

# Gone in Development Mode since February 2026; no recording was made after that.
GONE = (
    "popularity",
    "followers",
    "available_markets",
    "linked_from",
    "label",
    "album_group",
)


def recording(path):
    return json.loads(shared(f"data/fixtures/{path}").read_text(encoding="utf-8"))


@pytest.fixture
def artist(sandbox):
    return max(sandbox.world.catalog.artists, key=lambda one: one.popularity)


def test_differences_are_named_with_their_place():
    recorded = {"a": [{"b": 1, "c": "x"}], "d": None}
    assert differences({"a": [{"b": 2.5, "c": "y"}], "d": 1}, recorded) == []
    assert differences({"a": [{"b": "1", "e": 1}], "d": 1}, recorded) == [
        "$.a[].b is str, recorded number",
        "$.a[].c is missing",
        "$.a[].e is not recorded",
    ]


def test_a_concert_has_the_keys_of_the_recorded_one(sandbox):
    recorded = recording("seatgeek/events_2022-09_india_shawn.json")["events"][0]
    bare = next(
        event
        for event in events(sandbox, **{"taxonomies.name": "concert"})
        if len(event["performers"]) == 1 and "genres" not in event["performers"][0]
    )
    taxonomy = recorded["performers"][0]["taxonomies"][0]
    taxonomy.pop("document_source")
    assert differences(bare, recorded) == []


def test_genres_of_a_performer_have_the_recorded_keys(sandbox):
    page = recording("seatgeek/events_2020-03_p1_10_mixed.json")
    recorded = next(
        one["genres"] for event in page["events"] for one in event["performers"] if "genres" in one
    )
    recorded[0]["images"] = {"huge": ""}
    made = next(
        one["genres"] for event in events(sandbox) for one in event["performers"] if "genres" in one
    )
    assert differences(made, recorded) == []


def test_a_page_of_events_has_the_recorded_frame(sandbox):
    recorded = recording("seatgeek/events_2020-03_p1_10_mixed.json")
    made = seatgeek(sandbox).json()
    assert differences({**made, "events": []}, {**recorded, "events": []}) == []


def test_teams_are_marked_home_and_away_as_recorded(sandbox):
    recorded = recording("seatgeek/events_2019-05_p1_10_sports.json")["events"][0]["performers"]
    game = events(sandbox, **{"taxonomies.name": "sports"})[0]
    marks = ("primary", "home_team", "away_team")
    assert [{key: one[key] for key in marks if key in one} for one in game["performers"]] == [
        {key: one[key] for key in marks if key in one}
        for one in sorted(recorded, key=lambda one: "primary" not in one)
    ]


def test_performers_and_venues_have_every_recorded_key(sandbox):
    performer = seatgeek(sandbox, "/2/performers").json()["performers"][0]
    assert recording("seatgeek/performer-200.2017.json").keys() <= performer.keys()
    venue = seatgeek(sandbox, "/2/venues").json()["venues"][0]
    recorded = without(recording("seatgeek/venue-200.2017.json"), "stats")
    assert recorded.keys() <= venue.keys()


@pytest.mark.parametrize("mode", ["development", "extended"])
def test_a_song_found_has_the_recorded_keys(start_sandbox, mode):
    running = start_sandbox(mode=mode)
    recorded = recording("spotify/ps_search.json")
    if mode == "development":
        recorded = without(recorded, *GONE)
    made = spotify(running, "/v1/search", q="The", type="track").json()
    assert made["tracks"]["items"]
    assert differences(made, recorded) == []


def test_an_artist_has_the_recorded_keys(start_sandbox):
    recorded = recording("spotify/ps_artist.json")
    for mode, expected in (("extended", recorded), ("development", without(recorded, *GONE))):
        running = start_sandbox(mode=mode)
        artist = running.world.catalog.artists[0]
        assert differences(spotify(running, f"/v1/artists/{artist.id}").json(), expected) == []


def test_an_album_and_a_list_of_albums_have_the_recorded_keys(sandbox, artist):
    album = sandbox.world.catalog.albums_of(artist.id)[0]
    made = without(spotify(sandbox, f"/v1/albums/{album.id}").json(), "is_playable")
    recorded = without(recording("spotify/ps_get_album.json"), *GONE)
    assert differences(made, recorded) == []
    made = spotify(sandbox, f"/v1/artists/{artist.id}/albums").json()
    recorded = without(recording("spotify/ps_artist_albums.json"), *GONE)
    assert differences(made, recorded) == []


def test_extended_top_tracks_and_features_have_the_recorded_keys(start_sandbox):
    extended = start_sandbox(mode="extended")
    artist = max(extended.world.catalog.artists, key=lambda one: one.popularity)
    made = spotify(extended, f"/v1/artists/{artist.id}/top-tracks").json()
    assert differences(made, recording("spotify/ps_old_artist_top_tracks.json")) == []
    known = next(t for t in extended.world.catalog.tracks_of(artist.id) if t.features)
    made = spotify(extended, f"/v1/audio-features/{known.id}").json()
    assert differences(made, recording("spotify/ps_audio_features.json")) == []


def test_errors_have_the_recorded_bodies(sandbox):
    sandbox.fault("spotify", "rate_limit")
    limited = spotify(sandbox, "/v1/artists/x").json()
    assert limited == recording("spotify/ps_rate_limit.json")
    missing = spotify(sandbox, "/v1/artists/x").json()
    assert missing == recording("spotify/ps_playlist_not_found.json")


def test_features_have_the_recorded_keys(sandbox, artist):
    recorded = recording("reccobeats/curl_2026-09-08.json")
    (answer,) = [body for asked, body in recorded.items() if "audio-features" in asked]
    ids = [track.id for track in sandbox.world.catalog.tracks_of(artist.id)]
    assert differences({"content": features(sandbox, ids)}, answer) == []
