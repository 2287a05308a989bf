"""Tracks that sound alike: how many of ten share a subgenre; and steps of a smooth order."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.recommendations.audio_neighbours import (
    RAW_FEATURES,
    YEAR,
    Method,
    audio_neighbours,
)
from showlist_assets.domain.recommendations.smooth_order import mean_step, smooth
from showlist_assets_tests.benchmarks.taste.figures import Figure
from showlist_assets_tests.benchmarks.taste.halves import folder_of, part

if TYPE_CHECKING:
    from pathlib import Path

_METHODS: tuple[tuple[str, Method], ...] = (
    ("raw cosine (the article)", "raw"),
    ("eight features, ranks", "scaled"),
    ("the same and the year", "scaled with year"),
)


def measure(data: Path | None) -> list[Figure]:
    """Every method's figures.

    The bar here is for a half of the playlists, whichever: the method was found on such a half.
    """
    folder = folder_of("audio", data)
    songs = part(folder, "songs")
    figures = [figure for name, method in _METHODS for figure in _of_method(songs, name, method)]
    last, method = _METHODS[-1]
    if (folder / "dev_songs.parquet").exists():
        halves = [_subgenre(half, method) for half in _halves(songs)]
        mean = sum(halves) / len(halves)
        figures.append(Figure.at_least(f"{last}, subgenre@10, of half the playlists", mean, 0.24))
    else:
        figures.append(Figure.at_least(f"{last}, subgenre@10", _subgenre(songs, method), 0.22))
    return [*figures, *_smooth(songs)]


def _of_method(songs: pl.DataFrame, name: str, method: Method) -> list[Figure]:
    started = time.process_time()
    neighbours = audio_neighbours(_tracks(songs), method=method)
    seconds = time.process_time() - started
    metrics = {
        "subgenre": "playlist_subgenre",
        "genre": "playlist_genre",
        "playlist": "playlist_id",
    }
    return [
        *(
            Figure(f"{name}, {metric}@10", _shared(neighbours, songs, column))
            for metric, column in metrics.items()
        ),
        Figure(f"{name}, all pairs", seconds, unit="CPU s"),
    ]


def _subgenre(songs: pl.DataFrame, method: Method) -> float:
    neighbours = audio_neighbours(_tracks(songs), method=method)
    return _shared(neighbours, songs, "playlist_subgenre")


def _halves(songs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    playlists = songs["playlist_id"].unique().sort()
    drawn = playlists.sample(fraction=0.5, seed=1, shuffle=True).implode()
    is_drawn = pl.col("playlist_id").is_in(drawn)
    return songs.filter(is_drawn), songs.filter(~is_drawn)


def _tracks(songs: pl.DataFrame) -> pl.DataFrame:
    year = pl.col("track_album_release_date").str.slice(0, 4).cast(pl.Int64, strict=False)
    return (
        songs.select(*RAW_FEATURES, "track_id", artist="track_artist", **{YEAR: year})
        .unique("track_id", keep="first", maintain_order=True)
        .drop_nulls("artist")
    )


def _shared(neighbours: pl.DataFrame, songs: pl.DataFrame, column: str) -> float:
    """Which share of neighbours has a value of ``column`` in common with the track."""
    values = songs.select("track_id", column).unique()
    both = (
        neighbours.join(values, on="track_id")
        .join(values, left_on=["neighbour_id", column], right_on=["track_id", column], how="semi")
        .select("track_id", "neighbour_id")
        .unique()
    )
    return len(both) / len(neighbours)


def _smooth(songs: pl.DataFrame) -> list[Figure]:
    drawn = random.Random(1)
    lists = [
        rows.sample(fraction=1.0, shuffle=True, seed=drawn.randrange(10**6))
        for _, rows in songs.sort("playlist_id", "track_id").group_by(
            "playlist_id", maintain_order=True
        )
        if len(rows) >= 20
    ]
    short = [rows.head(drawn.randint(20, 40)) for rows in lists]
    shuffled = sum(mean_step(rows) for rows in short) / len(short)
    smoothed = sum(mean_step(smooth(rows)) for rows in short) / len(short)
    hundred = songs.head(100)
    started = time.process_time()
    for _ in range(5):
        smooth(hundred)
    milliseconds = 200 * (time.process_time() - started)
    return [
        Figure("mean step of a shuffle", shuffled),
        Figure.at_most("mean step of a smooth order", 100 * smoothed / shuffled, 60, "%"),
        Figure.at_most("smooth order of 100 tracks", milliseconds, 50, "ms"),
    ]
