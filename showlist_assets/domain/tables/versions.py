"""Each table's version, and how rows of an earlier version become rows of today.

A file says of which table and version it is (``storage.parquet``); one that says neither is of
version 0, which is whatever was written until there were versions. A table's version is the number
of its steps, so a change of its columns is one more step at the end: ``as_declared`` where the
schema tells all there is to know (``earlier_rows``), else a function of its own.

What belongs here: the steps. What does not: the columns of today (each table's schema, which takes
a second to import), and those of every version, which
``showlist_assets_tests/domain/tables/columns_of_versions.json`` records.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

Step = Callable[[pl.DataFrame], pl.DataFrame]
"""Makes rows of the next version from those of one version.

The first step meets rows of many shapes, as all that were written before there were versions.
"""


class UnknownVersionError(ValueError):
    """Rows of a version that is later than this Showlist's."""


def as_declared(rows: pl.DataFrame) -> pl.DataFrame:
    """The step that does nothing, because the schema says what earlier rows have."""
    return rows


def _with_row_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Number the tracks of each performer of a show: once only a performer with tracks had rows."""
    if "row_number" in rows.columns:
        return rows
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int32)
    ranked = number.over("show_id", "performer_key", order_by="track_rank")
    return rows.with_columns(row_number=ranked)


def _with_misses(rows: pl.DataFrame) -> pl.DataFrame:
    """Look again for whoever was not found: once that stood for ever."""
    if "misses" in rows.columns:
        return rows
    missed = (pl.col("outcome") == "rejected") & pl.col("asked_at").is_not_null()
    return rows.with_columns(
        misses=missed.cast(pl.Int32),
        # As after any first time in vain (``domain.matching.due.pause_after``).
        ask_again_at=pl.when(missed).then(pl.col("asked_at").dt.offset_by("1d")),
    )


_STEPS: Final[dict[str, tuple[Step, ...]]] = {
    # domain.tables.registry
    "raw_events": (as_declared,),
    "shows": (as_declared,),
    "show_changes": (as_declared,),
    "expanded_artists": (as_declared,),
    "matched_artists": (_with_misses,),
    "top_tracks": (as_declared,),
    "audio_features": (as_declared,),
    "upcoming_shows": (_with_row_numbers,),
    "rejected_rows": (as_declared,),
    # domain.tables.listening.registry
    "listen_reports": (as_declared,),
    "listening_imports": (as_declared,),
    "listening_polls": (as_declared,),
    "listening_gaps": (as_declared,),
    "top_artists": (as_declared,),
    "listens": (as_declared,),
    "recording_ids": (as_declared,),
    "taste_feedback": (as_declared,),
    "taste": (as_declared,),
    "show_taste": (as_declared,),
    "track_suggestions": (as_declared,),
    # domain.tables.similarity.registry
    "artist_ids": (as_declared,),
    "artist_neighbours": (as_declared,),
    "artist_listeners": (as_declared,),
    "artist_factors": (as_declared,),
    "recording_neighbours": (as_declared,),
}


def current_version(table: str) -> int:
    """The version in which ``table`` is written."""
    return len(_STEPS[table])


def versioned_tables() -> list[str]:
    """Every table that has a version."""
    return list(_STEPS)


def steps_since(table: str, version: int) -> list[Step]:
    """What is to be done to rows of ``version``, in order; nothing where their columns will do.

    Raises:
        UnknownVersionError: ``version`` is a later one.
    """
    if version > current_version(table):
        raise UnknownVersionError(f"{table} {version}")
    return [step for step in _STEPS[table][version:] if step is not as_declared]
