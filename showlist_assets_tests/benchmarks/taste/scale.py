"""A million generated playlists: what it costs to find the nearest neighbours of their tracks.

The playlists have the shape of the Million Playlist Dataset, as far as it is published: how long
they are, how many tracks there are and how unevenly they are loved. Each process does one thing,
so that its peak memory is its own: one makes the playlists, one finds the neighbours, and one
counts what the article's MapReduce would have written.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from showlist_assets.domain.recommendations.models.co_occurrence import nearest
from showlist_assets.domain.recommendations.models.interactions import (
    Interactions,
    interactions_of,
)
from showlist_assets_tests.benchmarks.taste.figures import Figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAYLISTS: Final = 1_000_000
NEIGHBOURS: Final = 200
LEAST_PLAYLISTS: Final = 50
"""A track on fewer tells too little of its neighbours."""
_TRACKS: Final = 2_150_000
_TOPICS: Final = 500
_OF_TOPIC: Final = 0.5
_FLATTENED: Final = 25.0
"""The most loved track is this much less loved than it would be as 1 / rank tells."""
_BATCH: Final = 50_000
_SEED: Final = 15


@dataclass(frozen=True)
class _Cost:
    cpu_s: float
    gigabytes: float
    told: dict[str, float]


def measure(data: Path | None) -> list[Figure]:
    """Generate, find neighbours, and compare; ``data`` may hold a ``playlists.parquet`` instead."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(data or folder) / "playlists.parquet"
        generated = None if file.exists() else _apart("generate", file)
        found = _apart("neighbours", file)
        pairs = _apart("pairs", file)
    shape = {**(generated.told if generated else {}), **pairs.told, **found.told}
    return [
        *(Figure(name, value) for name, value in shape.items()),
        Figure.at_most("neighbours, CPU time", found.cpu_s, 90, "s"),
        Figure.at_most("neighbours, peak memory", found.gigabytes, 2.5, "GB"),
    ]


def generate(playlists: int = PLAYLISTS, tracks: int = _TRACKS) -> pl.DataFrame:
    """playlist_id, track_id: half of each playlist keeps to a topic, and all love the same few."""
    random = np.random.default_rng(_SEED)
    popularity = np.cumsum(1 / (np.arange(tracks) + _FLATTENED))
    popularity /= popularity[-1]
    starts = range(0, playlists, _BATCH)
    return pl.concat(
        _batch(random, popularity, start, min(_BATCH, playlists - start)) for start in starts
    )


def _batch(
    random: np.random.Generator, popularity: NDArray[np.float64], start: int, playlists: int
) -> pl.DataFrame:
    lengths = np.clip(random.lognormal(3.9, 0.72, playlists), 5, 250).astype(np.int64)
    drawn = np.searchsorted(popularity, np.sort(random.random(lengths.sum())))
    random.shuffle(drawn)
    topics = np.repeat(random.integers(0, _TOPICS, playlists), lengths)
    # Of the tracks that are about as popular, the one of the playlist's topic.
    in_topic = random.random(len(drawn)) < _OF_TOPIC
    drawn = np.where(in_topic, drawn // _TOPICS * _TOPICS + topics, drawn)
    whose = np.repeat(np.arange(start, start + playlists), lengths)
    of_all = len(popularity) + _TOPICS
    keys = np.unique(whose * of_all + drawn)
    columns = {"playlist_id": keys // of_all, "track_id": keys % of_all}
    return pl.DataFrame({name: column.astype(np.int32) for name, column in columns.items()})


def neighbours_of(file: Path, *, least: int = LEAST_PLAYLISTS, count: int = NEIGHBOURS) -> Any:
    """The nearest tracks of every track on ``least`` playlists or more, as a sparse matrix."""
    return nearest(_interactions(file, least), count=count)


def _interactions(file: Path, least: int) -> Interactions:
    scan = pl.scan_parquet(file)
    often = scan.group_by("track_id").len().filter(pl.col("len") >= least).select("track_id")
    pairs = scan.join(often, on="track_id", how="semi").collect(engine="streaming")
    return interactions_of(pairs, "playlist_id", "track_id")


def _apart(step: str, file: Path) -> _Cost:
    command = [sys.executable, "-m", __name__, step, str(file)]
    one_thread = dict.fromkeys(("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run(
        command, env={**os.environ, **one_thread}, check=True, capture_output=True, text=True
    )
    return _Cost(**json.loads(done.stdout.splitlines()[-1]))


def _generated(file: Path) -> dict[str, float]:
    generate().write_parquet(file)
    return {}


def _neighbours(file: Path) -> dict[str, float]:
    found = neighbours_of(file)
    return {"tracks with neighbours": found.shape[0], "neighbours": found.nnz}


def _pairs(file: Path) -> dict[str, float]:
    """What the article's MapReduce passes on: both orders of each pair of each playlist."""
    scan = pl.scan_parquet(file)
    lengths = scan.group_by("playlist_id").len().collect(engine="streaming")["len"]
    times = scan.group_by("track_id").len().collect(engine="streaming")["len"]
    counts = lengths.to_numpy().astype(np.int64)
    return {
        "playlists": len(lengths),
        "tracks on playlists": lengths.sum(),
        "tracks": len(times),
        "tracks on 10 playlists or more": (times >= 10).sum(),
        "the best loved track, share of playlists": times.sort()[-1] / len(lengths),
        "pairs that the article's MapReduce writes": int((counts * (counts - 1)).sum()),
    }


_STEPS: Final = {"generate": _generated, "neighbours": _neighbours, "pairs": _pairs}


if __name__ == "__main__":
    _step, _file = sys.argv[1:]
    _started = time.process_time()
    _told = _STEPS[_step](Path(_file))
    _peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    _cost = _Cost(time.process_time() - _started, _peak, _told)
    print(json.dumps(asdict(_cost)))
