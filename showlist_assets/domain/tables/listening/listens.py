"""The table of a listener's plays, each once, whoever told of it.

What belongs here: the table's schema. What does not: making it (``domain.listening.merging``).
"""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import one_of, text, utc
from showlist_assets.domain.tables.listening.columns import milliseconds, texts

IDENTIFIED_BY = ("id", "isrc", "mbid", "name")
"""By what a track is told from another: Spotify's id, the ISRC, the MBID, or artist and title."""


class Listens(dy.Schema):
    """One play."""

    listen_id = text("SHA-256 of track_key and started_at.", primary_key=True)
    track_key = text("The track, by the best id that any source gave.", nullable=False)
    started_at = utc("When it began.")
    ended_at = utc("When it ended.")
    exact = dy.String(
        nullable=False,
        check=one_of(("interval", "point")),
        description="interval where a source told both ends, point where the length is assumed.",
    )
    ms_played = milliseconds("How much of it was heard, where told.")
    duration_ms = milliseconds("How long the track is, where told.")
    spotify_track_id = text("The track on Spotify.")
    isrc = text("The recording's ISRC.")
    recording_mbid = text("The recording on MusicBrainz.")
    artist_mbids = texts("The artists on MusicBrainz.")
    spotify_artist_ids = texts("The artists on Spotify.")
    track_name = text("The title.", nullable=False)
    artist_name = text("The artist's name.", nullable=False)
    album_name = text("The album.")
    context_uri = text("The playlist, album or artist that it was played from.")
    skipped = dy.Bool(nullable=True, description="Whether the listener skipped the rest.")
    sources = texts("Who told of it.")
    identified_by = dy.String(
        nullable=False, check=one_of(IDENTIFIED_BY), description="What track_key is made of."
    )
