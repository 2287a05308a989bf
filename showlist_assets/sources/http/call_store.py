"""Where answers and the ledger of calls are kept: a folder, or Redis. All processes share it.

What belongs here: opening the two backends and failing plainly. What does not: which answers are
kept (``cache``) and which calls are allowed (``ledger``). The storage is requests-cache's, the
counting pyrate-limiter's.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import zlib
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cached_property
from importlib import import_module
from pathlib import Path
from threading import RLock, Thread
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping, Sequence
    from datetime import datetime

    from pyrate_limiter import AbstractBucket, Rate

# The schemes that ``Redis.from_url`` knows.
_REDIS: Final = ("redis://", "rediss://", "unix://")
_LOCK_SECONDS: Final = 30.0
_LOOK_EVERY: Final = 0.005
_LEDGER: Final = "ledger"
_HAS_TABLE: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"


class CallStoreError(ShowlistError):
    """The store cannot be used; the message names the place and the remedy."""


class CallStore(ABC):
    """Documents by key, and rolling counts, both shared by every process that opens the place."""

    @abstractmethod
    def documents(self, name: str) -> MutableMapping[str, Any]:
        """A persistent mapping from text to documents (``Document``)."""

    @abstractmethod
    def bucket(self, name: str, rates: list[Rate]) -> AbstractBucket:
        """Rolling counts under ``name``; buckets of one name count the same calls."""

    @abstractmethod
    def entries(self, name: str, since_ms: int) -> Sequence[tuple[str, int]]:
        """What was put into the bucket ``name``: (label, Unix milliseconds), oldest first."""

    @abstractmethod
    def count(self, name: str, since_ms: int) -> int:
        """How many those ``entries`` are."""

    @abstractmethod
    def buckets(self) -> list[str]:
        """The names of all buckets that were ever opened, sorted."""

    @abstractmethod
    def size(self, documents: MutableMapping[str, Any]) -> int | None:
        """Bytes that ``documents`` take; None where the place bounds itself."""

    @abstractmethod
    def shrink(self, documents: MutableMapping[str, Any]) -> None:
        """Give back the room of documents that were deleted."""

    @contextmanager
    def failing_plainly(self) -> Iterator[None]:
        """Turn a failure of the backend into a ``CallStoreError``."""
        try:
            yield
        except self._failures() as error:
            raise CallStoreError(
                f"The call store cannot be used ({self}): {type(error).__name__}. Check "
                "SHOWLIST_CALL_STORE: a folder this user may write to, or the URL of a Redis that "
                "answers. A damaged file in it may be deleted, which forgets today's calls."
            ) from error

    def peek(self, name: str) -> Mapping[str, Any]:
        """The documents ``name`` for whoever only looks at them now."""
        return self.documents(name)

    def extent(self, name: str) -> tuple[int, int | None]:
        """How many documents ``name`` are there, and what bytes they take; None as in ``size``."""
        documents = self.documents(name)
        return len(documents), self.size(documents)

    def _failures(self) -> tuple[type[Exception], ...]:
        from filelock import Timeout

        return sqlite3.Error, OSError, Timeout


class Document(dict[str, Any]):
    """JSON with the moment after which nobody wants it (``useless_at``, Unix seconds).

    ``lasts`` is how many seconds that was ahead when it was written, by the platform's clock.
    """

    @classmethod
    def lasting(cls, now: datetime, last: datetime, **content: Any) -> Document:
        """A document of ``now`` that nobody wants after ``last`` (both UTC)."""
        # Redis takes no expiry of 0.
        lasts = max(1, round((last - now).total_seconds()))
        return cls(content, useless_at=round(last.timestamp()), lasts=lasts)

    @property
    def expires_unix(self) -> int | None:
        """What requests-cache's SQLite storage sorts by."""
        moment: int | None = self.get("useless_at")
        return moment

    @property
    def expires_delta(self) -> int:
        """Seconds until Redis may drop it."""
        return int(self["lasts"])


class _Compressed:
    """How a document is written: JSON, deflated, because a search answer is 20 KB of it."""

    @staticmethod
    def dumps(document: Document) -> bytes:
        return zlib.compress(json.dumps(document).encode(), zlib.Z_BEST_SPEED)

    @staticmethod
    def loads(content: bytes) -> Document:
        try:
            return Document(json.loads(zlib.decompress(content)))
        except zlib.error as error:
            raise ValueError("not a deflated document") from error


def open_call_store(place: str) -> CallStore:
    """The store at ``place``: a folder, or a Redis URL. Nothing is read or written yet."""
    return RedisCalls(place) if place.startswith(_REDIS) else FolderCalls(place)


class FolderCalls(CallStore):
    """SQLite files in a folder of this machine, which is made by whoever writes first."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder).expanduser().absolute()
        self._opening = RLock()

    def __str__(self) -> str:
        return str(self._folder)

    def _make_ready_to_write(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error.strerror or str(error)) from error
        # requests-cache would try for ever to begin a transaction in a file it may not write.
        for path in (self._folder, *self._folder.glob("*.sqlite")):
            if not os.access(path, os.W_OK):
                raise self._unwritable(f"{path.name} is read-only")

    def _unwritable(self, why: str) -> CallStoreError:
        return CallStoreError(
            f"Cannot write the call store {self._folder}: {why}. Point SHOWLIST_CALL_STORE at a "
            "folder this user may write to."
        )

    @override
    def documents(self, name: str) -> MutableMapping[str, Any]:
        _load_requests_cache()
        from requests_cache.backends.sqlite import SQLiteDict

        self._make_ready_to_write()
        path = self._folder / f"{name}.sqlite"
        with self.failing_plainly():
            _refuse_what_is_no_database(path)
            return SQLiteDict(path, table_name=name, wal=True, serializer=_pipeline())

    @override
    def peek(self, name: str) -> Mapping[str, Any]:
        rows = self._rows(name, f"SELECT key, value FROM '{name}'", table=name)  # noqa: S608
        return {key: _Compressed.loads(value) for key, value in rows}

    @override
    def extent(self, name: str) -> tuple[int, int | None]:
        query = f"SELECT count(*), coalesce(sum(length(value)), 0) FROM '{name}'"  # noqa: S608
        rows = self._rows(name, query, table=name)
        documents, size = rows[0] if rows else (0, 0)
        return documents, size

    def _rows(
        self, file: str, query: str, *given: object, table: str | None = None
    ) -> list[tuple[Any, ...]]:
        """What ``query`` finds in ``file``; nothing where there is none, or no ``table`` in it.

        Without requests-cache, which takes longer to import than a look at the files takes, and
        without a right to write: whoever may read the folder may look.
        """
        path = self._folder / f"{file}.sqlite"
        with self.failing_plainly():
            if not path.exists():
                return []
            with closing(_opened_to_read(path)) as connection:
                # Whoever makes the file has not made its table in the same instant.
                is_made = table is None or connection.execute(_HAS_TABLE, [table]).fetchone()
                return connection.execute(query, given).fetchall() if is_made else []

    @override
    def bucket(self, name: str, rates: list[Rate]) -> AbstractBucket:
        from pyrate_limiter.buckets.sqlite_bucket import Queries, SQLiteBucket

        self._make_ready_to_write()
        with self._opening, self.failing_plainly(), self._lock:
            self._counts.execute(Queries.CREATE_BUCKET_TABLE.format(table=name))
            index = Queries.CREATE_INDEX_ON_TIMESTAMP.format(
                index_name=f"{name} by time", table_name=name
            )
            self._counts.execute(index)
            self._counts.commit()
        return SQLiteBucket(rates, self._counts, name, lock=self._lock)

    @override
    def entries(self, name: str, since_ms: int) -> Sequence[tuple[str, int]]:
        query = f"SELECT name, item_timestamp FROM '{name}' WHERE item_timestamp >= ? ORDER BY 2"  # noqa: S608
        return self._rows(_LEDGER, query, since_ms) if name in self.buckets() else []

    @override
    def count(self, name: str, since_ms: int) -> int:
        query = f"SELECT count(*) FROM '{name}' WHERE item_timestamp >= ?"  # noqa: S608
        found = self._rows(_LEDGER, query, since_ms) if name in self.buckets() else []
        return int(found[0][0]) if found else 0

    @override
    def buckets(self) -> list[str]:
        # By its columns: Litestream keeps tables of its own beside the buckets.
        query = (
            "SELECT made.name FROM sqlite_master AS made, pragma_table_info(made.name) AS has "
            "WHERE made.type = 'table' AND has.name = 'item_timestamp' ORDER BY 1"
        )
        return [name for (name,) in self._rows(_LEDGER, query)]

    @override
    def size(self, documents: MutableMapping[str, Any]) -> int | None:
        query = (
            "SELECT (page_count - freelist_count) * page_size "
            "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        )
        with documents.connection() as connection:  # type: ignore[attr-defined]
            return int(connection.execute(query).fetchone()[0])

    @override
    def shrink(self, documents: MutableMapping[str, Any]) -> None:
        documents.vacuum()  # type: ignore[attr-defined]

    @cached_property
    def _lock(self) -> AbstractContextManager[None]:
        # Reading the count and adding to it are two statements of pyrate-limiter.
        return _ThreadsAndProcesses(self._folder / "ledger.lock")

    @cached_property
    def _counts(self) -> sqlite3.Connection:
        counts = sqlite3.connect(
            self._folder / f"{_LEDGER}.sqlite", timeout=_LOCK_SECONDS, check_same_thread=False
        )
        # Readers of other processes do not wait for a writer (sqlite.org/wal.html), and a power cut
        # loses the last calls at most, never the file (sqlite.org/pragma.html#pragma_synchronous).
        counts.execute("PRAGMA journal_mode=WAL")
        counts.execute("PRAGMA synchronous=NORMAL")
        return counts


class RedisCalls(CallStore):
    """A Redis server, for several machines."""

    def __init__(self, url: str) -> None:
        from redis import Redis

        self._redis = Redis.from_url(url, socket_timeout=10, socket_connect_timeout=5)

    @override
    def _failures(self) -> tuple[type[Exception], ...]:
        from redis.exceptions import RedisError

        return *super()._failures(), RedisError

    def __str__(self) -> str:
        where = self._redis.connection_pool.connection_kwargs
        return f"Redis at {where.get('host', where.get('path'))}:{where.get('port', '')}"

    @override
    def documents(self, name: str) -> MutableMapping[str, Any]:
        _load_requests_cache()
        from requests_cache.backends.redis import RedisDict

        return RedisDict(f"showlist:{name}", connection=self._redis, serializer=_pipeline())

    @override
    def bucket(self, name: str, rates: list[Rate]) -> AbstractBucket:
        from pyrate_limiter.buckets.redis_bucket import RedisBucket

        with self.failing_plainly():
            bucket: AbstractBucket = RedisBucket.init(rates, self._redis, _count_key(name))
        return bucket

    @override
    def entries(self, name: str, since_ms: int) -> Sequence[tuple[str, int]]:
        with self.failing_plainly():
            # The layout of pyrate-limiter's own Redis bucket: members by time in a sorted set.
            found: Any = self._redis.zrangebyscore(
                _count_key(name), since_ms, "+inf", withscores=True
            )
        return [(member.decode().partition(":")[0], int(at)) for member, at in found]

    @override
    def count(self, name: str, since_ms: int) -> int:
        with self.failing_plainly():
            found: Any = self._redis.zcount(_count_key(name), since_ms, "+inf")
        return int(found)

    @override
    def buckets(self) -> list[str]:
        start = _count_key("")
        with self.failing_plainly():
            return sorted(
                key.decode().removeprefix(start) for key in self._redis.scan_iter(f"{start}*")
            )

    @override
    def size(self, documents: MutableMapping[str, Any]) -> int | None:
        return None

    @override
    def shrink(self, documents: MutableMapping[str, Any]) -> None:
        pass


class _ThreadsAndProcesses(AbstractContextManager[None]):
    """A lock between threads of this process, and then between processes.

    Who waits for a lock in a file looks at it every few milliseconds; threads need not.
    """

    def __init__(self, path: Path) -> None:
        from filelock import FileLock

        self._threads = RLock()
        self._file = FileLock(path, timeout=_LOCK_SECONDS, poll_interval=_LOOK_EVERY)

    @override
    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            self._file.acquire()
        except BaseException:
            self._threads.release()
            raise

    @override
    def __exit__(self, *_: object) -> None:
        try:
            self._file.release()
        finally:
            self._threads.release()


def _count_key(name: str) -> str:
    return f"showlist:ledger:{name}"


def _load_requests_cache() -> None:
    """Import it from a stack that holds nothing.

    For good it keeps the ImportError of each backend that is not installed
    (``get_placeholder_class``), and with it every frame of whoever imported it: a state's whole
    list of events.
    """
    if "requests_cache" not in sys.modules:
        importing = Thread(target=import_module, args=["requests_cache"])
        importing.start()
        importing.join()


def _pipeline() -> Any:
    from requests_cache.serializers import SerializerPipeline, Stage

    return SerializerPipeline([Stage(_Compressed)], name="documents", is_binary=True)


def _opened_to_read(path: Path) -> sqlite3.Connection:
    address = f"{path.as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=_LOCK_SECONDS)
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if os.access(path.parent, os.W_OK):
            raise
        # A log of writes needs a file beside the database, which cannot be made there
        # (sqlite.org/wal.html, "Read-Only Databases").
        return sqlite3.connect(f"{address}&immutable=1", uri=True, timeout=_LOCK_SECONDS)
    return connection


def _refuse_what_is_no_database(path: Path) -> None:
    """Raise what SQLite says of a damaged file, for whose lock requests-cache waits for ever."""
    if path.exists():
        with sqlite3.connect(path, timeout=_LOCK_SECONDS) as probe:
            probe.execute("PRAGMA schema_version").fetchone()
        probe.close()
