"""The table of songs that are played by the same people."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import text, utc


class RecordingNeighbours(dy.Schema):
    """One neighbour of one song. A song without any has one row, whose neighbour is itself."""

    recording_mbid = text("The recording that was asked about.", primary_key=True)
    neighbour_mbid = text("The recording that is played together with it.", primary_key=True)
    neighbour_name = text("Its title, as told.")
    artist_name = text("Its artists' names, as told.")
    artist_mbids = dy.List(
        dy.String(nullable=False), nullable=False, description="Its artists on MusicBrainz."
    )
    score = dy.Float64(
        nullable=False, min=0.0, description="How often together, as told: not by popularity."
    )
    fetched_at = utc("When.")
