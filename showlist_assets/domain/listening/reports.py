"""Rows of sources as reports: with every column, and a key by which a second telling adds nothing.

What belongs here: the key. What does not: reading a source (``sources``) and making plays of the
reports (``merging``).
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listen_reports import ListenReports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

SHORTEST_PLAY_MS: Final = 30_000
"""Below it a play counts for nobody: neither Spotify's lists nor ListenBrainz hold it."""

_LISTS: Final = ("artist_mbids", "spotify_artist_ids")
# Characters. No song has a longer name, but a file may hold anything.
_LONGEST_NAME: Final = 500
_NAMES: Final = ("track_name", "artist_name", "album_name")
_TOLD: Final = {
    name: dtype
    for name, dtype in polars_schema(ListenReports).items()
    if name not in ("source", "source_key", "occurrence", "import_id", "received_at")
}


def as_reports(
    rows: pl.DataFrame | Sequence[Mapping[str, Any]],
    *,
    source: str,
    import_id: str,
    received_at: datetime,
) -> pl.DataFrame:
    """``rows`` of one source as ``ListenReports``, in the order of time.

    A row has ``reported_at``, ``reported_means``, ``track_name`` and ``artist_name``, and whatever
    else of the table's columns the source tells. Equal rows are told apart by ``occurrence``, so
    that the order of the rows and of the files they come from does not matter.
    """
    told = rows if isinstance(rows, pl.DataFrame) else _frame(rows)
    missing = {
        name: pl.lit([] if name in _LISTS else None, dtype)
        for name, dtype in _TOLD.items()
        if name not in told.columns
    }
    known = told.with_columns(**missing).select(
        _value(name, dtype).cast(dtype) for name, dtype in _TOLD.items()
    )
    keyed = known.with_columns(
        source=pl.lit(source),
        source_key=_keys(known, source),
        import_id=pl.lit(import_id),
        received_at=pl.lit(received_at),
    )
    numbered = keyed.with_columns(
        occurrence=pl.int_range(pl.len(), dtype=pl.Int32).over("source_key")
    )
    columns = polars_schema(ListenReports)
    return numbered.select(pl.col(name).cast(dtype) for name, dtype in columns.items()).sort(
        "reported_at", "source_key", "occurrence"
    )


def _frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    there = {name for row in rows for name in row}
    return pl.DataFrame(
        [{name: row.get(name) for name in there} for row in rows],
        schema={name: dtype for name, dtype in _TOLD.items() if name in there},
    )


def _value(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if name in _LISTS:
        return column.fill_null([])
    # A blank is no album and no id.
    is_told = column.cast(pl.String).str.strip_chars() != ""
    kept = column.str.head(_LONGEST_NAME) if name in _NAMES else column
    return pl.when(is_told).then(kept) if dtype == pl.String else column


def _keys(told: pl.DataFrame, source: str) -> pl.Series:
    """SHA-256 of what tells one play of a source from another."""
    track = pl.coalesce(
        "spotify_track_id",
        pl.concat_str("artist_name", "track_name", separator="\n", ignore_nulls=True),
    )
    text = told.select(
        pl.concat_str(
            pl.lit(source),
            pl.col("reported_at").dt.epoch("ms").cast(pl.String),
            track,
            pl.col("ms_played").cast(pl.String).fill_null(""),
            separator="\n",
        )
    ).to_series()
    return pl.Series([sha256(one.encode()).hexdigest() for one in text], dtype=pl.String)
