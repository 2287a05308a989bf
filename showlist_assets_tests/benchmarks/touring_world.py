"""The world of the benchmark of calls: the sandbox's made-up tours, by artists of ten songs each.

The made-up artists have three to fourteen songs, 5.6 that count on average; an artist on tour has
ten top tracks on Spotify, as a rule, and the reference asks for the features of each. So the events
and artists are written to a world folder (``docs/sandbox.md``), with ten songs for each artist.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.sandbox.world.generator import generate_world
from showlist_assets.sandbox.world.ids import spotify_id
from showlist_assets.sandbox.world.vocabulary import song_title

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from showlist_assets.sandbox.world.entities import Artist, Event

SONGS = 10
_SEED = 1
_STEP = 25
_MUSIC = ("concert", "music_festival")


def write_touring_world(
    folder: Path, *, states: Iterable[str], performers: int, today: date
) -> None:
    """Write a world whose concerts in ``states`` bill at least ``performers`` different acts."""
    wanted = set(states)
    concerts = performers // 2
    while True:
        world = generate_world(_SEED, concerts, today)
        events = [event for event in world.events if _is_ahead(event, today)]
        here = [event for event in events if event.venue.state in wanted]
        if len({act.id for event in here for act in event.performers}) >= performers:
            break
        concerts += _STEP
    artists = world.catalog.artists
    pl.DataFrame([_event(event) for event in here]).write_csv(folder / "events.csv")
    pl.DataFrame([_artist(artist) for artist in artists]).write_csv(folder / "catalog.csv")
    songs = [song for artist in artists for song in _songs(artist)]
    pl.DataFrame(songs).write_parquet(folder / "tracks.parquet")


def _is_ahead(event: Event, today: date) -> bool:
    return event.type in _MUSIC and event.starts_at_local.date() > today


def _event(event: Event) -> dict[str, Any]:
    genres = event.performers[0].genres
    return {
        "event_id": str(event.id),
        "name": event.title,
        "starts_at_utc": f"{event.starts_at_utc}+00:00",
        "attraction_names": "|".join(act.name for act in event.performers),
        "genre": genres[0] if genres else "",
        "venue_id": str(event.venue.id),
        "venue_name": event.venue.name,
        "venue_city": event.venue.city,
        "venue_state": event.venue.state,
        "venue_timezone": event.venue.timezone,
    }


def _artist(artist: Artist) -> dict[str, Any]:
    return {
        "artist_id": artist.id,
        "name": artist.name,
        "genres": "|".join(artist.genres),
        "popularity": artist.popularity,
        "followers": artist.followers,
    }


def _songs(artist: Artist) -> list[dict[str, Any]]:
    rng = Random(artist.id)
    titles: dict[str, None] = {}
    while len(titles) < SONGS:
        titles[song_title(rng)] = None
    album = {"album_id": spotify_id("album", artist.id), "album_name": next(iter(titles))}
    return [
        {
            "track_id": spotify_id("song", artist.id, place),
            "track_name": title,
            "artist_id": artist.id,
            "artist_name": artist.name,
            **album,
            "duration_ms": rng.randint(110_000, 390_000),
            "popularity": max(0, artist.popularity - place),
        }
        for place, title in enumerate(titles)
    ]
