"""What sources told of a listener, and the plays that it amounts to: changed by one at a time.

What belongs here: adding reports so that a second telling adds nothing, and making plays of them.
What does not: where reports come from (``importing``, ``syncing``, ``polling``), which reports are
one play (``domain.listening.merging``) and where it is kept (``storage.listening``).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.listening.accounting import Accounting, account_for
from showlist_assets.domain.listening.gaps import closed
from showlist_assets.domain.listening.merging import merge_reports
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listening_imports import ListeningImports
from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from showlist_assets.services.listeners.accounts import AccountStore
    from showlist_assets.storage.listening import ListeningStore

_REPORT: Final = ["source", "source_key", "occurrence"]
_COUNTS: Final = (
    "rows", "added", "known", "too_short", "not_music", "incognito", "bad_rows",
)  # fmt: skip
# Two hundred thousand reports are read, merged and written in some seconds.
_LOCK_SECONDS: Final = 120.0


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a source told besides the reports that are added.

    Attributes:
        import_id: Of the file, by its content; of a service, of the day.
        source: As ``ListenReports.source``.
        rows: All that were read, those that are no report, too.
        file_name: Without its folder; None of a service.
        sha256: Of the file's content; None of a service.
    """

    import_id: str
    source: str
    rows: int
    file_name: str | None = None
    sha256: str | None = None
    too_short: int = 0
    not_music: int = 0
    incognito: int = 0
    bad_rows: int = 0


class ListeningHistory:
    """The histories of all listeners. Every method raises ``AccountError`` and ``StorageError``."""

    def __init__(
        self, store: ListeningStore, accounts: AccountStore, *, clock: Callable[[], datetime]
    ) -> None:
        """Read nothing yet.

        Args:
            store: Where it is kept.
            accounts: Beside whom a writer holds a lock.
            clock: The present (UTC).
        """
        self._store, self._accounts, self._clock = store, accounts, clock
        self._locks = accounts.files

    def accounts(self) -> list[str]:
        """Of whom anything is kept."""
        return self._store.accounts()

    def listeners(self) -> list[str]:
        """Whoever has logged in, or of whom anything is kept."""
        return sorted({*self._accounts.names(), *self._store.accounts()})

    def read(self, account: str, table: str) -> pl.DataFrame:
        """One of ``LISTENER_TABLES``; without a row where nothing was written yet."""
        self._accounts.check_name(account)
        return self._store.read(account, table)

    def add(self, account: str, reports: pl.DataFrame, told: Told) -> pl.DataFrame:
        """As ``add_all``, of one import."""
        return self.add_all(account, [(reports, told)])

    def add_all(self, account: str, imports: Sequence[tuple[pl.DataFrame, Told]]) -> pl.DataFrame:
        """Keep what is new, and what came of each import.

        Args:
            account: Whose.
            imports: Reports (``ListenReports``) and what else was told, in any order.

        Returns:
            A row of ``ListeningImports`` for each: what came of it this time.
        """
        with self.alone(account):
            kept = self._store.read(account, "listen_reports")
            new = _new([reports for reports, _ in imports], kept)
            rows = [
                self._row(reports, len(added), told)
                for added, (reports, told) in zip(new, imports, strict=True)
            ]
            if any(len(added) for added in new):
                self._store.write(account, "listen_reports", pl.concat([kept, *new]))
            came = pl.DataFrame(rows, schema=polars_schema(ListeningImports), orient="row")
            self._note(account, came)
        return came

    def _row(self, reports: pl.DataFrame, added: int, told: Told) -> dict[str, object]:
        return {
            "import_id": told.import_id,
            "source": told.source,
            "file_name": told.file_name,
            "sha256": told.sha256,
            "imported_at": self._clock(),
            "rows": told.rows,
            "added": added,
            "known": len(reports) - added,
            "too_short": told.too_short,
            "not_music": told.not_music,
            "incognito": told.incognito,
            "bad_rows": told.bad_rows,
            "from_at": reports["reported_at"].min(),
            "until_at": reports["reported_at"].max(),
        }

    def _note(self, account: str, came: pl.DataFrame) -> None:
        """Keep what came: of a file once, of a service's day all together."""
        before = self._store.read(account, "listening_imports")
        is_file = pl.col("sha256").is_not_null()
        new_files = came.filter(is_file).unique("import_id", keep="first", maintain_order=True)
        files = new_files.join(before, on="import_id", how="anti")
        services = pl.concat([before.filter(~is_file), came.filter(~is_file)])
        summed = services.group_by("import_id", maintain_order=True).agg(
            pl.col("source", "file_name", "sha256").first(),
            pl.col("imported_at").max(),
            pl.col(*_COUNTS).sum(),
            pl.col("from_at").min(),
            pl.col("until_at").max(),
        )
        columns = before.columns
        noted = pl.concat([before.filter(is_file), files, summed.select(columns)])
        if noted.is_empty() or noted.equals(before):
            return
        self._store.write(account, "listening_imports", noted)
        gaps = self._store.read(account, "listening_gaps")
        if not gaps.is_empty():
            self._store.write(account, "listening_gaps", closed(gaps, noted))

    def add_gaps(self, account: str, gaps: pl.DataFrame) -> None:
        """Keep those of ``gaps`` (``ListeningGaps``) that are new, closed where covered."""
        if gaps.is_empty():
            return
        with self.alone(account):
            before = self._store.read(account, "listening_gaps")
            new = gaps.join(before, on="gap_id", how="anti")
            if not new.is_empty():
                new = closed(new, self._store.read(account, "listening_imports"))
                self._store.write(account, "listening_gaps", pl.concat([before, new]))

    def replace(self, account: str, table: str, rows: pl.DataFrame) -> None:
        """Write a table of which there is only the newest state."""
        with self.alone(account):
            self._store.write(account, table, rows)

    def append(
        self, account: str, table: str, rows: pl.DataFrame, *, most: int | None = None
    ) -> None:
        """Add ``rows`` in the place of those of their keys, and keep the ``most`` newest of all."""
        keys = LISTENER_TABLES[table].primary_key()
        with self.alone(account):
            others = self._store.read(account, table).join(rows, on=keys, how="anti")
            all_rows = pl.concat([others, rows])
            self._store.write(account, table, all_rows if most is None else all_rows.tail(most))

    def rebuild(self, account: str) -> pl.DataFrame:
        """Make the plays (``Listens``) of all reports, and keep them."""
        with self.alone(account):
            listens = merge_reports(self._store.read(account, "listen_reports"))
            before = self._store.read(account, "listens")
            if not listens.equals(before):
                self._store.write(account, "listens", listens)
        return listens

    def accounting(self, account: str) -> Accounting:
        """Where the listener's plays ended."""
        read = self._store.read
        return account_for(
            read(account, "listens"),
            read(account, "recording_ids"),
            read(account, "listening_imports"),
        )

    def forget(self, account: str) -> bool:
        """Delete all that is kept of what ``account`` plays and likes; whether there was any."""
        self._accounts.check_name(account)
        was_there = account in self._store.accounts()
        if was_there:
            with self.alone(account):
                self._store.forget(account)
        for what in ("listening", "taste"):
            # In a bucket nothing is left of a lock that nobody holds.
            self._locks.delete(f"{account}.{what}.lock")
        return was_there

    @contextmanager
    def alone(self, account: str) -> Iterator[None]:
        """A context in which no other process changes the history of ``account``.

        The thread that is in it may enter it again.
        """
        self._accounts.check_name(account)
        with self._locks.lock(f"{account}.listening", patience=_LOCK_SECONDS):
            yield


def _new(all_reports: Sequence[pl.DataFrame], kept: pl.DataFrame) -> list[pl.DataFrame]:
    """Of each of ``all_reports`` what neither ``kept`` nor one before it tells."""
    if not all_reports:
        return []
    # By their keys alone: whole rows take many times the room.
    keys = pl.concat(
        reports.select(*_REPORT, nth=pl.lit(nth, pl.UInt32), row=pl.int_range(pl.len()))
        for nth, reports in enumerate(all_reports)
    )
    once = keys.unique(_REPORT, keep="first", maintain_order=True)
    new = once.join(kept.select(_REPORT), on=_REPORT, how="anti").sort("nth", "row")
    rows = [new.filter(pl.col("nth") == nth)["row"] for nth in range(len(all_reports))]
    # All is new of most first imports, which are the largest: a copy takes their room once more.
    return [
        reports if len(one) == len(reports) else reports[one]
        for one, reports in zip(rows, all_reports, strict=True)
    ]
