"""The rows that files of a table hold, with the columns that the table has today.

What belongs here: reading files together, only as far as somebody asks for them, and telling which
of them cannot be read. What does not: where files lie (``tables``, ``listening``), and how a file
says what it is (``parquet``).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.earlier_rows import as_now_declared, differing_columns
from showlist_assets.storage.parquet import (
    TableFile,
    other_version,
    read_table,
    scan_as_stored,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import dataframely as dy


def rows_of_several(
    files: Sequence[tuple[TableFile, bytes]],
    schema: type[dy.Schema],
    *,
    columns: Sequence[str] | None = None,
    where: pl.Expr | None = None,
) -> pl.DataFrame:
    """The rows of at least one file with its content; the rest is as of ``rows_of_today``."""
    scans = [scan_as_stored(file, content) for file, content in files]
    as_stored = [scan for scan in scans if scan is not None]
    if len(as_stored) == len(files):
        # A query for each of fifty states is most of the work. Where one has other columns than
        # the frame in front, or cannot be read, Polars reads none: below it is mended, or named.
        with suppress(pl.exceptions.PolarsError, OSError):
            rows = pl.concat([polars_schema(schema).to_frame().lazy(), *as_stored])
            return _asked_for(rows, columns, where)
    return pl.concat(
        rows_of_today(file, content, schema, columns=columns, where=where)
        for file, content in files
    )


def rows_of_today(
    file: TableFile,
    content: bytes,
    schema: type[dy.Schema],
    *,
    columns: Sequence[str] | None = None,
    where: pl.Expr | None = None,
) -> pl.DataFrame:
    """The rows in the ``content`` of ``file``, with the columns of ``schema``.

    Args:
        file: As messages tell of it.
        content: Of the file.
        schema: Of today.
        columns: The wanted ones; what is left out of a file of today is not even unpacked.
        where: Of a row that is wanted.

    Raises:
        StorageError: it cannot be read, is of a later version, or has columns of which neither
            ``domain.tables.versions`` nor the schema tells.
    """
    rows = _scanned(file, content, schema)
    try:
        return _asked_for(rows, columns, where)
    except (pl.exceptions.ComputeError, OSError) as error:
        raise unreadable(file) from error


def _asked_for(
    rows: pl.LazyFrame, columns: Sequence[str] | None, where: pl.Expr | None
) -> pl.DataFrame:
    wanted = rows if columns is None else rows.select(columns)
    if where is None:
        return wanted.collect()
    # First the columns that tell, which are light. Polars would do so itself, but looks a long list
    # of keys up anew for each piece of a file.
    light = dict.fromkeys(where.meta.root_names())
    told = rows.select(*light).collect().select(where).to_series()
    if not told.any():
        return wanted.collect_schema().to_frame()
    found = wanted.collect()
    return found if told.all() else found.filter(told)


def _scanned(file: TableFile, content: bytes, schema: type[dy.Schema]) -> pl.LazyFrame:
    stored = scan_as_stored(file, content)
    if stored is not None and stored.collect_schema() == polars_schema(schema):
        return stored
    rows = as_now_declared(read_table(file, content), schema)
    if differing := differing_columns(rows, schema):
        raise other_version(file, differing)
    return rows.lazy()
