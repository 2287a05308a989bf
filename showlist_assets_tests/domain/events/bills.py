"""Performers and the bills of shows, as rows of ``Shows`` hold them."""

from __future__ import annotations

from typing import Any

import polars as pl

from showlist_assets_tests.rows import frame


def performer(name: str, **columns: Any) -> dict[str, Any]:
    return {
        "performer_id": str(len(name)),
        "name": name,
        "kind": "band",
        "genres": [],
        "is_primary": False,
        "score": 0.3,
        "image_url": None,
        "url": None,
        "spotify_artist_id": None,
        "musicbrainz_id": None,
        **columns,
    }


def event(*performers: str | dict[str, Any], **columns: Any) -> pl.DataFrame:
    """One show of these performers (names, or columns of performers)."""
    bill = [performer(one) if isinstance(one, str) else one for one in performers]
    return frame("shows", {"title": "Tonight", "performers": bill, **columns})
