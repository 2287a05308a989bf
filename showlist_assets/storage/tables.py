"""The record: one Parquet file per table and state, under one root, local or on GCS.

What belongs here: checking partitions on the way in and out. What does not: how files are written
(``files``), which assets they belong to (``defs.io_managers``) and what is in them (``domain``).

Layout: ``<root>/<table>/<STATE>.parquet``, and ``<root>/rejected_rows/<table>/<STATE>.parquet``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.batches import batches_up_to
from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.tables.by_state import rows_by_state
from showlist_assets.domain.tables.columns import of_several_states, polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.storage.open_files import open_files
from showlist_assets.storage.parquet import (
    partition,
    partition_file,
    refuse_to_replace,
    stored_states,
    table_file,
)
from showlist_assets.storage.table_rows import rows_of_several

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import dataframely as dy

    from showlist_assets.storage.files import Files

REJECTED = "rejected_rows"

# That its file was written tells whoever has no event log that a state was refreshed
# (``services.table_changes``); the DuckDB file then tells how fresh the other tables are.
_ALWAYS_WRITTEN: Final = ("upcoming_shows",)
# Bytes of files that one query reads: of fifty states a query each is most of the work, and heavy
# files should not all be in memory beside their rows.
_READ_AT_ONCE: Final = 1_000_000


@dataclass(frozen=True)
class StoredPartition:
    """A partition as it lies there after it was to be replaced.

    Attributes:
        size: Bytes of its file.
        is_unchanged: Whether the file was left alone, as it held the very same before.
    """

    size: int
    is_unchanged: bool


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
    ) -> dict[str, StoredPartition]:
        """Replace the partitions ``states`` of ``table``, also those without a row in ``frame``.

        A file that would not change by a single byte is left alone, and keeps its time and its
        version in a bucket.

        Returns:
            What lies there now, by state.

        Raises:
            dataframely.exc.ValidationError: a row of any state breaks a rule; nothing was written.
            StorageError: the place cannot be written to, or holds what a later Showlist wrote.
        """
        wanted = list(states)
        rows = frame.lazy().filter(pl.col("state").is_in(wanted))
        schema = TABLES[table]
        # All states in one go, which costs a tenth of one by one. Only where a row breaks a rule
        # are rows copied, to name it.
        judge = of_several_states(schema)
        if not judge.is_valid(rows):
            judge.validate(rows.collect())
        checked = frame.select(schema.column_names())
        names = {state: partition_file(table, state) for state in wanted}
        before = {name: self._refuse_to_replace(name, table) for name in names.values()}
        return {
            state: self._put_changed(names[state], table, of_state, before[names[state]])
            for state, of_state in rows_by_state(checked, wanted).items()
        }

    def read(
        self,
        table: str,
        states: Iterable[str],
        *,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
    ) -> pl.DataFrame:
        """The rows of ``states``, heaviest first; a partition never written counts as empty.

        The order is ours because Dagster names the partitions of an input in that of a set, which
        differs from process to process.

        Args:
            table: Whose.
            states: Which.
            columns: Of the table, in this order; by default all. A file is checked for all of them.
            where: Of a row that is wanted; by default all are.

        Raises:
            StorageError: a file is corrupt, of a later version, or has other columns than
                ``domain.tables`` says.
        """
        wanted = set(states)
        ordered = [partition_file(table, state) for state in BY_CODE if state in wanted]
        return self._read(ordered, table, TABLES[table], columns=columns, where=where)

    def read_all(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
    ) -> pl.DataFrame:
        """Every partition that was ever written; arguments as of ``read``.

        Partitions are read one by one, so what is left out takes no memory.
        """
        return self.read(table, self.states(table), columns=columns, where=where)

    def states(self, table: str) -> list[str]:
        """States that have a partition of ``table``, heaviest first."""
        return stored_states(self._files, table)

    def write_rejected(self, table: str, rows: Mapping[str, pl.DataFrame]) -> None:
        """Replace what was set aside of ``table``, by state; makes no file for nothing."""
        # But an older file is replaced, or yesterday's faults would stand for ever.
        there = set(self._files.names(f"{REJECTED}/{table}"))
        for state, of_state in rows.items():
            name = f"{REJECTED}/{partition_file(table, state)}"
            if of_state.height or name in there:
                self._write(name, REJECTED, RejectedRows.validate(of_state, cast=True))

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

    def _refuse_to_replace(self, name: str, table: str) -> str:
        """The digest of the content that may be replaced; "" where there is none to be read."""
        content = refuse_to_replace(
            partition(self._files, name, table), lambda: self._files.read(name)
        )
        return _digest(content) if content is not None else ""

    def _put_changed(
        self, name: str, table: str, rows: pl.DataFrame, before: str
    ) -> StoredPartition:
        content = table_file(table, rows)
        if _digest(content) == before and table not in _ALWAYS_WRITTEN:
            return StoredPartition(len(content), is_unchanged=True)
        self._files.write(name, content)
        return StoredPartition(len(content), is_unchanged=False)

    def _put(self, name: str, table: str, rows: pl.DataFrame) -> int:
        content = table_file(table, rows)
        self._files.write(name, content)
        return len(content)

    def _read(
        self,
        names: Iterable[str],
        table: str,
        schema: type[dy.Schema],
        *,
        columns: Sequence[str] | None = None,
        where: pl.Expr | None = None,
    ) -> pl.DataFrame:
        # Polars cannot concatenate nothing, and a state without shows has typed columns all the
        # same.
        empty = polars_schema(schema).to_frame()
        frames: list[pl.DataFrame] = [empty if columns is None else empty.select(columns)]
        found = self._files.read_each(names)
        for some in batches_up_to(_READ_AT_ONCE, found, lambda one: len(one[1])):
            files = [(partition(self._files, name, table), content) for name, content in some]
            frames.append(rows_of_several(files, schema, columns=columns, where=where))
        return pl.concat(frames)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
