"""A published file of rows that a test gives, each with what differs from the default one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from showlist_assets.domain.shows import join_upcoming_shows
from showlist_assets.storage.warehouse import publish_warehouse
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.rows import frame

if TYPE_CHECKING:
    from pathlib import Path

    from showlist_assets.storage.tables import TableStore


def publish_rows_of(
    store: TableStore, path: Path, *, shows: Any = ({},), acts: Any = ({},), matched: Any = ({},),
    songs: Any = ({},), sounds: Any = ({},), changes: Any = (), fetches: Any = (),
) -> None:  # fmt: skip
    """Publish rows of New York at ``path``; ``store`` holds the tables."""
    parts = {
        "shows": frame("shows", *shows),
        "expanded_artists": frame("expanded_artists", *acts),
        "matched_artists": frame("matched_artists", *matched),
        "top_tracks": frame("top_tracks", *songs),
        "audio_features": frame("audio_features", *sounds),
    }
    for table, rows in parts.items():
        store.write(table, "NY", rows)
    store.write("show_changes", "NY", frame("show_changes", *changes))
    store.write("upcoming_shows", "NY", join_upcoming_shows(*parts.values(), now=NOW))
    publish_warehouse(store, path, fetches=fetches)
