"""The albums, tracks and audio features of an artist, made up from its id alone."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

from showlist_assets.sandbox.world.entities import Album, Features, Track
from showlist_assets.sandbox.world.ids import placed_id, position_of
from showlist_assets.sandbox.world.vocabulary import song_title

if TYPE_CHECKING:
    from showlist_assets.sandbox.world.entities import Artist

_MOST_TRACKS = 14
_TRACKS_PER_ALBUM = 5
# Fixed and not of today: what an artist has released depends on its id alone.
_NEWEST_RELEASE = date(2026, 9, 30)
# More than an artist has tracks, so that a position names one of them.
_POSITIONS_PER_ARTIST = 16
_KNOWN_TO_RECCOBEATS = 0.85
_QUIET = {"folk", "jazz", "classical", "blues", "americana", "bluegrass", "chamber music"}
_LOUD = {"metal", "punk", "rock", "house", "techno", "hardcore", "thrash metal", "doom metal"}


def tracks(artist: Artist, ordinal: int, guest: Artist | None) -> tuple[Track, ...]:
    """Three to fourteen tracks of ``artist``, the most popular first.

    ``ordinal`` is its place in the catalogue, which the ids carry (``ordinal_of``); ``guest`` sings
    on one of them. Only popular artists have many tracks and old albums.
    """
    rng = random.Random(artist.id)
    count = rng.randint(3, 6 + (_MOST_TRACKS - 6) * artist.popularity // 100)
    albums = _albums(rng, artist, ordinal, count)
    made = []
    for number in range(count):
        identifier = placed_id(ordinal * _POSITIONS_PER_ARTIST + number, artist.id, number)
        title = song_title(rng)
        sings_along = guest if number == 1 else None
        made.append(
            Track(
                id=identifier,
                name=f"{title} (feat. {sings_along.name})" if sings_along else title,
                artists=(artist, sings_along) if sings_along else (artist,),
                album=albums[number // _TRACKS_PER_ALBUM],
                number=1 + number % _TRACKS_PER_ALBUM,
                duration_ms=rng.randint(110_000, 390_000),
                explicit=rng.random() < 0.15,
                isrc=isrc(identifier),
                popularity=max(0, artist.popularity - 4 * number - rng.randint(0, 6)),
                features=features(rng, artist),
            )
        )
    return tuple(made)


def ordinal_of(identifier: str) -> int | None:
    """Which artist of the catalogue a made-up track or album belongs to."""
    position = position_of(identifier)
    return None if position is None else position // _POSITIONS_PER_ARTIST


def isrc(track_id: str) -> str:
    """A well-formed recording code: country, registrant, year, five digits."""
    number = random.Random(track_id).randrange(10_000_000)
    return f"QZSBX{number // 100_000 % 100:02}{number % 100_000:05}"


def features(rng: random.Random, artist: Artist) -> Features | None:
    """Plausible audio features for the artist's genre; ``None`` where ReccoBeats has none."""
    known = rng.random() < _KNOWN_TO_RECCOBEATS
    genres = set(artist.genres)
    energy = 0.3 if genres & _QUIET else 0.85 if genres & _LOUD else 0.6
    energy = _share(rng, energy)
    made = Features(
        acousticness=_share(rng, 1 - energy),
        danceability=_share(rng, 0.6),
        energy=energy,
        instrumentalness=_share(rng, 0.7) if rng.random() < 0.15 else round(rng.random() / 50, 5),
        # ReccoBeats answers -1 where no key was detected.
        key=-1 if rng.random() < 0.04 else rng.randrange(12),
        liveness=_share(rng, 0.18),
        loudness=round(-22 + 18 * energy + rng.gauss(0, 1.2), 3),
        mode=int(rng.random() < 0.6),
        speechiness=_share(rng, 0.25 if "hip hop" in genres else 0.06),
        tempo=round(rng.gauss(121, 24), 3),
        valence=_share(rng, 0.5),
    )
    return made if known else None


def _albums(rng: random.Random, artist: Artist, ordinal: int, track_count: int) -> list[Album]:
    albums = []
    for number, first in enumerate(range(0, track_count, _TRACKS_PER_ALBUM)):
        held = min(_TRACKS_PER_ALBUM, track_count - first)
        age = timedelta(days=rng.randint(10, 400 + 90 * artist.popularity))
        albums.append(
            Album(
                id=placed_id(ordinal * _POSITIONS_PER_ARTIST + number, artist.id, "album", number),
                name=song_title(rng),
                kind="album" if held > 1 else "single",
                artists=(artist,),
                released_on=_NEWEST_RELEASE - age,
                total_tracks=held,
            )
        )
    return albums


def _share(rng: random.Random, middle: float) -> float:
    return round(min(0.995, max(0.003, rng.gauss(middle, 0.16))), 4)
