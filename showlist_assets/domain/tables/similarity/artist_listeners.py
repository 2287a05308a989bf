"""The table of how many people play an artist: what neighbours are divided by."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import text, utc


class ArtistListeners(dy.Schema):
    """One artist; counts are null where ListenBrainz knows none."""

    artist_mbid = text("The artist on MusicBrainz.", primary_key=True)
    listeners = dy.Int64(nullable=True, min=0, description="People who played them.")
    listens = dy.Int64(nullable=True, min=0, description="Plays.")
    fetched_at = utc("When.")
