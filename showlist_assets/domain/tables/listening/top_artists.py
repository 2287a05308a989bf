"""The table of whom Spotify names as a listener's top artists."""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import one_of, text, utc


class TopArtists(dy.Schema):
    """One artist of one of the three lists."""

    time_range = dy.String(
        nullable=False,
        primary_key=True,
        check=one_of(("short_term", "medium_term", "long_term")),
        description="About four weeks, six months, a year.",
    )
    rank = dy.Int32(nullable=False, primary_key=True, min=1, description="1 is the most played.")
    spotify_artist_id = text("The artist on Spotify.", nullable=False)
    artist_name = text("The artist's name.", nullable=False)
    asked_at = utc("When.")
