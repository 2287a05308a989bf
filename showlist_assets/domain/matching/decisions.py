"""Which performers need a decision, which decisions still hold, and what a decision looks like.

What belongs here: the bookkeeping around the matcher. What does not: the matching rules
(``ladder``) and the search itself (``services.artist_matching``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.matching.ladder import MATCHER_VERSION, Billing, Candidate, Decision
from showlist_assets.domain.tables.schemas import MatchedArtists, polars_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from showlist_assets.domain.catalog import FoundTrack
    from showlist_assets.domain.matching.overrides import Override


@dataclass(frozen=True)
class Performer:
    """One performer of one state, with everything that the shows of the state say about it."""

    state: str
    key: str
    name: str
    act_kind: str
    genres: tuple[str, ...]
    event_kind: str
    billing: int
    city: str | None
    score: float
    source_spotify_artist_id: str | None
    shows: int
    next_show_on: date | None

    @property
    def as_billed(self) -> Billing:
        """What the matcher is told."""
        return Billing(
            name=self.name,
            genres=self.genres,
            event_kind=self.event_kind,
            billing=self.billing,
            city=self.city,
            spotify_artist_id=self.source_spotify_artist_id,
        )


@dataclass
class Evidence:
    """What Spotify answered about one performer: candidates per query, and tracks.

    Attributes:
        not_before: An answer counts only if it was given after this moment (UTC).
    """

    answers: dict[str, list[Candidate]] = field(default_factory=dict)
    image_urls: dict[str, str | None] = field(default_factory=dict)
    tracks: list[dict[str, Any]] = field(default_factory=list)
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


def performers_by_urgency(expanded_artists: pl.DataFrame, *, today: date) -> pl.DataFrame:
    """One row per state and performer, in the order in which calls should be spent on them.

    Soonest show first (shows without a date last), then the best billing, then the biggest name.
    Shows before ``today`` do not count, unless the performer has no other. Columns: the fields of
    ``Performer``, with ``performer_key`` and ``performer_name`` named as in ``MatchedArtists``.
    """
    over = (pl.col("local_date") < today).fill_null(value=False)
    ordered = expanded_artists.with_columns(over=over).sort(
        "over", "local_date", "billing", "performer_score", "performer_key",
        descending=[False, False, False, True, False], nulls_last=True,
    )  # fmt: skip
    return ordered.group_by("state", "performer_key", maintain_order=True).agg(
        pl.col("performer_name", "act_kind", "event_kind", "billing").first(),
        genres=pl.col("genres").explode().drop_nulls().unique(maintain_order=True),
        city=pl.col("venue_city").first(),
        score=pl.col("performer_score").first().fill_null(0.0),
        source_spotify_artist_id=pl.col("source_spotify_artist_id").drop_nulls().first(),
        shows=pl.col("show_id").n_unique().cast(pl.Int32),
        next_show_on=pl.when(pl.col("over").first())
        .then(pl.col("local_date").max())
        .otherwise(pl.col("local_date").first()),
    )


def decisions_that_hold(
    performers: pl.DataFrame, stored: pl.DataFrame, *, overridden: Iterable[str] = ()
) -> pl.DataFrame:
    """``MatchedArtists`` of the performers already decided by today's rules, in any state.

    A state's own row stays as it is, but for the shows it counts; a row taken from another state
    says so in ``method``.

    Args:
        performers: As ``performers_by_urgency`` gives them.
        stored: ``MatchedArtists`` of every state.
        overridden: Performer keys that are decided by hand now. Neither do their rows hold, nor
            those that were decided by hand once and no longer are.
    """
    holding = stored.filter(
        (pl.col("outcome") != "pending")
        & (pl.col("matcher_version") == MATCHER_VERSION)
        & (pl.col("method") != "override")
        & ~pl.col("performer_key").is_in(list(overridden))
    )
    today = performers.select("state", "performer_key", "performer_name", "shows", "next_show_on")
    per_run = ["performer_name", "shows", "next_show_on"]
    own = holding.drop(per_run).join(today, on=["state", "performer_key"])
    new_here = today.join(own, on=["state", "performer_key"], how="anti")
    others = (
        # Rows are heavy with answers: only those that may be taken over are sorted.
        holding.join(new_here, on="performer_key", how="semi")
        .drop("state", *per_run)
        .sort("decided_at", descending=True)
        .unique("performer_key", keep="first", maintain_order=True)
        .join(new_here, on="performer_key")
        .with_columns(
            method=pl.when(pl.col("method") == "none").then("method").otherwise(pl.lit("known"))
        )
    )
    columns = polars_schema(MatchedArtists).names()
    return pl.concat([own.select(columns), others.select(columns)])


def due_again(holding: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """The rows of ``holding`` whose performer was not found and is looked for again by ``now``."""
    return holding.filter(pl.col("ask_again_at") <= now)


def performers_to_decide(
    performers: pl.DataFrame, holding: pl.DataFrame, due: pl.DataFrame | None = None
) -> list[Performer]:
    """The performers that ``holding`` does not cover, most urgent first, and those ``due`` last.

    Somebody new may well be found; somebody who was not found before hardly ever is.
    """
    place = ["state", "performer_key"]
    left = performers.join(holding, on=place, how="anti", maintain_order="left")
    if due is not None:
        again = performers.join(due, on=place, how="semi", maintain_order="left")
        left = pl.concat([left, again])
    renamed = left.rename({"performer_key": "key", "performer_name": "name"})
    return [
        Performer(**{**row, "genres": tuple(row["genres"])})
        for row in renamed.iter_rows(named=True)
    ]


def earlier_evidence(performers: list[Performer], stored: pl.DataFrame) -> dict[str, Evidence]:
    """What Spotify once answered about each of ``performers``, by performer key.

    Rows that older rules decided, or that are pending half-way, hold answers that were paid for.
    """
    wanted = stored.filter(
        pl.col("performer_key").is_in([performer.key for performer in performers])
        & pl.col("asked_at").is_not_null()
    ).sort("asked_at")
    return {row["performer_key"]: evidence_of(row) for row in wanted.iter_rows(named=True)}


# A band that is not on Spotify today may be next week, and hardly ever comes after a year: the
# pause doubles, as ListenBrainz' mapper re-checks its misses.
_LONGEST_PAUSE_DAYS = 32


def pause_after(misses: int) -> timedelta:
    """How long to wait before looking again after ``misses`` times in vain: 1, 2, 4 ... 32 days."""
    return timedelta(days=min(2 ** max(0, misses - 1), _LONGEST_PAUSE_DAYS))


def evidence_of(row: Mapping[str, Any]) -> Evidence:
    """What a stored row was decided on, so that changed rules can decide again without a call."""
    evidence = Evidence(
        answers={query: [] for query in row["queries"]},
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


def decided_row(
    performer: Performer, decision: Decision, evidence: Evidence, *, method: str, at: datetime
) -> dict[str, Any]:
    """The ``MatchedArtists`` row of a decision; a rejection says when it is looked at again."""
    artist = decision.candidate
    misses, again_at = 0, None
    if decision.outcome == "rejected" and evidence.asked_at:
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
        **_evidence_columns(evidence),
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
        **_evidence_columns(seen),
        "misses": seen.misses,
    }


def decisions_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """``MatchedArtists`` of ``rows``, sorted by state and performer."""
    frame = pl.DataFrame(list(rows), schema=polars_schema(MatchedArtists))
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


def _evidence_columns(evidence: Evidence) -> dict[str, Any]:
    """What was asked and answered, as ``evidence_of`` reads it back."""
    return {
        "queries": list(evidence.answers),
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
