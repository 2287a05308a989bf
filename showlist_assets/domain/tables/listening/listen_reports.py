"""The table of what sources told of a listener's plays, one row a told play, never changed.

What belongs here: the table's schema. What does not: reading files (``sources.listening_files``)
and making plays of the rows (``domain.listening.merging``).
"""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import one_of, text, utc
from showlist_assets.domain.tables.listening.columns import SOURCES, milliseconds, texts


class ListenReports(dy.Schema):
    """A play of at least thirty seconds, as one source told it."""

    source = dy.String(
        nullable=False, primary_key=True, check=one_of(SOURCES), description="Who told of it."
    )
    source_key = text(
        "SHA-256 of what identifies the row at its source, so that telling it again adds nothing.",
        primary_key=True,
    )
    occurrence = dy.Int32(
        nullable=False,
        primary_key=True,
        min=0,
        description="0, and more for equal rows of one file.",
    )
    reported_at = utc("The instant that the source tells.")
    reported_means = dy.String(
        nullable=False,
        check=one_of(("start", "minute_start", "end", "minute_end", "unsure")),
        description="Which instant of the play it is; minute_* tell it to the minute.",
    )
    offline_at = utc("When a play without a connection took place, where told.", nullable=True)
    track_name = text("The title, as told.", nullable=False)
    artist_name = text(
        "The artist's name, as told; of Spotify's files the album's.", nullable=False
    )
    album_name = text("The album, as told.")
    spotify_track_id = text("The track on Spotify.")
    isrc = text("The recording's ISRC.")
    recording_mbid = text("The recording on MusicBrainz.")
    artist_mbids = texts("The artists on MusicBrainz.")
    spotify_artist_ids = texts("The artists on Spotify.")
    ms_played = milliseconds("How much of it was heard.")
    duration_ms = milliseconds("How long the track is.")
    skipped = dy.Bool(nullable=True, description="Whether the listener skipped the rest.")
    reason_end = text("Why it ended, in the source's word.")
    context_uri = text("The playlist, album or artist that it was played from.")
    import_id = text("The import or the poll that brought the row.", nullable=False)
    received_at = utc("When we were told.")
