"""What all listeners share of what is known of artists: ids, neighbours, numbers of listeners.

Layout: ``<root>/similarity/<table>.parquet``. The artists who were asked about are those that any
listener plays, so the files are for their owner only.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.tables.similarity.registry import SIMILARITY_TABLES

if TYPE_CHECKING:
    from showlist_assets.storage.files import Files


class SimilarityStore:
    """Typed tables, each a file."""

    def __init__(self, files: Files) -> None:
        """Read nothing yet; ``files`` are those of the data root, for their owner only."""
        self._files = files

    def read(self, table: str) -> pl.DataFrame:
        """The table; without a row where nothing was written yet.

        Raises:
            StorageError: the file cannot be read.
        """
        schema = SIMILARITY_TABLES[table]
        content = self._files.read(_file(table))
        if content is None:
            return schema.create_empty()
        return pl.read_parquet(io.BytesIO(content)).select(schema.column_names())

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Replace the table.

        Raises:
            dataframely.exc.ValidationError: a row breaks a rule; nothing was written.
            StorageError: the place cannot be written to.
        """
        content = io.BytesIO()
        SIMILARITY_TABLES[table].validate(frame).write_parquet(content, compression="zstd")
        self._files.write(_file(table), content.getvalue())


def _file(table: str) -> str:
    return f"similarity/{table}.parquet"
