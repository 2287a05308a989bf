"""MusicBrainz ids of a world's artists and songs, and which of them MusicBrainz knows.

Made up from a place in the catalogue, which they carry, so that what is behind an id is found
without a list of all of them.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from showlist_assets.sandbox.world.catalog import Catalog
    from showlist_assets.sandbox.world.entities import Artist, Track

_SPACE: Final = 2**32
# Odd, so without a common factor with the space: it permutes, and neighbours look unrelated.
_SCRAMBLE: Final = 2_654_435_761
_UNSCRAMBLE: Final[int] = pow(_SCRAMBLE, -1, _SPACE)
# Songs beyond have no id; nobody but a real artist of many albums has so many.
_MOST_SONGS: Final = 1024


class MusicBrainzIds:
    """The artists and songs of a catalogue as MusicBrainz knows them: the obscure often not."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def of_artist(self, artist_id: str) -> str | None:
        """The artist's MBID; ``None`` for whom MusicBrainz does not know, about one in seven."""
        artist, place = self._catalog.artist(artist_id), self._catalog.place_of(artist_id)
        if artist is None or place is None or not _is_known(artist):
            return None
        return _mbid("artist", place, artist.id)

    def artist(self, mbid: str) -> Artist | None:
        """Whose MBID it is."""
        place = _place(mbid)
        if place is None or place >= len(self._catalog.artists):
            return None
        artist = self._catalog.artists[place]
        return artist if self.of_artist(artist.id) == mbid else None

    def has_link(self, artist_id: str) -> bool:
        """Whether MusicBrainz has the address of the artist's page at Spotify."""
        artist = self._catalog.artist(artist_id)
        if artist is None or self.of_artist(artist_id) is None:
            return False
        return share("link", artist.id) < min(0.97, 0.3 + artist.popularity / 90)

    def of_track(self, track: Track) -> str | None:
        """The MBID of a song; ``None`` where its artist has none."""
        artist_id = track.artists[0].id
        place = self._catalog.place_of(artist_id)
        if place is None or self.of_artist(artist_id) is None:
            return None
        songs = [one.id for one in self._catalog.tracks_of(artist_id)[:_MOST_SONGS]]
        if track.id not in songs:
            return None
        return _mbid("recording", place * _MOST_SONGS + songs.index(track.id), track.id)

    def track(self, mbid: str) -> Track | None:
        """Which song it is."""
        position = _place(mbid)
        if position is None or position // _MOST_SONGS >= len(self._catalog.artists):
            return None
        place, number = divmod(position, _MOST_SONGS)
        songs = self._catalog.tracks_of(self._catalog.artists[place].id)
        found = songs[number] if number < len(songs) else None
        return found if found is not None and self.of_track(found) == mbid else None


def share(*parts: object) -> float:
    """A number from 0 to 1 that depends on nothing but ``parts``."""
    return int.from_bytes(_digest(parts)[:7], "big") / 2**56


def release_mbid(album_id: str) -> str:
    """The MBID of a release, by which nothing can be asked for."""
    return str(uuid.UUID(bytes=_digest(("release", album_id)), version=4))


def msid(artist_name: str, track_name: str) -> str:
    """ListenBrainz' own id of a song as it was told."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{artist_name}\x1f{track_name}"))


def _is_known(artist: Artist) -> bool:
    return share("known", artist.id) >= max(0.01, 0.48 - 0.0095 * artist.popularity)


def _mbid(kind: str, place: int, identifier: str) -> str:
    front = ((place + 1) * _SCRAMBLE % _SPACE).to_bytes(4, "big")
    return str(uuid.UUID(bytes=front + _digest((kind, identifier))[4:], version=4))


def _place(mbid: str) -> int | None:
    try:
        front = uuid.UUID(mbid).int >> 96
    except ValueError:
        return None
    return (front * _UNSCRAMBLE - 1) % _SPACE


def _digest(parts: tuple[object, ...]) -> bytes:
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest()
