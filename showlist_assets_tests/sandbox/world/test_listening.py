"""A made-up listener's days: without overlaps, and the same whenever they are asked for."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showlist_assets.sandbox.world.catalog import Catalog
from showlist_assets.sandbox.world.co_listening import CoListening
from showlist_assets.sandbox.world.generator import generate_world
from showlist_assets.sandbox.world.listening import ListenerDays
from showlist_assets.sandbox.world.mbids import MusicBrainzIds
from showlist_assets.sandbox.world.world import World
from showlist_assets_tests.clock import NOW

WORLD = generate_world(1, 120, NOW.date())


@pytest.mark.parametrize("user_id", ["listener", "kim"])
def test_plays_follow_each_other_for_two_years(user_id):
    plays = ListenerDays(WORLD, 1, user_id).until(NOW)
    assert 8_000 < sum(play.is_heard for play in plays) < 16_000
    assert all(one.ended_at <= next_one.started_at for one, next_one in pairwise(plays))
    assert all(0 < play.ms_played <= play.track.duration_ms for play in plays)
    assert plays[-1].ended_at <= NOW
    assert NOW - plays[0].ended_at > timedelta(days=600)


@settings(max_examples=15)
@given(st.lists(st.integers(-700, 30), min_size=1, max_size=4))
def test_it_does_not_matter_when_it_was_asked_before(days):
    asked = ListenerDays(WORLD, 1, "listener")
    fresh = ListenerDays(WORLD, 1, "listener")
    for day in days:
        asked.until(NOW + timedelta(days=day))
    last = NOW + timedelta(days=days[-1])
    assert [*asked.until(last)] == [*fresh.until(last)]


def test_a_world_without_artists_has_listeners_who_play_nothing():
    empty = World([], Catalog([]))
    assert [*ListenerDays(empty, 1, "listener").until(NOW)] == []


def test_an_mbid_leads_back_to_its_artist_and_song():
    mbids, catalog = MusicBrainzIds(WORLD.catalog), WORLD.catalog
    known = [one for one in catalog.artists if mbids.of_artist(one.id)]
    assert all(mbids.artist(mbids.of_artist(one.id)) is one for one in known)
    for artist in known[:60]:
        for track in catalog.tracks_of(artist.id):
            mbid = mbids.of_track(track)
            assert mbids.track(mbid).id == track.id
            assert mbids.artist(mbid) is None
    everybody = [mbids.of_artist(one.id) for one in known]
    assert len(set(everybody)) == len(everybody)


@given(st.uuids() | st.text())
def test_whatever_is_no_mbid_leads_nowhere(text):
    mbids = MusicBrainzIds(WORLD.catalog)
    assert mbids.artist(str(text)) is None
    assert mbids.track(str(text)) is None


def test_who_is_played_with_whom_is_the_same_both_ways():
    artists = WORLD.catalog.artists
    together = CoListening(artists)
    found = {one.id: dict(together.neighbours(one)) for one in artists[:80]}
    short = {one for one, others in found.items() if len(others) < 100}
    for one in artists[:80]:
        for other, count in found[one.id].items():
            if other.id in short:
                assert found[other.id][one] == count
