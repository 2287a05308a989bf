"""The last step: everything known about a future show, joined into ``UpcomingShows``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.tables.columns import FEATURE_NAMES, polars_schema
from showlist_assets.domain.tables.upcoming_shows import UpcomingShows

if TYPE_CHECKING:
    from datetime import datetime

# A postponed show has no date that anybody could go to; it comes back as rescheduled.
_GOES_AHEAD: Final = ("scheduled", "rescheduled")


def future_events(raw_events: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """The ``RawEvents`` that go ahead and have not begun at ``now`` (UTC).

    A show of several days counts until it ends on the last of them. One without an announced time
    counts until its date at the venue is over everywhere in the US (ten hours behind UTC); one
    without an announced date always counts.
    """
    # Honolulu: the last of the 51 in which a day ends, and without daylight saving time.
    last_date = (pl.lit(now) - pl.duration(hours=10)).dt.date()
    is_until = pl.coalesce("last_date", "local_date") >= last_date
    ahead = (
        pl.when(pl.col("last_date").is_not_null())
        .then((pl.col("ends_at") > now).fill_null(is_until))
        .when(pl.col("starts_at").is_not_null())
        .then(pl.col("starts_at") > now)
        .otherwise(pl.col("local_date").is_null() | is_until)
    )
    return raw_events.filter(ahead & pl.col("status").is_in(list(_GOES_AHEAD)))


def join_upcoming_shows(
    raw_events: pl.DataFrame,
    expanded_artists: pl.DataFrame,
    matched_artists: pl.DataFrame,
    top_tracks: pl.DataFrame,
    audio_features: pl.DataFrame,
    *,
    now: datetime,
) -> pl.DataFrame:
    """``UpcomingShows``: one row per track of each matched performer of each future show.

    All frames may hold several states; rows meet within their state only. Sorted by date, show,
    billing and rank.
    """
    events = future_events(raw_events, now=now).with_columns(
        show_id=pl.concat_str("source", "event_id", separator="-"), event_kind=pl.col("kind")
    )
    acts = expanded_artists.drop("local_date", "venue_city", "event_kind")
    artists = matched_artists.filter(pl.col("outcome") == "matched").select(
        "state",
        "performer_key",
        "spotify_artist_id",
        "spotify_artist_name",
        "spotify_genres",
        "spotify_image_url",
        artist_popularity=pl.col("spotify_popularity"),
        match_confidence=pl.col("confidence"),
    )
    tracks = top_tracks.rename({"rank": "track_rank"})
    features = audio_features.select("state", "track_id", *FEATURE_NAMES)
    joined = (
        events.join(acts, on=["state", "show_id"])
        .join(artists, on=["state", "performer_key"])
        .join(tracks, on=["state", "spotify_artist_id"])
        # Features may be missing (ReccoBeats down, a fresh release); the song is heard all the
        # same.
        .join(features, on=["state", "track_id"], how="left")
        .with_columns(
            genres=pl.concat_list("genres", "spotify_genres").list.unique(maintain_order=True),
            artist_image_url=pl.coalesce("spotify_image_url", "image_url"),
            artist_url=pl.concat_str(
                pl.lit("https://open.spotify.com/artist/"), "spotify_artist_id"
            ),
            track_url=pl.concat_str(pl.lit("https://open.spotify.com/track/"), "track_id"),
        )
    )
    return joined.select(polars_schema(UpcomingShows).names()).sort(
        "local_date", "starts_at", "show_id", "billing", "performer_key", "track_rank",
        nulls_last=True,
    )  # fmt: skip
