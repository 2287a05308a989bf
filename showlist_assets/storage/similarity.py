"""What all listeners share of what is known of artists: ids, neighbours, numbers of listeners.

Layout: ``<root>/similarity/<table>.parquet``. The artists who were asked about are those that any
listener plays, so the files are for their owner only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.domain.tables.similarity.registry import SIMILARITY_TABLES
from showlist_assets.storage.parquet import TableFile, refuse_to_replace, table_file
from showlist_assets.storage.table_rows import rows_of_today

if TYPE_CHECKING:
    import polars as pl

    from showlist_assets.storage.files import Files


class SimilarityStore:
    """Typed tables, each a file."""

    def __init__(self, files: Files) -> None:
        """Read nothing yet; ``files`` are those of the data root, for their owner only."""
        self._files = files

    def read(self, table: str) -> pl.DataFrame:
        """The table; without a row where nothing was written yet.

        Raises:
            StorageError: the file cannot be read, or is of a later version.
        """
        schema = SIMILARITY_TABLES[table]
        content = self._files.read(_file(table))
        if content is None:
            return schema.create_empty()
        return rows_of_today(self._told(table), content, schema)

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Replace the table.

        Raises:
            dataframely.exc.ValidationError: a row breaks a rule; nothing was written.
            StorageError: the place cannot be written to, or holds what a later Showlist wrote.
        """
        name, checked = _file(table), SIMILARITY_TABLES[table].validate(frame)
        refuse_to_replace(self._told(table), lambda: self._files.read(name))
        self._files.write(name, table_file(table, checked))

    def _told(self, table: str) -> TableFile:
        remedy = "Move it away: what was in it is asked for again."
        return TableFile(self._files.uri(_file(table)), table, remedy)


def _file(table: str) -> str:
    return f"similarity/{table}.parquet"
