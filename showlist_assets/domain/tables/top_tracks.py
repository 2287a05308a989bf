"""The table of each artist's best-known tracks.

What belongs here: the table's schema. What does not: choosing and ranking the tracks
(``domain.tracks``).
"""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import made_from, one_of, state_code, text, utc


class TopTracks(dy.Schema):
    """One of an artist's up to ten best-known tracks, ranked."""

    state = state_code("matched_artists.state")
    spotify_artist_id = text("The artist.", "matched_artists.spotify_artist_id", primary_key=True)
    track_id = text("The track on Spotify.", "matched_artists.found_tracks", primary_key=True)
    rank = dy.Int32(
        nullable=False, min=1, max=10, description="1 is the artist's best-known track."
    )
    track_name = text("Title.", "matched_artists.found_tracks", nullable=False)
    artist_names = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Everyone credited on the track.",
        metadata=made_from("matched_artists.found_tracks"),
    )
    album_name = text("Album.", "matched_artists.found_tracks")
    album_image_url = text("Cover of the album.", "matched_artists.found_tracks")
    # Spotify tells it with a precision of its own; a date would make January the first of a year.
    release_date = text(
        "Release date as Spotify tells it: a year, a month or a day.",
        "matched_artists.found_tracks",
    )
    duration_ms = dy.Int64(
        nullable=True,
        min=0,
        description="Length in milliseconds.",
        metadata=made_from("matched_artists.found_tracks"),
    )
    explicit = dy.Bool(
        nullable=True,
        description="Whether the lyrics are marked explicit.",
        metadata=made_from("matched_artists.found_tracks"),
    )
    isrc = text("International recording code.", "matched_artists.found_tracks")
    track_popularity = dy.Int32(
        nullable=True,
        min=0,
        max=100,
        description="Popularity on Spotify, 0 to 100; null in Development Mode.",
        metadata=made_from("matched_artists.found_tracks"),
    )
    # Development Mode lost /artists/{id}/top-tracks in February 2026:
    # https://developer.spotify.com/documentation/web-api/references/changes/february-2026
    ranking_source = dy.String(
        nullable=False,
        check=one_of(("spotify_top_tracks", "spotify_search_by_popularity", "spotify_search")),
        description="Where the order comes from: Spotify's top tracks, or the popularity of ten "
        "songs that the search brought (both in Extended Mode), or the order of the search's "
        "answer (Development Mode, and where top tracks could not be had).",
    )
    ranked_at = utc("When Spotify told us.", "matched_artists.asked_at")
