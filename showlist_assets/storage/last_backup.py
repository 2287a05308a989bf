"""When the last backup was written: a file of one line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from showlist_assets.storage.files import LocalFiles

if TYPE_CHECKING:
    from pathlib import Path


class LastBackup:
    """The record of it."""

    def __init__(self, file: Path) -> None:
        """Read nothing yet."""
        self._files, self._name = LocalFiles(file.expanduser().absolute().parent), file.name

    def note(self, now: datetime) -> None:
        """Remember that one was written ``now`` (UTC).

        Raises:
            StorageError: the file cannot be written.
        """
        self._files.write(self._name, f"{now.isoformat()}\n".encode())

    def at(self) -> datetime | None:
        """When the last one was written; None if none ever was, as far as is known.

        Raises:
            StorageError: the file cannot be read.
        """
        content = self._files.read(self._name)
        try:
            return datetime.fromisoformat(content.decode().strip()) if content else None
        except ValueError:
            return None
