"""Songs in an order in which each is near to the one before: no jumps of mood or pace.

What belongs here: the order. What does not: which songs there are (``domain.playlists.picking``).
"""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import Final

import polars as pl

FEATURES: Final = ("energy", "valence", "tempo", "acousticness")
"""What a step is measured by, each in its own standard deviations."""
_MOST_IMPROVED: Final = 1000
_PASSES: Final = 20
_FEW: Final = 200
_PASSES_OF_MANY: Final = 4
_GAIN: Final = 1e-9

_Distances = list[list[float]]


def smooth(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with small steps from each to the next; the first one stays the first.

    The same rows in the same order give the same answer. A song of which a feature is unknown
    stands where the middle song of that feature would.
    """
    if len(rows) <= 2:
        return rows
    points = _points(rows)
    distances = [[dist(one, other) for other in points] for one in points]
    return rows[_untangled(_greedy(distances), distances)]


def mean_step(rows: pl.DataFrame) -> float:
    """How far a song is from the one before, on average; 0 of fewer than two."""
    points = _points(rows)
    steps = [dist(one, other) for one, other in pairwise(points)]
    return sum(steps) / len(steps) if steps else 0.0


def _points(rows: pl.DataFrame) -> list[tuple[float, ...]]:
    known = rows.select(pl.col(FEATURES).cast(pl.Float64).fill_nan(None))
    # One value alone has no deviation, and one that all share is no distance.
    middle = pl.all().median().fill_null(0.0)
    deviation = pl.all().std().fill_null(0.0)
    scaled = known.with_columns(
        pl.when(deviation > 0).then((pl.all() - middle) / deviation).otherwise(0.0).fill_null(0.0)
    )
    return list(scaled.iter_rows())


def _greedy(distances: _Distances) -> list[int]:
    """From the first on, whichever is nearest of those that are left."""
    left, path = set(range(1, len(distances))), [0]
    while left:
        here = distances[path[-1]]
        nearest = min(left, key=lambda one: (here[one], one))
        left.remove(nearest)
        path.append(nearest)
    return path


def _untangled(path: list[int], distances: _Distances) -> list[int]:
    """``path`` with every stretch turned around where that makes it shorter (2-opt)."""
    if len(path) > _MOST_IMPROVED:
        return path
    for _ in range(_PASSES if len(path) <= _FEW else _PASSES_OF_MANY):
        if not _improve(path, distances):
            break
    return path


def _improve(path: list[int], distances: _Distances) -> bool:
    has_improved = False
    last = len(path) - 1
    for start in range(1, last):
        before = distances[path[start - 1]]
        for end in range(start + 1, last + 1):
            first, final = path[start], path[end]
            gain = before[first] - before[final]
            if end < last:
                behind = distances[path[end + 1]]
                gain += behind[final] - behind[first]
            if gain > _GAIN:
                path[start : end + 1] = path[start : end + 1][::-1]
                has_improved = True
    return has_improved
