"""The file of matches decided by hand (``overrides.yaml``), read and written as a whole.

What belongs here: reading and writing it. What does not: where it lies (``operator_files``) and
what it says (``domain.matching.overrides``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from showlist_assets.domain.matching.overrides import (
    Override,
    OverridesError,
    parse_overrides,
    with_override,
    without_override,
)
from showlist_assets.storage.operator_files import OperatorFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class OverridesFile:
    """One file, which need not exist.

    Attributes:
        uri: Where it lies.
        path: The same on this machine; None where it lies in a bucket.
    """

    def __init__(self, address: str | Path, *, gcs_client: Callable[[], Any] | None = None) -> None:
        """Read nothing yet; ``address`` is a path, or gs://bucket/name."""
        self._file = OperatorFile(address, setting="SHOWLIST_OVERRIDES", gcs_client=gcs_client)
        self.uri, self.path = self._file.uri, self._file.path

    def read(self) -> dict[str, Override]:
        """The overrides by performer key; none where there is no such file.

        Raises:
            OverridesError: the file cannot be used; the message names the line.
            StorageError: it cannot be read.
        """
        try:
            return parse_overrides(self._file.text(), source=self.uri)
        except UnicodeDecodeError as error:
            raise self._no_text() from error

    def add(self, override: Override) -> None:
        """Put ``override`` into the file, in the place of an entry for the same performer.

        Raises:
            OverridesError: the file as it is cannot be used.
            StorageError: it cannot be written.
        """
        self._rewrite(lambda text: with_override(text, override, source=self.uri))

    def remove(self, performer_key: str) -> None:
        """Take the entry of a performer out, if there is one: the rules decide again.

        Raises:
            OverridesError: the file as it is cannot be used.
            StorageError: it cannot be written.
        """
        self._rewrite(lambda text: without_override(text, performer_key, source=self.uri))

    @property
    def version(self) -> str:
        """What changes whenever the file does, without reading it; empty where there is none."""
        return self._file.stamp

    def _rewrite(self, change: Callable[[str], str]) -> None:
        try:
            self._file.change(change)
        except UnicodeDecodeError as error:
            raise self._no_text() from error

    def _no_text(self) -> OverridesError:
        return OverridesError(f"{self.uri}: is not UTF-8 text. Save it as UTF-8.")
