"""Rows of ``ShowTaste``, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.show_taste import ShowTaste

_AT = datetime(2026, 11, 20, tzinfo=UTC)


def taste_row(artist: str, score: float | None = None, **columns: Any) -> dict[str, Any]:
    """How ``artist`` of ``show_row`` fits: by co-listening where there is a ``score``."""
    return {
        "performer_key": artist,
        "performer_name": artist.title(),
        "spotify_artist_id": f"id of {artist}",
        "score": score,
        "basis": "none" if score is None else "co-listening",
        "because": [],
        "plays": 0,
        "verdict": "none",
        "model": "test",
        "computed_at": _AT,
        **columns,
    }


def taste_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """The rows as ``ShowTaste``."""
    schema = pl.Schema(polars_schema(ShowTaste))
    return pl.DataFrame(list(rows), schema=schema) if rows else schema.to_frame()
