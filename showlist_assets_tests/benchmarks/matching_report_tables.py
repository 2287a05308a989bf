"""The tables of the matching report, as Markdown."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from showlist_assets_tests.benchmarks.bill_splitting import Splitting
from showlist_assets_tests.benchmarks.matching import NO_ACT
from showlist_assets_tests.benchmarks.matching_outcomes import (
    Judged,
    Outcome,
    error_of,
    is_real,
    metrics,
    must_match,
)
from showlist_assets_tests.benchmarks.matching_trust import Fold, intervals

Line = Sequence[object]
_RATES = ("P", "R", "F1", "wrong")


def _table(head: Sequence[str], lines: Iterable[Line], words: int = 1) -> str:
    """A table whose first ``words`` columns are words and whose others are figures."""
    rule = ["---"] * words + ["---:"] * (len(head) - words)
    return "\n".join(
        "| " + " | ".join(str(cell) for cell in line) + " |" for line in (head, rule, *lines)
    )


def share(part: float) -> str:
    return f"{part:.3f}"


def _rates(judged: Sequence[Judged]) -> list[str]:
    told = metrics(judged)
    rates = [share(told[name]) for name in ("precision", "recall", "f1")]
    return [*rates, f"{told['wrong_rate']:.2%}"]


def _sections(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    return {
        "all": list(judged),
        "real": [each for each in judged if is_real(each)],
        "derived": [each for each in judged if not is_real(each)],
    }


def judged_of(outcomes: Iterable[Outcome]) -> list[Judged]:
    return [outcome.judged for outcome in outcomes]


def settings(decided: dict[str, list[Outcome]]) -> str:
    lines = []
    for name, outcomes in decided.items():
        judged = _sections(judged_of(outcomes))
        no_act = metrics(each for each in judged["all"] if each[0]["kind"] in NO_ACT)
        searches = sum(outcome.decision.searches for outcome in outcomes) / len(outcomes)
        last = [f"{no_act['wrong_rate']:.2%}", f"{searches:.3f}"]
        rates = [_rates(judged["all"]), _rates(judged["real"]), _rates(judged["derived"])]
        lines.append([name, *rates[0], *rates[1], *rates[2][:3], *last])
    head = ["Spotify's answer", *_RATES, *(f"{rate} real" for rate in _RATES)]
    derived = (f"{rate} derived" for rate in _RATES[:3])
    return _table([*head, *derived, "wrong on no act", "searches a name"], lines)


def rules(ours: dict[str, list[Judged]], others: dict[str, list[Judged]]) -> str:
    named = {f"**Showlist, {name}**": judged for name, judged in ours.items()}
    lines = [
        [name, *_rates(judged), *_rates(_sections(judged)["real"])]
        for name, judged in (others | named).items()
    ]
    return _table(["rule", *_RATES, *(f"{rate} real" for rate in _RATES)], lines)


def _right_wrong_missed(judged: Iterable[Judged]) -> str:
    told = metrics(judged)
    return f"{told['tp'] + told['tn']} / {told['wrong']} / {told['miss']}"


def by_kind(columns: dict[str, list[Judged]]) -> str:
    rows = [row for row, _ in next(iter(columns.values()))]
    sizes = Counter(row["kind"] for row in rows)
    due = Counter(row["kind"] for row in rows if must_match(row))
    lines = [
        [kind, size, due[kind]]
        + [
            _right_wrong_missed(each for each in judged if each[0]["kind"] == kind)
            for judged in columns.values()
        ]
        for kind, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return _table(["kind", "n", "should match", *columns], lines)


def since_version_1(outcomes: Sequence[Outcome]) -> str:
    """Wrong and missed by kind in Development Mode, under the first rules and under these."""
    text = Path(__file__).with_name("matching_version_1.csv").read_text(encoding="utf-8")
    before = {line["kind"]: line for line in csv.DictReader(text.splitlines())}
    wrong = Counter(each.row["kind"] for each in outcomes if each.verdict == "WRONG")
    missed = Counter(each.row["kind"] for each in outcomes if each.verdict == "MISS")
    lines = [
        [kind, told["wrong"], wrong[kind], told["missed"], missed[kind]]
        for kind in sorted({*before, *wrong, *missed})
        for told in [before.get(kind, {"wrong": "0", "missed": "0"})]
    ]
    return _table(["kind", "wrong before", "wrong", "missed before", "missed"], lines)


def bills(found: Splitting) -> str:
    """How well whole bills are taken apart, and what it costs."""
    lines = [
        ["acts it took texts into that play that show (precision)", share(found.acts_share)],
        ["names of one act that stayed whole", share(found.whole_share)],
        ["bills taken apart into all their acts and nothing else (recall)", share(found.recall)],
        ["searches for a bill as it is", f"{found.calls_whole / found.bills:.2f}"],
        ["further searches for the acts of one taken apart", f"{found.calls_an_apart:.2f}"],
    ]
    return _table(["", "share or number"], lines)


def errors(columns: dict[str, list[Outcome]]) -> str:
    counts = {
        name: Counter(
            (error_of(outcome), outcome.row["kind"])
            for outcome in outcomes
            if outcome.verdict in ("WRONG", "MISS")
        )
        for name, outcomes in columns.items()
    }
    together = sum(counts.values(), Counter[tuple[str, str]]())
    by_error: dict[str, Counter[str]] = {}
    for (error, kind), count in together.items():
        by_error.setdefault(error, Counter())[kind] += count
    lines = [
        [
            error,
            ", ".join(kind for kind, _ in kinds.most_common()),
            *(sum(count[error, kind] for kind in kinds) for count in counts.values()),
        ]
        for error, kinds in sorted(by_error.items(), key=lambda pair: -pair[1].total())
    ]
    return _table(["what happened", "kinds, most first", *columns], lines, words=2)


def _without_rule(outcomes: list[Outcome], rule: str) -> float:
    kept = [outcome.judged for outcome in outcomes if outcome.decision.rule != rule]
    lost = [
        (outcome.row, "MISS" if must_match(outcome.row) else "TN")
        for outcome in outcomes
        if outcome.decision.rule == rule
    ]
    return float(metrics([*kept, *lost])["f1"])


def steps(outcomes: list[Outcome]) -> str:
    matched = [outcome for outcome in outcomes if outcome.decision.artist_id]
    full = metrics(judged_of(outcomes))["f1"]
    lines: list[Line] = []
    for rule, size in Counter(outcome.decision.rule for outcome in matched).most_common():
        mine = [outcome for outcome in matched if outcome.decision.rule == rule]
        right = sum(outcome.verdict == "TP" for outcome in mine)
        sure = sorted(outcome.decision.confidence for outcome in mine)
        lost = full - _without_rule(outcomes, rule)
        lines.append(
            [
                f"`{rule}`",
                size,
                right,
                size - right,
                f"{sure[0]:.2f} to {sure[-1]:.2f}",
                f"{lost:+.3f}",
            ]
        )
    return _table(["step", "matches", "right", "wrong", "confidence", "F1 it buys"], lines)


def refusals(outcomes: list[Outcome], reference: list[Judged]) -> str:
    refused = [
        (outcome, theirs)
        for outcome, (_, theirs) in zip(outcomes, reference, strict=True)
        if not outcome.decision.artist_id
    ]
    lines = []
    for rule, size in Counter(outcome.decision.rule for outcome, _ in refused).most_common():
        mine = [pair for pair in refused if pair[0].decision.rule == rule]
        missed = sum(outcome.verdict == "MISS" for outcome, _ in mine)
        wrong = sum(theirs == "WRONG" for _, theirs in mine)
        lines.append([f"`{rule}`", size, size - missed, missed, wrong])
    head = ["refusal", "names", "rightly", "somebody missed", "the reference names somebody else"]
    return _table(head, lines)


def parts(columns: dict[str, dict[str, list[Outcome]]]) -> str:
    parts = next(iter(columns.values()))
    lines = []
    for part in parts:
        cells: list[object] = []
        for found in columns.values():
            told = metrics(judged_of(found[part]))
            cells += [share(told["f1"]), told["wrong"], told["miss"]]
        lines.append([part, *cells])
    head = [f"{name}: {figure}" for name in columns for figure in ("F1", "wrong", "missed")]
    return _table(["taken out", *head], lines)


def levels(columns: dict[str, list[Outcome]]) -> str:
    lines = []
    for level in ("high", "medium", "low"):
        cells: list[object] = []
        for outcomes in columns.values():
            mine = [outcome for outcome in outcomes if outcome.decision.level == level]
            wrong = sum(outcome.verdict == "WRONG" for outcome in mine)
            cells += [len(mine), wrong, f"{1 - wrong / max(1, len(mine)):.1%}"]
        lines.append([level, *cells])
    head = [f"{name}: {figure}" for name in columns for figure in ("matches", "wrong", "right")]
    return _table(["confidence", *head], lines)


def searches(outcomes: list[Outcome]) -> str:
    groups = {
        "matched": [each.decision.searches for each in outcomes if each.decision.artist_id],
        "nobody": [each.decision.searches for each in outcomes if not each.decision.artist_id],
    }
    lines = [
        [
            name,
            len(asked),
            *(f"{asked.count(times) / max(1, len(asked)):.1%}" for times in (1, 2, 3)),
        ]
        for name, asked in groups.items()
    ]
    return _table(["decision", "names", "one search", "two", "three"], lines)


def folds(folds: Sequence[Fold]) -> str:
    lines = [
        [
            position,
            fold.listings,
            f"{fold.bars[0]}, {fold.bars[1]}, {fold.bars[2]}",
            share(fold.with_these["f1"]),
            fold.with_these["wrong"],
            share(fold.as_shipped["f1"]),
            fold.as_shipped["wrong"],
        ]
        for position, fold in enumerate(folds, start=1)
    ]
    head = [
        "fold",
        "n",
        "bars chosen on the rest",
        "F1",
        "wrong",
        "F1 as shipped",
        "wrong as shipped",
    ]
    return _table(head, lines)


def uncertainty(columns: dict[str, list[Outcome]]) -> str:
    lines = []
    for name, outcomes in columns.items():
        told, between = metrics(judged_of(outcomes)), intervals(outcomes)
        rates = [
            f"{told[rate]:.3f} ({between[rate][0]:.3f} to {between[rate][1]:.3f})"
            for rate in ("precision", "recall", "f1")
        ]
        low, high = between["wrong_rate"]
        lines.append([name, *rates, f"{told['wrong_rate']:.2%} ({low:.2%} to {high:.2%})"])
    return _table(["", "precision", "recall", "F1", "wrong artist"], lines)
