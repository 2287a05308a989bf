"""The table for everyday use: shows, performers and tracks joined.

What belongs here: the table's schema. What does not: the join (``domain.shows``).
"""

from __future__ import annotations

import dataframely as dy

from showlist_assets.domain.tables.columns import (
    feature,
    made_from,
    price,
    state_code,
    text,
    unit_interval,
    utc,
)


class UpcomingShows(dy.Schema):
    """One track of one performer on one future show: everything in one place.

    Every future show is here: a performer without a track has one row, whose ``why_no_track`` says
    why.
    """

    state = state_code("shows.state")
    show_id = text("The show.", "expanded_artists.show_id", primary_key=True)
    performer_key = text("The performer.", "expanded_artists.performer_key", primary_key=True)
    row_number = dy.Int32(
        primary_key=True,
        min=1,
        description="1 for the performer's best-known track on this show, then 2, 3 ...; 1 too for "
        "a performer without a track.",
        metadata=made_from("top_tracks.rank"),
    )
    track_id = text("The track on Spotify; null where there is none.", "top_tracks.track_id")
    why_no_track = text(
        "Why the performer has no track, in words; null where there is one.",
        "matched_artists.outcome",
        "matched_artists.reason",
        "expanded_artists.act_kind",
    )
    title = text("The event's title.", "shows.title", nullable=False)
    event_kind = text("Concert or music festival.", "shows.kind", nullable=False)
    status = text("Scheduled or rescheduled.", "shows.status", nullable=False)
    starts_at = utc(
        "When it starts; null while not announced.",
        "shows.starts_at",
        nullable=True,
    )
    starts_at_local = dy.Datetime(
        nullable=True,
        time_unit="us",
        description="Wall-clock start at the venue.",
        metadata=made_from("shows.starts_at_local"),
    )
    doors_at_local = dy.Datetime(
        nullable=True,
        time_unit="us",
        description="Wall-clock time at the venue when the doors open; null where no source says.",
        metadata=made_from("shows.doors_at_local"),
    )
    local_date = dy.Date(
        nullable=True,
        description="Date at the venue; null while not announced.",
        metadata=made_from("shows.local_date"),
    )
    ends_at = utc(
        "When it ends; null where the source does not say.",
        "shows.ends_at",
        nullable=True,
    )
    last_date = dy.Date(
        nullable=True,
        description="Date at the venue of the last day; null for a show of one day.",
        metadata=made_from("shows.last_date"),
    )
    venue_timezone = text("IANA time zone of the venue.", "shows.venue_timezone")
    venue_name = text("Venue.", "shows.venue_name", nullable=False)
    venue_address = text("Street and number.", "shows.venue_address")
    venue_city = text("City.", "shows.venue_city")
    venue_postal_code = text("ZIP code.", "shows.venue_postal_code")
    latitude = dy.Float64(
        nullable=True,
        description="Degrees north.",
        metadata=made_from("shows.latitude"),
    )
    longitude = dy.Float64(
        nullable=True,
        description="Degrees east.",
        metadata=made_from("shows.longitude"),
    )
    venue_capacity = dy.Int64(
        nullable=True,
        description="How many people the venue holds.",
        metadata=made_from("shows.venue_capacity"),
    )
    lowest_price = price("Cheapest listing in US dollars.", "shows.lowest_price")
    average_price = price("Mean listing in US dollars.", "shows.average_price")
    highest_price = price("Dearest listing in US dollars.", "shows.highest_price")
    ticket_url = text("Where to buy a ticket.", "shows.ticket_url")
    source = text("Where the event was found.", "shows.source", nullable=False)
    performer_name = text("The name as billed.", "expanded_artists.performer_name", nullable=False)
    billing = dy.Int32(
        nullable=False,
        min=1,
        description="Place on the bill.",
        metadata=made_from("expanded_artists.billing"),
    )
    role = text("Headliner or support.", "expanded_artists.role", nullable=False)
    genres = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Genres from the event source, then from Spotify.",
        metadata=made_from("expanded_artists.genres", "matched_artists.spotify_genres"),
    )
    spotify_artist_id = text(
        "The artist on Spotify; null where nobody is matched.", "matched_artists.spotify_artist_id"
    )
    spotify_artist_name = text(
        "The artist's name on Spotify.", "matched_artists.spotify_artist_name"
    )
    artist_popularity = dy.Int32(
        nullable=True,
        description="Popularity on Spotify, 0 to 100; null in Development Mode.",
        metadata=made_from("matched_artists.spotify_popularity"),
    )
    artist_image_url = text(
        "Picture of the artist.",
        "matched_artists.spotify_image_url",
        "expanded_artists.image_url",
    )
    # Links back to Spotify, as its terms ask of everything shown (docs/TERMS.md).
    artist_url = text("The artist's page on Spotify.", "matched_artists.spotify_artist_id")
    match_confidence = unit_interval("How sure the match is, 0 to 1.", "matched_artists.confidence")
    track_rank = dy.Int32(
        nullable=True,
        min=1,
        description="1 is the artist's best-known track.",
        metadata=made_from("top_tracks.rank"),
    )
    track_name = text("Title of the track.", "top_tracks.track_name")
    album_name = text("Album.", "top_tracks.album_name")
    release_date = text("Release date.", "top_tracks.release_date")
    duration_ms = dy.Int64(
        nullable=True,
        description="Length in milliseconds.",
        metadata=made_from("top_tracks.duration_ms"),
    )
    explicit = dy.Bool(
        nullable=True,
        description="Marked explicit.",
        metadata=made_from("top_tracks.explicit"),
    )
    isrc = text(
        "International recording code: the same for a recording under another id.",
        "top_tracks.isrc",
    )
    track_popularity = dy.Int32(
        nullable=True,
        description="Popularity of the track, 0 to 100; null in Development Mode.",
        metadata=made_from("top_tracks.track_popularity"),
    )
    track_url = text("The track's page on Spotify.", "top_tracks.track_id")
    danceability = feature("danceability", "audio_features")
    energy = feature("energy", "audio_features")
    key = feature("key", "audio_features")
    loudness = feature("loudness", "audio_features")
    mode = feature("mode", "audio_features")
    speechiness = feature("speechiness", "audio_features")
    acousticness = feature("acousticness", "audio_features")
    instrumentalness = feature("instrumentalness", "audio_features")
    liveness = feature("liveness", "audio_features")
    valence = feature("valence", "audio_features")
    tempo = feature("tempo", "audio_features")
