"""Artists, albums and tracks as Spotify's Web API prints them, per quota mode.

In Development Mode the fields removed in February 2026 are absent, not null
(https://developer.spotify.com/documentation/web-api/references/changes/february-2026).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.sandbox.config import Mode
    from showlist_assets.sandbox.world.entities import Album, Artist, Track

_API = "https://api.spotify.com/v1"
_MARKETS = ["CA", "MX", "US"]


class Payloads:
    """Payloads for an app in one mode."""

    def __init__(self, mode: Mode) -> None:
        self._is_extended = mode == "extended"

    def artist(self, artist: Artist) -> dict[str, Any]:
        """A full artist; Development Mode always leaves ``genres`` empty."""
        payload = {
            **_simple_artist(artist),
            # Deprecated, and empty even for the best known (recorded in March 2026).
            "genres": list(artist.genres) if self._is_extended else [],
            "images": images(artist.id, (640, 320, 160)),
        }
        if self._is_extended:
            payload["followers"] = {"href": None, "total": artist.followers}
            payload["popularity"] = artist.popularity
        return payload

    def track(self, track: Track) -> dict[str, Any]:
        """A full track, playable in the market that was asked for."""
        payload = {
            "album": {**self.simple_album(track.album), "is_playable": True},
            **self.simple_track(track),
            # Removed in February 2026 and back in March:
            # https://developer.spotify.com/documentation/web-api/references/changes/march-2026
            "external_ids": {"isrc": track.isrc},
            "is_playable": True,
        }
        if self._is_extended:
            payload["popularity"] = track.popularity
        return payload

    def simple_track(self, track: Track) -> dict[str, Any]:
        """A track as an album lists it."""
        payload = {
            "artists": [_simple_artist(artist) for artist in track.artists],
            "disc_number": 1,
            "duration_ms": track.duration_ms,
            "explicit": track.explicit,
            **links("track", track.id),
            "is_local": False,
            "name": track.name,
            # Deprecated (OpenAPI description).
            "preview_url": None,
            "track_number": track.number,
        }
        if self._is_extended:
            payload["available_markets"] = _MARKETS
        return payload

    def simple_album(self, album: Album) -> dict[str, Any]:
        """An album as a track or a list names it."""
        payload = {
            "album_type": album.kind,
            "artists": [_simple_artist(artist) for artist in album.artists],
            **links("album", album.id),
            "images": images(album.id, (640, 300, 64)),
            "name": album.name,
            "release_date": album.released_on.isoformat(),
            "release_date_precision": "day",
            "total_tracks": album.total_tracks,
        }
        if self._is_extended:
            payload["available_markets"] = _MARKETS
        return payload

    def album_of_artist(self, album: Album) -> dict[str, Any]:
        """An album in an artist's list."""
        payload = self.simple_album(album)
        if self._is_extended:
            payload["album_group"] = album.kind
        return payload

    def album(self, album: Album, tracks: Sequence[Track]) -> dict[str, Any]:
        """A full album with its tracks."""
        label = f"{album.artists[0].name} Recordings"
        payload = {
            **self.simple_album(album),
            "is_playable": True,
            "tracks": {
                "href": f"{_API}/albums/{album.id}/tracks?offset=0&limit=50",
                "limit": 50,
                "next": None,
                "offset": 0,
                "previous": None,
                "total": len(tracks),
                "items": [self.simple_track(track) for track in tracks],
            },
            "copyrights": [{"text": f"{album.released_on.year} {label}", "type": "C"}],
            "external_ids": {"upc": f"{_fingerprint(album.id):012}"[:12]},
            "genres": [],
        }
        if self._is_extended:
            payload["label"] = label
            payload["popularity"] = max((track.popularity for track in tracks), default=0)
        return payload


def audio_features(track: Track) -> dict[str, Any] | None:
    """Spotify's own features of a track, which only old Extended Quota apps may read."""
    known = track.features
    if known is None:
        return None
    return {
        "danceability": known.danceability,
        "energy": known.energy,
        "key": known.key,
        "loudness": known.loudness,
        "mode": known.mode,
        "speechiness": known.speechiness,
        "acousticness": known.acousticness,
        "instrumentalness": known.instrumentalness,
        "liveness": known.liveness,
        "valence": known.valence,
        "tempo": known.tempo,
        "type": "audio_features",
        "id": track.id,
        "uri": f"spotify:track:{track.id}",
        "track_href": f"{_API}/tracks/{track.id}",
        "analysis_url": f"{_API}/audio-analysis/{track.id}",
        "duration_ms": track.duration_ms,
        "time_signature": 4,
    }


def _simple_artist(artist: Artist) -> dict[str, Any]:
    return {**links("artist", artist.id), "name": artist.name}


def links(kind: str, identifier: str) -> dict[str, Any]:
    """The id of something, and where it is found."""
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{identifier}"},
        "href": f"{_API}/{kind}s/{identifier}",
        "id": identifier,
        "type": kind,
        "uri": f"spotify:{kind}:{identifier}",
    }


def images(identifier: str, sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Square pictures that belong to ``identifier``; the addresses lead nowhere."""
    return [
        {
            "url": f"https://i.scdn.co/image/ab67{_fingerprint(identifier, size):036x}",
            "height": size,
            "width": size,
        }
        for size in sizes
    ]


def _fingerprint(*parts: object) -> int:
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=16).digest(), "big")
