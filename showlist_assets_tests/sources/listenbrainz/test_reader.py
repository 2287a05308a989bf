"""What one listen means."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sources.listenbrainz.reader import meaning_of, report_of
from showlist_assets_tests.sources.listenbrainz.documents import ARTIST, BAND, SONG, TRACK, listen

NOON = 1_700_000_000


def test_all_that_a_listen_tells_is_read():
    told = listen(
        NOON,
        spotify_id=f"https://open.spotify.com/track/{TRACK}",
        spotify_artist_ids=[f"https://open.spotify.com/artist/{ARTIST}", "nonsense"],
        isrc="us-abc-12-34567",
        duration_ms=200_000,
        ms_played=180_000,
        submission_client="a player",
    )
    told["track_metadata"]["release_name"] = "An album"
    told["track_metadata"]["mbid_mapping"] = {"recording_mbid": SONG, "artist_mbids": [BAND]}
    assert report_of(told) == {
        "reported_at": datetime.fromtimestamp(NOON, UTC),
        "reported_means": "start",
        "track_name": "A song",
        "artist_name": "A band",
        "album_name": "An album",
        "spotify_track_id": TRACK,
        "isrc": "USABC1234567",
        "recording_mbid": SONG,
        "artist_mbids": [BAND],
        "spotify_artist_ids": [ARTIST],
        "ms_played": 180_000,
        "duration_ms": 200_000,
    }


@pytest.mark.parametrize("mapping", ["absent", None, {}, {"recording_mbid": None}, []])
def test_a_listen_that_is_not_mapped_has_the_ids_that_its_program_told(mapping):
    told = listen(NOON, recording_mbid=SONG.upper(), artist_mbids=[BAND, BAND, "no id"])
    if mapping != "absent":
        told["track_metadata"]["mbid_mapping"] = mapping
    row = report_of(told)
    assert (row["recording_mbid"], row["artist_mbids"]) == (SONG, [BAND])


@pytest.mark.parametrize(
    ("info", "track"),
    [
        ({"spotify_id": f"spotify:track:{TRACK}"}, TRACK),
        ({"spotify_id": TRACK}, TRACK),
        ({"spotify_id": f"https://open.spotify.com/intl-de/track/{TRACK}?si=1"}, TRACK),
        ({"origin_url": f"https://open.spotify.com/track/{TRACK}"}, TRACK),
        ({"origin_url": TRACK}, None),
        ({"spotify_id": f"https://open.spotify.com/album/{TRACK}"}, None),
        ({"spotify_id": 5, "origin_url": ["x"]}, None),
        ({"origin_url": "https://www.youtube.com/watch?v=abc"}, None),
    ],
)
def test_the_id_on_spotify_is_found_in_any_form(info, track):
    assert report_of(listen(NOON, **info))["spotify_track_id"] == track


@pytest.mark.parametrize(
    ("info", "meaning"),
    [
        ({"submission_client": "listenbrainz", "music_service": "spotify.com"}, "end"),
        (
            {
                "submission_client": "ListenBrainz Archive Importer",
                "music_service": "spotify.com",
            },
            "end",
        ),
        ({"listening_from": "spotify"}, "end"),
        ({"submission_client": "listenbrainz", "music_service": "youtube.com"}, "start"),
        ({"submission_client": "a player", "music_service": "spotify.com"}, "start"),
        ({"media_player": "a player"}, "start"),
        ({"listening_from": "lastfm"}, "start"),
        ({}, "unsure"),
        ({"submission_client": None, "media_player": 7.5}, "start"),
    ],
)
def test_who_sent_a_listen_tells_what_its_time_means(info, meaning):
    assert meaning_of(info) == meaning


@pytest.mark.parametrize(
    "told",
    [
        listen("1700000000"),
        listen(True),
        listen(0),
        listen(10**20),
        listen(NOON, track=""),
        listen(NOON, artist=None),
        listen(NOON, artist="  "),
        {"listened_at": NOON},
        None,
        [],
    ],
)
def test_a_listen_without_its_artist_its_title_or_its_time_is_none(told):
    assert report_of(told) is None


@pytest.mark.parametrize(
    ("info", "length"),
    [
        ({"duration": 200}, 200_000),
        ({"duration_ms": 0, "duration": 180}, 180_000),
        ({"duration_ms": -5}, None),
        ({"duration_ms": 10**8}, None),
        ({"duration_ms": "200000"}, None),
    ],
)
def test_a_length_counts_where_it_makes_sense(info, length):
    assert report_of(listen(NOON, **info))["duration_ms"] == length


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = (
    "spotify_id", "spotify_artist_ids", "isrc", "duration", "duration_ms", "ms_played",
    "origin_url", "recording_mbid", "artist_mbids", "submission_client", "music_service",
    "media_player", "listening_from",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), anything), anything, anything)
def test_whatever_a_program_sends_a_listen_is_read_or_none(info, mapping, at):
    told = listen(at, **info)
    told["track_metadata"]["mbid_mapping"] = mapping
    row = report_of(told)
    assert row is None or json.dumps({**row, "reported_at": str(row["reported_at"])})
    told["listened_at"] = NOON
    assert report_of(told) is not None
