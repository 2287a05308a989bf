"""Every table that all listeners share of what is known of artists, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain.tables.similarity.artist_factors import ArtistFactors
from showlist_assets.domain.tables.similarity.artist_ids import ArtistIds
from showlist_assets.domain.tables.similarity.artist_listeners import ArtistListeners
from showlist_assets.domain.tables.similarity.artist_neighbours import ArtistNeighbours
from showlist_assets.domain.tables.similarity.recording_neighbours import RecordingNeighbours

if TYPE_CHECKING:
    import dataframely as dy

SIMILARITY_TABLES: Final[dict[str, type[dy.Schema]]] = {
    "artist_ids": ArtistIds,
    "artist_neighbours": ArtistNeighbours,
    "artist_listeners": ArtistListeners,
    "artist_factors": ArtistFactors,
    "recording_neighbours": RecordingNeighbours,
}
