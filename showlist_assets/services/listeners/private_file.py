"""A small JSON file beside the accounts: for its owner only, and no change of it is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from showlist_assets.services.listeners.account_key import AccountError
from showlist_assets.services.listeners.accounts import told_as_account_error
from showlist_assets.storage.files import change_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.storage.files import Files

_Told = TypeVar("_Told")


class PrivateFile:
    """An object of JSON. It is replaced as a whole, and only while it is what was read."""

    def __init__(self, files: Files, name: str) -> None:
        """Read and write nothing yet; ``files`` are those of the accounts."""
        self._files, self._name = files, name

    def read(self) -> dict[str, Any]:
        """What it holds; nothing where there is no file.

        Raises:
            AccountError: it cannot be read.
        """
        with told_as_account_error():
            return self._parsed(self._files.read(self._name))

    def change(self, change: Callable[[dict[str, Any]], _Told]) -> _Told:
        """Keep what ``change`` makes of what it holds, by changing it in place.

        Args:
            change: Called again, on what another process has written, where that was faster. What
                it raises leaves the file as it was.

        Returns:
            What ``change`` returned.

        Raises:
            AccountError: it cannot be read or written.
        """
        told: list[_Told] = []

        def changed(content: bytes | None) -> bytes:
            found = self._parsed(content)
            told.append(change(found))
            return json.dumps(found, indent=1, sort_keys=True).encode()

        with told_as_account_error():
            change_file(self._files, self._name, changed)
        return told[-1]

    def _parsed(self, content: bytes | None) -> dict[str, Any]:
        try:
            found = json.loads(content) if content is not None else {}
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise AccountError(
                f"{self._files.uri(self._name)} is damaged. Delete it: whoever was logged in or "
                "invited has to be again, and links to calendars are made anew."
            )
        return found
