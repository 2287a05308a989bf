from __future__ import annotations

import requests

from showlist_assets_tests.sandbox.clients import features


def track_ids(sandbox, count):
    catalog = sandbox.world.catalog
    tracks = [track for artist in catalog.artists[:80] for track in catalog.tracks_of(artist.id)]
    return [track.id for track in tracks[:count]]


def answered_ids(items):
    return [item["href"].rsplit("/", 1)[-1] for item in items]


def test_most_tracks_are_known_and_the_rest_simply_missing(sandbox):
    known = 0
    ids = track_ids(sandbox, 200)
    for start in range(0, 200, 40):
        known += len(features(sandbox, ids[start : start + 40]))
    assert 150 <= known <= 190
    assert features(sandbox, ["unknown", "0" * 22]) == []


def test_ids_past_the_fortieth_are_dropped_without_a_word(sandbox):
    ids = track_ids(sandbox, 60)
    assert set(answered_ids(features(sandbox, ids))) <= set(ids[:40])


def test_the_order_differs_from_the_question_but_not_from_time_to_time(sandbox):
    ids = track_ids(sandbox, 40)
    answered = answered_ids(features(sandbox, ids))
    assert answered != [one for one in ids if one in answered]
    assert answered_ids(features(sandbox, ids)) == answered


def test_an_undetected_key_is_minus_one(sandbox):
    ids = track_ids(sandbox, 400)
    keys = {
        item["key"]
        for start in range(0, 400, 40)
        for item in features(sandbox, ids[start : start + 40])
    }
    assert keys <= set(range(-1, 12))
    assert -1 in keys


def test_an_item_has_the_documented_keys(sandbox):
    assert set(features(sandbox, track_ids(sandbox, 10))[0]) == {
        "id", "href", "isrc", "acousticness", "danceability", "energy", "instrumentalness", "key",
        "liveness", "loudness", "mode", "speechiness", "tempo", "valence",
    }  # fmt: skip


def test_no_ids_are_an_error(sandbox):
    url = sandbox.env()["SHOWLIST_RECCOBEATS_URL"] + "/v1/audio-features"
    assert requests.get(url, timeout=10).status_code == 400
