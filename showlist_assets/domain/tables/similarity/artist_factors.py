"""The table of artists as points: near ones are played by the same people."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import text, utc


class ArtistFactors(dy.Schema):
    """One artist whom a model of the operator's own data knows."""

    artist_mbid = text("The artist on MusicBrainz.", primary_key=True)
    factors = dy.List(
        dy.Float32(nullable=False),
        nullable=False,
        min_length=1,
        description="The point, as many numbers for each artist.",
    )
    fitted_at = utc("When.")
