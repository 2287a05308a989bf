"""The table of songs that a listener may like and does not play: the AI generated playlist's."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import one_of, text, utc
from showlist_assets.domain.tables.listening.columns import milliseconds, texts


class TrackSuggestions(dy.Schema):
    """One recording, the best first by score."""

    recording_mbid = text("The recording on MusicBrainz.", primary_key=True)
    track_name = text("The title.", nullable=False)
    artist_name = text("The artist's name.", nullable=False)
    artist_mbids = texts("The artists on MusicBrainz.")
    spotify_track_id = text("The track on Spotify; null where status is no id.")
    duration_ms = milliseconds("How long, where known.")
    score = dy.Float64(nullable=False, min=0.0, description="Comparable within the table only.")
    because = texts("Up to three songs that the listener plays, as Artist: Title.")
    status = dy.String(
        nullable=False,
        check=one_of(("id", "no id", "blocked", "heard")),
        description="id: it may be played; else why not.",
    )
    id_asked_at = utc("When it was asked for its id on Spotify last.", nullable=True)
    computed_at = utc("When.")
