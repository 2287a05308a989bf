"""Where performers are decided in turn: overrides first, then what is known, then Spotify's answer.

With several threads, the first searches of those whose turn comes next are on their way meanwhile:
only searches that are made in any case, so that rows and calls are those of one thread
(docs/adr/0028).

There is no other loop than this one: the figures that are published of the matching
(``docs/matching.md``) are those of the code that runs, on another ``ArtistSearch``.

What belongs here: when to ask Spotify, and when to stop asking. What does not: the rules and what
they ask for (``domain.matching.ladder``), what is kept of an answer (``evidence`` beside it) and
what a row looks like (``rows``).
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from showlist_assets.domain.catalog import SearchAnswer
from showlist_assets.domain.matching.evidence import Evidence, add_answer, add_artist
from showlist_assets.domain.matching.ladder import (
    MAX_SEARCHES,
    AskFor,
    decide,
    first_query,
    spares_a_search,
)
from showlist_assets.domain.matching.links import linked_id
from showlist_assets.domain.matching.printed_texts import decided_by_text, evidence_of_text
from showlist_assets.domain.matching.rows import (
    copied_row,
    decided_row,
    not_an_artist_row,
    overridden_row,
    pending_row,
)
from showlist_assets.domain.names import performer_key
from showlist_assets.domain.quantities import counted
from showlist_assets.services.calls_ahead import CallsAhead, CallsLeft, in_order
from showlist_assets.sources.failures import NotFound, Permanent, SourceError
from showlist_assets.sources.http.usage import ApiUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from datetime import datetime
    from logging import Logger

    from showlist_assets.domain.catalog import FoundArtist, FoundTrack
    from showlist_assets.domain.matching.due import Performer
    from showlist_assets.domain.matching.overrides import Override
    from showlist_assets.domain.matching.types import Decision

Row = dict[str, Any]

# One performer whose search fails is bad luck; this many in a row is an outage.
_FAILURES_IN_A_ROW = 3
# A refusal for good is about one name, such as one that is too long; if it meets everybody, it is
# about how we ask, as when Spotify lowered the limit of a search in February 2026. After so many in
# a row, a plain question tells which.
_REFUSALS_IN_A_ROW = 3
_PLAIN_QUERY = "music"
_ABOUT_THE_QUESTION = (None, 400, 413, 414, 422, 431)
# Three searches, a link or an override's artist, and a plain question.
_CALLS_OF_ONE = MAX_SEARCHES + 2


class ArtistSearch(Protocol):
    """Where performers are looked up; Spotify's catalogue, outside tests and benchmarks.

    Every question raises ``SourceError`` where nobody answers.
    """

    @property
    def usage(self) -> ApiUsage:
        """What the questions cost so far."""

    def calls_left(self) -> int | None:
        """How many more calls the budget allows; None where nobody counts."""

    def search(self, name: str, /, *, newer_than: datetime | None = None) -> SearchAnswer:
        """Artists and tracks called ``name``, from no answer older than ``newer_than``."""

    def search_tracks(self, query: str, /) -> Sequence[FoundTrack]:
        """Tracks alone, in the order of the answer."""

    def artist(self, artist_id: str, /) -> FoundArtist:
        """The artist with this id; raises ``NotFound`` where there is none."""


class ArtistMatcher:
    """Decides one performer after the other, and stops asking when that makes no sense.

    Where it stops, up to as many searches as there are threads may have been made for nothing.

    Attributes:
        failure: Why Spotify did not answer, if it did not: the first failure since its last answer.
            What follows it, such as the ledger's refusals, only follows from it.
        answered: How many questions Spotify answered.
        spared_by_links: How many performers needed no further search, as their event site links to
            their page.
        outcomes: How many performers were matched, rejected and left pending.
        unknown_overrides: Artist ids of overrides that Spotify does not know, by performer key.
    """

    def __init__(
        self,
        search: Callable[[], ArtistSearch],
        *,
        earlier: Mapping[str, Evidence],
        due: Mapping[tuple[str, str], Row],
        overrides: Mapping[str, Override],
        now: datetime,
        log: Logger,
        threads: int = 1,
    ) -> None:
        """Decide nothing yet.

        Args:
            search: Makes the search, the first time that something must be asked.
            earlier: What Spotify answered before, by performer key; also about the texts that bill
                a performer, by theirs.
            due: Rows of performers who were not found and are looked for again, by state and
                performer key; they stand where Spotify cannot be asked.
            overrides: Decisions by hand, by performer key.
            now: The present (UTC).
            log: Told of progress and of failures.
            threads: How many searches may be on their way.
        """
        # Not made before the first question: a run in which nobody is new needs no credentials.
        self._make_search = search
        self._search: ArtistSearch | None = None
        self._earlier, self._due, self._overrides = earlier, due, overrides
        self._now, self._log = now, log
        self._threads = threads
        self._ahead = CallsAhead[SearchAnswer](threads)
        self._ahead_since: dict[str, datetime | None] = {}
        self._decided: dict[str, Row] = {}
        self._failures_in_a_row = 0
        self._answered_since = True
        self._stopped = False
        self._refused: dict[str, Permanent] = {}
        self._refusals_in_a_row = 0
        self.failure: SourceError | None = None
        self.answered = 0
        self.spared_by_links = 0
        self.outcomes: Counter[str] = Counter()
        self.unknown_overrides: dict[str, str] = {}

    @property
    def usage(self) -> ApiUsage:
        """Calls that this run spent, and those that kept answers spared."""
        return self._search.usage if self._search else ApiUsage()

    def decide_all(self, performers: list[Performer]) -> list[Row]:
        """A ``MatchedArtists`` row for each performer, in the given order."""
        with self._ahead:
            return self._decide_in_turn(performers)

    def _decide_in_turn(self, performers: list[Performer]) -> list[Row]:
        rows, unsettled = [], []
        coming = _Coming(performers)
        for position, performer in enumerate(performers, start=1):
            self._ask_ahead(coming, position - 1)
            row = self._row(performer)
            self.outcomes[row["outcome"]] += 1
            rows.append(row)
            if row["outcome"] == "pending" and self._is_refused(performer):
                unsettled.append(position - 1)
            if position % 50 == 0 or position == len(performers):
                counts = ", ".join(f"{count} {name}" for name, count in self.outcomes.items())
                self._log.info(f"{position} of {counted(len(performers), 'performer')}: {counts}")
        if unsettled and self._answers_others():
            for position in unsettled:
                self.outcomes["pending"] -= 1
                rows[position] = self._row(performers[position])
                self.outcomes[rows[position]["outcome"]] += 1
        return rows

    def search_songs(self, queries: Iterable[str]) -> dict[str, Sequence[FoundTrack]]:
        """The tracks that each query brought, in the given order, until asking makes no sense.

        What is not in the answer was not asked. A query that is refused for good brought none, if
        another was answered; until then, it may be our way of asking that is refused.
        """
        found: dict[str, Sequence[FoundTrack]] = {}
        refused: list[str] = []
        if self._stopped:
            return {}
        with closing(self._songs_in_order(queries)) as answers:
            for query, answer in answers:
                try:
                    found[query] = answer()
                except SourceError as failure:
                    if _is_about_the_question(failure):
                        self._log.warning(f"Searching {query!r}: {failure}")
                        refused.append(query)
                    else:
                        self._take_note(query, failure)
                        if failure.ends_the_day:
                            break
                else:
                    self._take_answer()
                if self._stopped or (not found and len(refused) == _REFUSALS_IN_A_ROW):
                    break
        return found | dict.fromkeys(refused, ()) if found else {}

    def _songs_in_order(
        self, queries: Iterable[str]
    ) -> Generator[tuple[str, Callable[[], Sequence[FoundTrack]]], None, None]:
        return in_order(
            queries,
            lambda query: self._opened().search_tracks(query),
            threads=self._threads,
            # Its first look makes the search, before a thread could.
            left=self._calls_left,
        )

    @cached_property
    def _calls_left(self) -> CallsLeft:
        return CallsLeft(lambda: self._opened().calls_left(), lambda: self.usage.sent)

    def _ask_ahead(self, coming: _Coming, position: int) -> None:
        """Start the first searches of those who come next, in their order, as far as is certain.

        Certain is a search that one thread would make: nothing is known of the performer yet, and
        nobody before can spend the call or find the answer.
        """
        # On a spent day only kept answers are still to be had.
        is_over = self._stopped or (self.failure is not None and self.failure.ends_the_day)
        while not is_over and self._ahead.has_room and (performer := coming.next_one(position)):
            has_twin = coming.holds(performer.key, position)
            certain = None if has_twin else self._certain_search(performer)
            if certain and certain[0] not in self._ahead:
                if not self._calls_left.cover(coming.between(position) * _CALLS_OF_ONE + 1):
                    return
                query, since = certain
                self._ahead_since[query] = since
                self._ahead.start(query, partial(self._opened().search, query, newer_than=since))
            coming.pass_over(performer.key)

    def _certain_search(self, performer: Performer) -> tuple[str, datetime | None] | None:
        """What is searched for the performer in any case, and how new an answer must be.

        None where that is not certain.
        """
        is_decided = performer.key in self._overrides or performer.key in self._decided
        if is_decided or performer.act_kind in ("festival", "other"):
            return None
        # What is found of a text until then may decide the act.
        if any(performer_key(text) in self._earlier for text in performer.billed_texts):
            return None
        evidence = self._evidence(performer)
        verdict = None if evidence.answers else decide(performer.as_billed, {})
        if not isinstance(verdict, AskFor) or verdict.query in self._refused:
            return None
        return verdict.query, evidence.not_before

    def _row(self, performer: Performer) -> Row:
        override = self._overrides.get(performer.key)
        # Unless decided by hand: what stands in overrides.yaml always wins (docs/adr/0007).
        if override is None and performer.act_kind in ("festival", "other"):
            return not_an_artist_row(performer, at=self._now)
        twin = self._decided.get(performer.key)
        if twin is not None:
            return copied_row(twin, performer)
        evidence = self._evidence(performer)
        row = self._by_hand(performer, override, evidence) if override else None
        row = row or self._by_rule(performer, evidence)
        if row["outcome"] != "pending":
            self._decided[performer.key] = row
        return row

    def _evidence(self, performer: Performer) -> Evidence:
        """What is known of the performer; who is looked for again is asked about from scratch."""
        known = self._earlier.get(performer.key) or evidence_of_text(performer, self._earlier)
        known = known or Evidence()
        due = self._due.get((performer.state, performer.key))
        if due is not None:
            # Kept searches last 30 days, longer than most pauses: without the date, the answer that
            # found nobody would come again.
            return Evidence(misses=known.misses, not_before=due["ask_again_at"])
        return known

    def _by_hand(self, performer: Performer, override: Override, evidence: Evidence) -> Row | None:
        """The row that the operator wants; None where the override names nobody on Spotify."""
        artist_id = override.artist_id
        if artist_id and evidence.candidate(artist_id) is None:
            try:
                found = self._opened().artist(artist_id)
            except (NotFound, Permanent):
                self.unknown_overrides[performer.key] = artist_id
                self._log.warning(
                    f"overrides.yaml names the artist {artist_id} for {performer.name!r}, whom "
                    "Spotify does not know: correct the entry. The rules decide meanwhile."
                )
                return None
            except SourceError as failure:
                return self._postponed(performer, evidence, failure)
            add_artist(evidence, found)
        # An artist's page tells no songs; in Development Mode only a search does.
        if artist_id and not evidence.has_tracks_of(artist_id):
            candidate = evidence.candidate(artist_id)
            if candidate and candidate.name not in evidence.answers:
                self._ask(candidate.name, evidence)
        return overridden_row(performer, override, evidence, at=self._now)

    def _by_rule(self, performer: Performer, evidence: Evidence) -> Row:
        billed = performer.as_billed
        by_text = decided_by_text(performer, evidence.answers)
        verdict = by_text or decide(billed, evidence.answers)
        while isinstance(verdict, AskFor):
            if not self._ask(verdict.query, evidence):
                failure = self._refused.get(verdict.query) or self.failure
                return self._postponed(performer, evidence, failure)
            verdict = decide(billed, evidence.answers)
        verdict = self._telling_refusals(verdict, evidence)
        by_link = verdict.rule == "source_link"
        if by_link and spares_a_search(billed, evidence.answers):
            self.spared_by_links += 1
        return decided_row(
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
        return pending_row(
            performer, reason=f"Not asked yet: {failure}", at=self._now, evidence=evidence
        )

    def _opened(self) -> ArtistSearch:
        self._search = self._search or self._make_search()
        return self._search

    def _ask(self, query: str, evidence: Evidence) -> bool:
        """Search for ``query`` and add the answer to ``evidence``; False where nobody answered."""
        if query in self._refused:
            return self._is_settled(query, evidence)
        if self._stopped:
            return False
        try:
            answer = self._answer(query, evidence)
        except SourceError as failure:
            if _is_about_the_question(failure):
                self._take_refusal(query, failure)
                return self._is_settled(query, evidence)
            self._take_note(query, failure)
            return False
        self._take_answer()
        add_answer(evidence, query, answer, at=self._now)
        return True

    def _answer(self, query: str, evidence: Evidence) -> SearchAnswer:
        artist_id = linked_id(query)
        if artist_id is None:
            return self._searched(query, evidence.not_before)
        try:
            return SearchAnswer((self._opened().artist(artist_id),), ())
        except NotFound:
            # A link that leads nowhere says nothing.
            return SearchAnswer((), ())

    def _searched(self, query: str, not_before: datetime | None) -> SearchAnswer:
        if query in self._ahead:
            if self._ahead_since[query] == not_before:
                return self._ahead.take(query)
            # One answer is enough for both, if it is there before the second is asked for.
            self._ahead.wait_for(query)
        return self._opened().search(query, newer_than=not_before)

    def _take_answer(self) -> None:
        self._failures_in_a_row, self._answered_since = 0, True
        self._refusals_in_a_row = 0
        self.answered += 1

    def _take_refusal(self, query: str, refusal: Permanent) -> None:
        """Remember that ``query`` is refused for good; stop where plain ones are, too."""
        self._log.warning(f"Searching {query!r}: {refusal}")
        self._refused[query] = refusal
        self._refusals_in_a_row += 1
        if self._refusals_in_a_row == _REFUSALS_IN_A_ROW and not self._answers_plainly():
            self._stopped, self.failure = True, self.failure or refusal

    def _is_settled(self, query: str, evidence: Evidence) -> bool:
        """Whether a refused ``query`` counts as one that finds nobody.

        Only once Spotify has answered another: until then, it may be our way of asking that is
        refused, and everybody would be rejected for it.
        """
        if self.answered:
            add_answer(evidence, query, SearchAnswer((), ()), at=self._now)
        return bool(self.answered)

    def _answers_others(self) -> bool:
        """Whether it is only single names that Spotify refuses; asks for a plain one to see."""
        if self.answered or self._answers_plainly():
            return True
        self.failure = self.failure or next(iter(self._refused.values()))
        return False

    def _answers_plainly(self) -> bool:
        before = self.answered
        # No kept answer counts: it says nothing of how Spotify takes our questions today.
        self._ask(_PLAIN_QUERY, Evidence(not_before=self._now))
        return self.answered > before

    def _is_refused(self, performer: Performer) -> bool:
        return first_query(performer.as_billed) in self._refused

    def _telling_refusals(self, verdict: Decision, evidence: Evidence) -> Decision:
        """A rejection that says which searches were refused: "not found" would be half of it."""
        refused = [query for query in evidence.answers if query in self._refused]
        if verdict.outcome != "rejected" or not refused:
            return verdict
        words = " ".join(str(self._refused[query]) for query in refused)
        return replace(verdict, reason=f"{verdict.reason} Spotify refused a search: {words}")

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


class _Coming:
    """How far ahead of the performer whose turn it is the others were looked at."""

    def __init__(self, performers: list[Performer]) -> None:
        self._performers, self._next = performers, 0
        self._last_of: dict[str, int] = {}

    def next_one(self, position: int) -> Performer | None:
        """The next one to be looked at, not before ``position``, whose turn it is."""
        self._next = max(self._next, position)
        return self._performers[self._next] if self._next < len(self._performers) else None

    def holds(self, key: str, position: int) -> bool:
        """Whether a twin comes before, whose answer may decide this one as well."""
        return self._last_of.get(key, -1) >= position

    def between(self, position: int) -> int:
        """How many come before the next one."""
        return self._next - position

    def pass_over(self, key: str) -> None:
        """Go on to the one after."""
        self._last_of[key] = self._next
        self._next += 1


def _is_about_the_question(failure: SourceError) -> TypeGuard[Permanent]:
    return isinstance(failure, Permanent) and failure.status in _ABOUT_THE_QUESTION


def _says_more(failure: SourceError, first: SourceError | None) -> bool:
    """Whether ``failure`` tells of an end, where the ``first`` one was about one question only."""
    if first is None:
        return True
    ends = failure.ends_the_day or failure.source_is_down
    return ends and not (first.ends_the_day or first.source_is_down)
