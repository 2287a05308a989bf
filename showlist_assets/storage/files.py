"""Where bytes lie: a folder of this machine, or a prefix of a Google Cloud Storage bucket.

What belongs here: reading and replacing whole files. What does not: what is in them (``tables``,
``services.playlists``).

A file is written under a temporary name and renamed (uploaded whole, on GCS): whoever dies in the
middle leaves the old one as it was.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import uuid4

from typing_extensions import override

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class StorageError(ShowlistError):
    """The record cannot be read or written; the message names the place and the remedy."""


class Files(Protocol):
    """The few things a place must do to hold the record."""

    def read(self, name: str) -> bytes | None:
        """The content of the file ``name``; None where there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Replace the file ``name`` as a whole, or leave it as it was."""

    def delete(self, name: str) -> None:
        """Remove the file ``name``; nothing where there is none."""

    def names(self, folder: str) -> list[str]:
        """Names of the files in ``folder``, as ``read`` takes them, sorted."""

    def uri(self, name: str) -> str:
        """Where a person finds the file ``name``."""


class LocalFiles(Files):
    """A folder on this machine."""

    def __init__(self, root: str | Path, *, private: bool = False) -> None:
        """Read and write nothing yet.

        Args:
            root: The folder.
            private: Whether files are written for this user only, as what is about a listener.
        """
        self._root = Path(root).expanduser().absolute()
        self._mode = 0o600 if private else 0o666

    @override
    def read(self, name: str) -> bytes | None:
        path = self._root / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(
                f"Cannot read {path}: {error.strerror or error}. Check the permissions of the "
                "data root (SHOWLIST_DATA_ROOT)."
            ) from error

    @override
    def write(self, name: str, content: bytes) -> None:
        path = self._root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
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
            raise StorageError(
                f"Cannot write {path}: {error.strerror or error}. Point SHOWLIST_DATA_ROOT at a "
                "folder this user may write to, with room on its disk; what was stored before is "
                "untouched."
            ) from error

    @override
    def delete(self, name: str) -> None:
        path = self._root / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                f"Cannot delete {path}: {error.strerror or error}. Check the permissions of the "
                "data root (SHOWLIST_DATA_ROOT)."
            ) from error

    @override
    def names(self, folder: str) -> list[str]:
        return sorted(
            str(path.relative_to(self._root))
            for path in (self._root / folder).glob("*")
            # Hidden ones are being written, or were when somebody died.
            if path.is_file() and not path.name.startswith(".")
        )

    @override
    def uri(self, name: str) -> str:
        return str(self._root / name)


# What a browser is told that opens one from the bucket's page.
_CONTENT_TYPES: Final = {
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".ics": "text/calendar; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}
_ANY_CONTENT: Final = "application/octet-stream"


class GcsFiles(Files):
    """A prefix in a Google Cloud Storage bucket (``gs://bucket/prefix``)."""

    def __init__(self, root: str, client: Callable[[], Any] | None = None) -> None:
        """Ask nothing yet.

        Args:
            root: Such as gs://bucket/prefix.
            client: Makes the ``google.cloud.storage.Client``; by default one with the machine's
                own credentials.
        """
        bucket, _, prefix = root.removeprefix("gs://").partition("/")
        self._bucket_name, self._prefix, self._client = bucket, prefix.strip("/"), client
        self._bucket_answered = False

    @cached_property
    def _bucket(self) -> Any:
        # Google's own client, as Dagster's GCSResource has it. gcsfs probes a gRPC endpoint first,
        # and stalled for more than a minute before an emulator.
        from google.cloud.storage import Client

        return (self._client or Client)().bucket(self._bucket_name)

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    @override
    def read(self, name: str) -> bytes | None:
        from google.api_core.exceptions import NotFound

        with self._failing_plainly("read", name):
            try:
                content: bytes = self._bucket.blob(self._key(name)).download_as_bytes()
            except NotFound:
                self._refuse_a_missing_bucket()
                return None
            return content

    @override
    def write(self, name: str, content: bytes) -> None:
        with self._failing_plainly("write", name):
            # An object appears whole or not at all, and every reader sees it at once
            # (https://cloud.google.com/storage/docs/consistency): no temporary name is needed.
            self._bucket.blob(self._key(name)).upload_from_string(
                content, content_type=_CONTENT_TYPES.get(Path(name).suffix, _ANY_CONTENT)
            )

    @override
    def delete(self, name: str) -> None:
        from google.api_core.exceptions import NotFound

        with self._failing_plainly("delete", name):
            try:
                self._bucket.blob(self._key(name)).delete()
            except NotFound:
                return

    @override
    def names(self, folder: str) -> list[str]:
        start = self._key(folder) + "/"
        skip = len(self._prefix) + 1 if self._prefix else 0
        with self._failing_plainly("list", folder):
            blobs = self._bucket.client.list_blobs(self._bucket, prefix=start, delimiter="/")
            return sorted(blob.name[skip:] for blob in blobs)

    @override
    def uri(self, name: str) -> str:
        return f"gs://{self._bucket_name}/{self._key(name)}"

    def _refuse_a_missing_bucket(self) -> None:
        """Raise ``NotFound``; reading from a bucket that is not there looks like an absent file.

        A listing is asked because an account that may use the objects may not see the bucket.
        """
        if not self._bucket_answered:
            next(iter(self._bucket.client.list_blobs(self._bucket, max_results=1)), None)
            self._bucket_answered = True

    @contextmanager
    def _failing_plainly(self, verb: str, name: str) -> Iterator[None]:
        from google.api_core.exceptions import GoogleAPIError
        from google.auth.exceptions import GoogleAuthError

        try:
            yield
        except (GoogleAPIError, GoogleAuthError, OSError) as error:
            raise StorageError(
                f"Cannot {verb} {self.uri(name)}: {type(error).__name__}. Check that the bucket of "
                "SHOWLIST_DATA_ROOT exists and that this account (GOOGLE_APPLICATION_CREDENTIALS, "
                "or `gcloud auth application-default login`) may list, read and write objects in "
                "it."
            ) from error


def open_files(
    root: str, *, gcs_client: Callable[[], Any] | None = None, private: bool = False
) -> Files:
    """The files under ``root``: a folder, or ``gs://bucket/prefix`` by way of ``gcs_client``.

    ``private`` is about a folder; who may read a bucket is said there.
    """
    if root.startswith("gs://"):
        return GcsFiles(root, gcs_client)
    return LocalFiles(root, private=private)
