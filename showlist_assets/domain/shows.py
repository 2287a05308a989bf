"""The last step: everything known about a future show, joined into ``UpcomingShows``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.tables.columns import FEATURE_NAMES, polars_schema
from showlist_assets.domain.tables.upcoming_shows import UpcomingShows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

# A postponed show has no date that anybody could go to; it comes back as rescheduled.
_GOES_AHEAD: Final = ("scheduled", "rescheduled")
ARTIST_COLUMNS: Final = (
    "state", "performer_key", "outcome", "spotify_artist_id", "spotify_artist_name",
    "spotify_genres", "spotify_image_url", "spotify_popularity", "confidence", "reason",
)  # fmt: skip
"""What ``join_upcoming_shows`` takes of ``MatchedArtists``."""


def future_shows(shows: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """The ``Shows`` that go ahead and have not begun at ``now`` (UTC).

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
    return shows.filter(ahead & pl.col("status").is_in(list(_GOES_AHEAD)))


def join_upcoming_shows(
    shows: pl.DataFrame,
    expanded_artists: pl.DataFrame,
    matched_artists: pl.DataFrame,
    top_tracks: pl.DataFrame,
    audio_features: pl.DataFrame,
    *,
    now: datetime,
    expected: Mapping[str, date] | None = None,
) -> pl.DataFrame:
    """``UpcomingShows``: every future show, with a row per track of each performer on its bill.

    A performer without a track has one row, which says why. All frames may hold several states;
    rows meet within their state only. Sorted by date, show, billing and rank.

    Args:
        shows: As told by all sources.
        expanded_artists: Who is on their bills.
        matched_artists: Who these are on Spotify, at least ``ARTIST_COLUMNS``.
        top_tracks: The songs of those.
        audio_features: How the songs sound.
        now: The present (UTC).
        expected: When a pending performer will be looked up, about, by performer key.
    """
    bills = _bills(future_shows(shows, now=now), expanded_artists, matched_artists, expected or {})
    # Features may be missing (ReccoBeats down, a fresh release); the song is heard all the same.
    features = audio_features.select("state", "track_id", *FEATURE_NAMES)
    songs = (
        top_tracks.rename({"rank": "track_rank"})
        .sort("track_rank", "track_id")
        .join(features, on=["state", "track_id"], how="left", maintain_order="left")
        .with_columns(track_url=_page("track", "track_id"))
    )
    # The widest and longest frame is made by this one join, in its order: sorted afterwards, a
    # nation's would be in memory twice.
    joined = bills.join(
        songs, on=["state", "spotify_artist_id"], how="left", maintain_order="left_right"
    )
    return joined.with_columns(
        why_no_track=pl.when(pl.col("track_id").is_null()).then("why_no_track"),
        row_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(
            "state", "show_id", "performer_key"
        ),
    ).select(polars_schema(UpcomingShows).names())


def _bills(
    shows: pl.DataFrame,
    expanded_artists: pl.DataFrame,
    matched_artists: pl.DataFrame,
    expected: Mapping[str, date],
) -> pl.DataFrame:
    """Every performer of every show with who it is, sorted, and why there might be no track."""
    artists = matched_artists.select(
        "state",
        "performer_key",
        "outcome",
        "spotify_artist_id",
        "spotify_artist_name",
        "spotify_genres",
        "spotify_image_url",
        artist_popularity=pl.col("spotify_popularity"),
        match_confidence=pl.when(outcome="matched").then("confidence"),
        why_matched=pl.col("reason"),
    )
    acts = expanded_artists.drop("local_date", "last_date", "venue_city", "event_kind")
    return (
        shows.drop("performers", "listings")
        .with_columns(event_kind=pl.col("kind"))
        .join(acts, on=["state", "show_id"])
        .sort("local_date", "starts_at", "show_id", "billing", "performer_key", nulls_last=True)
        .join(artists, on=["state", "performer_key"], how="left", maintain_order="left")
        .with_columns(
            genres=pl.concat_list("genres", pl.col("spotify_genres").fill_null([])).list.unique(
                maintain_order=True
            ),
            artist_image_url=pl.coalesce("spotify_image_url", "image_url"),
            artist_url=_page("artist", "spotify_artist_id"),
            why_no_track=_why_no_track(expected),
        )
    )


def _page(kind: str, column: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"https://open.spotify.com/{kind}/"), pl.col(column))


def _why_no_track(expected: Mapping[str, date]) -> pl.Expr:
    """Why a performer has no song, in words for whoever looks for one."""
    by = pl.col("performer_key").replace_strict(
        {
            key: f"Not looked up yet: expected by about {day:%B} {day.day}."
            for key, day in expected.items()
        },
        default="Not looked up yet.",
        return_dtype=pl.String,
    )
    kind = pl.col("act_kind")
    return (
        pl.when(kind == "festival")
        .then(pl.lit("The festival itself: its acts have the songs."))
        .when(kind == "other")
        .then(pl.lit("Not an artist: a venue, a party or an offer that is billed like one."))
        .when(pl.col("outcome").is_null() | (pl.col("outcome") == "pending"))
        .then(by)
        .when(pl.col("outcome") == "matched")
        .then(pl.lit("On Spotify, but no song of theirs is known."))
        .when(kind == "tribute")
        .then(pl.lit("A tribute act that is not on Spotify itself."))
        .otherwise(pl.concat_str(pl.lit("Nobody on Spotify: "), pl.col("why_matched")))
    )
