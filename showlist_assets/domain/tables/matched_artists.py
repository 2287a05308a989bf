"""The table of decisions: who a performer is on Spotify, and what that was decided on.

What belongs here: the table's schema. What does not: making a row of it
(``domain.matching.rows``).
"""

from __future__ import annotations

from typing import Final

import dataframely as dy
import polars as pl

from showlist_assets.domain.tables.columns import (
    made_from,
    one_of,
    state_code,
    text,
    unit_interval,
    utc,
)

OUTCOMES: Final = ("matched", "rejected", "pending")
METHODS: Final = ("override", "source_link", "known", "search", "none")

_CANDIDATE = dy.Struct(
    {
        "query": dy.String(nullable=False),
        "rank": dy.Int32(nullable=False),
        "artist_id": dy.String(nullable=False),
        "name": dy.String(nullable=False),
        "genres": dy.List(dy.String(nullable=False), nullable=False),
        "popularity": dy.Int32(nullable=True),
        "image_url": dy.String(nullable=True),
    },
    nullable=False,
)

_FOUND_TRACK = dy.Struct(
    {
        "track_id": dy.String(nullable=False),
        "track_name": dy.String(nullable=False),
        "artist_ids": dy.List(dy.String(nullable=False), nullable=False),
        "artist_names": dy.List(dy.String(nullable=False), nullable=False),
        "album_name": dy.String(nullable=True),
        "album_image_url": dy.String(nullable=True),
        "release_date": dy.String(nullable=True),
        "duration_ms": dy.Int64(nullable=True),
        "explicit": dy.Bool(nullable=True),
        "isrc": dy.String(nullable=True),
        "popularity": dy.Int32(nullable=True),
    },
    nullable=False,
)

_PART = dy.Struct(
    {"part": dy.String(nullable=False), "value": dy.Float64(nullable=False)}, nullable=False
)


class MatchedArtists(dy.Schema):
    """One decision per performer: who this is on Spotify, or why nobody."""

    state = state_code("expanded_artists.state")
    performer_key = text(
        "The performer the decision is about.", "expanded_artists.performer_key", primary_key=True
    )
    performer_name = text(
        "The name as billed on the soonest show.", "expanded_artists.performer_name", nullable=False
    )
    outcome = dy.String(
        nullable=False,
        check=one_of(OUTCOMES),
        description="matched, rejected (nobody on Spotify, as far as we can tell) or pending "
        "(not asked yet: the day's calls were spent).",
    )
    method = dy.String(
        nullable=False,
        check=one_of(METHODS),
        description="How it was decided: a manual override, a link from the event source, known "
        "from another state or an earlier run, a search; none where nothing was asked.",
    )
    spotify_artist_id = text("The Spotify artist; null unless matched.", "spotify_catalog.id")
    spotify_artist_name = text("The artist's name on Spotify.", "spotify_catalog.name")
    # Not on the list of removed fields, but deprecated in the OpenAPI description, and empty even
    # for artists with millions of followers (recorded in March 2026).
    spotify_genres = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Genres on Spotify; always empty in Development Mode.",
        metadata=made_from("spotify_catalog.genres"),
    )
    spotify_popularity = dy.Int32(
        nullable=True,
        min=0,
        max=100,
        description="Popularity on Spotify, 0 to 100; null in Development Mode.",
        metadata=made_from("spotify_catalog.popularity"),
    )
    spotify_image_url = text("The artist's picture on Spotify.", "spotify_catalog.images")
    confidence = unit_interval(
        "How sure the match is, 0 to 1; 0 where rejected, null while pending."
    )
    level = dy.String(
        nullable=False,
        check=one_of(("high", "medium", "low", "none")),
        description="The confidence in a word.",
    )
    rule = text("Short code of the rule that decided.", nullable=False)
    reason = text("The decision in words.", nullable=False)
    # All that a decision was made on is kept: when the rules change, everybody is decided again
    # from it without a call (docs/adr/0006).
    parts = dy.List(_PART, nullable=False, description="The parts of the score.")
    queries = dy.List(
        dy.String(nullable=False), nullable=False, description="The searches asked, in order."
    )
    candidates = dy.List(
        _CANDIDATE,
        nullable=False,
        description="Every artist the searches returned, in order.",
        metadata=made_from("spotify_catalog.name"),
    )
    # The search that says who it is brings the songs, too: one call for both (docs/adr/0006).
    found_tracks = dy.List(
        _FOUND_TRACK,
        nullable=False,
        description="Every track the same searches returned, in order.",
        metadata=made_from("spotify_catalog.tracks"),
    )
    shows = dy.Int32(
        nullable=False,
        min=1,
        description="On how many shows of the state the performer is billed.",
        metadata=made_from("expanded_artists.show_id"),
    )
    next_show_on = dy.Date(
        nullable=True,
        description="Date of the performer's soonest show in the state.",
        metadata=made_from("expanded_artists.local_date"),
    )
    matcher_version = text("Version of the rules that decided.", nullable=False)
    asked_at = utc("When Spotify was last asked; null where it never was.", nullable=True)
    misses = dy.Int32(
        nullable=False, min=0, description="How often in a row nobody was found who could be it."
    )
    ask_again_at = utc(
        "When somebody who was not found is looked for again; null for everybody else.",
        nullable=True,
    )
    decided_at = utc("When the decision was made.")

    @dy.rule()
    def matched_names_an_artist(cls) -> pl.Expr:  # noqa: N805  dataframely passes the class
        """A match has an artist, and nothing else has one."""
        return (pl.col("outcome") == "matched") == pl.col("spotify_artist_id").is_not_null()
