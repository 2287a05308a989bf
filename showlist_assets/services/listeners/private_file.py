"""A small JSON file beside the accounts: for its owner only, and changed by one at a time."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from filelock import FileLock, Timeout

from showlist_assets.services.listeners.account_key import AccountError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Each change takes a millisecond.
_LOCK_SECONDS: Final = 10.0


class PrivateFile:
    """An object of JSON. A reader needs no lock: the file is replaced as a whole."""

    def __init__(self, file: Path) -> None:
        """Read and write nothing yet."""
        self._file = file
        lock = file.with_name(f"{file.name}.lock")
        self._lock = FileLock(lock, timeout=_LOCK_SECONDS, mode=0o600)

    def read(self) -> dict[str, Any]:
        """What it holds; nothing where there is no file.

        Raises:
            AccountError: it cannot be read.
        """
        try:
            found = json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._cannot("read", error) from None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise AccountError(
                f"{self._file} is damaged. Delete it: whoever was logged in or invited has to be "
                "again, and links to calendars are made anew."
            )
        return found

    @contextmanager
    def change(self) -> Iterator[dict[str, Any]]:
        """What it holds, to be changed: kept at the end of the context if nothing was raised.

        Raises:
            AccountError: it cannot be read or written.
        """
        with self._alone():
            content = self.read()
            yield content
            self._write(json.dumps(content, indent=1, sort_keys=True).encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise AccountError(
                f"Another process has held {self._lock.lock_file} for {_LOCK_SECONDS:.0f} s. Try "
                "again; if it stays so, end that process."
            ) from None
        except OSError as error:
            raise self._cannot("write", error) from None
        try:
            yield
        finally:
            self._lock.release()

    def _write(self, content: bytes) -> None:
        unfinished = self._file.with_name(f".{self._file.name}.{uuid4().hex}")
        try:
            # Never readable for others, not even before a chmod.
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
            unfinished.replace(self._file)
        except OSError as error:
            raise self._cannot("write", error) from None
        finally:
            unfinished.unlink(missing_ok=True)

    def _cannot(self, verb: str, error: OSError) -> AccountError:
        return AccountError(
            f"Cannot {verb} {self._file}: {error.strerror}. Set SHOWLIST_ACCOUNTS to a folder this "
            "user may write to."
        )
