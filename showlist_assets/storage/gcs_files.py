"""Where bytes lie: a prefix of a Google Cloud Storage bucket.

An object appears whole or not at all, and every reader sees it at once
(https://cloud.google.com/storage/docs/consistency): no temporary name is needed, and of two who
replace one generation of it, one succeeds.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from typing_extensions import override

from showlist_assets.storage.files import DATA_ROOT, NO_VERSION, Changed, Files, StorageError
from showlist_assets.storage.leases import LEASE_SECONDS, Leases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

# What a browser is told that opens one from the bucket's page.
_CONTENT_TYPES: Final = {
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".ics": "text/calendar; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}
_ANY_CONTENT: Final = "application/octet-stream"
_NO_GENERATION: Final = 0
_READS_AT_ONCE: Final = 4
# To connect, and for each piece of an answer; Google's own patience is a minute, and two minutes of
# trying again, which is longer than a machine that is told to end has.
_TIMEOUT: Final = (5, 30)
_TRY_AGAIN_SECONDS: Final = 15.0
# Custom metadata: tells one write from another of the same content.
_MARK: Final = "showlist-write"


class GcsFiles(Files):
    """A prefix in a Google Cloud Storage bucket (``gs://bucket/prefix``)."""

    def __init__(
        self,
        root: str,
        client: Callable[[], Any] | None = None,
        *,
        setting: str = DATA_ROOT,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """Ask nothing yet.

        Args:
            root: Such as gs://bucket/prefix.
            client: Makes the ``google.cloud.storage.Client``; by default one with the machine's
                own credentials.
            setting: Says where it is; named where it fails.
            lease_seconds: As ``Leases`` takes them.
        """
        bucket, _, prefix = root.removeprefix("gs://").partition("/")
        self._bucket_name, self._prefix, self._client = bucket, prefix.strip("/"), client
        self._setting, self._bucket_answered = setting, False
        self._leases = Leases(self, seconds=lease_seconds)

    @cached_property
    def _bucket(self) -> Any:
        # Google's own client, as Dagster's GCSResource has it. gcsfs probes a gRPC endpoint first,
        # and stalled for more than a minute before an emulator.
        from google.cloud.storage import Client

        return (self._client or Client)().bucket(self._bucket_name)

    @cached_property
    def _patience(self) -> dict[str, Any]:
        """How long each request may take, its repetitions included."""
        from google.cloud.storage.retry import DEFAULT_RETRY

        return {"timeout": _TIMEOUT, "retry": DEFAULT_RETRY.with_timeout(_TRY_AGAIN_SECONDS)}

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    @override
    def read(self, name: str) -> bytes | None:
        return self.read_versioned(name)[0]

    @override
    def read_each(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Some are asked for while others are on their way, or a nation waits for each in turn."""
        with ThreadPoolExecutor(_READS_AT_ONCE) as threads:
            asked: deque[tuple[str, Future[bytes | None]]] = deque()
            left = iter(names)
            try:
                while True:
                    for name in islice(left, _READS_AT_ONCE - len(asked)):
                        asked.append((name, threads.submit(self.read, name)))
                    if not asked:
                        return
                    name, answer = asked.popleft()
                    content = answer.result()
                    if content is not None:
                        yield name, content
            finally:
                # Of a caller that wants no more, or after a failure.
                threads.shutdown(cancel_futures=True)

    @override
    def read_versioned(self, name: str) -> tuple[bytes | None, str]:
        from google.api_core.exceptions import NotFound

        with self._failing_plainly("read", name):
            blob = self._bucket.blob(self._key(name))
            try:
                # One request: the answer's headers tell the generation.
                content: bytes = blob.download_as_bytes(**self._patience)
            except NotFound:
                self._refuse_a_missing_bucket()
                return None, NO_VERSION
            return content, str(blob.generation)

    @override
    def write(self, name: str, content: bytes) -> None:
        with self._failing_plainly("write", name):
            self._bucket.blob(self._key(name)).upload_from_string(
                content, content_type=_content_type(name), **self._patience
            )

    @override
    def write_if(self, name: str, content: bytes, version: str) -> str:
        from google.api_core.exceptions import NotFound, PreconditionFailed

        mark = uuid4().hex
        with self._failing_plainly("write", name):
            blob = self._bucket.blob(self._key(name))
            blob.metadata = {_MARK: mark}
            try:
                blob.upload_from_string(
                    content,
                    content_type=_content_type(name),
                    if_generation_match=int(version or _NO_GENERATION),
                    **self._patience,
                )
            except (NotFound, PreconditionFailed):
                self._refuse_a_missing_bucket()
                return self._written_by_me(name, mark)
            return str(blob.generation)

    def _written_by_me(self, name: str, mark: str) -> str:
        """The version of a refused write that had landed all the same.

        Where an answer is lost, the client sends the write again, and that one is refused: it
        meets what the first has written.
        """
        there = self._bucket.get_blob(self._key(name), **self._patience)
        if there is None or (there.metadata or {}).get(_MARK) != mark:
            raise self._changed(name)
        return str(there.generation)

    @override
    def delete_if(self, name: str, version: str) -> None:
        from google.api_core.exceptions import NotFound, PreconditionFailed

        if version == NO_VERSION:
            return
        with self._failing_plainly("delete", name):
            blob = self._bucket.blob(self._key(name))
            try:
                blob.delete(if_generation_match=int(version), **self._patience)
            except NotFound:
                # By this very request, where its first answer was lost.
                return
            except PreconditionFailed:
                raise self._changed(name) from None

    @override
    def lock(self, name: str, *, patience: float) -> AbstractContextManager[None]:
        return self._leases.hold(name, patience=patience)

    @override
    def delete(self, name: str) -> None:
        from google.api_core.exceptions import NotFound

        with self._failing_plainly("delete", name):
            try:
                self._bucket.blob(self._key(name)).delete(**self._patience)
            except NotFound:
                return

    @override
    def names(self, folder: str) -> list[str]:
        return list(self.stamps(folder))

    @override
    def stamp(self, name: str) -> str:
        with self._failing_plainly("read", name):
            blob = self._bucket.get_blob(self._key(name), **self._patience)
            if blob is None:
                self._refuse_a_missing_bucket()
                return ""
            return str(blob.generation)

    @override
    def stamps(self, folder: str) -> dict[str, str]:
        start = f"{self._key(folder)}/" if folder else self._key("")
        skip = len(self._prefix) + 1 if self._prefix else 0
        with self._failing_plainly("list", folder):
            blobs = self._bucket.client.list_blobs(
                self._bucket, prefix=start, delimiter="/", **self._patience
            )
            # Consoles make a folder by an object of that name, with a slash at the end.
            found = {blob.name[skip:]: str(blob.generation) for blob in blobs if blob.name != start}
            return dict(sorted(found.items()))

    def upload(self, name: str, file: Path) -> str:
        """Replace the object ``name`` by the content of a ``file``; returns its new stamp.

        Raises:
            OSError: the file cannot be read.
        """
        with file.open("rb") as content, self._failing_plainly("write", name):
            blob = self._bucket.blob(self._key(name))
            blob.upload_from_file(content, content_type=_ANY_CONTENT, **self._patience)
            return str(blob.generation)

    def download(self, name: str, stamp: str, file: Path) -> None:
        """Write the object ``name`` into ``file``, which gets the time of the object.

        Raises:
            StorageError: it cannot be fetched, or has another ``stamp`` by now.
            OSError: the file cannot be written.
        """
        with file.open("wb") as content, self._failing_plainly("read", name):
            blob = self._bucket.blob(self._key(name))
            blob.download_to_file(content, if_generation_match=int(stamp), **self._patience)
        if blob.updated:
            written = blob.updated.timestamp()
            os.utime(file, (written, written))

    @override
    def uri(self, name: str) -> str:
        return f"gs://{self._bucket_name}/{self._key(name)}"

    def _refuse_a_missing_bucket(self) -> None:
        """Raise ``NotFound``; reading from a bucket that is not there looks like an absent file.

        A listing is asked because an account that may use the objects may not see the bucket.
        """
        if not self._bucket_answered:
            found = self._bucket.client.list_blobs(self._bucket, max_results=1, **self._patience)
            next(iter(found), None)
            self._bucket_answered = True

    def _changed(self, name: str) -> Changed:
        return Changed(
            f"{self.uri(name)} was changed by another process or machine meanwhile. Try again."
        )

    @contextmanager
    def _failing_plainly(self, verb: str, name: str) -> Iterator[None]:
        from google.api_core.exceptions import GoogleAPIError
        from google.auth.exceptions import GoogleAuthError

        try:
            yield
        except (GoogleAPIError, GoogleAuthError, OSError) as error:
            raise StorageError(
                f"Cannot {verb} {self.uri(name)}: {type(error).__name__}. Check that the bucket of "
                f"{self._setting} exists and that this account (GOOGLE_APPLICATION_CREDENTIALS, "
                "or `gcloud auth application-default login`) may list, read and write objects in "
                "it."
            ) from error


def _content_type(name: str) -> str:
    return _CONTENT_TYPES.get(Path(name).suffix, _ANY_CONTENT)
