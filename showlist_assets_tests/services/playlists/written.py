"""Tracks as the history holds them."""

from __future__ import annotations

from datetime import timedelta

from showlist_assets.services.playlists.history import WrittenTrack
from showlist_assets_tests.clock import NOW


def written(number: int) -> WrittenTrack:
    return WrittenTrack(
        uri=f"spotify:track:{number}",
        show_id=f"show {number}",
        local_date=NOW.date() + timedelta(days=number),
        label=f"Band {number} - Song {number}",
    )
