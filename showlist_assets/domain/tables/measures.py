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

_IS_CALLED_OFF: Final = pl.col("status").is_in(["cancelled", "postponed"])


def measures(table: str, frame: pl.DataFrame) -> Numbers:
    """What to plot of ``frame`` (rows of ``table``, of one state or several)."""
    return _MEASURES[table](frame)


def _counts(frame: pl.DataFrame, **conditions: pl.Expr) -> dict[str, int]:
    """How many rows meet each condition, all counted in one pass."""
    counts: dict[str, int] = frame.select(
        condition.sum().cast(pl.Int64).alias(name) for name, condition in conditions.items()
    ).row(0, named=True)
    return counts


def share(part: int, whole: int) -> float:
    """``part / whole`` to four digits."""
    return round(part / whole, 4) if whole else 1.0


def _raw_events(frame: pl.DataFrame) -> Numbers:
    return {
        "events": frame.height,
        **_counts(
            frame,
            festivals=pl.col("kind") == "music_festival",
            events_cancelled_or_postponed=_IS_CALLED_OFF,
            events_without_time=pl.col("starts_at").is_null(),
        ),
        "venues": frame.get_column("venue_id").n_unique(),
    }


def _shows(frame: pl.DataFrame) -> Numbers:
    listings = frame.get_column("listings").list.len()
    return {
        "shows": frame.height,
        "listings": int(listings.sum()),
        **_counts(
            frame,
            shows_listed_more_than_once=pl.col("listings").list.len() > 1,
            shows_cancelled_or_postponed=_IS_CALLED_OFF,
        ),
    }


def _show_changes(frame: pl.DataFrame) -> Numbers:
    return {
        "changes": frame.height,
        "shows_seen": frame.get_column("show_id").n_unique(),
        **_counts(
            frame,
            shows_cancelled=pl.col("change") == "cancelled",
            shows_vanished=pl.col("change") == "vanished",
        ),
    }


def _expanded_artists(frame: pl.DataFrame) -> Numbers:
    return {
        "billings": frame.height,
        "performers": frame.get_column("performer_key").n_unique(),
        **_counts(
            frame,
            headliner_billings=pl.col("role") == "headliner",
            tribute_billings=pl.col("act_kind") == "tribute",
            not_artist_billings=pl.col("act_kind").is_in(["festival", "other"]),
        ),
    }


def _matched_artists(frame: pl.DataFrame) -> Numbers:
    # A festival or a venue is nobody's artist, so it says nothing about how well we match.
    is_sought = ~pl.col("rule").str.starts_with("is_")
    counts = _counts(
        frame,
        **{name: pl.col("outcome") == name for name in _OUTCOMES},
        sought=is_sought,
        decided=is_sought & (pl.col("outcome") != "pending"),
        decided_in_another_state=pl.col("method") == "known",
        low_confidence_matches=pl.col("level") == "low",
    )
    return {
        **{name: counts[name] for name in _OUTCOMES},
        "matched_share": share(counts["matched"], counts["decided"]),
        # Here an empty state counts as 0: of nobody, nobody waits.
        "pending_share": share(counts["pending"], counts["sought"]) if counts["sought"] else 0.0,
        "decided_in_another_state": counts["decided_in_another_state"],
        "low_confidence_matches": counts["low_confidence_matches"],
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
    known = int(frame.get_column("is_known").sum())
    return {
        "tracks_asked": frame.height,
        "tracks_known": known,
        "tracks_known_share": share(known, frame.height),
    }


def _upcoming_shows(frame: pl.DataFrame) -> Numbers:
    heard = frame.select("show_id", "performer_key", "track_id", "energy").filter(
        pl.col("track_id").is_not_null()
    )
    return {
        "rows": frame.height,
        "shows": frame.get_column("show_id").n_unique(),
        "shows_with_songs": heard.get_column("show_id").n_unique(),
        "performers": frame.get_column("performer_key").n_unique(),
        "performers_with_songs": heard.get_column("performer_key").n_unique(),
        "tracks": heard.get_column("track_id").n_unique(),
        "tracks_with_features_share": share(
            heard.height - heard.get_column("energy").null_count(), heard.height
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
