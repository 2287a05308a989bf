"""What sources tell of a play, in a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import polars as pl

from showlist_assets.domain.listening.reports import as_reports

EVENING: Final = datetime(2026, 3, 7, 20, 0, tzinfo=UTC)
LENGTH: Final = timedelta(minutes=4)


def report(source: str, at: datetime, means: str = "end", **told: Any) -> pl.DataFrame:
    """One report of ``source``; of a song by Mitski unless ``told`` names another."""
    row = {
        "reported_at": at,
        "reported_means": means,
        "track_name": "Heaven",
        "artist_name": "Mitski",
        **told,
    }
    return as_reports([row], source=source, import_id=source, received_at=EVENING)


def exported(end: datetime, **told: Any) -> pl.DataFrame:
    """A row of Spotify's file."""
    track = {"spotify_track_id": "a" * 22, "ms_played": 240_000}
    return report("spotify_export", end, **{**track, **told})


def polled(end: datetime, **told: Any) -> pl.DataFrame:
    """One of Spotify's recently played tracks."""
    track = {"spotify_track_id": "a" * 22, "duration_ms": 240_000}
    return report("spotify_poll", end, **{**track, **told})


def scrobbled(start: datetime, **told: Any) -> pl.DataFrame:
    """A listen of ListenBrainz, which knows names only."""
    return report("listenbrainz", start, "start", **told)
