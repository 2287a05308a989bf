"""Every labelled listing decided and judged, and what kind of error each error is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import OSA

from showlist_assets.domain.matching import equality as matching_equality
from showlist_assets.domain.matching.equality import compact
from showlist_assets_tests.benchmarks.matching import (
    Decided,
    SimulatedSearch,
    decide_listings,
    listings,
    scorer,
    search,
)
from showlist_assets_tests.benchmarks.matching_rules import Rule

Row = dict[str, str]
Judged = tuple[Row, str]


@dataclass(frozen=True)
class Told:
    """What an answer tells: how many candidates, and of each its popularity and its genres."""

    limit: int = 10
    popularity: bool = True
    genres: bool = True


EXTENDED = Told()
DEVELOPMENT = Told(popularity=False, genres=False)


@dataclass(frozen=True)
class Outcome:
    """One decision with its verdict: TP, TN, WRONG or MISS.

    Attributes:
        right_page: The labelled artist's name as an answer showed it, None where no answer did.
    """

    row: Row
    verdict: str
    decision: Decided
    right_page: str | None

    @property
    def judged(self) -> Judged:
        return self.row, self.verdict


def decide_all(told: Told, every: int = 1) -> list[Outcome]:
    """Each ``every``-th listing decided on the simulated search as ``told`` shows it."""
    chosen = listings()[::every]
    catalog = SimulatedSearch(told.limit, popularity=told.popularity, genres=told.genres)
    return [
        Outcome(
            row,
            scorer().judge(row, decision.artist_id),
            decision,
            decision.pages.get(row["artist_id"]),
        )
        for row, decision in zip(chosen, decide_listings(chosen, catalog), strict=True)
    ]


def judge_rule(rule: Rule, every: int = 1, limit: int = 5) -> list[Judged]:
    """The same listings under another rule, which sees ``limit`` hits a search."""
    return [
        (row, scorer().judge(row, rule(row["listing"], lambda query: search(query, limit))))
        for row in listings()[::every]
    ]


def metrics(judged: Iterable[Judged]) -> dict[str, Any]:
    """The scorer's counts and rates: n, tp, wrong, miss, tn, precision, recall, f1, wrong_rate."""
    return dict(scorer().metrics(list(judged)))


def is_real(judged: Judged) -> bool:
    """Whether the listing is text that a site printed, not derived by a rule."""
    return judged[0]["origin"].startswith("real")


def must_match(row: Row) -> bool:
    return bool(row["artist_id"]) and "NONE" not in row["accept_ids"].split("|")


def error_of(outcome: Outcome) -> str:
    """What went wrong, in a few words without the listing's text."""
    decision = outcome.decision
    if outcome.verdict == "WRONG":
        return f"somebody else, by `{decision.rule}` ({decision.level} confidence)"
    if outcome.right_page is None:
        return "nobody: the right page is in no answer"
    if outcome.row["kind"] == "typo":
        return f"nobody: {_slip_refused(outcome.row['listing'], outcome.right_page)}"
    if decision.rule == "namesake":
        return "nobody: a page has the name, too little says that it is the act"
    return "nobody: the right page is among the candidates, but no rule leads to it"


def _slip_refused(printed: str, page: str) -> str:
    ours, theirs = compact(printed), compact(page)
    if min(len(ours), len(theirs)) < matching_equality._SHORTEST_WITH_SLIP:
        return "a slip in a name of under eight letters"
    if OSA.distance(ours, theirs) > 1:
        return "more than one letter off"
    return "one letter off, but a plural, a first letter, another's word or too little support"
