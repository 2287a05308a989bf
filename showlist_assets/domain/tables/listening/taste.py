"""The table of a listener's taste: artists, how much they count, what the listener said of them.

What belongs here: the table's schema. What does not: making it
(``domain.recommendations.weights``).
"""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import one_of, text, unit_interval, utc
from showlist_assets.domain.tables.listening.columns import count, milliseconds

VERDICTS = ("none", "more", "less", "block")


class Taste(dy.Schema):
    """One artist that the listener plays or has said something of."""

    artist_key = text(
        "mbid:ID, spotify:ID or name:NAME, by the best id that is known.", primary_key=True
    )
    artist_name = text("The artist's name.", nullable=False)
    artist_mbid = text("The artist on MusicBrainz.")
    spotify_artist_id = text("The artist on Spotify.")
    plays = count("Plays of at least thirty seconds.")
    ms_played = milliseconds("How long, where told.")
    first_at = utc("The first play.", nullable=True)
    last_at = utc("The last play.", nullable=True)
    weight = unit_interval("How much the artist counts; all weights add up to 1.")
    verdict = dy.String(
        nullable=False, check=one_of(VERDICTS), description="What the listener said of the artist."
    )
