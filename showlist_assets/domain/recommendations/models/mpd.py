"""Playlists in the format of the Million Playlist Dataset: slices of JSON.

The data set is Spotify's: it is not handed out for downloading any more, was for research alone,
and Spotify's terms forbid training models on its content. Whoever has playlists of their own in
this format may use them.

What belongs here: that format. What does not: what is made of the playlists.
"""

from __future__ import annotations

import json
from typing import Any, Final

import polars as pl

from showlist_assets.errors import ShowlistError

SCHEMA: Final = {
    "playlist_id": pl.Int64,
    "pos": pl.Int64,
    "track_id": pl.String,
    "artist_id": pl.String,
    "album_id": pl.String,
    "duration_sec": pl.Int64,
}


class MpdError(ShowlistError):
    """A slice is not in the format."""


def playlists_of_slice(content: bytes) -> pl.DataFrame:
    """A row of each track on each playlist, in the columns of ``SCHEMA``.

    Raises:
        MpdError: it is no slice, or a track in it has no id.
    """
    try:
        playlists = json.loads(content)["playlists"]
        rows = [_row(one["pid"], track) for one in playlists for track in one["tracks"]]
    except (ValueError, KeyError, TypeError) as error:
        raise MpdError(
            "This is no slice of playlists: a JSON object with `playlists` is expected, each with "
            f"`pid` and `tracks` ({error!r})."
        ) from error
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _row(playlist: int, track: dict[str, Any]) -> tuple[Any, ...]:
    uris = (track["track_uri"], track.get("artist_uri"), track.get("album_uri"))
    ids = [uri.rpartition(":")[2] if uri else None for uri in uris]
    return (playlist, track["pos"], *ids, (track.get("duration_ms") or 0) // 1000)
