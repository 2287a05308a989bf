"""Measures the matcher on labelled real listings.

Run ``python -m showlist_assets_tests.benchmarks.matching``.

The listings, the catalogue, the simulated search and the scorer are shared data that may not be
shipped (see ``shared_data``). ``measure()`` returns the figures, ``main()`` prints them.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import isnan
from typing import Any

from rich.console import Console
from rich.table import Table

from showlist_assets.domain import names
from showlist_assets.domain.matching import equality as matching_equality
from showlist_assets.domain.matching import genres as matching_genres
from showlist_assets.domain.matching import readings as matching_readings
from showlist_assets.domain.matching.ladder import (
    Billing,
    Candidate,
    Decision,
    decide,
    first_query,
    search_and_decide,
)
from showlist_assets_tests.shared_data import shared

SearchAnswer = list[dict[str, Any]]
NO_ACT = ("tribute", "festival", "event", "orchestra", "dj", "not-on-catalogue")


@dataclass(frozen=True)
class Setting:
    """What the search tells: how many candidates, and whether it tells their popularity."""

    limit: int = 10
    popularity: bool = True
    without_rule: str = ""


@dataclass(frozen=True)
class Figures:
    """One line of the table; rates are shares of 1."""

    rows: int
    precision: float
    recall: float
    f1: float
    wrong: float


@dataclass(frozen=True)
class Measurement:
    """The figures of one setting, by "all", "real", "derived", "no act" and by kind."""

    setting: Setting
    figures: dict[str, Figures]
    searches_per_name: float


def to_candidates(answer: SearchAnswer, popularity: bool = True) -> list[Candidate]:
    """The simulator's answer as candidates; it says popularity 0 where it knows none."""
    return [
        Candidate(
            found["id"],
            found["name"],
            tuple(found["genres"]),
            (found["popularity"] or None) if popularity else None,
            found["rank"],
        )
        for found in answer
    ]


def to_billing(listing: str, genre: str) -> Billing:
    return Billing(listing, (genre,) if genre else ())


def matcher(
    listing: str, search: Callable[..., SearchAnswer], context: dict[str, str]
) -> str | None:
    """The production matcher behind the scorer's signature."""
    billing = to_billing(listing, context.get("genre", ""))
    decision, _ = search_and_decide(billing, lambda query: to_candidates(search(query, limit=10)))
    return decision.candidate.artist_id if decision.candidate else None


@cache
def scorer() -> Any:
    """The shared scorer, which brings the simulated search with it."""
    folder = str(shared("data/matching/evaluate.py").parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module("evaluate")


@cache
def listings() -> list[dict[str, str]]:
    return list(scorer().load(shared("data/matching/listings.csv")))


@cache
def _simulator() -> Any:
    return scorer().ArtistSearch(str(shared("data/matching/catalog.csv")))


@cache
def _answer(query: str) -> SearchAnswer:
    return list(_simulator().search(query, 10))


def search(query: str, limit: int = 10) -> SearchAnswer:
    return _answer(query)[:limit]


def decide_listing(row: dict[str, str], setting: Setting) -> tuple[Decision, int]:
    """The decision for one labelled listing and how many searches it took."""
    billing = to_billing(row["listing"], row["context_genre"])
    decision, answers = search_and_decide(
        billing,
        lambda query: to_candidates(search(query, setting.limit), setting.popularity),
    )
    return decision, len(answers)


def _figures(judged: Sequence[tuple[dict[str, str], str]]) -> Figures:
    m = scorer().metrics(judged)
    return Figures(m["n"], m["precision"], m["recall"], m["f1"], m["wrong_rate"])


def _by_section(judged: list[tuple[dict[str, str], str]]) -> dict[str, Figures]:
    sections: dict[str, Callable[[dict[str, str]], bool]] = {
        "all": lambda row: bool(row),
        "real": lambda row: row["origin"].startswith("real"),
        "derived": lambda row: row["origin"].startswith("derived"),
        "no act": lambda row: row["kind"] in NO_ACT,
    }
    for kind in sorted({row["kind"] for row, _ in judged}):
        sections[kind] = lambda row, kind=kind: row["kind"] == kind
    return {
        name: _figures([pair for pair in judged if belongs(pair[0])])
        for name, belongs in sections.items()
    }


def measure(setting: Setting, every: int = 1) -> Measurement:
    """Each ``every``-th listing decided under ``setting``, a left-out rule's matches rejected."""
    judged, searches = [], 0
    for row in listings()[::every]:
        decision, asked = decide_listing(row, setting)
        searches += asked
        keep = decision.candidate and decision.rule != setting.without_rule
        judged.append((row, scorer().judge(row, decision.candidate.artist_id if keep else None)))
    return Measurement(setting, _by_section(judged), searches / len(judged))


def measure_reference() -> dict[str, Figures]:
    """The rule of the reference implementation on the same listings, by the same sections."""
    return _by_section(scorer().run(listings(), search, scorer().reference))


def rules_used(setting: Setting) -> list[str]:
    decisions = (decide_listing(row, setting)[0] for row in listings())
    return sorted({decision.rule for decision in decisions if decision.candidate})


def seconds_per_30_000() -> float:
    """Seconds to decide 30,000 names with 10 candidates each, first answers only, cold caches."""
    cases = [
        (to_billing(row["listing"], row["context_genre"]), to_candidates(search(row["listing"])))
        for row in listings()
    ]
    for cached in (
        names.normalize,
        matching_equality._script_halves,
        matching_equality._without_group_noun,
        matching_genres._families_of,
        matching_readings.readings,
    ):
        cached.cache_clear()
    start = time.perf_counter()
    for billing, candidates in cases:
        decide(billing, {first_query(billing): candidates})
    return (time.perf_counter() - start) * 30_000 / len(cases)


def _table(title: str, lines: dict[str, Figures]) -> Table:
    table = Table("", "n", "precision", "recall", "F1", "wrong artist", title=title)
    for name, line in lines.items():
        shares = ("-" if isnan(x) else f"{x:.3f}" for x in (line.precision, line.recall, line.f1))
        table.add_row(name, str(line.rows), *shares, f"{line.wrong:.2%}")
    return table


def main() -> None:
    console = Console()
    full = Setting()
    console.print(_table("the reference's rule", measure_reference()))
    for setting in (full, Setting(5), Setting(10, popularity=False), Setting(5, popularity=False)):
        measured = measure(setting)
        told = "told" if setting.popularity else "not told"
        title = (
            f"matcher, limit {setting.limit}, popularity {told}, "
            f"{measured.searches_per_name:.3f} searches a name"
        )
        kinds = measured.figures if setting == full else dict(list(measured.figures.items())[:4])
        console.print(_table(title, kinds))
    without = {
        rule: measure(replace(full, without_rule=rule)).figures["all"] for rule in rules_used(full)
    }
    console.print(_table("each rule's matches taken away", without))
    console.print(f"30,000 names with 10 candidates each: {seconds_per_30_000():.1f} s")


if __name__ == "__main__":
    main()
