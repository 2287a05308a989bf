"""The numbers worth plotting over time, per table: constant keys, so that the UI draws a line.

A name says what is counted; one that ends in ``_share`` is a fraction of 1, and 1.0 where there is
nothing to take a share of: an empty state lacks nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

Numbers = dict[str, int | float]


def measures(table: str, frame: pl.DataFrame) -> Numbers:
    """What to plot of ``frame`` (rows of ``table``, of one state or several)."""
    return _MEASURES[table](frame)


def _count(frame: pl.DataFrame, condition: pl.Expr) -> int:
    return frame.filter(condition).height


def share(part: int, whole: int) -> float:
    """``part / whole`` to four digits."""
    return round(part / whole, 4) if whole else 1.0


def _raw_events(frame: pl.DataFrame) -> Numbers:
    return {
        "events": frame.height,
        "festivals": _count(frame, pl.col("kind") == "music_festival"),
        "events_cancelled_or_postponed": _count(
            frame, pl.col("status").is_in(["cancelled", "postponed"])
        ),
        "events_without_time": _count(frame, pl.col("starts_at").is_null()),
        "venues": frame.get_column("venue_id").n_unique(),
    }


def _shows(frame: pl.DataFrame) -> Numbers:
    listings = frame.get_column("listings").list.len().sum()
    return {
        "shows": frame.height,
        "listings": int(listings),
        "shows_listed_more_than_once": _count(frame, pl.col("listings").list.len() > 1),
        "shows_cancelled_or_postponed": _count(
            frame, pl.col("status").is_in(["cancelled", "postponed"])
        ),
    }


def _show_changes(frame: pl.DataFrame) -> Numbers:
    return {
        "changes": frame.height,
        "shows_seen": frame.get_column("show_id").n_unique(),
        "shows_cancelled": _count(frame, pl.col("change") == "cancelled"),
        "shows_vanished": _count(frame, pl.col("change") == "vanished"),
    }


def _expanded_artists(frame: pl.DataFrame) -> Numbers:
    return {
        "billings": frame.height,
        "performers": frame.get_column("performer_key").n_unique(),
        "headliner_billings": _count(frame, pl.col("role") == "headliner"),
        "tribute_billings": _count(frame, pl.col("act_kind") == "tribute"),
        "not_artist_billings": _count(frame, pl.col("act_kind").is_in(["festival", "other"])),
    }


def _matched_artists(frame: pl.DataFrame) -> Numbers:
    counts = {name: _count(frame, pl.col("outcome") == name) for name in _OUTCOMES}
    # A festival or a venue is nobody's artist, so it says nothing about how well we match.
    sought = frame.filter(~pl.col("rule").str.starts_with("is_"))
    decided = _count(sought, pl.col("outcome") != "pending")
    return {
        **counts,
        "matched_share": share(counts["matched"], decided),
        # Here an empty state counts as 0: of nobody, nobody waits.
        "pending_share": share(counts["pending"], sought.height) if sought.height else 0.0,
        "decided_in_another_state": _count(frame, pl.col("method") == "known"),
        "low_confidence_matches": _count(frame, pl.col("level") == "low"),
    }


_OUTCOMES: Final = ("matched", "rejected", "pending")


def _top_tracks(frame: pl.DataFrame) -> Numbers:
    artists = frame.get_column("spotify_artist_id").n_unique()
    return {
        "tracks": frame.height,
        "artists_with_tracks": artists,
        "tracks_per_artist": round(frame.height / artists, 2) if artists else 0.0,
    }


def _audio_features(frame: pl.DataFrame) -> Numbers:
    known = _count(frame, pl.col("is_known"))
    return {
        "tracks_asked": frame.height,
        "tracks_known": known,
        "tracks_known_share": share(known, frame.height),
    }


def _upcoming_shows(frame: pl.DataFrame) -> Numbers:
    heard = frame.filter(pl.col("track_id").is_not_null())
    return {
        "rows": frame.height,
        "shows": frame.get_column("show_id").n_unique(),
        "shows_with_songs": heard.get_column("show_id").n_unique(),
        "performers": frame.get_column("performer_key").n_unique(),
        "performers_with_songs": heard.get_column("performer_key").n_unique(),
        "tracks": heard.get_column("track_id").n_unique(),
        "tracks_with_features_share": share(
            _count(heard, pl.col("energy").is_not_null()), heard.height
        ),
    }


_MEASURES: Final[dict[str, Callable[[pl.DataFrame], Numbers]]] = {
    "raw_events": _raw_events,
    "shows": _shows,
    "show_changes": _show_changes,
    "expanded_artists": _expanded_artists,
    "matched_artists": _matched_artists,
    "top_tracks": _top_tracks,
    "audio_features": _audio_features,
    "upcoming_shows": _upcoming_shows,
}
