"""The record: one Parquet file per table and state, under one root, local or on GCS.

What belongs here: where the files lie, writing them whole, checking them on the way in and out.
What does not: which assets they belong to (``io_managers``) and what is in them (``domain``).

A file is written under a temporary name and renamed (uploaded whole, on GCS): whoever dies in the
middle leaves the old partition as it was. Layout: ``<root>/<table>/<STATE>.parquet``, and
``<root>/rejected_rows/<table>/<STATE>.parquet``.
"""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

import polars as pl
from typing_extensions import override

from showlist_assets.domain.states import STATE_CODES
from showlist_assets.domain.tables.schemas import (
    TABLES,
    RejectedRows,
    of_several_states,
    polars_schema,
)
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import dataframely as dy

REJECTED = "rejected_rows"


class StorageError(ShowlistError):
    """The record cannot be read or written; the message names the place and the remedy."""


class Files(Protocol):
    """The few things a place must do to hold the record."""

    def read(self, name: str) -> bytes | None:
        """The content of the file ``name``; None where there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Replace the file ``name`` as a whole, or leave it as it was."""

    def names(self, folder: str) -> list[str]:
        """Names of the files in ``folder``, as ``read`` takes them, sorted."""

    def uri(self, name: str) -> str:
        """Where a person finds the file ``name``."""


class LocalFiles(Files):
    """A folder on this machine."""

    def __init__(self, root: str | Path) -> None:
        self._root = Path(root).expanduser().absolute()

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
                with temporary.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
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
    def names(self, folder: str) -> list[str]:
        return sorted(
            str(path.relative_to(self._root))
            for path in (self._root / folder).glob("*")
            if path.is_file() and not path.name.startswith(".")
        )

    @override
    def uri(self, name: str) -> str:
        return str(self._root / name)


class GcsFiles(Files):
    """A prefix in a Google Cloud Storage bucket (``gs://bucket/prefix``)."""

    def __init__(self, root: str, client: Any = None) -> None:
        bucket, _, prefix = root.removeprefix("gs://").partition("/")
        self._bucket_name, self._prefix, self._client = bucket, prefix.strip("/"), client
        self._bucket_answered = False

    @cached_property
    def _bucket(self) -> Any:
        from dagster_gcp import GCSResource

        return (self._client or GCSResource().get_client()).bucket(self._bucket_name)

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
            self._bucket.blob(self._key(name)).upload_from_string(
                content, content_type="application/vnd.apache.parquet"
            )

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


def open_files(root: str) -> Files:
    """The files under ``root``: a folder, or ``gs://bucket/prefix``."""
    return GcsFiles(root) if root.startswith("gs://") else LocalFiles(root)


def open_tables(root: str) -> TableStore:
    """The record under ``root``: a folder, or ``gs://bucket/prefix``."""
    return TableStore(open_files(root))


class TableStore:
    """Typed partitions of the tables in ``domain.tables.schemas.TABLES``."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def write(self, table: str, state: str, frame: pl.DataFrame) -> int:
        """Replace the partition ``state`` of ``table``; returns the number of bytes written.

        Raises:
            dataframely.exc.ValidationError: a row breaks a rule; nothing was written.
            StorageError: the place cannot be written to.
        """
        return self._write(partition_file(table, state), TABLES[table].validate(frame))

    def write_states(self, table: str, states: Iterable[str], frame: pl.DataFrame) -> int:
        """Replace the partitions ``states`` of ``table``, also those without a row in ``frame``.

        Returns:
            The number of bytes written.

        Raises:
            dataframely.exc.ValidationError: a row of any state breaks a rule; nothing was written.
            StorageError: the place cannot be written to.
        """
        wanted = list(states)
        rows = frame.filter(pl.col("state").is_in(wanted))
        checked = of_several_states(table).validate(rows).select(TABLES[table].column_names())
        return sum(
            self._write(partition_file(table, state), checked.filter(pl.col("state") == state))
            for state in wanted
        )

    def read(self, table: str, states: Iterable[str]) -> pl.DataFrame:
        """The rows of ``states``, heaviest first; a partition never written counts as empty.

        The order is ours because Dagster names the partitions of an input in that of a set, which
        differs from process to process.

        Raises:
            StorageError: a file is corrupt, or has other columns than ``domain.tables`` says.
        """
        wanted = set(states)
        ordered = [partition_file(table, state) for state in STATE_CODES if state in wanted]
        return self._read(ordered, TABLES[table])

    def read_all(self, table: str, *, where: pl.Expr | None = None) -> pl.DataFrame:
        """Every partition that was ever written, or only the rows of them that meet ``where``.

        Partitions are read one by one, so the rows left out take no memory.
        """
        names = [partition_file(table, state) for state in self.states(table)]
        return self._read(names, TABLES[table], where)

    def states(self, table: str) -> list[str]:
        """States that have a partition of ``table``, heaviest first."""
        stored = {Path(name).stem for name in self._files.names(table)}
        return [state for state in STATE_CODES if state in stored]

    def write_rejected(self, table: str, state: str, rows: pl.DataFrame) -> None:
        """Replace what was set aside of ``table`` in ``state``; makes no file for nothing."""
        name = f"{REJECTED}/{partition_file(table, state)}"
        if rows.height or self._files.read(name) is not None:
            self._write(name, RejectedRows.validate(rows, cast=True))

    def read_rejected(self) -> pl.DataFrame:
        """Every row set aside, of any table and state."""
        names = [name for table in TABLES for name in self._files.names(f"{REJECTED}/{table}")]
        return self._read(names, RejectedRows)

    def probe(self) -> None:
        """Write and read a small file.

        Raises:
            StorageError: the place cannot be read or written.
        """
        self._files.write(".probe", b"showlist doctor wrote this; it may be deleted")
        self._files.read(".probe")

    def uri(self, table: str, state: str) -> str:
        """Where a person finds the partition."""
        return self._files.uri(partition_file(table, state))

    def _write(self, name: str, frame: pl.DataFrame) -> int:
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd")
        content = buffer.getvalue()
        self._files.write(name, content)
        return len(content)

    def _read(
        self, names: Iterable[str], schema: type[dy.Schema], where: pl.Expr | None = None
    ) -> pl.DataFrame:
        frames: list[pl.DataFrame] = [schema.create_empty()]
        for name in names:
            content = self._files.read(name)
            if content is not None:
                frame = self._parse(name, content, schema)
                frames.append(frame if where is None else frame.filter(where))
        return pl.concat(frames)

    def _parse(self, name: str, content: bytes, schema: type[dy.Schema]) -> pl.DataFrame:
        place = self._files.uri(name)
        try:
            frame = pl.read_parquet(io.BytesIO(content))
        except (pl.exceptions.PolarsError, OSError) as error:
            raise StorageError(
                f"{place} is not a readable Parquet file. Move it away and materialize "
                f"{Path(name).parent.name} for {Path(name).stem} again; other partitions are fine."
            ) from error
        expected = polars_schema(schema)
        if frame.schema != expected:
            differing = sorted(set(frame.schema.items()) ^ set(expected.items()), key=str)
            columns = ", ".join(dict.fromkeys(column for column, _ in differing)) or "their order"
            raise StorageError(
                f"{place} was written by another version of Showlist (differs in: {columns}). Move "
                f"it away and materialize {Path(name).parent.name} for {Path(name).stem} again."
            )
        return frame


def partition_file(table: str, state: str) -> str:
    """Name of the file that holds one partition."""
    return f"{table}/{state}.parquet"
