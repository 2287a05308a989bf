"""Rows of each table, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from showlist_assets.domain.events.merged_shows import merged_shows
from showlist_assets.domain.events.show_decisions import ShowDecisions
from showlist_assets.domain.matching.ladder import MATCHER_VERSION
from showlist_assets.domain.tables.columns import FEATURE_NAMES, polars_schema
from showlist_assets.domain.tables.raw_events import SOURCES
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.clock import NOW

TODAY = NOW.date()

_DEFAULTS: dict[str, dict[str, Any]] = {
    "raw_events": {
        "state": "NY",
        "source": "seatgeek",
        "event_id": "1",
        "platform": "seatgeek",
        "is_resale": False,
        "title": "Paper Lantern",
        "kind": "concert",
        "status": "scheduled",
        "starts_at": datetime(2026, 12, 5, 1, tzinfo=UTC),
        "starts_at_local": datetime(2026, 12, 4, 20),  # noqa: DTZ001  the venue's wall clock
        "local_date": date(2026, 12, 4),
        "venue_timezone": "America/New_York",
        "performers": [],
        "venue_name": "The Boiler Room",
        "venue_city": "Albany",
        "fetched_at": NOW,
    },
    "shows": {
        "state": "NY",
        "show_id": "seatgeek-1",
        "title": "Paper Lantern",
        "kind": "concert",
        "status": "scheduled",
        "starts_at": datetime(2026, 12, 5, 1, tzinfo=UTC),
        "starts_at_local": datetime(2026, 12, 4, 20),  # noqa: DTZ001  the venue's wall clock
        "local_date": date(2026, 12, 4),
        "venue_timezone": "America/New_York",
        "performers": [],
        "venue_name": "The Boiler Room",
        "venue_city": "Albany",
        "source": "seatgeek",
        "fetched_at": NOW,
        "listings": [],
    },
    "show_changes": {
        "state": "NY",
        "show_id": "seatgeek-1",
        "changed_at": NOW,
        "change": "announced",
        "title": "Paper Lantern",
        "status": "scheduled",
        "local_date": date(2026, 12, 4),
        "venue_name": "The Boiler Room",
        "venue_city": "Albany",
        "acts": [],
        "sources": ["seatgeek"],
        "listing": "seatgeek-1",
    },
    "expanded_artists": {
        "state": "NY",
        "show_id": "seatgeek-1",
        "performer_key": "paper lantern",
        "performer_name": "Paper Lantern",
        "billing": 1,
        "role": "headliner",
        "act_kind": "artist",
        "genres": [],
        "event_kind": "concert",
        "local_date": date(2026, 12, 4),
        "venue_city": "Albany",
    },
    "matched_artists": {
        "state": "NY",
        "performer_key": "paper lantern",
        "performer_name": "Paper Lantern",
        "outcome": "matched",
        "method": "search",
        "spotify_artist_id": "artist-1",
        "spotify_artist_name": "Paper Lantern",
        "spotify_genres": [],
        "confidence": 0.97,
        "level": "high",
        "rule": "equal_name",
        "reason": "The page has the billed name.",
        "parts": [],
        "misses": 0,
        "queries": ["Paper Lantern"],
        "candidates": [],
        "found_tracks": [],
        "shows": 1,
        "next_show_on": date(2026, 12, 4),
        "matcher_version": MATCHER_VERSION,
        "asked_at": NOW,
        "decided_at": NOW,
    },
    "top_tracks": {
        "state": "NY",
        "spotify_artist_id": "artist-1",
        "track_id": "track-1",
        "rank": 1,
        "track_name": "Small Hours",
        "artist_names": ["Paper Lantern"],
        "ranking_source": "spotify_search",
        "ranked_at": NOW,
    },
    "audio_features": {
        "state": "NY",
        "track_id": "track-1",
        "is_known": True,
        **dict.fromkeys(FEATURE_NAMES, 0.5),
        "key": 4,
        "mode": 1,
        "features_source": "reccobeats",
        "asked_at": NOW,
    },
}


def frame(table: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of ``table``, each the default row with the given columns replaced."""
    return pl.DataFrame(
        [{**_DEFAULTS[table], **row} for row in rows], schema=polars_schema(TABLES[table])
    )


def shows_of_listings(raw_events: pl.DataFrame) -> pl.DataFrame:
    """The ``Shows`` that these ``RawEvents`` make, as the asset makes them."""
    return merged_shows(raw_events, preferred=SOURCES, decisions=ShowDecisions()).shows


def found_track(track_id: str, **columns: Any) -> dict[str, Any]:
    """A track as ``matched_artists.found_tracks`` keeps it; credited to ``artist-1``."""
    return {
        "track_id": track_id,
        "track_name": f"Song {track_id}",
        "artist_ids": ["artist-1"],
        "artist_names": ["Paper Lantern"],
        "album_name": None,
        "album_image_url": None,
        "release_date": None,
        "duration_ms": 180_000,
        "explicit": False,
        "isrc": None,
        "popularity": None,
        **columns,
    }


def pending() -> dict[str, Any]:
    """The columns in which a pending ``matched_artists`` row differs from the default one."""
    return {
        "outcome": "pending",
        "method": "none",
        "spotify_artist_id": None,
        "spotify_artist_name": None,
        "confidence": None,
        "level": "none",
        "rule": "not_asked_yet",
        "reason": "Not asked yet.",
    }


def keeps_the_rules(table: str, rows: pl.DataFrame) -> bool:
    """Whether each state's rows are a valid partition of ``table``: a key counts within a state."""
    parts = rows.partition_by("state") or [rows]
    return all(TABLES[table].is_valid(part) for part in parts)
