"""The file of what an operator said of shows (``shows.yaml``), read and added to.

What belongs here: reading and writing it. What does not: where it lies (``operator_files``) and
what it says (``domain.events.show_decisions``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from showlist_assets.domain.events.show_decisions import (
    ShowDecisions,
    ShowDecisionsError,
    parse_show_decisions,
)
from showlist_assets.storage.operator_files import OperatorFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class ShowDecisionsFile:
    """One file, which need not exist.

    Attributes:
        uri: Where it lies.
        path: The same on this machine; None where it lies in a bucket.
    """

    def __init__(self, address: str | Path, *, gcs_client: Callable[[], Any] | None = None) -> None:
        """Read nothing yet; ``address`` is a path, or gs://bucket/name."""
        self._file = OperatorFile(address, setting="SHOWLIST_SHOW_DECISIONS", gcs_client=gcs_client)
        self.uri, self.path = self._file.uri, self._file.path

    def read(self) -> ShowDecisions:
        """What the file says; nothing where there is no such file.

        Raises:
            ShowDecisionsError: the file cannot be used; the message names the line.
            StorageError: it cannot be read.
        """
        try:
            return parse_show_decisions(self._file.text(), source=self.uri)
        except UnicodeDecodeError as error:
            raise self._no_text() from error

    def add(self, entry: str) -> None:
        """Put the lines of an ``entry`` at the file's end; what stands there stays as it is.

        Raises:
            ShowDecisionsError: the file, or what would become of it, cannot be used.
            StorageError: it cannot be written.
        """

        def added(text: str) -> str:
            line_break = "" if not text or text.endswith("\n") else "\n"
            longer = text + line_break + entry
            parse_show_decisions(longer, source=self.uri)
            return longer

        try:
            self._file.change(added)
        except UnicodeDecodeError as error:
            raise self._no_text() from error

    @property
    def version(self) -> str:
        """What changes whenever the file does, without reading it; empty where there is none."""
        return self._file.stamp

    def _no_text(self) -> ShowDecisionsError:
        return ShowDecisionsError(f"{self.uri}: is not UTF-8 text. Save it as UTF-8.")
