"""How far the matcher's figures can be trusted: intervals, folds over artists, parts taken out."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any
from unittest.mock import patch

from showlist_assets.domain.matching import ladder as matching
from showlist_assets.domain.matching import pages as matching_pages
from showlist_assets_tests.benchmarks.matching_outcomes import (
    EXTENDED,
    Judged,
    Outcome,
    Row,
    Told,
    decide_all,
    metrics,
)

FOLDS = 5
RESAMPLES = 500
_Bars = tuple[int, int, float]
# Around the shipped bars: popularity of a known act, of a seen act, trust of a cautious reading.
BARS = tuple(product((30, 40, 50), (10, 20, 30), (0.8, 0.85)))
# Parts of ``domain.matching`` and what stands in for each when it is taken out.
_PARTS: dict[str, tuple[str, Any]] = {
    "shorter readings (and the searches for them)": ("readings", lambda _name: ()),
    "second and third search": ("MAX_SEARCHES", 1),
    "slips of the pen": ("slipped_page", lambda _billing, _candidates: None),
    "refusal of tributes and shows about an act": ("is_homage", lambda _name: False),
    "doubt about pages with the whole name": ("carries_whole_name", lambda _page, _name: True),
    "doubt about pages with a shorter reading": (
        "carries_reading",
        lambda _page, _name, _trust: True,
    ),
}


@dataclass(frozen=True)
class Fold:
    """A fifth of the artists under the bars that did best on the others, and as shipped."""

    listings: int
    bars: _Bars
    with_these: dict[str, Any]
    as_shipped: dict[str, Any]


def _artist(row: Row) -> str:
    return row["artist_id"] or row["listing"].casefold()


def intervals(outcomes: Sequence[Outcome]) -> dict[str, tuple[float, float]]:
    """95 % bootstrap intervals, artists drawn with replacement, of precision, recall, F1, wrong."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        counts = groups[_artist(outcome.row)]
        counts[outcome.verdict] += 1
        counts["n"] += 1
        counts["due"] += bool(outcome.row["artist_id"]) and outcome.verdict != "TN"
    keys = ("TP", "WRONG", "due", "n")
    artists = [tuple(group[key] for key in keys) for group in groups.values()]
    drawing = random.Random(0)
    drawn = [_rates(drawing.choices(artists, k=len(artists))) for _ in range(RESAMPLES)]
    names = ("precision", "recall", "f1", "wrong_rate")
    return {name: _middle([rates[index] for rates in drawn]) for index, name in enumerate(names)}


def _rates(artists: Iterable[tuple[int, ...]]) -> tuple[float, float, float, float]:
    right, wrong, due, names = map(sum, zip(*artists, strict=True))
    precision, recall = right / max(1, right + wrong), right / max(1, due)
    return precision, recall, 2 * right / max(1, right + wrong + due), wrong / names


def _middle(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values)
    cut = round(len(ordered) * 0.025)
    return ordered[cut], ordered[-cut - 1]


@contextmanager
def _bars(known: int, seen: int, cautious: float) -> Iterator[None]:
    with patch.multiple(matching_pages, KNOWN_ACT=known, SEEN_ACT=seen, _CAUTIOUS=cautious):
        yield


def _worth(judged: Sequence[Judged]) -> float:
    """F1, less twice the share of wrong artists: a wrong one is worse than none."""
    told = metrics(judged)
    return float(told["f1"] - 2 * told["wrong_rate"])


def cross_validate(every: int = 1) -> list[Fold]:
    """Five folds over artists: the bars are chosen without sight of the fold they are judged on."""
    shipped = (matching_pages.KNOWN_ACT, matching_pages.SEEN_ACT, matching_pages._CAUTIOUS)
    judged: dict[_Bars, list[Judged]] = {}
    for bars in {*BARS, shipped}:
        with _bars(*bars):
            judged[bars] = [outcome.judged for outcome in decide_all(EXTENDED, every)]
    rows = [row for row, _ in judged[shipped]]
    artists = sorted({_artist(row) for row in rows})
    random.Random(7).shuffle(artists)
    fold_of = {artist: index % FOLDS for index, artist in enumerate(artists)}
    return [_fold(fold, judged, shipped, fold_of) for fold in range(FOLDS)]


def _fold(
    fold: int,
    judged: dict[_Bars, list[Judged]],
    shipped: _Bars,
    fold_of: dict[str, int],
) -> Fold:
    def inside(bars: _Bars) -> list[Judged]:
        return [each for each in judged[bars] if fold_of[_artist(each[0])] == fold]

    def worth_outside(bars: _Bars) -> float:
        return _worth([each for each in judged[bars] if fold_of[_artist(each[0])] != fold])

    best = max(BARS, key=worth_outside)
    return Fold(len(inside(best)), best, metrics(inside(best)), metrics(inside(shipped)))


def without_parts(told: Told, every: int = 1) -> dict[str, list[Outcome]]:
    """All decisions with one part of the ladder taken out, by part; the ladder goes on below it."""
    found = {}
    for part, (name, stand_in) in _PARTS.items():
        with patch.object(matching, name, stand_in):
            found[part] = decide_all(told, every)
    return found
