"""Rows of ``UpcomingShows``, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl

from showlist_assets.domain.tables.columns import FEATURE_NAMES, polars_schema
from showlist_assets.domain.tables.upcoming_shows import UpcomingShows

TODAY = date(2026, 11, 20)  # a Friday
NEW_YORK = (40.71, -74.01)


def show_row(show: str = "1", artist: str = "paper lantern", track: int = 1, **columns: Any) -> Any:
    """One track of ``artist`` on ``show``; its ids derive from the names."""
    day = columns.pop("local_date", TODAY)
    starts_at_local = datetime.combine(day, time(20)) if day else None
    return {
        "state": "NY",
        "show_id": f"seatgeek-{show}",
        "performer_key": artist,
        "track_id": f"{artist}-{track}".replace(" ", "-"),
        "title": artist.title(),
        "event_kind": "concert",
        "status": "scheduled",
        "starts_at": starts_at_local and (starts_at_local + timedelta(hours=5)).replace(tzinfo=UTC),
        "starts_at_local": starts_at_local,
        "local_date": day,
        "venue_timezone": "America/New_York",
        "venue_name": "The Boiler Room",
        "venue_city": "New York",
        "latitude": NEW_YORK[0],
        "longitude": NEW_YORK[1],
        "ticket_url": f"https://tickets.example/{show}",
        "source": "seatgeek",
        "performer_name": artist.title(),
        "billing": 1,
        "role": "headliner",
        "genres": ["rock"],
        "spotify_artist_id": f"id of {artist}",
        "spotify_artist_name": artist.title(),
        "match_confidence": 0.95,
        "row_number": track,
        "track_rank": track,
        "track_name": f"Song {track}",
        "explicit": False,
        "isrc": None,
        **dict.fromkeys(FEATURE_NAMES, 0.5),
        "key": 4,
        "mode": 1,
        **columns,
    }


def shows_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """The rows as ``UpcomingShows``."""
    return pl.DataFrame(list(rows), schema=polars_schema(UpcomingShows))
