"""Where bytes lie: a folder of this machine, or a bucket (``gcs_files``).

What belongs here: reading and replacing whole files, and what keeps two who do so apart. What does
not: what is in them (``tables``, ``services.playlists``).

A file is written under a temporary name and renamed (uploaded whole, in a bucket): whoever dies in
the middle leaves the old one as it was.
"""

from __future__ import annotations

import fcntl
import glob
import hashlib
import os
import random
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from uuid import uuid4

from typing_extensions import override

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

DATA_ROOT: Final = "SHOWLIST_DATA_ROOT"
NO_VERSION: Final = ""
"""The version of a file that is not there."""
_TRIES: Final = 12
_FOR_ME_ALONE: Final = 0o600


class StorageError(ShowlistError):
    """The record cannot be read or written; the message names the place and the remedy."""


class Changed(StorageError):
    """Somebody else has replaced the file since it was read; nothing was written."""


class LockTimeout(StorageError):
    """Another process, or another machine, holds the lock."""


class LockLost(StorageError):
    """The holder was cut off for so long that another one took the lock over."""


class Files(Protocol):
    """The few things a place must do to hold the record."""

    def read(self, name: str) -> bytes | None:
        """The content of the file ``name``; None where there is none."""

    def read_each(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Those of the files ``names`` that are there with their contents, in this order."""
        for name in names:
            content = self.read(name)
            if content is not None:
                yield name, content

    def write(self, name: str, content: bytes) -> None:
        """Replace the file ``name`` as a whole, or leave it as it was."""

    def delete(self, name: str) -> None:
        """Remove the file ``name``; nothing where there is none."""

    def names(self, folder: str) -> list[str]:
        """Names of the files in ``folder``, as ``read`` takes them, sorted."""

    def stamp(self, name: str) -> str:
        """What changes whenever the file ``name`` does, and no content; "" if there is none."""

    def stamps(self, folder: str) -> dict[str, str]:
        """That of each of ``names(folder)``, asked for at once."""

    def uri(self, name: str) -> str:
        """Where a person finds the file ``name``."""

    def read_versioned(self, name: str) -> tuple[bytes | None, str]:
        """The content of the file ``name`` and its version; None and "" where there is none."""

    def write_if(self, name: str, content: bytes, version: str) -> str:
        """Replace the file ``name`` if it still is the one of ``version``; returns the new one.

        Args:
            name: Of the file.
            content: The new one.
            version: As ``read_versioned`` told it; with "", there must be no file.

        Raises:
            Changed: it is another one by now; nothing was written.
        """

    def delete_if(self, name: str, version: str) -> None:
        """Remove the file ``name`` if it still is the one of ``version``.

        Raises:
            Changed: it is another one by now; nothing was removed.
        """

    def lock(self, name: str, *, patience: float) -> AbstractContextManager[None]:
        """A context in which no other process holds ``name``; in a bucket, no other machine.

        The thread that holds it may take it again.

        Args:
            name: A name of its own; no file of this name is touched.
            patience: Seconds to wait for whoever holds it.

        Raises:
            LockTimeout: it is still held.
            LockLost: at the end: this process was cut off, and another one took it over.
        """


class LocalFiles(Files):
    """A folder on this machine."""

    def __init__(
        self, root: str | Path, *, private: bool = False, setting: str = DATA_ROOT
    ) -> None:
        """Read and write nothing yet.

        Args:
            root: The folder.
            private: Whether files are for this user only, as what is about a listener.
            setting: Says where it is; named where it fails.
        """
        self.root: Final = Path(root).expanduser().absolute()
        self._is_private, self._setting = private, setting
        self._mode = _FOR_ME_ALONE if private else 0o666

    @override
    def read(self, name: str) -> bytes | None:
        path = self.root / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(
                f"Cannot read {path}: {error.strerror or error}. Check the permissions of the "
                f"folder ({self._setting})."
            ) from error

    @override
    def write(self, name: str, content: bytes) -> None:
        path = self.root / name
        try:
            self._make_folder(path.parent)
            # Not by tempfile, whose files nobody but their owner may read.
            temporary = path.with_name(f".{path.name}.{uuid4().hex}")
            try:
                # With its mode from the start (less what the umask takes): a chmod afterwards
                # leaves a moment in which others can read it.
                handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._mode)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    # A rename may reach the disk before the content does; after a power cut the
                    # file would be empty.
                    os.fsync(file.fileno())
                temporary.replace(path)
            # An interrupted run, too, leaves no half file behind.
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise self._cannot_write(path, error) from error

    @override
    def delete(self, name: str) -> None:
        path = self.root / name
        try:
            path.unlink(missing_ok=True)
            if self._is_private:
                # What is about a listener goes wholly: whoever died while writing left a copy.
                for unfinished in path.parent.glob(f".{glob.escape(path.name)}.*"):
                    unfinished.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                f"Cannot delete {path}: {error.strerror or error}. Check the permissions of the "
                f"folder ({self._setting})."
            ) from error

    @override
    def names(self, folder: str) -> list[str]:
        return sorted(
            str(path.relative_to(self.root))
            for path in (self.root / folder).glob("*")
            # Hidden ones are being written, or were when somebody died.
            if path.is_file() and not path.name.startswith(".")
        )

    @override
    def stamp(self, name: str) -> str:
        try:
            found = (self.root / name).stat()
        except OSError:
            return ""
        return f"{found.st_mtime_ns}-{found.st_size}"

    @override
    def stamps(self, folder: str) -> dict[str, str]:
        return {name: self.stamp(name) for name in self.names(folder)}

    @override
    def uri(self, name: str) -> str:
        return str(self.root / name)

    @override
    def read_versioned(self, name: str) -> tuple[bytes | None, str]:
        content = self.read(name)
        return content, _digest(content)

    @override
    def write_if(self, name: str, content: bytes, version: str) -> str:
        with self._as_read(name, version):
            self.write(name, content)
        return _digest(content)

    @override
    def delete_if(self, name: str, version: str) -> None:
        with self._as_read(name, version):
            self.delete(name)

    @override
    @contextmanager
    def lock(self, name: str, *, patience: float) -> Iterator[None]:
        with self._file_lock(self.root / f"{name}.lock", patience):
            yield

    @contextmanager
    def _as_read(self, name: str, version: str) -> Iterator[None]:
        """While it lasts, the file ``name`` is that of ``version``, and nobody replaces it so."""
        path = self.root / name
        try:
            self._make_folder(path.parent)
            # The folder itself, for some milliseconds: beside files that a person keeps (recipes,
            # overrides.yaml) a lock's file would be in the way.
            folder = os.open(path.parent, os.O_RDONLY)
        except OSError as error:
            raise self._cannot_write(path, error) from error
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if _digest(self.read(name)) != version:
                raise Changed(f"{path} was changed by another process meanwhile. Try again.")
            yield
        finally:
            os.close(folder)

    @contextmanager
    def _file_lock(self, path: Path, patience: float) -> Iterator[None]:
        from filelock import FileLock, Timeout

        # One for all who name the file: the thread that holds it may take it again.
        lock = FileLock(path, mode=_FOR_ME_ALONE, is_singleton=True)
        try:
            self._make_folder(path.parent)
            lock.acquire(timeout=patience)
        except Timeout:
            raise LockTimeout(
                f"Another process has held {path} for {patience:.0f} s. Try again; if it stays so, "
                "end that process."
            ) from None
        except OSError as error:
            raise self._cannot_write(path, error) from error
        try:
            yield
        finally:
            lock.release()

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700 if self._is_private else 0o777, parents=True, exist_ok=True)

    def _cannot_write(self, path: Path, error: OSError) -> StorageError:
        return StorageError(
            f"Cannot write {path}: {error.strerror or error}. Point {self._setting} at a folder "
            "this user may write to, with room on its disk; what was stored before is untouched."
        )


def _digest(content: bytes | None) -> str:
    return NO_VERSION if content is None else hashlib.sha256(content).hexdigest()


def change_file(files: Files, name: str, changed: Callable[[bytes | None], bytes | None]) -> None:
    """Replace the file ``name`` by what ``changed`` makes of it, losing nobody else's change.

    Args:
        files: Where it lies.
        name: Of the file.
        changed: Takes the content, None where there is no file, and returns the new one, None for
            no file. It is called again on what another process has written meanwhile.

    Raises:
        Changed: others were faster each time; nothing was written.
        StorageError: it cannot be read or written.
    """
    for attempt in range(_TRIES):
        before, version = files.read_versioned(name)
        after = changed(before)
        if after == before:
            return
        try:
            if after is None:
                files.delete_if(name, version)
            else:
                files.write_if(name, after, version)
        except Changed:
            if attempt == _TRIES - 1:
                raise
            # Drawn, or two who met once would meet again.
            time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 6)))
        else:
            return


def is_in_bucket(root: str) -> bool:
    """Whether ``root`` is a bucket's (gs://bucket/prefix), and no folder of this machine."""
    return root.startswith("gs://")
