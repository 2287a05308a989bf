"""The table of what is known of each track's sound.

What belongs here: the table's schema. What does not: the features themselves, which the table of
shows repeats (``columns``), and filling the table (``domain.tracks``).
"""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import feature, one_of, state_code, text, utc


class AudioFeatures(dy.Schema):
    """The eleven audio features of one track, as far as anybody knows them."""

    state = state_code("top_tracks.state")
    track_id = text("The track on Spotify.", "top_tracks.track_id", primary_key=True)
    # ReccoBeats leaves out what it does not know. Without a row of its own, such a track would be
    # asked about in each run.
    is_known = dy.Bool(
        nullable=False, description="False where the source was asked and does not know the track."
    )
    danceability = feature("danceability", "reccobeats")
    energy = feature("energy", "reccobeats")
    key = feature("key", "reccobeats")
    loudness = feature("loudness", "reccobeats")
    mode = feature("mode", "reccobeats")
    speechiness = feature("speechiness", "reccobeats")
    acousticness = feature("acousticness", "reccobeats")
    instrumentalness = feature("instrumentalness", "reccobeats")
    liveness = feature("liveness", "reccobeats")
    valence = feature("valence", "reccobeats")
    tempo = feature("tempo", "reccobeats")
    features_source = dy.String(
        nullable=False,
        check=one_of(("reccobeats", "spotify")),
        description="Who was asked.",
    )
    asked_at = utc("When the source was asked.")
