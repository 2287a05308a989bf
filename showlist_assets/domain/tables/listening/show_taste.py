"""The table of how well each upcoming performer fits a listener's taste, and why.

What belongs here: the table's schema. What does not: the scores (``domain.recommendations``).
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

from showlist_assets.domain.tables.columns import one_of, text, utc
from showlist_assets.domain.tables.listening.columns import count
from showlist_assets.domain.tables.listening.taste import VERDICTS

BASES = ("known", "co-listening", "genre", "none")
"""On what a score rests: the listener plays them; others who play what the listener plays, play
them; their genres; nothing."""


class ShowTaste(dy.Schema):
    """One performer who plays soon anywhere."""

    performer_key = text("The performer, as in upcoming_shows.", primary_key=True)
    performer_name = text("Their name, as billed.", nullable=False)
    spotify_artist_id = text("The artist on Spotify, where one was matched.")
    artist_mbid = text("The artist on MusicBrainz, where known.")
    score = dy.Float64(
        nullable=True,
        min=0.0,
        description="Comparable within the table only; null where basis is none.",
    )
    basis = dy.String(nullable=False, check=one_of(BASES), description="On what the score rests.")
    because = dy.List(
        dy.Struct(
            {
                "artist_name": dy.String(nullable=False),
                "share": dy.Float64(nullable=False, min=0.0, max=1.0),
            },
            nullable=False,
        ),
        nullable=False,
        description="Up to three artists that the listener plays, with their share of the score.",
    )
    genre = text("The genre of the listener's that it rests on, where basis is genre.")
    genre_share = dy.Float64(
        nullable=True, min=0.0, max=1.0, description="The genre's share of the listening."
    )
    plays = count("How often the listener played them.")
    last_at = utc("When last.", nullable=True)
    verdict = dy.String(
        nullable=False, check=one_of(VERDICTS), description="What the listener said of the artist."
    )
    model = text("What the scores were made with.", nullable=False)
    computed_at = utc("When.")


BECAUSE = pl.List(pl.Struct({"artist_name": pl.String, "share": pl.Float64}))
