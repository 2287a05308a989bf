"""The table of artists who are played by the same people."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import text, utc


class ArtistNeighbours(dy.Schema):
    """One neighbour of one artist, as one algorithm counts.

    An artist without any has one row, whose neighbour is itself.
    """

    artist_mbid = text("The artist who was asked about.", primary_key=True)
    neighbour_mbid = text("The artist who is played together with them.", primary_key=True)
    neighbour_name = text("Their name, as told.")
    algorithm = text(
        "What counted it; local: a model of the operator's own data (`showlist taste train`).",
        primary_key=True,
    )
    score = dy.Float64(
        nullable=False,
        min=0.0,
        description="How often together, as told: not by popularity. Of local ones divided by it.",
    )
    fetched_at = utc("When.")
