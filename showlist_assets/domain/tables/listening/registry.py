"""Every table that is kept of one listener, by name: encrypted, one file per account and table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain.tables.listening.listen_reports import ListenReports
from showlist_assets.domain.tables.listening.listening_gaps import ListeningGaps
from showlist_assets.domain.tables.listening.listening_imports import ListeningImports
from showlist_assets.domain.tables.listening.listening_polls import ListeningPolls
from showlist_assets.domain.tables.listening.listens import Listens
from showlist_assets.domain.tables.listening.recording_ids import RecordingIds
from showlist_assets.domain.tables.listening.show_taste import ShowTaste
from showlist_assets.domain.tables.listening.taste import Taste
from showlist_assets.domain.tables.listening.taste_feedback import TasteFeedback
from showlist_assets.domain.tables.listening.top_artists import TopArtists
from showlist_assets.domain.tables.listening.track_suggestions import TrackSuggestions

if TYPE_CHECKING:
    import dataframely as dy

LISTENER_TABLES: Final[dict[str, type[dy.Schema]]] = {
    "listen_reports": ListenReports,
    "listening_imports": ListeningImports,
    "listening_polls": ListeningPolls,
    "listening_gaps": ListeningGaps,
    "top_artists": TopArtists,
    "listens": Listens,
    "recording_ids": RecordingIds,
    "taste_feedback": TasteFeedback,
    "taste": Taste,
    "show_taste": ShowTaste,
    "track_suggestions": TrackSuggestions,
}
