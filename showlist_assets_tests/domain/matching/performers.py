"""A performer to decide, what Spotify may have answered about it, and the row that comes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from showlist_assets.domain.matching.due import Performer
from showlist_assets.domain.matching.evidence import Evidence
from showlist_assets.domain.matching.rows import decisions_frame
from showlist_assets.domain.matching.types import Candidate
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets_tests.rows import NOW, TODAY, found_track


def performer(**columns: Any) -> Performer:
    """Paper Lantern with one show tomorrow in New York, but for ``columns``."""
    known: dict[str, Any] = {
        "state": "NY",
        "key": "paper lantern",
        "name": "Paper Lantern",
        "act_kind": "artist",
        "genres": (),
        "event_kind": "concert",
        "billing": 1,
        "city": "Albany",
        "score": 0.0,
        "source_spotify_artist_id": None,
        "shows": 1,
        "next_show_on": TODAY + timedelta(days=1),
    }
    return Performer(**(known | columns))


def some_evidence() -> Evidence:
    """Two searches about Paper Lantern, one of them in vain."""
    return Evidence(
        answers={
            "Paper Lantern": [
                Candidate("artist-1", "Paper Lantern", ("indie",), None, 1),
                Candidate("artist-2", "Paper Lanterns", (), 40, 2),
            ],
            "Lantern": [],
        },
        image_urls={"artist-1": "https://i.scdn.co/1", "artist-2": None},
        tracks=[found_track("t1"), found_track("t2", isrc="USX")],
        asked_at=NOW,
    )


def stored(row: dict[str, Any]) -> dict[str, Any]:
    """The row as ``MatchedArtists`` gives it back, which takes only valid ones."""
    rows = decisions_frame([row])
    TABLES["matched_artists"].validate(rows)
    return rows.row(0, named=True)
