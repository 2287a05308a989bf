"""What is kept of each listener's listening: encrypted, a file per account and table.

What belongs here: where it lies, and that nobody reads it without the key. What does not: what is
in it (``domain.tables.listening``), and who may change it when (``services.listening``).

Layout: ``<root>/listening/<account>.<table>``, beside the tables of the states and in no warehouse.
An account's name holds no dot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from showlist_assets.domain.tables.listening.registry import LISTENER_TABLES
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.parquet import TableFile, refuse_to_replace, table_file
from showlist_assets.storage.table_rows import rows_of_today

if TYPE_CHECKING:
    import polars as pl

    from showlist_assets.storage.files import Files

_FOLDER: Final = "listening"


class Cipher(Protocol):
    """Encrypts for those who hold the key of the accounts."""

    def seal(self, plain: bytes) -> bytes:
        """``plain``, encrypted."""

    def unseal(self, sealed: bytes, name: str) -> bytes:
        """What ``sealed`` was before; ``name`` is told where the key is another one."""


class ListeningStore:
    """Typed tables of single listeners; accounts are named as in recipes."""

    def __init__(self, files: Files, cipher: Cipher) -> None:
        """Read nothing yet.

        Args:
            files: Of the data root, for their owner only.
            cipher: Of the accounts.
        """
        self._files, self._cipher = files, cipher

    def read(self, account: str, table: str) -> pl.DataFrame:
        """The table ``table`` of ``account``; without a row where nothing was written yet.

        Raises:
            AccountError: the key is another one.
            StorageError: the file cannot be read, or is of a later version.
        """
        schema = LISTENER_TABLES[table]
        name = _file(account, table)
        sealed = self._files.read(name)
        if sealed is None:
            return schema.create_empty()
        content = self._cipher.unseal(sealed, name)
        return rows_of_today(self._told(account, table), content, schema)

    def write(self, account: str, table: str, frame: pl.DataFrame) -> None:
        """Replace the table ``table`` of ``account``.

        Raises:
            dataframely.exc.ValidationError: a row breaks a rule; nothing was written.
            AccountError: there is no usable key.
            StorageError: the place cannot be written to, or holds what a later Showlist wrote.
        """
        name, checked = _file(account, table), LISTENER_TABLES[table].validate(frame)
        refuse_to_replace(self._told(account, table), lambda: self.read_object(account, table))
        self._files.write(name, self._cipher.seal(table_file(table, checked)))

    def read_object(self, account: str, name: str) -> bytes | None:
        """The bytes that ``write_object`` kept as ``name``; None where there are none.

        Raises:
            AccountError, StorageError: as ``read``.
        """
        sealed = self._files.read(_file(account, name))
        return None if sealed is None else self._cipher.unseal(sealed, _file(account, name))

    def write_object(self, account: str, name: str, content: bytes) -> None:
        """Keep ``content``, encrypted like the tables: what is no table, such as a profile.

        Raises:
            AccountError, StorageError: as ``write``.
        """
        self._files.write(_file(account, name), self._cipher.seal(content))

    def version(self, account: str, table: str) -> str:
        """What changes whenever the table is written; empty where it never was."""
        sealed = self._files.read(_file(account, table))
        # A Fernet token begins with its time and a random vector.
        return sealed[:64].decode("ascii", "replace") if sealed else ""

    def accounts(self) -> list[str]:
        """Whoever has anything here."""
        return sorted({_account_of(name) for name in self._files.names(_FOLDER)})

    def forget(self, account: str) -> bool:
        """Delete all that is kept of ``account``; returns whether there was anything.

        Raises:
            StorageError: a file cannot be deleted.
        """
        names = [name for name in self._files.names(_FOLDER) if _account_of(name) == account]
        for name in names:
            self._files.delete(name)
        return bool(names)

    def _told(self, account: str, table: str) -> TableFile:
        remedy = "Bring a backup back, or run `showlist forget` for the account and import again."
        return TableFile(self._files.uri(_file(account, table)), table, remedy)


def _account_of(name: str) -> str:
    return name.rpartition("/")[2].partition(".")[0]


def _file(account: str, name: str) -> str:
    # Names come from a command line; no account is called like this.
    if "/" in account or "." in account:
        raise StorageError(f"{account!r} cannot be the name of a listener.")
    return f"{_FOLDER}/{account}.{name}"
