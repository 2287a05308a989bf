from __future__ import annotations

import pytest
import requests

from showlist_assets_tests.sandbox.clients import search, spotify, token, token_answer

GONE = [
    "/v1/artists/x/top-tracks",
    "/v1/artists/x/related-artists",
    "/v1/artists",
    "/v1/tracks",
    "/v1/albums",
    "/v1/audio-features",
    "/v1/audio-features/x",
    "/v1/recommendations",
    "/v1/browse/new-releases",
    "/v1/markets",
    "/v1/users/x/playlists",
]


def artist_with_tracks(sandbox):
    return max(sandbox.world.catalog.artists, key=lambda artist: artist.popularity)


def test_a_wrong_secret_is_an_invalid_client(sandbox):
    answer = token_answer(sandbox, secret="wrong")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client"


def test_only_client_credentials_are_granted(sandbox):
    answer = token_answer(sandbox, grant_type="password")
    assert answer.status_code == 400
    assert answer.json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "No token provided"),
        ({"Authorization": "Bearer made-up"}, "Invalid access token"),
    ],
)
def test_without_a_good_token_the_answer_is_401(sandbox, headers, message):
    url = sandbox.env()["SHOWLIST_SPOTIFY_URL"] + "/v1/search"
    answer = requests.get(url, headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.json() == {"error": {"status": 401, "message": message}}


def test_a_token_lives_an_hour_by_the_sandbox_clock(sandbox):
    bearer = token(sandbox)
    query = {"q": "x", "type": "artist", "bearer": bearer}
    sandbox.advance(seconds=3590)
    assert spotify(sandbox, "/v1/search", **query).status_code == 200
    sandbox.advance(seconds=20)
    expired = spotify(sandbox, "/v1/search", **query)
    assert expired.json()["error"] == {"status": 401, "message": "The access token expired"}


def test_one_search_answers_who_it_is_and_which_songs(sandbox):
    artist = artist_with_tracks(sandbox)
    answer = spotify(
        sandbox, "/v1/search", q=f'artist:"{artist.name}"', type="artist,track", limit=10
    ).json()
    assert artist.id in [one["id"] for one in answer["artists"]["items"]]
    singers = [one["artists"][0]["id"] for one in answer["tracks"]["items"]]
    assert artist.id in singers


def test_songs_of_an_artist_come_mixed_with_strangers_songs(sandbox):
    mixed = 0
    for artist in sandbox.world.catalog.artists[:30]:
        items = search(sandbox, f'artist:"{artist.name}"', "track")
        mixed += any(artist.id not in [one["id"] for one in item["artists"]] for item in items)
    assert mixed > 20


@pytest.mark.parametrize(
    ("mode", "default", "most"), [("development", 5, 10), ("extended", 20, 50)]
)
def test_the_limit_of_a_search_depends_on_the_mode(start_sandbox, mode, default, most):
    running = start_sandbox(mode=mode)
    query = {"q": "The", "type": "artist"}
    assert spotify(running, "/v1/search", **query).json()["artists"]["limit"] == default
    assert spotify(running, "/v1/search", limit=most, **query).status_code == 200
    refused = spotify(running, "/v1/search", limit=most + 1, **query)
    assert refused.status_code == 400
    assert refused.json() == {"error": {"status": 400, "message": "Invalid limit"}}


def test_an_offset_reaches_to_1000_and_pages_do_not_overlap(sandbox):
    query = {"q": "The", "type": "artist", "limit": 10}
    first = spotify(sandbox, "/v1/search", **query).json()["artists"]
    bearer = token(sandbox)
    following = requests.get(
        first["next"], headers={"Authorization": f"Bearer {bearer}"}, timeout=10
    ).json()["artists"]
    assert following["offset"] == 10
    assert not {one["id"] for one in first["items"]} & {one["id"] for one in following["items"]}
    assert spotify(sandbox, "/v1/search", offset=1001, **query).status_code == 400


def test_without_a_market_songs_are_unavailable(sandbox):
    artist = artist_with_tracks(sandbox)
    found = search(sandbox, artist.name, "track")[0]
    assert spotify(sandbox, f"/v1/tracks/{found['id']}").status_code == 200
    assert spotify(sandbox, f"/v1/tracks/{found['id']}", market=None).status_code == 404
    assert search(sandbox, artist.name, "track", market=None) == []


@pytest.mark.parametrize("path", GONE)
def test_removed_endpoints_are_forbidden_in_development_mode(sandbox, path):
    answer = spotify(sandbox, path)
    assert answer.status_code == 403
    assert answer.json() == {"error": {"status": 403, "message": "Forbidden"}}


def test_extended_mode_has_top_tracks_batches_and_features(start_sandbox):
    extended = start_sandbox(mode="extended")
    artist = artist_with_tracks(extended)
    top = spotify(extended, f"/v1/artists/{artist.id}/top-tracks").json()["tracks"]
    assert [one["popularity"] for one in top] == sorted(
        (one["popularity"] for one in top), reverse=True
    )
    ids = ",".join(one["id"] for one in top)
    batch = spotify(extended, "/v1/tracks", ids=f"{ids},unknown").json()["tracks"]
    assert [one and one["id"] for one in batch] == [*ids.split(","), None]
    features = spotify(extended, "/v1/audio-features", ids=ids).json()["audio_features"]
    assert len(features) == len(top)
    (full,) = spotify(extended, "/v1/artists", ids=artist.id).json()["artists"]
    assert full["genres"]
    assert full["popularity"] == artist.popularity


def test_what_a_search_names_can_be_read_one_by_one(sandbox):
    artist = artist_with_tracks(sandbox)
    song = search(sandbox, f'artist:"{artist.name}"', "track")[0]
    assert spotify(sandbox, f"/v1/tracks/{song['id']}").json() == song
    album = spotify(sandbox, f"/v1/albums/{song['album']['id']}").json()
    assert song["id"] in [one["id"] for one in album["tracks"]["items"]]
    assert album["total_tracks"] == album["tracks"]["total"]
    listed = spotify(sandbox, f"/v1/artists/{artist.id}/albums", limit=10).json()["items"]
    own = {one.id for one in sandbox.world.catalog.albums_of(artist.id)}
    assert {one["id"] for one in listed} <= own
    assert spotify(sandbox, f"/v1/artists/{artist.id}/albums", limit=20).status_code == 400


def test_unknown_ids_are_404_as_json(sandbox):
    for path in ("/v1/artists/0", "/v1/tracks/unknown", "/v1/albums/0000000000000000000000"):
        answer = spotify(sandbox, path)
        assert answer.status_code == 404
        assert answer.json()["error"]["status"] == 404


def test_a_title_filter_finds_a_song_by_its_name(sandbox):
    artist = artist_with_tracks(sandbox)
    song = sandbox.world.catalog.tracks_of(artist.id)[0]
    found = search(sandbox, f'track:"{song.name}" artist:"{artist.name}"', "track")
    assert song.id in [one["id"] for one in found]
    assert song.name in [one["name"] for one in search(sandbox, f'track:"{song.name}"', "track")]


@pytest.mark.parametrize(("length", "status"), [(250, 200), (251, 400)])
def test_a_query_that_is_too_long_is_refused(sandbox, length, status):
    answer = spotify(sandbox, "/v1/search", q="a" * length, type="artist")
    assert answer.status_code == status
