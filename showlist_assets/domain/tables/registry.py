"""Every table of the platform, by name, in the order in which they are made.

Column order, types, keys, nullability, rules and the sentence that explains each column live in the
tables' own files and nowhere else: Dagster's column metadata and checks, the DuckDB tables with
their comments, the data dictionary in ``docs/tables.md`` and the validation on write and on read
derive from this list of them.

What belongs here: the list, and what holds of all tables together. What does not: a table's columns
(its own file beside this one).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain.tables.audio_features import AudioFeatures
from showlist_assets.domain.tables.expanded_artists import ExpandedArtists
from showlist_assets.domain.tables.matched_artists import MatchedArtists
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.domain.tables.show_changes import ShowChanges
from showlist_assets.domain.tables.shows import Shows
from showlist_assets.domain.tables.top_tracks import TopTracks
from showlist_assets.domain.tables.upcoming_shows import UpcomingShows

if TYPE_CHECKING:
    import dataframely as dy

TABLES: Final[dict[str, type[dy.Schema]]] = {
    "raw_events": RawEvents,
    "shows": Shows,
    "show_changes": ShowChanges,
    "expanded_artists": ExpandedArtists,
    "matched_artists": MatchedArtists,
    "top_tracks": TopTracks,
    "audio_features": AudioFeatures,
    "upcoming_shows": UpcomingShows,
}
