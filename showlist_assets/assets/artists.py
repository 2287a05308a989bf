"""Who the performers are on Spotify: one decision each, with its reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from showlist_assets.assets.external import SPOTIFY_CATALOG
from showlist_assets.domain import decisions
from showlist_assets.domain.matching import MATCHER_VERSION, AskFor, Candidate, Decision, decide
from showlist_assets.resources import Clock, SpotifyResource, Tables
from showlist_assets.sources.failures import SourceError
from showlist_assets.table_asset import publish, table_asset

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from showlist_assets.domain.catalog import SearchAnswer
    from showlist_assets.domain.decisions import Evidence, Performer
    from showlist_assets.sources.spotify import SpotifyCatalog

# One performer whose search fails is bad luck; this many in a row is an outage.
_FAILURES_IN_A_ROW = 3


@table_asset(
    kinds={"spotify", "polars", "parquet"},
    code_version=MATCHER_VERSION,
    pool="spotify",
    deps=[SPOTIFY_CATALOG],
)
def matched_artists(
    context: dg.AssetExecutionContext,
    expanded_artists: pl.DataFrame,
    spotify: SpotifyResource,
    tables: Tables,
    clock: Clock,
) -> dg.MaterializeResult:
    """One decision per performer: which Spotify artist this is, or why nobody.

    Whoever was decided before, in any state, costs no call. The others are looked up with one
    search each, the soonest show first, until the day's calls are spent; the rest is *pending* and
    comes first next time. Every row says how sure the match is and why, and keeps the candidates.
    """
    now, store = clock.now(), tables.store()
    stored = store.read_all("matched_artists")
    performers = decisions.performers_by_urgency(expanded_artists, today=now.date())
    holding = decisions.decisions_that_hold(performers, stored)
    open_ones = decisions.performers_to_decide(performers, holding)
    desk = _Desk(spotify.client, decisions.earlier_evidence(open_ones, stored), now, context.log)
    new = decisions.decisions_frame(desk.decide_all(open_ones))
    if desk.failure and not desk.answered and holding.is_empty() and not desk.failure.ends_the_day:
        raise desk.failure
    frame = pl.concat([holding, new]).sort("state", "performer_key")
    return publish(
        context,
        store,
        frame,
        at=now,
        numbers={
            "decided_now": desk.outcomes["matched"] + desk.outcomes["rejected"],
            "decided_before": holding.height,
            "spotify_calls": desk.calls,
            "stopped_early": str(desk.failure or ""),
        },
    )


class _Desk:
    """Decides performers in turn, asks where it must, stops when that makes no sense."""

    def __init__(
        self,
        client: Callable[[], SpotifyCatalog],
        earlier: dict[str, Evidence],
        now: datetime,
        log: dg.DagsterLogManager,
    ) -> None:
        self._make_client = client
        self._client: SpotifyCatalog | None = None
        self._earlier, self._now, self._log = earlier, now, log
        self._decided: dict[str, dict[str, Any]] = {}
        self._failures_in_a_row = 0
        self._stopped = False
        self.failure: SourceError | None = None
        self.outcomes: Counter[str] = Counter()
        self.answered = 0

    @property
    def calls(self) -> int:
        """Calls that this run spent."""
        return self._client.calls if self._client else 0

    def decide_all(self, performers: list[Performer]) -> list[dict[str, Any]]:
        """A ``MatchedArtists`` row for each performer, in the given order."""
        rows = []
        for place, performer in enumerate(performers, start=1):
            row = self._row(performer)
            self.outcomes[row["outcome"]] += 1
            rows.append(row)
            if place % 50 == 0 or place == len(performers):
                counts = ", ".join(f"{count} {name}" for name, count in self.outcomes.items())
                self._log.info(f"{place} of {len(performers)} performers: {counts}")
        return rows

    def _row(self, performer: Performer) -> dict[str, Any]:
        if performer.act_kind in ("festival", "other"):
            return decisions.not_an_artist_row(performer, at=self._now)
        twin = self._decided.get(performer.key)
        if twin is not None:
            return decisions.copied_row(twin, performer)
        evidence = self._earlier.get(performer.key, decisions.Evidence())
        billed = performer.as_billed
        verdict = decide(billed, evidence.answers)
        while isinstance(verdict, AskFor):
            if not self._ask(verdict.query, evidence):
                why = f"Not asked yet: {self.failure}"
                return decisions.pending_row(performer, reason=why, at=self._now, evidence=evidence)
            verdict = decide(billed, evidence.answers)
        return self._remember(performer, verdict, evidence)

    def _remember(
        self, performer: Performer, verdict: Decision, evidence: Evidence
    ) -> dict[str, Any]:
        linked = performer.source_spotify_artist_id
        by_link = bool(linked and verdict.candidate and verdict.candidate.artist_id == linked)
        row = decisions.decided_row(
            performer,
            verdict,
            evidence,
            method="source_link" if by_link else "search",
            at=self._now,
        )
        self._decided[performer.key] = row
        return row

    def _ask(self, query: str, evidence: Evidence) -> bool:
        """Search for ``query`` and add the answer to ``evidence``; False where nobody answered."""
        if self._stopped:
            return False
        try:
            self._client = self._client or self._make_client()
            answer = self._client.search(query)
        except SourceError as failure:
            self._failures_in_a_row += 1
            self.failure = failure
            self._stopped = (
                failure.source_is_down
                or failure.ends_the_day
                or self._failures_in_a_row >= _FAILURES_IN_A_ROW
            )
            self._log.warning(f"Searching {query!r}: {failure}")
            return False
        self._failures_in_a_row = 0
        self.answered += 1
        _learn(evidence, query, answer, self._now)
        return True


def _learn(evidence: Evidence, query: str, answer: SearchAnswer, now: datetime) -> None:
    evidence.answers[query] = [
        Candidate(
            artist_id=artist.artist_id,
            name=artist.name,
            genres=artist.genres,
            popularity=artist.popularity,
            rank=rank,
        )
        for rank, artist in enumerate(answer.artists, start=1)
    ]
    evidence.image_urls |= {artist.artist_id: artist.image_url for artist in answer.artists}
    known = {track["track_id"] for track in evidence.tracks}
    evidence.tracks += [
        decisions.found_track_struct(track)
        for track in answer.tracks
        if track.track_id not in known
    ]
    evidence.asked_at = now
