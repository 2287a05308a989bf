"""The tables that all listeners share, changed by one process at a time.

What belongs here: keeping what one process learned beside what another did. What does not: what is
asked (``artist_ids``, ``similar_artists``) and where the tables lie (``storage.similarity``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.recommendations.show_scores import Similarity
from showlist_assets.domain.tables.similarity.registry import SIMILARITY_TABLES

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from showlist_assets.storage.files import Files
    from showlist_assets.storage.similarity import SimilarityStore

# Each change takes some milliseconds.
_LOCK_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Asked:
    """What became of asking.

    Attributes:
        asked: About how many artists an answer came.
        left: About how many nobody was asked, because of a bound or a failure.
        trouble: Why the asking ended early, in words; None where it did not.
    """

    asked: int = 0
    left: int = 0
    trouble: str | None = None


class SharedTables:
    """What is known of artists, whoever plays them."""

    def __init__(self, store: SimilarityStore, locks: Files) -> None:
        """Read nothing yet; a writer holds one of ``locks``."""
        self._store, self._locks = store, locks

    def read(self, table: str) -> pl.DataFrame:
        """The table as it is now.

        Raises:
            StorageError: it cannot be read.
        """
        return self._store.read(table)

    def similarity(self) -> Similarity:
        """All of it, as scores are made from it.

        Raises:
            StorageError: as ``read``.
        """
        return Similarity(
            artist_ids=self.read("artist_ids"),
            neighbours=self.read("artist_neighbours"),
            listeners=self.read("artist_listeners"),
            factors=self.read("artist_factors"),
        )

    def replace(
        self, table: str, rows: pl.DataFrame, *, on: str, spare: pl.Expr | None = None
    ) -> None:
        """Put ``rows`` in the place of those of the same ``on``; others' rows stay.

        Args:
            table: Which one.
            rows: New ones.
            on: The column that tells whose rows are replaced; one that has the primary key of a
                new row is replaced in any case.
            spare: Rows that stay in any case.

        Raises:
            StorageError: it cannot be read or written, or another process holds it.
        """
        with self._held():
            before = self._store.read(table)
            gone = pl.col(on).is_in(rows[on].unique().implode())
            kept = before.filter(~gone if spare is None else spare | ~gone)
            if spare is None:
                kept = kept.join(rows, on=SIMILARITY_TABLES[table].primary_key(), how="anti")
            self._store.write(table, pl.concat([kept, rows]))

    def overwrite(self, table: str, rows: pl.DataFrame) -> None:
        """Let ``rows`` be all of the table.

        Raises:
            StorageError: as ``replace``.
        """
        with self._held():
            self._store.write(table, rows)

    def _held(self) -> AbstractContextManager[None]:
        return self._locks.lock("similarity", patience=_LOCK_SECONDS)
