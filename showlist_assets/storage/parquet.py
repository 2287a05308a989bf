"""The Parquet files of the record: their names, and what a file holds as it lies there.

What belongs here: names and reading. What does not: whether rows keep a table's rules (``tables``,
which needs every schema and a second to import them).
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.states import STATE_CODES
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from polars._typing import PolarsDataType

    from showlist_assets.storage.files import Files


def partition_file(table: str, state: str) -> str:
    """Name of the file that holds one partition."""
    return f"{table}/{state}.parquet"


def stored_states(files: Files, table: str) -> list[str]:
    """States that have a partition of ``table``, heaviest first."""
    stored = {Path(name).stem for name in files.names(table)}
    return [state for state in STATE_CODES if state in stored]


def read_columns(
    files: Files,
    table: str,
    columns: Sequence[str],
    *,
    optional: Mapping[str, PolarsDataType] | None = None,
) -> pl.DataFrame | None:
    """Only ``columns`` of every partition of ``table``; None while there is no partition.

    Args:
        files: Hold the partitions.
        table: Whose.
        columns: Of which a file may lack none.
        optional: Columns by type that are empty where a file of an earlier version lacks them.

    Raises:
        StorageError: a file is corrupt, or lacks one of ``columns``.
    """
    names = [partition_file(table, state) for state in stored_states(files, table)]
    frames = [
        read_file(files, name, content, columns, optional)
        for name, content in _contents(files, names)
    ]
    return pl.concat(frames) if frames else None


def read_file(
    files: Files,
    name: str,
    content: bytes,
    columns: Sequence[str] | None = None,
    optional: Mapping[str, PolarsDataType] | None = None,
) -> pl.DataFrame:
    """The rows in the ``content`` of the file ``name``; arguments as of ``read_columns``.

    Raises:
        StorageError: it is no Parquet file, or lacks one of ``columns``.
    """
    more = optional or {}
    try:
        there = pl.read_parquet_schema(io.BytesIO(content)) if more else {}
        wanted = [*columns, *(one for one in more if one in there)] if columns else None
        frame = pl.read_parquet(io.BytesIO(content), columns=wanted)
        empty = {one: pl.lit(None, dtype) for one, dtype in more.items() if one not in there}
        # In one order: frames of several files are put together.
        return frame.with_columns(**empty).select(*columns, *more) if columns else frame
    except pl.exceptions.ColumnNotFoundError as error:
        raise other_version(files, name, ", ".join(columns or ())) from error
    except (pl.exceptions.PolarsError, OSError) as error:
        raise StorageError(
            f"{files.uri(name)} is not a readable Parquet file. Move it away and materialize "
            f"{Path(name).parent.name} for {Path(name).stem} again; other partitions are fine."
        ) from error


def other_version(files: Files, name: str, columns: str) -> StorageError:
    """What to say of a file whose ``columns`` are not those of the table."""
    return StorageError(
        f"{files.uri(name)} was written by another version of Showlist (differs in: {columns}). "
        f"Move it away and materialize {Path(name).parent.name} for {Path(name).stem} again."
    )


def _contents(files: Files, names: Iterable[str]) -> Iterable[tuple[str, bytes]]:
    for name in names:
        content = files.read(name)
        if content is not None:
            yield name, content
