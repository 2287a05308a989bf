"""The last step: everything known about a future show, joined into ``UpcomingShows``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.batches import batches_up_to
from showlist_assets.domain.tables.by_state import rows_by_state
from showlist_assets.domain.tables.columns import FEATURE_NAMES, polars_schema
from showlist_assets.domain.tables.upcoming_shows import UpcomingShows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

# A postponed show has no date that anybody could go to; it comes back as rescheduled.
_GOES_AHEAD: Final = ("scheduled", "rescheduled")
ARTIST_COLUMNS: Final = (
    "state", "performer_key", "outcome", "spotify_artist_id", "spotify_artist_name",
    "spotify_genres", "spotify_image_url", "spotify_popularity", "confidence", "reason",
)  # fmt: skip
"""What ``join_upcoming_shows`` takes of ``MatchedArtists``."""
SHOW_COLUMNS: Final = (
    "state", "show_id", "title", "kind", "status", "starts_at", "starts_at_local", "doors_at_local",
    "local_date", "ends_at", "last_date", "venue_timezone", "venue_name", "venue_address",
    "venue_city", "venue_postal_code", "latitude", "longitude", "venue_capacity", "lowest_price",
    "average_price", "highest_price", "ticket_url", "source",
)  # fmt: skip
"""What it takes of ``Shows``."""
ACT_COLUMNS: Final = (
    "state", "show_id", "performer_key", "performer_name", "billing", "role", "genres", "act_kind",
    "image_url",
)  # fmt: skip
"""What it takes of ``ExpandedArtists``."""
SONG_COLUMNS: Final = (
    "state", "spotify_artist_id", "track_id", "rank", "track_name", "album_name", "release_date",
    "duration_ms", "explicit", "isrc", "track_popularity",
)  # fmt: skip
"""What it takes of ``TopTracks``."""
FEATURE_COLUMNS: Final = ("state", "track_id", *FEATURE_NAMES)
"""What it takes of ``AudioFeatures``."""
# Shows that are joined at once, unless a single state has more.
_AT_ONCE: Final = 2_000


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
    rows meet within their state only. The rows of a state stand together, sorted by date, show,
    billing and rank.

    Args:
        shows: As told by all sources, at least ``SHOW_COLUMNS``.
        expanded_artists: Who is on their bills, at least ``ACT_COLUMNS``.
        matched_artists: Who these are on Spotify, at least ``ARTIST_COLUMNS``.
        top_tracks: The songs of those, at least ``SONG_COLUMNS``.
        audio_features: How the songs sound, at least ``FEATURE_COLUMNS``.
        now: The present (UTC).
        expected: When a pending performer will be looked up, about, by performer key.
    """
    # The widest and longest of all frames: beside it, what it is joined from is there for a few
    # states at a time only.
    coming = future_shows(shows.select(SHOW_COLUMNS), now=now)
    shows_of = dict(coming.group_by("state", maintain_order=True).len().iter_rows())
    groups = list(batches_up_to(_AT_ONCE, shows_of, shows_of.__getitem__))
    tables = (
        coming,
        expanded_artists.select(ACT_COLUMNS),
        matched_artists.select(ARTIST_COLUMNS),
        top_tracks.select(SONG_COLUMNS),
        audio_features.select(FEATURE_COLUMNS),
    )
    parts = zip(*(_of_groups(table, groups) for table in tables), strict=True)
    none = polars_schema(UpcomingShows).to_frame()
    return pl.concat([none, *(_joined(*part, expected=expected or {}) for part in parts)])


def _of_groups(frame: pl.DataFrame, groups: Sequence[Sequence[str]]) -> list[pl.DataFrame]:
    if len(groups) == 1:
        return [frame]
    rows = rows_by_state(frame, (state for group in groups for state in group))
    return [pl.concat(rows[state] for state in group) for group in groups]


def _joined(
    shows: pl.DataFrame,
    expanded_artists: pl.DataFrame,
    matched_artists: pl.DataFrame,
    top_tracks: pl.DataFrame,
    audio_features: pl.DataFrame,
    *,
    expected: Mapping[str, date],
) -> pl.DataFrame:
    bills = _bills(shows, expanded_artists, matched_artists, expected)
    # Features may be missing (ReccoBeats down, a fresh release); the song is heard all the same.
    songs = (
        top_tracks.rename({"rank": "track_rank"})
        .sort("track_rank", "track_id")
        .join(audio_features, on=["state", "track_id"], how="left", maintain_order="left")
        .with_columns(track_url=_page("track", "track_id"))
    )
    # By this one join, in its order: sorted afterwards, the rows would be in memory twice.
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
    acts: pl.DataFrame,
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
    in_order = ("state", "local_date", "starts_at", "show_id", "billing", "performer_key")
    return (
        shows.with_columns(event_kind=pl.col("kind"))
        .join(acts, on=["state", "show_id"])
        .sort(in_order, nulls_last=True)
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
