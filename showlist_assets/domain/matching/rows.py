"""What a row of ``MatchedArtists`` looks like, for each way in which a performer is decided.

What belongs here: rows. What does not: deciding (``ladder``), who is due (``due``) and what a row
keeps of Spotify's answers (``evidence``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.matching.due import pause_after
from showlist_assets.domain.matching.evidence import Evidence, evidence_columns
from showlist_assets.domain.matching.ladder import MATCHER_VERSION
from showlist_assets.domain.matching.types import Decision
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.from_rows import frame_of_rows
from showlist_assets.domain.tables.matched_artists import MatchedArtists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from showlist_assets.domain.matching.due import Performer
    from showlist_assets.domain.matching.overrides import Override


def decided_row(
    performer: Performer, decision: Decision, evidence: Evidence, *, method: str, at: datetime
) -> dict[str, Any]:
    """The ``MatchedArtists`` row of a decision; a rejection says when it is looked at again."""
    artist = decision.candidate
    misses, again_at = 0, None
    if decision.outcome == "rejected" and evidence.asked_at:
        # Changed rules may reject by answers of an earlier run: nobody was asked, yet it is a miss.
        misses = evidence.misses + (evidence.asked_at == at) or 1
        again_at = evidence.asked_at + pause_after(misses)
    return {
        **_empty_row(performer, at),
        "outcome": decision.outcome,
        "method": method,
        "spotify_artist_id": artist.artist_id if artist else None,
        "spotify_artist_name": artist.name if artist else None,
        "spotify_genres": list(artist.genres) if artist else [],
        "spotify_popularity": artist.popularity if artist else None,
        "spotify_image_url": evidence.image_urls.get(artist.artist_id) if artist else None,
        "confidence": decision.confidence,
        "level": decision.level,
        "rule": decision.rule,
        "reason": decision.reason,
        "parts": [{"part": part, "value": value} for part, value in decision.parts.items()],
        **evidence_columns(evidence),
        "misses": misses,
        "ask_again_at": again_at,
    }


def overridden_row(
    performer: Performer, override: Override, evidence: Evidence, *, at: datetime
) -> dict[str, Any]:
    """The row of a performer who was decided by hand.

    Args:
        performer: Who.
        override: What the operator says.
        evidence: Holds the candidate that the override names, if it names one.
        at: When.
    """
    artist = evidence.candidate(override.artist_id) if override.artist_id else None
    note = f": {override.note}" if override.note else "."
    decision = Decision(
        outcome="matched" if artist else "rejected",
        candidate=artist,
        confidence=1.0 if artist else 0.0,
        level="high" if artist else "none",
        reason=f"Decided by hand in overrides.yaml{note}",
        rule="override",
    )
    row = decided_row(performer, decision, evidence, method="override", at=at)
    # A person has decided, so nobody is looked for again.
    return {**row, "misses": 0, "ask_again_at": None}


def copied_row(row: Mapping[str, Any], performer: Performer) -> dict[str, Any]:
    """The row of the same performer in another state of the run: decided once, known from then."""
    by_hand = row["method"] == "override"
    return {
        **row,
        "state": performer.state,
        "performer_name": performer.name,
        "method": "override" if by_hand else "known",
        "shows": performer.shows,
        "next_show_on": performer.next_show_on,
    }


def not_an_artist_row(performer: Performer, *, at: datetime) -> dict[str, Any]:
    """The row of a festival or a venue that poses as a performer: nobody to look for."""
    what = "the festival itself" if performer.act_kind == "festival" else "not an act"
    return {
        **_empty_row(performer, at),
        "outcome": "rejected",
        "confidence": 0.0,
        "rule": f"is_{performer.act_kind}",
        "reason": f"This name is {what}, so no artist is looked for.",
    }


def pending_row(
    performer: Performer, *, reason: str, at: datetime, evidence: Evidence | None = None
) -> dict[str, Any]:
    """The row of a performer nobody could be asked about yet, with what was learned so far."""
    seen = evidence or Evidence()
    return {
        **_empty_row(performer, at),
        "outcome": "pending",
        "confidence": None,
        "rule": "not_asked_yet",
        "reason": reason,
        **evidence_columns(seen),
        "misses": seen.misses,
    }


def decisions_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """``MatchedArtists`` of ``rows``, sorted by state and performer."""
    frame = frame_of_rows(list(rows), polars_schema(MatchedArtists))
    return frame.sort("state", "performer_key")


def _empty_row(performer: Performer, at: datetime) -> dict[str, Any]:
    return {
        "state": performer.state,
        "performer_key": performer.key,
        "performer_name": performer.name,
        "method": "none",
        "spotify_artist_id": None,
        "spotify_artist_name": None,
        "spotify_genres": [],
        "spotify_popularity": None,
        "spotify_image_url": None,
        "level": "none",
        "parts": [],
        "queries": [],
        "candidates": [],
        "found_tracks": [],
        "shows": performer.shows,
        "next_show_on": performer.next_show_on,
        "matcher_version": MATCHER_VERSION,
        "asked_at": None,
        "misses": 0,
        "ask_again_at": None,
        "decided_at": at,
    }
