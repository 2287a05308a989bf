"""What an operator writes, or a program for them: text files, on this machine or in a bucket.

What belongs here: where they lie, and that several machines may change them. What does not: what
they say (``overrides``, ``show_decisions``, ``recipes``, ``feeds``).
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.storage.files import (
    NO_VERSION,
    Changed,
    Files,
    LocalFiles,
    StorageError,
    change_file,
    is_in_bucket,
)
from showlist_assets.storage.open_files import open_files

if TYPE_CHECKING:
    from collections.abc import Callable

YAML_SUFFIXES: Final = (".yaml", ".yml")
# A screen asks for every recipe several times.
_LISTING_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Place:
    """Where an operator's file or folder is read and written.

    Attributes:
        address: A path, or an address in a bucket.
        bucket: Where it is to lie; None where that is on this machine.
        left: What lies on this machine all the same; None where nothing does.
    """

    address: str
    bucket: str | None = None
    left: Path | None = None

    @property
    def words(self) -> str:
        """What an operator should know of what lies here; empty where nothing does."""
        if self.left is None:
            return ""
        if self.address != self.bucket:
            return (
                f"{self.left} is used, because there is no {self.bucket} yet: other machines do "
                f"not see it. Copy it there: gcloud storage cp -r {self.left} {self.bucket}"
            )
        return f"{self.left} is not used: {self.bucket} is. Remove or rename it."


def place_in_use(name: str, data_root: Files) -> Place:
    """Which is used of a bucket and of what was left on this machine from before.

    Nobody's work is passed over in silence: as long as the bucket has none, that of this machine
    counts.

    Args:
        name: Of the file or folder, in the data root and in the working directory.
        data_root: The bucket; it is asked only where something is left on this machine.

    Raises:
        StorageError: it cannot be asked.
    """
    bucket, left = data_root.uri(name), Path(name).absolute()
    if not (_recipes_or_feeds(LocalFiles(left.parent), name) if left.is_dir() else left.is_file()):
        return Place(bucket, bucket)
    is_there = _recipes_or_feeds(data_root, name) if left.is_dir() else data_root.stamp(name)
    return Place(bucket if is_there else str(left), bucket, left)


def _recipes_or_feeds(files: Files, folder: str) -> bool:
    return any(PurePosixPath(name).suffix in YAML_SUFFIXES for name in files.names(folder))


class OperatorFile:
    """One file, which need not exist.

    Attributes:
        uri: Where it lies, in words for a person.
        path: The same on this machine; None where it lies in a bucket.
    """

    def __init__(
        self,
        address: str | Path,
        *,
        setting: str,
        gcs_client: Callable[[], Any] | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            address: A path, or gs://bucket/name.
            setting: Which one says so; messages name it.
            gcs_client: Makes the client of a bucket.
        """
        self.uri = str(address)
        self.path: Path | None = None
        self._files: Files
        if is_in_bucket(self.uri):
            root, _, self._name = self.uri.rpartition("/")
            self._files = open_files(root, gcs_client=gcs_client, setting=setting)
            return
        self.path = Path(address).expanduser().absolute()
        self.uri = str(self.path)
        # A link to a file kept elsewhere stays a link.
        file = self.path.resolve()
        self._files, self._name = LocalFiles(file.parent, setting=setting), file.name

    @property
    def stamp(self) -> str:
        """What changes whenever the file does, without reading it; empty where there is none.

        Raises:
            StorageError: the bucket cannot be asked.
        """
        return self._files.stamp(self._name)

    def text(self) -> str:
        """The file's text with its line breaks as they are; empty where there is no file.

        Raises:
            UnicodeDecodeError: it is not UTF-8.
            StorageError: it cannot be read.
        """
        return (self._files.read(self._name) or b"").decode("utf-8")

    def change(self, change: Callable[[str], str]) -> None:
        """Write what ``change`` makes of the text; it is asked again where somebody came first.

        Raises:
            UnicodeDecodeError: the file is not UTF-8.
            StorageError: it cannot be written.
        """

        def changed(content: bytes | None) -> bytes | None:
            before = (content or b"").decode("utf-8")
            after = change(before)
            return content if after == before else after.encode("utf-8")

        change_file(self._files, self._name, changed)


class OperatorFolder:
    """The files of one folder, which need not exist. Safe to share among threads.

    A bucket is listed once in a second at most, and a file of it is fetched where it has changed.

    Attributes:
        uri: Where it lies, in words for a person.
        path: The same on this machine; None where it lies in a bucket.
    """

    def __init__(
        self,
        address: str | Path,
        *,
        setting: str,
        gcs_client: Callable[[], Any] | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read nothing yet.

        Args:
            address: A path, or gs://bucket/prefix.
            setting: Which one says so; messages name it.
            gcs_client: Makes the client of a bucket.
            elapsed: Seconds since any moment.
        """
        text = str(address)
        self.path = None if is_in_bucket(text) else Path(address).expanduser().absolute()
        self.uri = text.rstrip("/") if self.path is None else str(self.path)
        self._files = open_files(self.uri, gcs_client=gcs_client, setting=setting)
        self._elapsed, self._lock = elapsed, Lock()
        self._stamps: dict[str, str] = {}
        self._listed_at: float | None = None
        self._contents: dict[str, tuple[str, bytes | None]] = {}

    def uri_of(self, name: str) -> str:
        """Where the file ``name`` is, or would be."""
        return self._files.uri(name)

    def names(self) -> list[str]:
        """The names of all files, sorted, but those that are hidden.

        Raises:
            StorageError: the bucket cannot be listed.
        """
        found = self._files.names("") if self.path else list(self._listing())
        # Hidden ones are no person's: `._mine.yaml` is what macOS leaves on other systems' disks,
        # and editors keep what is being written beside it.
        return [name for name in found if not PurePosixPath(name).name.startswith(".")]

    def read(self, name: str) -> bytes | None:
        """The content of the file ``name``; None where there is none.

        Raises:
            StorageError: it cannot be read.
        """
        if self.path:
            return self._files.read(name)
        stamp = self._listing().get(name)
        if stamp is None:
            return None
        known = self._contents.get(name)
        if known is None or known[0] != stamp:
            content, version = self._files.read_versioned(name)
            known = self._contents[name] = (version, content)
        return known[1]

    def change(self, name: str, change: Callable[[bytes | None], bytes | None]) -> None:
        """Write what ``change`` makes of the file ``name`` (None: no file).

        It is asked again where somebody came first.

        Raises:
            StorageError: it cannot be written.
        """
        change_file(self._files, name, change)
        self.look_again()

    def write_new(self, name: str, content: bytes) -> bool:
        """Write the file ``name`` unless there is one; returns whether there was none.

        Raises:
            StorageError: it cannot be written.
        """
        try:
            self._files.write_if(name, content, NO_VERSION)
        except Changed:
            return False
        self.look_again()
        return True

    def look_again(self) -> None:
        """Forget how the bucket was listed, also where that is less than a second ago."""
        with self._lock:
            self._listed_at = None

    def _listing(self) -> dict[str, str]:
        """Stamp by name of what lies in the bucket."""
        with self._lock:
            now = self._elapsed()
            if self._listed_at is None or now - self._listed_at >= _LISTING_SECONDS:
                self._stamps, self._listed_at = self._files.stamps(""), now
                for name in set(self._contents) - set(self._stamps):
                    self._contents.pop(name, None)
            return self._stamps


def reason_of(error: StorageError) -> object:
    """Why a file of this machine cannot be read."""
    cause = error.__cause__
    return (cause.strerror or cause) if isinstance(cause, OSError) else error


def decoded(content: bytes, encoding: str = "utf-8") -> str:
    r"""The text of a file's ``content``, in which each line ends with \n.

    Raises:
        UnicodeDecodeError: it is not of that encoding.
    """
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding).read()
