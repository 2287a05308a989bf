"""The matching report on a sample of the listings; skips where the shared data is absent."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest

from showlist_assets_tests.benchmarks import matching_report
from showlist_assets_tests.benchmarks.matching import listings
from showlist_assets_tests.benchmarks.matching_outcomes import (
    DEVELOPMENT,
    decide_all,
    judge_rule,
    metrics,
)
from showlist_assets_tests.benchmarks.matching_rules import REFERENCE, RULES
from showlist_assets_tests.benchmarks.matching_trust import intervals, without_parts

EVERY = 40


def hits(*names):
    return [{"id": name, "name": name, "rank": rank} for rank, name in enumerate(names, start=1)]


@pytest.mark.parametrize("name", RULES)
def test_every_rule_takes_the_only_page_of_the_same_name(name):
    found = hits("Tessa Marlow", "Quite Another")
    assert RULES[name]("Tessa Marlow", lambda _query: found) == "Tessa Marlow"


@pytest.mark.parametrize("name", RULES)
def test_every_rule_names_nobody_where_the_search_finds_nobody(name):
    assert RULES[name]("Tessa Marlow", lambda _query: []) is None


def test_the_reference_rule_takes_any_name_inside_the_billed_one():
    found = hits("Queen")
    billed = "Killer Night - A Tribute to Queen"
    assert RULES[REFERENCE](billed, lambda _query: found) == "Queen"
    assert RULES["equal folded name"](billed, lambda _query: found) is None


def test_a_gap_rule_leaves_namesakes_alone():
    twins = [{"id": "one", "name": "Exile", "rank": 1}, {"id": "two", "name": "EXILE", "rank": 2}]
    assert RULES["like Lidarr: > .8, nobody else within .2"]("Exile", lambda _query: twins) is None


@pytest.mark.slow
def test_every_rule_is_judged_on_every_listing_of_the_sample():
    sample = listings()[::EVERY]
    for rule in RULES.values():
        counts = metrics(judge_rule(rule, EVERY))
        assert counts["n"] == len(sample)
        assert counts["tp"] + counts["wrong"] + counts["miss"] + counts["tn"] == len(sample)


def test_intervals_hold_the_measured_rates():
    outcomes = decide_all(DEVELOPMENT, EVERY)
    measured = metrics(outcome.judged for outcome in outcomes)
    for rate, (low, high) in intervals(outcomes).items():
        assert low <= measured[rate] <= high


def test_a_part_taken_out_is_put_back():
    before = decide_all(DEVELOPMENT, EVERY)
    without = without_parts(DEVELOPMENT, EVERY)
    assert all(found != before for part, found in without.items() if "shorter readings" in part)
    assert decide_all(DEVELOPMENT, EVERY) == before


@pytest.fixture(scope="module")
def report():
    with patch.object(matching_report, "seconds_per_30_000", return_value=0.0):
        return matching_report.render(EVERY)


def test_the_report_fills_every_placeholder_and_has_a_line_for_every_rule(report):
    assert not re.search(r"\$[a-z]", report)
    for name in RULES:
        assert f"| {name} |" in report


def test_the_report_names_hardly_any_of_the_listings(report):
    several_words = {row["listing"] for row in listings() if " " in row["listing"]}
    assert len([listing for listing in several_words if listing in report]) <= 10


def test_without_the_data_the_command_says_so_and_writes_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(matching_report, "REPORT", tmp_path / "matching.md")
    monkeypatch.setattr(matching_report, "render", lambda: pytest.skip("real data not here"))
    with pytest.raises(SystemExit, match=r"was not written: real data not here"):
        matching_report.main()
    assert not (tmp_path / "matching.md").exists()
