"""An artist's best-known songs, and how they sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from showlist_assets.storage.published.rows import read_as

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Song:
    """A track on Spotify; the numbers of its sound are None where nobody knows them."""

    track_id: str
    track_name: str
    artist_names: tuple[str, ...]
    album_name: str | None
    release_date: str | None
    duration_ms: int | None
    explicit: bool | None
    rank: int
    energy: float | None
    valence: float | None
    tempo: float | None
    danceability: float | None
    acousticness: float | None

    @property
    def url(self) -> str:
        """The track's page on Spotify."""
        return f"https://open.spotify.com/track/{self.track_id}"


def songs_of(cursor: DuckDBPyConnection, spotify_artist_id: str) -> tuple[Song, ...]:
    """The artist's songs, the best known first."""
    return read_as(
        cursor,
        Song,
        """
        select t.track_id, t.track_name, t.artist_names, t.album_name, t.release_date,
               t.duration_ms, t.explicit, t.rank, f.energy, f.valence, f.tempo, f.danceability,
               f.acousticness
        from (select * from top_tracks where spotify_artist_id = $id) t
        left join audio_features f on f.track_id = t.track_id
        order by t.rank, t.track_id limit 50
        """,
        {"id": spotify_artist_id},
    )
