"""The record: one Parquet file per table and state, under one root, local or on GCS.

What belongs here: checking partitions on the way in and out. What does not: how files are written
(``files``), which assets they belong to (``defs.io_managers``) and what is in them (``domain``).

Layout: ``<root>/<table>/<STATE>.parquet``, and ``<root>/rejected_rows/<table>/<STATE>.parquet``.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.states import STATE_CODES
from showlist_assets.domain.tables.columns import of_several_states, polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.storage.files import open_files
from showlist_assets.storage.parquet import (
    other_version,
    partition_file,
    read_file,
    stored_states,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import dataframely as dy

    from showlist_assets.storage.files import Files

REJECTED = "rejected_rows"


def open_tables(root: str) -> TableStore:
    """The record under ``root``: a folder, or ``gs://bucket/prefix``."""
    return TableStore(open_files(root))


class TableStore:
    """Typed partitions of the tables in ``domain.tables.registry.TABLES``."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def write(self, table: str, state: str, frame: pl.DataFrame) -> int:
        """Replace the partition ``state`` of ``table``; returns the number of bytes written.

        Raises:
            dataframely.exc.ValidationError: a row breaks a rule; nothing was written.
            StorageError: the place cannot be written to.
        """
        return self._write(partition_file(table, state), TABLES[table].validate(frame))

    def write_states(
        self, table: str, states: Iterable[str], frame: pl.DataFrame
    ) -> dict[str, int]:
        """Replace the partitions ``states`` of ``table``, also those without a row in ``frame``.

        Returns:
            The number of bytes written, by state.

        Raises:
            dataframely.exc.ValidationError: a row of any state breaks a rule; nothing was written.
            StorageError: the place cannot be written to.
        """
        wanted = list(states)
        rows = frame.filter(pl.col("state").is_in(wanted))
        schema = TABLES[table]
        # All states in one go, which costs a tenth of one by one.
        checked = of_several_states(schema).validate(rows).select(schema.column_names())
        return {
            state: self._write(
                partition_file(table, state), checked.filter(pl.col("state") == state)
            )
            for state in wanted
        }

    def read(self, table: str, states: Iterable[str]) -> pl.DataFrame:
        """The rows of ``states``, heaviest first; a partition never written counts as empty.

        The order is ours because Dagster names the partitions of an input in that of a set, which
        differs from process to process.

        Raises:
            StorageError: a file is corrupt, or has other columns than ``domain.tables`` says.
        """
        wanted = set(states)
        ordered = [partition_file(table, state) for state in STATE_CODES if state in wanted]
        return self._read(ordered, TABLES[table])

    def read_all(self, table: str, *, where: pl.Expr | None = None) -> pl.DataFrame:
        """Every partition that was ever written, or only the rows of them that meet ``where``.

        Partitions are read one by one, so the rows left out take no memory.
        """
        names = [partition_file(table, state) for state in self.states(table)]
        return self._read(names, TABLES[table], where)

    def states(self, table: str) -> list[str]:
        """States that have a partition of ``table``, heaviest first."""
        return stored_states(self._files, table)

    def write_rejected(self, table: str, state: str, rows: pl.DataFrame) -> None:
        """Replace what was set aside of ``table`` in ``state``; makes no file for nothing."""
        name = f"{REJECTED}/{partition_file(table, state)}"
        # But an older file is replaced, or yesterday's faults would stand for ever.
        if rows.height or self._files.read(name) is not None:
            self._write(name, RejectedRows.validate(rows, cast=True))

    def read_rejected(self) -> pl.DataFrame:
        """Every row set aside, of any table and state."""
        names = [name for table in TABLES for name in self._files.names(f"{REJECTED}/{table}")]
        return self._read(names, RejectedRows)

    def probe(self) -> None:
        """Write and read a small file.

        Raises:
            StorageError: the place cannot be read or written.
        """
        self._files.write(".probe", b"showlist doctor wrote this; it may be deleted")
        self._files.read(".probe")

    def uri(self, table: str, state: str) -> str:
        """Where a person finds the partition."""
        return self._files.uri(partition_file(table, state))

    def _write(self, name: str, frame: pl.DataFrame) -> int:
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd")
        content = buffer.getvalue()
        self._files.write(name, content)
        return len(content)

    def _read(
        self, names: Iterable[str], schema: type[dy.Schema], where: pl.Expr | None = None
    ) -> pl.DataFrame:
        # Polars cannot concatenate nothing, and a state without shows has typed columns all the
        # same.
        frames: list[pl.DataFrame] = [schema.create_empty()]
        for name in names:
            content = self._files.read(name)
            if content is not None:
                frame = self._parse(name, content, schema)
                frames.append(frame if where is None else frame.filter(where))
        return pl.concat(frames)

    def _parse(self, name: str, content: bytes, schema: type[dy.Schema]) -> pl.DataFrame:
        expected = polars_schema(schema)
        frame = _as_now_declared(read_file(self._files, name, content), schema)
        if frame.schema != expected:
            differing = sorted(set(frame.schema.items()) ^ set(expected.items()), key=str)
            columns = ", ".join(dict.fromkeys(column for column, _ in differing))
            raise other_version(self._files, name, columns)
        return frame


def _as_now_declared(frame: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    """``frame``, written before a column came or went, with the columns of today.

    A column that may be empty is empty in old rows, one that may not has what its schema says of
    rows before it came (``columns.before_it_came``), fields that came into a struct are empty, and
    a column that is no more is left out: otherwise the very run that would write the partition anew
    could not read the last one. Whatever differs beyond that is left as it is, for the caller to
    refuse.
    """
    if frame.schema == polars_schema(schema):
        return frame
    columns = schema.columns()
    new = [
        pl.lit((columns[name].metadata or {}).get("before"), dtype=dtype).alias(name)
        for name, dtype in polars_schema(schema).items()
        if name not in frame.schema
        and (columns[name].nullable or "before" in (columns[name].metadata or {}))
    ]
    grown = [
        pl.col(name).cast(dtype)
        for name, dtype in polars_schema(schema).items()
        if name in frame.schema and _has_grown(frame.schema[name], dtype)
    ]
    widened = frame.with_columns(*new, *grown)
    wanted = schema.column_names()
    return widened.select(wanted) if set(wanted) <= set(widened.columns) else frame


def _has_grown(before: pl.DataType, now: pl.DataType) -> bool:
    """Whether both are lists of structs, and the one of today has further fields only."""
    if not (isinstance(before, pl.List) and isinstance(now, pl.List)):
        return False
    ours, theirs = before.inner, now.inner
    if not (isinstance(ours, pl.Struct) and isinstance(theirs, pl.Struct)) or ours == theirs:
        return False
    return {field.name: field.dtype for field in ours.fields}.items() <= {
        field.name: field.dtype for field in theirs.fields
    }.items()
