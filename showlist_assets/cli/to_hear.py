"""What there is to hear of each decided performer, for the commands that tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

    from showlist_assets.wiring import Platform

COLUMNS: Final = (
    "state", "performer_key", "outcome", "next_show_on", "spotify_artist_id", "spotify_artist_name",
    "queries",
)  # fmt: skip
"""The columns of ``matched_artists`` that are needed."""


def what_to_hear(platform: Platform, matched_artists: pl.DataFrame) -> pl.DataFrame:
    """The decisions with ``to_hear`` (``songs.with_what_to_hear``), by the stored top tracks.

    Without those of a state whose songs were not picked yet: there nothing is known.

    Raises:
        StorageError: a table cannot be read.
    """
    import polars as pl

    from showlist_assets.domain.matching.songs import with_what_to_hear
    from showlist_assets.storage.parquet import read_columns, stored_states

    artist = ("state", "spotify_artist_id")
    tracks = read_columns(platform.files, "top_tracks", artist)
    if tracks is None:
        tracks = matched_artists.select(artist).clear()
    picked = pl.col("state").is_in(stored_states(platform.files, "top_tracks"))
    return with_what_to_hear(
        matched_artists.filter(picked),
        tracks,
        further_search=platform.settings.spotify_mode == "development",
    )
