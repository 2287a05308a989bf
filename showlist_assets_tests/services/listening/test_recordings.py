"""The ids of songs that are known by their names alone, asked for at the sandbox's ListenBrainz."""

from __future__ import annotations

from datetime import timedelta

import pytest

from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.services.listening.history import Told
from showlist_assets.services.listening.recordings import LookedUp
from showlist_assets_tests.clock import NOW

_A_DAY = timedelta(days=1)


@pytest.fixture
def songs(sandbox):
    """Artist and title of songs of the made-up world, of many artists."""
    by_artist = {}
    for play in sandbox.state.listening.plays()[:4000]:
        track = play.track
        by_artist.setdefault(track.artists[0].name, []).append(track.name)
    return [
        (artist, title) for artist, titles in by_artist.items() for title in dict.fromkeys(titles)
    ]


def _play(platform, songs) -> None:
    rows = [
        {
            "reported_at": NOW - timedelta(days=30) + number * timedelta(minutes=10),
            "reported_means": "start",
            "track_name": title,
            "artist_name": artist,
        }
        for number, (artist, title) in enumerate(songs)
    ]
    reports = as_reports(rows, source="lastfm", import_id="1", received_at=NOW)
    told = Told(import_id="1", source="lastfm", rows=len(rows), sha256="0" * 64)
    platform.listening.add("me", reports, told)
    platform.listening.rebuild("me")


def test_a_song_of_each_artist_is_asked_for_first_and_nobody_twice(platform, sandbox, songs):
    own = platform.platform
    _play(own, songs[:120])
    artists = len({artist for artist, _ in songs[:120]})
    first = own.recording_lookups.ask("me", most_calls=1)
    assert (first.asked, first.left) == (50, 70)
    asked = own.listening.read("me", "recording_ids")["track_key"]
    plays = own.listening.read("me", "listens")
    of = plays.filter(plays["track_key"].is_in(asked.implode()))["artist_name"]
    assert of.n_unique() == min(artists, 50)
    rest = own.recording_lookups.ask("me")
    assert (rest.asked, rest.left, rest.trouble) == (70, 0, None)
    assert first.found + rest.found > 60
    assert own.recording_lookups.ask("me").asked == 0
    # Every song ends somewhere, and what was found is no longer known by its name alone.
    ended = own.listening.accounting("me")
    assert ended.by["mbid"] == first.found + rest.found
    assert sandbox.requests("spotify") == 0


def test_what_is_not_found_is_listed_and_asked_for_again_in_half_a_year(platform):
    _play(platform.platform, [("Nobody At All", "No Song"), ("Nobody At All", "No Song")])
    looked_up = platform.platform.recording_lookups.ask("me")
    assert (looked_up.asked, looked_up.found, looked_up.left) == (1, 0, 0)
    ended = platform.platform.listening.accounting("me")
    assert ended.unknown == (("Nobody At All", "No Song", 2),)
    assert platform.platform.recording_lookups.ask("me") == LookedUp()
    platform.wait(days=181)
    assert platform.platform.recording_lookups.ask("me").asked == 1


def test_without_a_token_nobody_is_asked(platform, sandbox, songs):
    platform.set(LISTENBRAINZ_TOKEN="")
    _play(platform.platform, songs[:3])
    assert platform.platform.recording_lookups.ask("me") == LookedUp(left=3)
    assert sandbox.requests("listenbrainz") == 0


def test_a_service_that_fails_is_told_and_the_rest_waits(platform, songs):
    _play(platform.platform, songs[:3])
    platform.set(LISTENBRAINZ_TOKEN="a-wrong-token")
    looked_up = platform.platform.recording_lookups.ask("me")
    assert (looked_up.asked, looked_up.left) == (0, 3)
    assert "LISTENBRAINZ_TOKEN" in looked_up.trouble
    assert "a-wrong-token" not in looked_up.trouble
