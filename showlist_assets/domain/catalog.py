"""What a streaming catalogue answers: artists and tracks, in the order of the answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundArtist:
    """An artist of an answer; ``popularity`` is None in Development Mode."""

    artist_id: str
    name: str
    genres: tuple[str, ...]
    popularity: int | None
    followers: int | None
    image_url: str | None


@dataclass(frozen=True, slots=True)
class FoundTrack:
    """A track of an answer; ``release_date`` is a year, a month or a day."""

    track_id: str
    track_name: str
    artist_ids: tuple[str, ...]
    artist_names: tuple[str, ...]
    album_name: str | None
    album_image_url: str | None
    release_date: str | None
    duration_ms: int | None
    explicit: bool | None
    # Gone from Development Mode in February 2026 and back in March:
    # https://developer.spotify.com/documentation/web-api/references/changes/march-2026
    isrc: str | None
    popularity: int | None


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What one combined search found, in the order of the answer."""

    artists: tuple[FoundArtist, ...]
    tracks: tuple[FoundTrack, ...]
