"""Which kind of file it is, whatever it is called."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sources.listening_files.reading import is_known, read_plays
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.sources.listening_files.written import (
    account,
    extended,
    lastfm_row,
    lastfm_table,
    listen,
    maloja,
    maloja_row,
    plays_of,
    scrobble,
)


@pytest.mark.parametrize(
    ("content", "source"),
    [
        ([extended()], "spotify_export"),
        ([account()], "spotify_account"),
        ([listen()], "listenbrainz"),
        ([scrobble()], "lastfm"),
        (lastfm_table(lastfm_row()), "lastfm"),
        (maloja(maloja_row()), "maloja"),
        ([7, extended()], "spotify_export"),
    ],
)
def test_the_kind_is_told_by_the_content(content: object, source: str) -> None:
    assert plays_of(content).source == source


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"[]",
        b"{}",
        b"null",
        b"\xff\xfe",
        b"%PDF-1.7",
        json.dumps({"playlists": [{"name": "Mine", "items": []}]}).encode(),
        json.dumps([{"artistName": "Mitski", "trackName": "Heaven"}]).encode(),
        json.dumps([{"note": '"ts": "ms_played": 5'}]).encode(),
        b"name,email\nA,b@example.org\n",
    ],
    ids=["empty", "blank", "array", "object", "null", "mark", "PDF", "playlist", "library",
         "words", "other table"],
)  # fmt: skip
def test_what_tells_of_no_plays_is_no_kind(content: bytes) -> None:
    assert not is_known(content)
    assert read_plays(content, NOW) is None


def test_a_beginning_that_ends_within_a_letter_is_known() -> None:
    text = json.dumps([extended(reason_end="é" * 50)], ensure_ascii=False).encode()
    assert all(is_known(text[:cut]) for cut in range(len(text) - 60, len(text)))


@given(st.binary(max_size=400))
def test_nothing_is_so_odd_that_reading_it_fails(content: bytes) -> None:
    for begin in (b"", b'[{"ts": 1, "ms_played": 2', b"uts,artist,track\n", b"#AUDIOSCROBBLER/\n"):
        read_plays(begin + content, NOW)


@given(st.text(max_size=200))
def test_no_text_is_so_odd_that_reading_it_fails(text: str) -> None:
    for begin in (
        '[{"listened_at": 1, "track_metadata": ',
        '{"scrobbles": [], "time": 1, "track":',
    ):
        read_plays((begin + text).encode(errors="replace"), NOW)
