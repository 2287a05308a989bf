"""Writes ``docs/matching.md``: how the matcher works, its figures, and how far to trust them.

Run ``python -m showlist_assets_tests.benchmarks.matching_report``; it takes about a minute and
needs the shared data. The prose is ``matching_report.md.in`` beside this file, in which each
``$name`` stands for a table or a figure made here.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

import pytest

from showlist_assets.domain.matching import pages as matching_pages
from showlist_assets.domain.matching.ladder import MATCHER_VERSION, MAX_SEARCHES
from showlist_assets_tests.benchmarks import matching_report_tables as tables
from showlist_assets_tests.benchmarks.bill_splitting import measure as measure_bills
from showlist_assets_tests.benchmarks.matching import _simulator, seconds_per_30_000
from showlist_assets_tests.benchmarks.matching_outcomes import (
    DEVELOPMENT,
    EXTENDED,
    Judged,
    Outcome,
    Told,
    decide_all,
    is_real,
    judge_rule,
    metrics,
    must_match,
)
from showlist_assets_tests.benchmarks.matching_rules import REFERENCE, RULES
from showlist_assets_tests.benchmarks.matching_trust import (
    BARS,
    RESAMPLES,
    cross_validate,
    without_parts,
)

REPORT = Path(__file__).parents[2] / "docs" / "matching.md"
_PROSE = Path(__file__).with_name("matching_report.md.in")
_FULL, _DEVELOPMENT = "all told", "Development Mode"
_SETTINGS = {
    _FULL: EXTENDED,
    "all told, 5 candidates": Told(5),
    "no genres": Told(genres=False),
    "no popularity": Told(popularity=False),
    "no popularity, 5 candidates": Told(5, popularity=False),
    _DEVELOPMENT: DEVELOPMENT,
    "Development Mode, 5 candidates": Told(5, popularity=False, genres=False),
}


def _figures(judged: Sequence[Judged], prefix: str) -> dict[str, str]:
    told = metrics(judged)
    rates = {name: tables.share(told[name]) for name in ("precision", "recall", "f1")}
    figures = {**rates, "wrong": f"{told['wrong_rate']:.2%}"}
    return {f"{prefix}_{name}": figure for name, figure in figures.items()}


def _sizes(outcomes: Sequence[Outcome]) -> dict[str, str]:
    due = [outcome for outcome in outcomes if must_match(outcome.row)]
    real = sum(is_real(outcome.judged) for outcome in outcomes)
    found = sum(outcome.right_page is not None for outcome in due)
    return {
        "listings": f"{len(outcomes):,}",
        "due": f"{len(due):,}",
        "real": f"{real:,}",
        "derived": f"{len(outcomes) - real:,}",
        "right_page_seen": f"{found / len(due):.1%}",
    }


def _measured(
    decided: dict[str, list[Outcome]], rules: dict[str, list[Judged]], every: int
) -> dict[str, str]:
    both = {name: decided[name] for name in (_FULL, _DEVELOPMENT)}
    judged = {name: tables.judged_of(outcomes) for name, outcomes in both.items()}
    parts = {name: {"nothing": both[name]} | without_parts(_SETTINGS[name], every) for name in both}
    development, reference = both[_DEVELOPMENT], rules[REFERENCE]
    return {
        "settings_table": tables.settings(decided),
        "rules_table": tables.rules(judged, rules),
        "searches_table": tables.searches(development),
        "levels_table": tables.levels(both),
        "kinds_table": tables.by_kind({"reference": reference} | judged),
        "since_table": tables.since_version_1(development),
        "errors_table": tables.errors(both),
        "steps_table": tables.steps(development),
        "refusals_table": tables.refusals(development, reference),
        "parts_table": tables.parts(parts),
        "intervals_table": tables.uncertainty(both),
        "folds_table": tables.folds(cross_validate(every)),
        **_figures(judged[_FULL], "full"),
        **_figures(judged[_DEVELOPMENT], "development"),
        **_figures(reference, "reference"),
        **_sizes(development),
    }


def render(every: int = 1) -> str:
    """The report's Markdown, measured on each ``every``-th listing."""
    decided = {name: decide_all(told, every) for name, told in _SETTINGS.items()}
    rules = {name: judge_rule(rule, every) for name, rule in RULES.items()}
    bills = measure_bills(every)
    return Template(_PROSE.read_text(encoding="utf-8")).substitute(
        _measured(decided, rules, every),
        bill_texts=bills.bills,
        bill_names=bills.names,
        bills_table=tables.bills(bills),
        seconds=f"{seconds_per_30_000():.0f}",
        version=MATCHER_VERSION,
        most_searches=MAX_SEARCHES,
        known_act=matching_pages.KNOWN_ACT,
        seen_act=matching_pages.SEEN_ACT,
        cautious=matching_pages._CAUTIOUS,
        bars=len(BARS),
        resamples=RESAMPLES,
        catalogue=f"{len(_simulator().rows):,}",
    )


def main() -> None:
    try:
        text = render()
    except pytest.skip.Exception as absent:
        sys.exit(f"docs/matching.md was not written: {absent}")
    REPORT.write_text(text, encoding="utf-8")
    print(f"Wrote {REPORT}")


if __name__ == "__main__":
    main()
