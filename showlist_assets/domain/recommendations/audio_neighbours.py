"""Tracks that sound alike, by their audio features.

What belongs here: likeness of sound. What does not: whether anybody who likes one likes the other:
of ten tracks that sound alike, fewer than one is on a playlist with the first.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from showlist_assets.domain.recommendations.models.extras import library

if TYPE_CHECKING:
    from collections.abc import Sequence

RAW_FEATURES: Final = (
    "danceability",
    "energy",
    "key",
    "loudness",
    "mode",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
)
"""All of them, as they are: with these, tempo and loudness decide alone."""
SCALED_FEATURES: Final = (
    "danceability",
    "energy",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "valence",
    "tempo",
)
YEAR: Final = "release_year"
# The year tells more of a style than any sound does.
_OF_YEAR: Final = 2.0
_BATCH: Final = 1000

Method = Literal["raw", "scaled", "scaled with year"]


def audio_neighbours(
    tracks: pl.DataFrame, *, count: int = 10, method: Method = "scaled with year"
) -> pl.DataFrame:
    """Of each track the ``count`` most alike of other artists: track_id, neighbour_id, place.

    Args:
        tracks: track_id, artist, the features, and release_year for the method that uses it; what
            is unknown counts as the middle.
        count: How many.
        method: raw is the cosine of the features as they are; scaled the distance of their ranks,
            spread as a normal distribution.

    Raises:
        MissingExtraError: numpy is not installed.
    """
    numpy = library("numpy")
    points = _points(tracks, method)
    lengths = numpy.linalg.norm(points, axis=1)
    if method == "raw":
        points /= numpy.maximum(lengths, 1e-12)[:, None]
    # Of two, the nearer has the greater of these; a cosine is one already.
    offsets = 0.0 * lengths if method == "raw" else lengths**2 / 2
    artists = tracks["artist"].rank("dense").to_numpy()
    count = min(count, len(tracks))
    found = []
    for start in range(0, max(1, len(tracks)), _BATCH):
        alike = points[start : start + _BATCH] @ points.T - offsets
        alike[artists[start : start + _BATCH, None] == artists[None, :]] = -numpy.inf
        found.append(_best(tracks["track_id"], start, alike, count))
    return pl.concat(found)


def _points(tracks: pl.DataFrame, method: Method) -> Any:
    numpy = library("numpy")
    if method == "raw":
        known = tracks.select(pl.col(RAW_FEATURES).cast(pl.Float64))
        return known.select(pl.all().fill_null(pl.all().median()).fill_null(0.0)).to_numpy().copy()
    names = [*SCALED_FEATURES, YEAR] if method == "scaled with year" else [*SCALED_FEATURES]
    weights = {YEAR: _OF_YEAR}
    columns = [_normal_of_ranks(tracks[name]) * weights.get(name, 1.0) for name in names]
    return numpy.stack(columns, axis=1)


def _normal_of_ranks(values: pl.Series) -> Any:
    """Each value's rank as a deviation of a normal distribution: no unit, and no outlier."""
    numpy = library("numpy")
    known = values.cast(pl.Float64).fill_nan(None)
    ranks = (known.rank("average") - 0.5) / max(1, known.len() - known.null_count())
    spread = _inverse_normal(ranks.fill_null(0.5).to_list())
    return numpy.asarray(spread)


def _inverse_normal(shares: Sequence[float]) -> list[float]:
    normal = NormalDist()
    return [normal.inv_cdf(share) for share in shares]


def _best(tracks: pl.Series, start: int, alike: Any, count: int) -> pl.DataFrame:
    numpy = library("numpy")
    if count < alike.shape[1]:
        best = numpy.sort(numpy.argpartition(-alike, count, axis=1)[:, :count], axis=1)
    else:
        best = numpy.tile(numpy.arange(count), (len(alike), 1))
    order = (-numpy.take_along_axis(alike, best, axis=1)).argsort(axis=1, kind="stable")
    best = numpy.take_along_axis(best, order, axis=1)
    here = numpy.repeat(numpy.arange(start, start + len(best)), count)
    is_other = numpy.isfinite(numpy.take_along_axis(alike, best, axis=1)).ravel()
    return pl.DataFrame(
        {
            "track_id": tracks.gather(here),
            "neighbour_id": tracks.gather(best.ravel()),
            "place": numpy.tile(numpy.arange(1, count + 1), len(best)),
        }
    ).filter(pl.Series(is_other, dtype=pl.Boolean))
