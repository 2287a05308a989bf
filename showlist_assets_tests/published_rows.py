"""A published file of rows that a test gives, each with what differs from the default one.

To build such a file takes longer than most tests that read it, and many tests give the same rows:
the last ones built are kept, and copied to where a test wants them.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.shows import join_upcoming_shows
from showlist_assets.storage.open_files import open_files
from showlist_assets.storage.published_file import new_version
from showlist_assets.storage.tables import open_tables
from showlist_assets.storage.warehouse import publish_warehouse
from showlist_assets_tests.clock import NOW
from showlist_assets_tests.rows import frame

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT: Final = 8


def publish_rows_of(
    root: Path, path: Path, *, shows: Any = ({},), acts: Any = ({},), matched: Any = ({},),
    songs: Any = ({},), sounds: Any = ({},), changes: Any = (), fetches: Any = (),
) -> None:  # fmt: skip
    """Publish rows of New York at ``path``; the tables lie in ``root``, which holds no others."""
    tables = {
        "shows": list(shows),
        "expanded_artists": list(acts),
        "matched_artists": list(matched),
        "top_tracks": list(songs),
        "audio_features": list(sounds),
        "show_changes": list(changes),
    }
    built = _built(_Given(pickle.dumps((tables, fetches)), tables, fetches))
    files = open_files(str(root))
    for name, content in built.partitions.items():
        files.write(name, content)
    with new_version(path) as file:
        file.write_bytes(built.file)


@dataclass(frozen=True)
class _Given:
    """Rows by table, and fetches; ``pickled`` tells them from others."""

    pickled: bytes
    tables: Mapping[str, list[Any]] = field(compare=False)
    fetches: Any = field(compare=False)


@dataclass(frozen=True)
class _Built:
    """The files of what was published: those of the tables, by name, and DuckDB's."""

    partitions: Mapping[str, bytes]
    file: bytes


@lru_cache(maxsize=_KEPT)
def _built(given: _Given) -> _Built:
    with TemporaryDirectory(prefix="showlist-rows-") as folder:
        root, path = Path(folder) / "data", Path(folder) / "showlist.duckdb"
        store = open_tables(str(root))
        *parts, changes = (frame(table, *rows) for table, rows in given.tables.items())
        for table, rows in zip(given.tables, (*parts, changes), strict=True):
            store.write(table, "NY", rows)
        store.write("upcoming_shows", "NY", join_upcoming_shows(*parts, now=NOW))
        publish_warehouse(store, path, fetches=given.fetches)
        partitions = {
            each.relative_to(root).as_posix(): each.read_bytes() for each in root.rglob("*.parquet")
        }
        return _Built(partitions, path.read_bytes())
