"""The published DuckDB file of several machines: an object in a bucket, and a copy on each.

What belongs here: bringing the file there, and back where it has changed. What does not: building
it (``warehouse``), reading it (``published``).
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.storage.files import StorageError
from showlist_assets.storage.gcs_files import GcsFiles
from showlist_assets.storage.published_file import new_version

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Beside the file of a version: which object it is a copy of.
_STAMP: Final = "stamp"


class SharedWarehouse:
    """The object, and the copy that is published on this machine. Safe to share among threads.

    Attributes:
        uri: Where the object lies.
    """

    def __init__(
        self, address: str, path: Path, *, gcs_client: Callable[[], Any] | None = None
    ) -> None:
        """Ask nothing yet.

        Args:
            address: Of the object, gs://bucket/name.
            path: Where the copy is published, as ``publish_warehouse`` does it.
            gcs_client: Makes the client of the bucket.
        """
        root, _, self._name = address.rpartition("/")
        self._files = GcsFiles(root, gcs_client, setting="SHOWLIST_WAREHOUSE or SHOWLIST_DATA_ROOT")
        self.uri, self._path, self._lock = address, path, Lock()

    def upload(self, file: Path) -> None:
        """Put a new version into the bucket, in the place of what is there.

        Before it is published here: whoever fetches meanwhile would bring the older one back.

        Raises:
            OSError: it cannot be read, or its folder not be written.
            StorageError: it cannot be written there.
        """
        stamp = self._files.upload(self._name, file)
        file.with_name(_STAMP).write_text(stamp)

    def fetch(self) -> bool:
        """Publish the object on this machine, unless its copy is that already.

        Returns:
            Whether another one was published; where there is no object, nothing is changed.

        Raises:
            StorageError: it cannot be fetched, or not be written here.
        """
        with self._lock:
            stamp = self._files.stamp(self._name)
            if not stamp or stamp == self._copied():
                return False
            try:
                with new_version(self._path) as file:
                    self._files.download(self._name, stamp, file)
                    file.with_name(_STAMP).write_text(stamp)
            except OSError as error:
                raise StorageError(
                    f"Cannot copy {self.uri} to {self._path}: {error.strerror or error}. Work in a "
                    "folder that this user may write to, with room on its disk."
                ) from error
            return True

    def _copied(self) -> str | None:
        try:
            return self._path.resolve(strict=True).with_name(_STAMP).read_text()
        except OSError:
            return None
