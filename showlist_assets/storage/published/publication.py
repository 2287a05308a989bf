"""The publication that is current, and a connection to it that lasts as long as somebody reads.

A publication is read from a copy that has no name any more once it is open. DuckDB locks a file
against other processes: read in place, the page would keep everybody out who opens the published
file in a console for writing, and a console would keep out the page. The copy ends with the
connection, also when the process is killed.

What belongs here: opening, noticing a newer one, closing. What does not: what is asked of it.
"""

from __future__ import annotations

import logging
import shutil
import time
import weakref
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final, NamedTuple

from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.domain.playlists.upcoming import Upcoming, upcoming_of
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.published.counts import busiest_city
from showlist_assets.storage.published.frames import (
    FrameCache,
    changes_of_state,
    shows_of_state,
)
from showlist_assets.storage.published.freshness import missing_states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import polars as pl
    from duckdb import DuckDBPyConnection

# The heaviest state of a whole nation takes some 17 MB, and a circle touches up to six states.
_STATES_KEPT: Final = 12
_BYTES_KEPT: Final = 72 * 1024**2
_log = logging.getLogger("showlist.web")
# How often a bucket is asked for a newer publication: the UI's machine writes a few in a week.
_FETCH_SECONDS: Final = 60.0
# A version may be discarded between reading the link and opening what it names.
_ATTEMPTS: Final = 3
READING: Final[dict[str, str | bool | int | float | list[str]]] = {
    "threads": 2,
    "memory_limit": "256MB",
    # Nothing that comes from a page may reach another file, nor the network.
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # The copy's folder is gone, so there is no room to spill into.
    "temp_directory": "",
}


class _Version(NamedTuple):
    """What the published path leads to: a name for it, and the file."""

    id: str
    file: Path


class Publications:
    """The published file, whichever it is now. Safe to share among threads."""

    def __init__(
        self,
        path: Path,
        *,
        fetch: Callable[[], object] | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open nothing yet.

        Args:
            path: Where the file is published.
            fetch: Publishes there what another machine has published; called now and then, on a
                thread of its own once there is a file.
            elapsed: Seconds since any moment.
        """
        self._path, self._lock = path, Lock()
        self._current: Publication | None = None
        self._fetch, self._elapsed = fetch, elapsed
        self._fetched_at: float | None = None

    def current(self) -> Publication | None:
        """What is published now; None where nothing is.

        Whoever holds the answer reads from it as long as they like, though another one is current
        by then; it closes when nobody holds it any more.

        Raises:
            StorageError: it cannot be opened.
        """
        with self._lock:
            self._follow()
            for _ in range(_ATTEMPTS):
                version = self._version()
                if version is None:
                    self._current = None
                    return None
                if self._current is not None and self._current.id == version.id:
                    return self._current
                with suppress(FileNotFoundError):
                    self._current = _opened(version, self._path)
                    return self._current
        raise StorageError(
            f"{self._path} leads to a file that cannot be found. Materialize the asset `warehouse` "
            "again."
        )

    def _follow(self) -> None:
        """See to it that what another machine has published is here, soon or at once."""
        now = self._elapsed()
        if self._fetch is None or (
            self._fetched_at is not None and now - self._fetched_at < _FETCH_SECONDS
        ):
            return
        if self._version() is None:
            self._fetch()
        else:
            # Nobody waits for it: there is something to read until then.
            Thread(target=self._fetch_quietly, name="showlist-fetch", daemon=True).start()
        self._fetched_at = now

    def _fetch_quietly(self) -> None:
        try:
            if self._fetch:
                self._fetch()
        except StorageError as failure:
            _log.warning("What was published last stays: %s", failure)

    def close(self) -> None:
        """Close what is open, at once; a later question opens it again."""
        with self._lock:
            if self._current is not None:
                self._current.close()
            self._current = None

    def _version(self) -> _Version | None:
        try:
            target = self._path.readlink()
        except FileNotFoundError:
            return None
        except OSError:
            return self._unlinked()
        file = self._path.parent / target
        return _Version(file.parent.name, file)

    def _unlinked(self) -> _Version | None:
        """A file that somebody has put there, such as a backup."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return _Version(f"{found.st_mtime_ns:x}-{found.st_size:x}", self._path)


class Publication:
    """One published file, as it was when it was opened. Safe to share among threads.

    Attributes:
        id: Another one for each publication.
        published_at: When it was written (UTC).
    """

    def __init__(
        self, connection: DuckDBPyConnection, *, named: str, published_at: datetime, path: Path
    ) -> None:
        """Take over an open connection; ``path`` is the one that messages name."""
        self.id, self.published_at = named, published_at
        self._connection, self._path, self._lock = connection, path, Lock()
        # A cursor keeps its publication, so that none is cut off.
        self._close = weakref.finalize(self, connection.close)
        self._upcoming: FrameCache[Upcoming] = FrameCache(states=_STATES_KEPT, size=_BYTES_KEPT)

    def close(self) -> None:
        """Close the file at once, whoever reads from it."""
        self._close()

    @contextmanager
    def cursor(self) -> Iterator[DuckDBPyConnection]:
        """A cursor for one thread, closed at the end.

        Raises:
            StorageError: what is asked inside fails; of a file that another version of Showlist
                wrote, it says to build it anew.
        """
        with _told(self._path):
            with self._lock:
                cursor = self._connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()

    def upcoming(self, state: str) -> Upcoming:
        """The state's shows as plans begin with them; kept for the next plan."""
        return self._upcoming.frame(state, self._read_upcoming)

    def frame(self, state: str) -> pl.DataFrame:
        """The state's ``UpcomingShows`` with the columns that plans are made of."""
        with self.cursor() as cursor:
            return shows_of_state(cursor, state)

    def changes(self, state: str) -> pl.DataFrame:
        """The state's ``ShowChanges``, which ``ShowFates`` reads."""
        with self.cursor() as cursor:
            return changes_of_state(cursor, state)

    def missing(self, states: Iterable[str]) -> frozenset[str]:
        """Those of ``states`` whose shows are not known, which is not "no shows"."""
        with self.cursor() as cursor:
            return missing_states(cursor, states)

    @cached_property
    def busiest_city(self) -> str:
        """The city with most shows ahead, as in "New York, NY"; empty where there is none."""
        with self.cursor() as cursor:
            return busiest_city(cursor)

    def _read_upcoming(self, state: str) -> Upcoming:
        return upcoming_of(self.frame(state), ShowFates(self.changes(state)))


def _opened(version: _Version, path: Path) -> Publication:
    import duckdb

    try:
        published_at = datetime.fromtimestamp(version.file.stat().st_mtime, tz=UTC)
        with TemporaryDirectory(prefix="showlist-", ignore_cleanup_errors=True) as folder:
            copy = Path(folder) / "published.duckdb"
            shutil.copyfile(version.file, copy)
            connection = duckdb.connect(copy, read_only=True, config=READING)
        # A cursor is a session of its own, which takes the machine's zone unless told otherwise.
        connection.execute("set global TimeZone = 'UTC'")
        connection.execute("set lock_configuration = true")
    except FileNotFoundError:
        raise
    except (OSError, duckdb.Error) as error:
        raise _unreadable(path, error) from error
    return Publication(connection, named=version.id, published_at=published_at, path=path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell DuckDB's errors in words."""
    import duckdb

    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise StorageError(
            f"{path} was written by another version of Showlist ({_first_line(error)}). "
            "Materialize the asset `warehouse` again."
        ) from error
    except duckdb.Error as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> StorageError:
    return StorageError(
        f"{path} cannot be read: {_first_line(error)}. If that stays so, materialize the asset "
        "`warehouse` again."
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
