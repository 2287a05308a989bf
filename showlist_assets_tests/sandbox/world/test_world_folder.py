from __future__ import annotations

import csv
from datetime import UTC, date, datetime

import polars as pl
import pytest

from showlist_assets.sandbox.world.world import WorldError
from showlist_assets.sandbox.world.world_folder import read_world
from showlist_assets_tests.sandbox.clients import events, features, search
from showlist_assets_tests.shared_data import shared

TODAY = date(2026, 11, 20)
EVENT = {
    "event_id": "e1",
    "name": "Autumn Tour",
    "starts_at_utc": "2025-03-02 01:30:00+00:00",
    "attraction_names": "Glass Otters|Tin Choir",
    "genre": "Rock",
    "min_price": "20.5",
    "max_price": "40.0",
    "venue_id": "v1",
    "venue_name": "Lantern Hall",
    "venue_city": "Austin",
    "venue_state": "TX",
    "venue_timezone": "America/Chicago",
}
ARTIST = {
    "artist_id": "a" * 22,
    "name": "Glass Otters",
    "genres": "rock|indie rock",
    "popularity": "40",
    "followers": "1000",
}
TRACK = {
    "track_id": "t" * 22,
    "track_name": "Riverbed",
    "artist_id": "a" * 22,
    "artist_name": "Glass Otters",
    "album_id": "b" * 22,
    "album_name": "Holt",
    "duration_ms": 180_000,
}


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def folder(tmp_path):
    untitled = {**EVENT, "event_id": "e2", "attraction_names": "", "name": "Jazz Night: Trio"}
    write(tmp_path / "events.csv", [EVENT, untitled])
    write(tmp_path / "catalog.csv", [ARTIST])
    pl.DataFrame([TRACK]).write_parquet(tmp_path / "tracks.parquet")
    return tmp_path


def test_dates_move_ahead_by_whole_weeks_and_keep_their_local_time(folder):
    event = read_world(folder, TODAY).events[0]
    assert event.starts_at_local == datetime.fromisoformat("2026-11-21T19:30:00")
    moved = event.starts_at_utc - datetime.fromisoformat("2025-03-02T01:30:00")
    assert moved.days % 7 == 0


def test_performers_keep_their_billing_and_a_bare_title_becomes_one(folder):
    billed, bare = read_world(folder, TODAY).events
    assert [one.name for one in billed.performers] == ["Glass Otters", "Tin Choir"]
    assert [one.name for one in bare.performers] == ["Jazz Night: Trio"]
    assert billed.performers[0].artist_id == ARTIST["artist_id"]
    assert billed.prices == (20, 40)


def test_real_tracks_are_served_and_missing_ones_made_up(folder):
    other = {**ARTIST, "artist_id": "c" * 22, "name": "Tin Choir", "popularity": ""}
    write(folder / "catalog.csv", [ARTIST, other])
    catalog = read_world(folder, TODAY).catalog
    (track,) = catalog.tracks_of(ARTIST["artist_id"])
    assert catalog.track(TRACK["track_id"]) == track
    assert catalog.album(TRACK["album_id"]) == track.album
    made_up = catalog.tracks_of(other["artist_id"])
    assert len(made_up) >= 3
    assert catalog.track(made_up[0].id) == made_up[0]


def test_without_a_catalogue_the_artists_are_those_of_the_tracks(folder):
    (folder / "catalog.csv").unlink()
    assert [one.name for one in read_world(folder, TODAY).catalog.artists] == ["Glass Otters"]


def test_a_folder_without_events_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(WorldError, match=r"no events\.csv.*--world") as refused:
        read_world(tmp_path, TODAY)
    assert str(tmp_path) in str(refused.value)


def test_missing_columns_are_named(folder):
    write(folder / "events.csv", [{"event_id": "e1", "name": "x"}])
    with pytest.raises(
        WorldError, match=r"events\.csv lacks the columns starts_at_utc, .*venue_id"
    ):
        read_world(folder, TODAY)


def test_a_folder_without_any_artist_is_refused(folder):
    (folder / "catalog.csv").unlink()
    (folder / "tracks.parquet").unlink()
    with pytest.raises(WorldError, match=r"neither catalog\.csv nor tracks\.parquet"):
        read_world(folder, TODAY)


def test_an_unreadable_date_is_named_with_its_event(folder):
    write(folder / "events.csv", [{**EVENT, "starts_at_utc": "soon"}])
    with pytest.raises(WorldError, match=r"event e1 .*'soon'"):
        read_world(folder, TODAY)


def test_a_broken_parquet_file_is_named(folder):
    (folder / "tracks.parquet").write_text("no parquet")
    with pytest.raises(WorldError, match=r"tracks\.parquet cannot be read"):
        read_world(folder, TODAY)


def test_the_sandbox_serves_a_folder(folder, start_sandbox):
    running = start_sandbox(world=folder, clock=datetime(2026, 11, 20, tzinfo=UTC))
    event = events(running, **{"venue.state": "TX"})[0]
    assert event["venue"]["city"] == "Austin"
    assert search(running, "Glass Otters")[0]["id"] == ARTIST["artist_id"]
    (song,) = search(running, 'artist:"Glass Otters"', "track")
    assert len(features(running, [song["id"]])) <= 1


@pytest.mark.slow
def test_the_real_world_is_served(start_sandbox):
    running = start_sandbox(world=shared("data/world"))
    assert len(running.world.events) > 3_000
    now = running.state.clock.now().replace(tzinfo=None)
    assert min(event.starts_at_utc for event in running.world.events) > now
    assert search(running, "Rascal Flatts")[0]["name"] == "Rascal Flatts"


def test_a_song_that_is_made_up_for_a_real_artist_says_so_and_a_real_one_does_not(folder):
    write(folder / "catalog.csv", [ARTIST, {**ARTIST, "artist_id": "c" * 22, "name": "Tin Choir"}])
    catalog = read_world(folder, TODAY).catalog
    assert [track.name for track in catalog.tracks_of("a" * 22)] == ["Riverbed"]
    made_up = catalog.tracks_of("c" * 22)
    assert made_up
    assert all(track.name.endswith(" (made up)") for track in made_up)
    # Also where one of them is looked up alone.
    assert catalog.track(made_up[0].id) == made_up[0]


def test_in_a_made_up_world_nothing_needs_saying(sandbox):
    names = [
        track.name
        for artist in sandbox.world.catalog.artists[:50]
        for track in sandbox.world.catalog.tracks_of(artist.id)
    ]
    assert names
    assert not any("made up" in name for name in names)
