"""Where performers are decided in turn: overrides first, then what is known, then Spotify's answer.

What belongs here: when to ask Spotify, and when to stop asking. What does not: the rules
(``domain.matching``) and what a row looks like (``domain.decisions``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from showlist_assets.domain.matching import decisions
from showlist_assets.domain.matching.decisions import Evidence
from showlist_assets.domain.matching.ladder import AskFor, Candidate, decide, first_query
from showlist_assets.sources.failures import NotFound, Permanent, SourceError
from showlist_assets.sources.http.usage import ApiUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from logging import Logger

    from showlist_assets.domain.catalog import FoundArtist, SearchAnswer
    from showlist_assets.domain.matching.decisions import Performer
    from showlist_assets.domain.matching.overrides import Override
    from showlist_assets.sources.spotify.catalog import SpotifyCatalog

Row = dict[str, Any]

# One performer whose search fails is bad luck; this many in a row is an outage.
_FAILURES_IN_A_ROW = 3


class ArtistMatcher:
    """Decides one performer after the other, and stops asking when that makes no sense.

    Attributes:
        failure: Why Spotify did not answer, if it did not: the first failure since its last answer.
            What follows it, such as the ledger's refusals, only follows from it.
        answered: How many questions Spotify answered.
        outcomes: How many performers were matched, rejected and left pending.
        unknown_overrides: Artist ids of overrides that Spotify does not know, by performer key.
    """

    def __init__(
        self,
        client: Callable[[], SpotifyCatalog],
        *,
        earlier: Mapping[str, Evidence],
        due: Mapping[tuple[str, str], Row],
        overrides: Mapping[str, Override],
        now: datetime,
        log: Logger,
    ) -> None:
        """Decide nothing yet.

        Args:
            client: Makes the client, the first time that something must be asked.
            earlier: What Spotify answered before, by performer key.
            due: Rows of performers who were not found and are looked for again, by state and
                performer key; they stand where Spotify cannot be asked.
            overrides: Decisions by hand, by performer key.
            now: The present (UTC).
            log: Told of progress and of failures.
        """
        self._make_client = client
        self._client: SpotifyCatalog | None = None
        self._earlier, self._due, self._overrides = earlier, due, overrides
        self._now, self._log = now, log
        self._decided: dict[str, Row] = {}
        self._failures_in_a_row = 0
        self._answered_since = True
        self._stopped = False
        self.failure: SourceError | None = None
        self.answered = 0
        self.outcomes: Counter[str] = Counter()
        self.unknown_overrides: dict[str, str] = {}

    @property
    def usage(self) -> ApiUsage:
        """Calls that this run spent, and those that kept answers spared."""
        return self._client.usage if self._client else ApiUsage()

    def decide_all(self, performers: list[Performer]) -> list[Row]:
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

    def _row(self, performer: Performer) -> Row:
        override = self._overrides.get(performer.key)
        if override is None and performer.act_kind in ("festival", "other"):
            return decisions.not_an_artist_row(performer, at=self._now)
        twin = self._decided.get(performer.key)
        if twin is not None:
            return decisions.copied_row(twin, performer)
        evidence = self._evidence(performer)
        row = self._by_hand(performer, override, evidence) if override else None
        row = row or self._by_rule(performer, evidence)
        if row["outcome"] != "pending":
            self._decided[performer.key] = row
        return row

    def _evidence(self, performer: Performer) -> Evidence:
        """What is known of the performer; who is looked for again is asked about from scratch."""
        known = self._earlier.get(performer.key, Evidence())
        due = self._due.get((performer.state, performer.key))
        if due is not None:
            return Evidence(misses=known.misses, not_before=due["ask_again_at"])
        return known

    def _by_hand(self, performer: Performer, override: Override, evidence: Evidence) -> Row | None:
        """The row that the operator wants; None where the override names nobody on Spotify."""
        artist_id = override.artist_id
        if artist_id and evidence.candidate(artist_id) is None:
            try:
                found = self._spotify().artist(artist_id)
            except (NotFound, Permanent):
                self.unknown_overrides[performer.key] = artist_id
                self._log.warning(
                    f"overrides.yaml names the artist {artist_id} for {performer.name!r}, whom "
                    "Spotify does not know: correct the entry. The rules decide meanwhile."
                )
                return None
            except SourceError as failure:
                return self._postponed(performer, evidence, failure)
            _add_artist(evidence, found)
        if artist_id and not evidence.has_tracks_of(artist_id):
            candidate = evidence.candidate(artist_id)
            if candidate and candidate.name not in evidence.answers:
                self._ask(candidate.name, evidence)
        return decisions.overridden_row(performer, override, evidence, at=self._now)

    def _by_rule(self, performer: Performer, evidence: Evidence) -> Row:
        billed = performer.as_billed
        if billed.spotify_artist_id and not evidence.answers:
            # The link says who it is; the search says what the songs are.
            self._ask(first_query(billed), evidence)
        verdict = decide(billed, evidence.answers)
        while isinstance(verdict, AskFor):
            if not self._ask(verdict.query, evidence):
                return self._postponed(performer, evidence, self.failure)
            verdict = decide(billed, evidence.answers)
        by_link = verdict.rule == "source_link"
        return decisions.decided_row(
            performer,
            verdict,
            evidence,
            method="source_link" if by_link else "search",
            at=self._now,
        )

    def _postponed(
        self, performer: Performer, evidence: Evidence, failure: SourceError | None
    ) -> Row:
        due = self._due.get((performer.state, performer.key))
        if due is not None:
            return due
        return decisions.pending_row(
            performer, reason=f"Not asked yet: {failure}", at=self._now, evidence=evidence
        )

    def _spotify(self) -> SpotifyCatalog:
        self._client = self._client or self._make_client()
        return self._client

    def _ask(self, query: str, evidence: Evidence) -> bool:
        """Search for ``query`` and add the answer to ``evidence``; False where nobody answered."""
        if self._stopped:
            return False
        try:
            answer = self._spotify().search(query, newer_than=evidence.not_before)
        except SourceError as failure:
            self._take_note(query, failure)
            return False
        self._failures_in_a_row, self._answered_since = 0, True
        self.answered += 1
        _add_answer(evidence, query, answer, self._now)
        return True

    def _take_note(self, query: str, failure: SourceError) -> None:
        """Say it once, and stop where it is an outage.

        When the day is spent, kept answers are still to be had, and the ledger refuses the rest
        without a call.
        """
        if self._answered_since or _says_more(failure, self.failure):
            self._log.warning(f"Searching {query!r}: {failure}")
            self.failure, self._answered_since = failure, False
        if not failure.ends_the_day:
            self._failures_in_a_row += 1
            too_many = self._failures_in_a_row >= _FAILURES_IN_A_ROW
            self._stopped = failure.source_is_down or too_many


def _says_more(failure: SourceError, first: SourceError | None) -> bool:
    """Whether ``failure`` tells of an end, where the ``first`` one was about one question only."""
    if first is None:
        return True
    ends = failure.ends_the_day or failure.source_is_down
    return ends and not (first.ends_the_day or first.source_is_down)


def _add_artist(evidence: Evidence, artist: FoundArtist) -> None:
    evidence.answers[f"spotify:artist:{artist.artist_id}"] = [_candidate(artist, rank=1)]
    evidence.image_urls[artist.artist_id] = artist.image_url


def _add_answer(evidence: Evidence, query: str, answer: SearchAnswer, now: datetime) -> None:
    evidence.answers[query] = [
        _candidate(artist, rank) for rank, artist in enumerate(answer.artists, start=1)
    ]
    evidence.image_urls |= {artist.artist_id: artist.image_url for artist in answer.artists}
    known = {track["track_id"] for track in evidence.tracks}
    evidence.tracks += [
        decisions.found_track_struct(track)
        for track in answer.tracks
        if track.track_id not in known
    ]
    evidence.asked_at = now


def _candidate(artist: FoundArtist, rank: int) -> Candidate:
    return Candidate(
        artist_id=artist.artist_id,
        name=artist.name,
        genres=artist.genres,
        popularity=artist.popularity,
        rank=rank,
    )
