"""The Spotify catalogue of a world: artists, and their tracks and albums when asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from showlist_assets.sandbox.world import discography

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.sandbox.world.entities import Album, Artist, Track


MADE_UP: Final = "(made up)"
"""What the title of a song ends with that a real artist never recorded."""


class KnownTracks(Protocol):
    """Real tracks, where a world has any."""

    def of_artist(self, artist: Artist) -> tuple[Track, ...]:
        """The real tracks of ``artist``, the most popular first; empty where it has none."""

    def artist_of(self, identifier: str) -> str | None:
        """The artist whose track or album has that id."""


class Catalog:
    """Artists by id; tracks and albums are made up on demand unless real ones are known.

    Making up only what is asked for is what lets a world of 75,000 artists start in a second.
    """

    def __init__(
        self, artists: Sequence[Artist], known: KnownTracks | None = None, *, real: bool = False
    ) -> None:
        """Hold ``artists``; where they are ``real``, a song that is made up says so."""
        self.artists, self._real = artists, real
        self._ordinals = {artist.id: ordinal for ordinal, artist in enumerate(artists)}
        self._known = known
        self._tracks = lru_cache(maxsize=5_000)(self._find_tracks)

    def artist(self, artist_id: str) -> Artist | None:
        """The artist, or ``None`` where there is none."""
        ordinal = self._ordinals.get(artist_id)
        return None if ordinal is None else self.artists[ordinal]

    def place_of(self, artist_id: str) -> int | None:
        """Where the artist stands among ``artists``."""
        return self._ordinals.get(artist_id)

    def tracks_of(self, artist_id: str) -> tuple[Track, ...]:
        """The artist's tracks, the most popular first."""
        ordinal = self._ordinals.get(artist_id)
        return () if ordinal is None else self._tracks(ordinal)

    def albums_of(self, artist_id: str) -> tuple[Album, ...]:
        """The artist's releases, the newest first."""
        albums = {track.album.id: track.album for track in self.tracks_of(artist_id)}
        return tuple(sorted(albums.values(), key=lambda album: album.released_on, reverse=True))

    def track(self, track_id: str) -> Track | None:
        """The track, or ``None`` where there is none."""
        return next((one for one in self._near(track_id) if one.id == track_id), None)

    def album(self, album_id: str) -> Album | None:
        """The release, or ``None`` where there is none."""
        return next((one.album for one in self._near(album_id) if one.album.id == album_id), None)

    def tracks_on(self, album: Album) -> tuple[Track, ...]:
        """A release's tracks, in its order."""
        found = (track for track in self._near(album.id) if track.album.id == album.id)
        return tuple(sorted(found, key=lambda track: track.number))

    def _near(self, identifier: str) -> tuple[Track, ...]:
        """The tracks of the one artist whose track or album may have that id."""
        artist_id = self._known.artist_of(identifier) if self._known else None
        if artist_id is not None:
            return self.tracks_of(artist_id)
        ordinal = discography.ordinal_of(identifier)
        return self._tracks(ordinal) if ordinal is not None and ordinal < len(self.artists) else ()

    def _find_tracks(self, ordinal: int) -> tuple[Track, ...]:
        artist = self.artists[ordinal]
        if not artist.has_tracks:
            return ()
        real = self._known.of_artist(artist) if self._known else ()
        return real or self._made_up(artist, ordinal)

    def _made_up(self, artist: Artist, ordinal: int) -> tuple[Track, ...]:
        tracks = discography.tracks(artist, ordinal, self._guest_of(ordinal))
        # In the title, which goes wherever the song is shown.
        return tuple(
            replace(track, name=f"{track.name} {MADE_UP}") if self._real else track
            for track in tracks
        )

    def _guest_of(self, ordinal: int) -> Artist | None:
        """Every third artist has its neighbour sing along, so that a track may have two artists."""
        if ordinal % 3 or len(self.artists) < 2:
            return None
        guest = self.artists[(ordinal + 1) % len(self.artists)]
        return guest if guest.has_tracks else None
