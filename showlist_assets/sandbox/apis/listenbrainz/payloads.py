"""Listens as ListenBrainz prints them, told by its own reader of Spotify.

That reader sends what Spotify sent it: ``listened_at`` is when a play ended, and nothing shorter
than thirty seconds is there (``docs/maintainers/spotify-reader.rst`` of its source).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sandbox.world.mbids import msid, release_mbid, share

if TYPE_CHECKING:
    from showlist_assets.sandbox.world.entities import Track
    from showlist_assets.sandbox.world.listening import Play
    from showlist_assets.sandbox.world.mbids import MusicBrainzIds

# Of songs that MusicBrainz knows, this share was never recognised.
_UNMAPPED: Final = 0.08
# The reader asks Spotify every half hour.
_TOLD_AFTER_S: Final = 1800


def listen(play: Play, user_name: str, mbids: MusicBrainzIds) -> dict[str, Any]:
    """One listen of a user's list."""
    track = play.track
    at = int(play.ended_at.timestamp())
    told = _artist_names(track)
    identifier = msid(told, track.name)
    return {
        "inserted_at": at + _TOLD_AFTER_S,
        "listened_at": at,
        "recording_msid": identifier,
        "track_metadata": {
            "additional_info": _additional_info(track, identifier),
            "artist_name": told,
            "mbid_mapping": mapping(track, mbids),
            "release_name": track.album.name,
            "track_name": track.name,
        },
        "user_name": user_name,
    }


def mapping(track: Track, mbids: MusicBrainzIds) -> dict[str, Any] | None:
    """What the song is at MusicBrainz; nothing where it was not recognised."""
    recording = mbids.of_track(track)
    if recording is None or share("unmapped", track.id) < _UNMAPPED:
        return None
    known = [(artist, mbids.of_artist(artist.id)) for artist in track.artists]
    artists = [(artist, mbid) for artist, mbid in known if mbid]
    return {
        "artist_mbids": [mbid for _, mbid in artists],
        "artists": [
            {"artist_credit_name": artist.name, "artist_mbid": mbid, "join_phrase": ""}
            for artist, mbid in artists
        ],
        "caa_id": None,
        "caa_release_mbid": None,
        "recording_mbid": recording,
        "recording_name": track.name,
        "release_mbid": release_mbid(track.album.id),
    }


def _artist_names(track: Track) -> str:
    return ", ".join(artist.name for artist in track.artists)


def _additional_info(track: Track, identifier: str) -> dict[str, Any]:
    address = "https://open.spotify.com"
    return {
        "artist_names": [artist.name for artist in track.artists],
        "discnumber": 1,
        "duration_ms": track.duration_ms,
        "isrc": track.isrc,
        "music_service": "spotify.com",
        "origin_url": f"{address}/track/{track.id}",
        "recording_msid": identifier,
        "release_artist_name": _artist_names(track),
        "release_artist_names": [artist.name for artist in track.album.artists],
        "spotify_album_artist_ids": [
            f"{address}/artist/{artist.id}" for artist in track.album.artists
        ],
        "spotify_album_id": f"{address}/album/{track.album.id}",
        "spotify_artist_ids": [f"{address}/artist/{artist.id}" for artist in track.artists],
        "spotify_id": f"{address}/track/{track.id}",
        "submission_client": "listenbrainz",
        "tracknumber": track.number,
    }
