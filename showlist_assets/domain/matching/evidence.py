"""What Spotify answered about a performer: gathered, kept in a row, and read back from it.

What belongs here: evidence, and what adds to it. What does not: asking
(``services.artist_matching``), judging by it (``ladder``) and the rest of a row (``rows``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.matching.links import link_query
from showlist_assets.domain.matching.songs import is_song_query
from showlist_assets.domain.matching.types import Candidate
from showlist_assets.domain.names import performer_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
    from showlist_assets.domain.matching.due import Performer


@dataclass
class Evidence:
    """What Spotify answered about one performer: candidates per query, and tracks.

    Attributes:
        song_queries: Searches for the songs of an artist alone, which brought no candidates.
        not_before: An answer counts only if it was given after this moment (UTC).
    """

    answers: dict[str, list[Candidate]] = field(default_factory=dict)
    image_urls: dict[str, str | None] = field(default_factory=dict)
    tracks: list[dict[str, Any]] = field(default_factory=list)
    song_queries: list[str] = field(default_factory=list)
    asked_at: datetime | None = None
    misses: int = 0
    not_before: datetime | None = None

    def candidate(self, artist_id: str) -> Candidate | None:
        """The artist among the candidates; None where no answer had it."""
        for candidates in self.answers.values():
            for candidate in candidates:
                if candidate.artist_id == artist_id:
                    return candidate
        return None

    def has_tracks_of(self, artist_id: str) -> bool:
        """Whether any track found is credited to the artist."""
        return any(artist_id in track["artist_ids"] for track in self.tracks)


def add_answer(evidence: Evidence, query: str, answer: SearchAnswer, *, at: datetime) -> None:
    """Add what the search for ``query`` found; a track that is known already is not added again."""
    evidence.answers[query] = [
        candidate_of(artist, rank) for rank, artist in enumerate(answer.artists, start=1)
    ]
    evidence.image_urls |= {artist.artist_id: artist.image_url for artist in answer.artists}
    known = {track["track_id"] for track in evidence.tracks}
    evidence.tracks += [
        found_track_struct(track) for track in answer.tracks if track.track_id not in known
    ]
    evidence.asked_at = at


def add_artist(evidence: Evidence, artist: FoundArtist) -> None:
    """Add an artist that was looked up by its id, under a query no search could have."""
    # Not under the name: it would look like an answer to that search.
    evidence.answers[link_query(artist.artist_id)] = [candidate_of(artist, rank=1)]
    evidence.image_urls[artist.artist_id] = artist.image_url


def candidate_of(artist: FoundArtist, rank: int) -> Candidate:
    """The artist as the ladder sees it, at the ``rank``-th position of an answer."""
    return Candidate(
        artist_id=artist.artist_id,
        name=artist.name,
        genres=artist.genres,
        popularity=artist.popularity,
        rank=rank,
    )


def found_track_struct(track: FoundTrack) -> dict[str, Any]:
    """A track of a search answer, as ``MatchedArtists.found_tracks`` keeps it."""
    return {
        "track_id": track.track_id,
        "track_name": track.track_name,
        "artist_ids": list(track.artist_ids),
        "artist_names": list(track.artist_names),
        "album_name": track.album_name,
        "album_image_url": track.album_image_url,
        "release_date": track.release_date,
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        "isrc": track.isrc,
        "popularity": track.popularity,
    }


def evidence_columns(evidence: Evidence) -> dict[str, Any]:
    """What was asked and answered, as ``evidence_of`` reads it back from ``MatchedArtists``."""
    return {
        "queries": [*evidence.answers, *evidence.song_queries],
        "candidates": [
            _candidate_struct(query, candidate, evidence)
            for query, candidates in evidence.answers.items()
            for candidate in candidates
        ],
        "found_tracks": evidence.tracks,
        "asked_at": evidence.asked_at,
    }


def _candidate_struct(query: str, candidate: Candidate, evidence: Evidence) -> dict[str, Any]:
    return {
        "query": query,
        "rank": candidate.rank,
        "artist_id": candidate.artist_id,
        "name": candidate.name,
        "genres": list(candidate.genres),
        "popularity": candidate.popularity,
        "image_url": evidence.image_urls.get(candidate.artist_id),
    }


def evidence_of(row: Mapping[str, Any]) -> Evidence:
    """What a stored row was decided on, so that changed rules can decide again without a call."""
    evidence = Evidence(
        # Not among the answers: they say nothing of who it is, and the ladder counts its searches.
        answers={query: [] for query in row["queries"] if not is_song_query(query)},
        song_queries=[query for query in row["queries"] if is_song_query(query)],
        asked_at=row["asked_at"],
        misses=row["misses"],
    )
    for seen in row["candidates"]:
        evidence.answers.setdefault(seen["query"], []).append(
            Candidate(
                artist_id=seen["artist_id"],
                name=seen["name"],
                genres=tuple(seen["genres"]),
                popularity=seen["popularity"],
                rank=seen["rank"],
            )
        )
        evidence.image_urls[seen["artist_id"]] = seen["image_url"]
    evidence.tracks = list(row["found_tracks"])
    return evidence


def earlier_evidence(performers: list[Performer], stored: pl.DataFrame) -> dict[str, Evidence]:
    """What Spotify once answered about each of ``performers``, by performer key.

    Rows that older rules decided, or that are pending half-way, hold answers that were paid for; so
    do those of a text that was searched whole before it was taken apart, under the text's own key.
    """
    keys = {performer.key for performer in performers}
    keys |= {performer_key(text) for performer in performers for text in performer.billed_texts}
    wanted = stored.filter(
        pl.col("performer_key").is_in(list(keys)) & pl.col("asked_at").is_not_null()
    ).sort("asked_at")
    return {row["performer_key"]: evidence_of(row) for row in wanted.iter_rows(named=True)}
