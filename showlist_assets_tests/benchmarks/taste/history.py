"""Merging and polling of listening history, measured.

Without ``--data``: generated listeners of several seeds (``generated_listener``), variants of their
faults, four listeners who are polled for a year (``polled_listener``), and 200,000 reports at once.

``--data DIR`` measures doubles and lost plays of another generator's files instead:
``reports.parquet`` has the columns of ``ListenReports``; ``truth.parquet`` has a row per play of at
least thirty seconds, with ``track`` (Spotify's track id, as in some report of the track) and
``started_at`` (UTC).
"""

from __future__ import annotations

import random
import resource
import time
from dataclasses import replace
from statistics import mean
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.listening.merging import merge_reports
from showlist_assets.domain.listening.track_keys import name_keys
from showlist_assets_tests.benchmarks.generated_listener import (
    Faults,
    GeneratedListener,
    Outcome,
    compare,
)
from showlist_assets_tests.benchmarks.polled_listener import HABITS, poll
from showlist_assets_tests.benchmarks.taste.figures import Figure

if TYPE_CHECKING:
    from pathlib import Path

_SEEDS: Final = range(101, 106)
_VARIANTS: Final = {
    "half of the polls at the start": replace(Faults(), poll_at_start=0.5),
    "ListenBrainz always at the start": replace(Faults(), listenbrainz_at_end=0.0),
    "ListenBrainz always at the end": replace(Faults(), listenbrainz_at_end=1.0),
}
_MANY: Final = 200_000
_MOST_LOST: Final = 0.3
_MOST_CALLS: Final = 30


def measure(data: Path | None) -> list[Figure]:
    """Every figure of the subject."""
    if data is not None:
        return _told(data)
    # The memory of the process only grows: many reports come first.
    return [*_many(), *_merged(), *_variants(), *_again(), *_polled()]


def _told(data: Path) -> list[Figure]:
    reports = pl.read_parquet(data / "reports.parquet")
    listens = _with_ids(merge_reports(reports), reports)
    truth = pl.read_parquet(data / "truth.parquet").select("track", "started_at")
    return _bars("reports of " + data.name, [compare(listens, truth)])


def _with_ids(listens: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """``listens`` with the id that any report gives a song of their name: truth knows ids only."""
    ids = (
        reports.with_columns(name=name_keys(reports))
        .drop_nulls("spotify_track_id")
        .unique("name", keep="first", maintain_order=True)
        .select("name", known="spotify_track_id")
    )
    return (
        listens.with_columns(name=name_keys(listens))
        .join(ids, on="name", how="left", maintain_order="left")
        .with_columns(spotify_track_id=pl.coalesce("spotify_track_id", "known"))
        .select(listens.columns)
    )


def _bars(name: str, outcomes: list[Outcome]) -> list[Figure]:
    doubles = [100 * one.doubles for one in outcomes]
    lost = [100 * one.lost for one in outcomes]
    found = [
        Figure.at_most(f"{name}: doubles, worst", max(doubles), 1, "%"),
        Figure.at_most(f"{name}: lost, worst", max(lost), _MOST_LOST, "%"),
    ]
    if len(outcomes) > 1:
        found += [
            Figure(f"{name}: doubles, mean", mean(doubles), unit="%"),
            Figure(f"{name}: lost, mean", mean(lost), unit="%"),
        ]
    return found


def _merged() -> list[Figure]:
    listeners = [GeneratedListener(seed) for seed in _SEEDS]
    two = [_outcome(one, "spotify_poll", "spotify_export") for one in listeners]
    three = [_outcome(one, *one.reports) for one in listeners]
    return _bars("poll and export", two) + _bars("three sources", three)


def _outcome(listener: GeneratedListener, *sources: str) -> Outcome:
    told = pl.concat([listener.reports[one] for one in sources])
    return compare(merge_reports(told), listener.truth)


def _variants() -> list[Figure]:
    figures: list[Figure] = []
    for name, faults in _VARIANTS.items():
        listener = GeneratedListener(201, faults=faults)
        figures += _bars(name, [_outcome(listener, *listener.reports)])
    return figures


def _again() -> list[Figure]:
    listener = GeneratedListener(301, days=365)
    told = pl.concat(list(listener.reports.values()))
    listens = merge_reports(told)
    keys = ["source", "source_key", "occurrence"]
    twice = pl.concat([told, told]).unique(keys, keep="first", maintain_order=True)
    rows = list(range(len(told)))
    random.Random(1).shuffle(rows)
    return [
        Figure.at_most("rows that a second import adds", len(twice) - len(told), 0),
        Figure.at_most("plays that another order changes", _differing(listens, told[rows]), 0),
    ]


def _differing(listens: pl.DataFrame, told: pl.DataFrame) -> int:
    other = merge_reports(told)
    return 0 if listens.equals(other) else max(1, len(listens.join(other, "listen_id", how="anti")))


def _many() -> list[Figure]:
    told = pl.concat(
        [table for seed in range(401, 407) for table in GeneratedListener(seed).reports.values()]
    )
    # Six listeners one after another are one who listens for twelve years.
    years = pl.duration(days=730 * (pl.int_range(pl.len()) * 6 // pl.len()))
    many = told.with_columns(
        pl.col("reported_at") + years,
        pl.col("offline_at") + years,
        occurrence=pl.int_range(pl.len(), dtype=pl.Int32),
    ).head(_MANY)
    began = time.perf_counter(), time.process_time()
    merge_reports(many)
    wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Figure("reports merged at once", len(many)),
        # Whoever shares the machine makes the other seconds longer.
        Figure.at_most("CPU seconds of them", cpu, 4, "s"),
        Figure("seconds of them", wall, unit="s"),
        Figure.at_most("memory of the process", memory, 600, "MB"),
    ]


def _polled() -> list[Figure]:
    figures: list[Figure] = []
    for name, habit in HABITS.items():
        polled = poll(habit)
        figures += [
            Figure(f"{name}: plays a day", polled.plays_a_day),
            Figure.at_most(f"{name}: looks a day", polled.looks_a_day, _MOST_CALLS),
            Figure.at_most(f"{name}: lost", 100 * polled.lost, _MOST_LOST, "%"),
            Figure.at_most(f"{name}: lost without a gap that tells", polled.silently, 0),
        ]
    return figures
