"""The file of what an operator said of shows (``shows.yaml``), read and added to.

What belongs here: where it lies. What does not: what it says (``domain.events.show_decisions``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.domain.events.show_decisions import (
    ShowDecisions,
    ShowDecisionsError,
    parse_show_decisions,
)
from showlist_assets.storage.files import LocalFiles, StorageError

if TYPE_CHECKING:
    from pathlib import Path


class ShowDecisionsFile:
    """One file, which need not exist.

    Attributes:
        path: Where it lies.
    """

    def __init__(self, path: Path) -> None:
        """Read nothing yet."""
        self.path = path

    def read(self) -> ShowDecisions:
        """What the file says; nothing where there is no such file.

        Raises:
            ShowDecisionsError: the file cannot be used; the message names the line.
            StorageError: it cannot be read.
        """
        return parse_show_decisions(self._text(), source=str(self.path))

    def add(self, entry: str) -> None:
        """Put the lines of an ``entry`` at the file's end; what stands there stays as it is.

        Raises:
            ShowDecisionsError: the file, or what would become of it, cannot be used.
            StorageError: it cannot be written.
        """
        text = self._text()
        line_break = "" if not text or text.endswith("\n") else "\n"
        text += line_break + entry
        parse_show_decisions(text, source=str(self.path))
        # A link to a file kept elsewhere stays a link.
        file = self.path.resolve()
        try:
            LocalFiles(file.parent).write(file.name, text.encode("utf-8"))
        except StorageError as error:
            raise StorageError(
                f"Cannot write {self.path}: {error.__cause__}. Point SHOWLIST_SHOW_DECISIONS at a "
                "file that this user may write."
            ) from error

    def _text(self) -> str:
        try:
            return self.path.read_bytes().decode("utf-8") if self.path.is_file() else ""
        except UnicodeDecodeError as error:
            raise ShowDecisionsError(
                f"{self.path}: is not UTF-8 text. Save it as UTF-8."
            ) from error
        except OSError as error:
            raise StorageError(
                f"Cannot read {self.path}: {error.strerror or error}. Point "
                "SHOWLIST_SHOW_DECISIONS at a file that this user may read."
            ) from error
