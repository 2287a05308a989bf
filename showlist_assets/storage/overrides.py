"""The file of matches decided by hand (``overrides.yaml``), read and written as a whole.

What belongs here: where it lies. What does not: what it says (``domain.matching.overrides``).
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.matching.overrides import (
    Override,
    OverridesError,
    parse_overrides,
    with_override,
    without_override,
)
from showlist_assets.storage.files import LocalFiles, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# The page's threads take turns: each reads the file, changes it and writes it as a whole.
_WRITING: Final = Lock()


class OverridesFile:
    """One file, which need not exist.

    Attributes:
        path: Where it lies.
    """

    def __init__(self, path: Path) -> None:
        """Read nothing yet."""
        self.path = path

    def read(self) -> dict[str, Override]:
        """The overrides by performer key; none where there is no such file.

        Raises:
            OverridesError: the file cannot be used; the message names the line.
        """
        return parse_overrides(self._text(), source=str(self.path))

    def add(self, override: Override) -> None:
        """Put ``override`` into the file, in the place of an entry for the same performer.

        Raises:
            OverridesError: the file as it is cannot be used.
            StorageError: it cannot be written.
        """
        self._rewrite(lambda text: with_override(text, override, source=str(self.path)))

    def remove(self, performer_key: str) -> None:
        """Take the entry of a performer out, if there is one: the rules decide again.

        Raises:
            OverridesError: the file as it is cannot be used.
            StorageError: it cannot be written.
        """
        self._rewrite(lambda text: without_override(text, performer_key, source=str(self.path)))

    @property
    def version(self) -> str:
        """What changes whenever the file does, without reading it."""
        try:
            found = self.path.stat()
        except OSError:
            return ""
        return f"{found.st_mtime_ns}-{found.st_size}"

    def _rewrite(self, change: Callable[[str], str]) -> None:
        with _WRITING:
            before = self._text()
            text = change(before)
            if text != before:
                self._write(text)

    def _write(self, text: str) -> None:
        # A link to a file kept elsewhere stays a link.
        file = self.path.resolve()
        try:
            LocalFiles(file.parent).write(file.name, text.encode("utf-8"))
        except StorageError as error:
            raise StorageError(
                f"Cannot write {self.path}: {error.__cause__}. Point SHOWLIST_OVERRIDES at a file "
                "that this user may write."
            ) from error

    def _text(self) -> str:
        """The file's text with its line breaks as they are; empty where there is no file."""
        try:
            return self.path.read_bytes().decode("utf-8") if self.path.is_file() else ""
        except UnicodeDecodeError as error:
            raise OverridesError(f"{self.path}: is not UTF-8 text. Save it as UTF-8.") from error
        except OSError as error:
            raise StorageError(
                f"Cannot read {self.path}: {error.strerror or error}. Point SHOWLIST_OVERRIDES at "
                "a file that this user may read."
            ) from error
