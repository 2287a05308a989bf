"""The record: one Parquet file per table and state, under one root, local or on GCS.

What belongs here: checking partitions on the way in and out. What does not: how files are written
(``files``), which assets they belong to (``defs.io_managers``) and what is in them (``domain``).

Layout: ``<root>/<table>/<STATE>.parquet``, and ``<root>/rejected_rows/<table>/<STATE>.parquet``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.tables.columns import of_several_states
from showlist_assets.domain.tables.earlier_rows import as_now_declared, differing_columns
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.storage.open_files import open_files
from showlist_assets.storage.parquet import (
    TableFile,
    other_version,
    partition,
    partition_file,
    read_table,
    refuse_to_replace,
    stored_states,
    table_file,
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
            StorageError: the place cannot be written to, or holds what a later Showlist wrote.
        """
        return self._write(partition_file(table, state), table, TABLES[table].validate(frame))

    def write_states(
        self, table: str, states: Iterable[str], frame: pl.DataFrame
    ) -> dict[str, int]:
        """Replace the partitions ``states`` of ``table``, also those without a row in ``frame``.

        Returns:
            The number of bytes written, by state.

        Raises:
            dataframely.exc.ValidationError: a row of any state breaks a rule; nothing was written.
            StorageError: the place cannot be written to, or holds what a later Showlist wrote.
        """
        wanted = list(states)
        rows = frame.filter(pl.col("state").is_in(wanted))
        schema = TABLES[table]
        # All states in one go, which costs a tenth of one by one.
        checked = of_several_states(schema).validate(rows).select(schema.column_names())
        names = {state: partition_file(table, state) for state in wanted}
        for name in names.values():
            self._refuse_to_replace(name, table)
        return {
            state: self._put(name, table, checked.filter(pl.col("state") == state))
            for state, name in names.items()
        }

    def read(self, table: str, states: Iterable[str]) -> pl.DataFrame:
        """The rows of ``states``, heaviest first; a partition never written counts as empty.

        The order is ours because Dagster names the partitions of an input in that of a set, which
        differs from process to process.

        Raises:
            StorageError: a file is corrupt, of a later version, or has other columns than
                ``domain.tables`` says.
        """
        wanted = set(states)
        ordered = [partition_file(table, state) for state in BY_CODE if state in wanted]
        return self._read(ordered, table, TABLES[table])

    def read_all(self, table: str, *, where: pl.Expr | None = None) -> pl.DataFrame:
        """Every partition that was ever written, or only the rows of them that meet ``where``.

        Partitions are read one by one, so the rows left out take no memory.
        """
        names = [partition_file(table, state) for state in self.states(table)]
        return self._read(names, table, TABLES[table], where)

    def states(self, table: str) -> list[str]:
        """States that have a partition of ``table``, heaviest first."""
        return stored_states(self._files, table)

    def write_rejected(self, table: str, state: str, rows: pl.DataFrame) -> None:
        """Replace what was set aside of ``table`` in ``state``; makes no file for nothing."""
        name = f"{REJECTED}/{partition_file(table, state)}"
        # But an older file is replaced, or yesterday's faults would stand for ever.
        if rows.height or self._files.read(name) is not None:
            self._write(name, REJECTED, RejectedRows.validate(rows, cast=True))

    def read_rejected(self) -> pl.DataFrame:
        """Every row set aside, of any table and state."""
        names = [name for table in TABLES for name in self._files.names(f"{REJECTED}/{table}")]
        return self._read(names, REJECTED, RejectedRows)

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

    def _write(self, name: str, table: str, rows: pl.DataFrame) -> int:
        self._refuse_to_replace(name, table)
        return self._put(name, table, rows)

    def _refuse_to_replace(self, name: str, table: str) -> None:
        refuse_to_replace(partition(self._files, name, table), lambda: self._files.read(name))

    def _put(self, name: str, table: str, rows: pl.DataFrame) -> int:
        content = table_file(table, rows)
        self._files.write(name, content)
        return len(content)

    def _read(
        self,
        names: Iterable[str],
        table: str,
        schema: type[dy.Schema],
        where: pl.Expr | None = None,
    ) -> pl.DataFrame:
        # Polars cannot concatenate nothing, and a state without shows has typed columns all the
        # same.
        frames: list[pl.DataFrame] = [schema.create_empty()]
        for name in names:
            content = self._files.read(name)
            if content is not None:
                rows = rows_of_today(partition(self._files, name, table), content, schema)
                frames.append(rows if where is None else rows.filter(where))
        return pl.concat(frames)


def rows_of_today(file: TableFile, content: bytes, schema: type[dy.Schema]) -> pl.DataFrame:
    """The rows in the ``content`` of ``file``, with the columns of ``schema``.

    Raises:
        StorageError: it cannot be read, is of a later version, or has columns of which neither
            ``domain.tables.versions`` nor the schema tells.
    """
    rows = as_now_declared(read_table(file, content), schema)
    if differing := differing_columns(rows, schema):
        raise other_version(file, differing)
    return rows
