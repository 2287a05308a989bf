"""Building the DuckDB file: all states in one place, typed and commented, swapped in atomically.

DuckDB locks a whole file against other processes, so nobody writes to the file that people read
(``docs/adr/0002``). Each publication is a file in a folder of its own (``.showlist.duckdb/<id>/``),
and the published path is a link to the newest one: whoever has an older one open keeps it.

A link and not a renamed file, because of consoles that are open for writing: they write their log
to ``<file>.wal`` whenever they like, and DuckDB refuses a file beside which another one's log lies
("WAL does not match database file"). It resolves links first, so here logs never meet.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import polars as pl

from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.tables import REJECTED

if TYPE_CHECKING:
    import dataframely as dy
    from duckdb import DuckDBPyConnection

    from showlist_assets.storage.tables import TableStore

EXAMPLE_QUERY: Final = "select * from next_shows limit 20"

WRITING: Final[dict[str, str | bool | int | float | list[str]]] = {
    # What DuckDB keeps in memory before it writes to the disk; by default most of the machine's.
    "memory_limit": "512MB"
}

# The partitions repeat what is the same everywhere; nationally the state with the newest word on
# it speaks for all (on an artist's tracks as a whole, or two of them would rank first).
_SAID_ONCE: Final = {
    "matched_artists": ("performer_key", "decided_at"),
    "top_tracks": ("spotify_artist_id", "ranked_at"),
    "audio_features": ("track_id", "asked_at"),
}

_VIEWS: Final = {
    "next_shows": (
        "Future shows in order of date, one row per performer with the best-known track.",
        """
        select local_date, starts_at_local, performer_name, role, venue_name, venue_city, state,
               track_name as top_track, track_url, energy, valence, tempo, lowest_price,
               ticket_url, title, show_id
        from upcoming_shows
        qualify row_number() over (partition by show_id, performer_key order by track_rank) = 1
        order by local_date nulls last, starts_at nulls last, show_id, billing
        """,
    ),
    "unmatched_performers": (
        "Performers without an artist, the soonest show first, with the reason.",
        """
        select next_show_on, performer_name, outcome, reason, shows,
               list_transform(candidates, lambda c: c.name) as candidates
        from matched_artists
        where outcome <> 'matched'
        order by next_show_on nulls last, performer_name
        """,
    ),
}


@dataclass
class Published:
    """What was published."""

    rows: dict[str, int] = field(default_factory=dict)
    bytes_written: int = 0
    example: str = EXAMPLE_QUERY


Connect = Callable[[Path], AbstractContextManager["DuckDBPyConnection"]]
"""Opens a new DuckDB file for writing, and closes it."""


def connect_for_writing(path: Path) -> DuckDBPyConnection:
    """A connection to the DuckDB file at ``path``, which is made; it closes as a context."""
    import duckdb

    return duckdb.connect(str(path), config=WRITING)


def publish_warehouse(
    store: TableStore, path: Path, *, connect: Connect = connect_for_writing
) -> Published:
    """Build a DuckDB file from every stored partition, and make ``path`` a link to it.

    Args:
        store: Holds the partitions.
        path: The published file.
        connect: Opens the new file; with ``WRITING`` as its configuration.

    Raises:
        StorageError: the file cannot be written, or a partition cannot be read.
    """
    from duckdb import Error as DuckDBError

    versions = path.with_name(f".{path.name}")
    version = versions / uuid4().hex
    try:
        version.mkdir(parents=True)
        published = _build(store, version / path.name, connect)
        published.bytes_written = (version / path.name).stat().st_size
        _link(path, version / path.name)
    except BaseException as error:
        shutil.rmtree(version, ignore_errors=True)
        if not isinstance(error, (OSError, DuckDBError)):
            raise
        raise StorageError(
            f"Cannot publish {path}: {error}. Point SHOWLIST_WAREHOUSE at a file in a folder this "
            "user may write to, with room on its disk; the last published file is untouched."
        ) from error
    _discard_old_versions(versions, keep=version)
    return published


def _link(path: Path, target: Path) -> None:
    """Make ``path`` a link to ``target``, in one step; relative, so that the folder may move."""
    link = target.with_name("link")
    # Under another name first: no link can be made over a name that exists, but one can be renamed
    # over it, and nobody meets a moment without the file.
    link.symlink_to(target.relative_to(path.parent))
    link.replace(path)


def _discard_old_versions(versions: Path, *, keep: Path) -> None:
    """Remove all but the version ``keep`` and the one before, which somebody may be opening."""
    # Another run may be tidying up as well.
    with suppress(OSError):
        others = [folder for folder in versions.iterdir() if folder != keep]
        others.sort(key=lambda folder: folder.stat().st_mtime)
        for folder in others[:-1]:
            shutil.rmtree(folder, ignore_errors=True)


def row_counts(path: Path) -> dict[str, int]:
    """Rows of each table of the published file, as a reader finds them.

    Raises:
        StorageError: it cannot be opened, or lacks a table.
    """
    import duckdb

    try:
        # Once the writer has closed: within a process DuckDB refuses a file that is open under
        # another configuration.
        with duckdb.connect(str(path), read_only=True) as connection:
            return {
                table: connection.table(table).count("*").fetchall()[0][0]
                for table in (*TABLES, REJECTED)
            }
    except duckdb.Error as error:
        raise StorageError(
            f"{path} cannot be read back: {error}. Materialize the asset warehouse again."
        ) from error


def _build(store: TableStore, path: Path, connect: Connect) -> Published:
    published = Published()
    with connect(path) as connection:
        # Each of some 150 comments would be written to the disk on its own.
        connection.begin()
        for table, schema in TABLES.items():
            frame = _national(table, store.read_all(table))
            published.rows[table] = frame.height
            _create_table(connection, table, schema, frame)
        rejected = store.read_rejected()
        published.rows[REJECTED] = rejected.height
        _create_table(connection, REJECTED, RejectedRows, rejected)
        for view, (comment, query) in _VIEWS.items():
            connection.execute(f"create view {view} as {query}")
            connection.execute(f"comment on view {view} is {_quoted(comment)}")
        connection.commit()
    return published


def _national(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` without what the states repeat of each other."""
    if table not in _SAID_ONCE:
        return frame
    subject, said_at = _SAID_ONCE[table]
    # A state may still wait for an answer that another one has.
    waits = pl.col("outcome") == "pending" if table == "matched_artists" else pl.lit(value=False)
    said = frame.select("state", subject, said_at, waits=waits)
    newest_first = said.sort("waits", said_at, descending=[False, True], maintain_order=True)
    speaks = newest_first.select("state", subject).unique(
        subject, keep="first", maintain_order=True
    )
    return frame.join(speaks, on=["state", subject], how="semi").sort(TABLES[table].primary_key())


def _create_table(
    connection: DuckDBPyConnection, table: str, schema: type[dy.Schema], frame: pl.DataFrame
) -> None:
    # test_upstream_facts.py states which types come out.
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"create table {table} as select * from incoming")  # noqa: S608  our own names
    connection.unregister("incoming")
    connection.execute(f"comment on table {table} is {_quoted(_first_line(schema))}")
    for name, column in schema.columns().items():
        if column.description:
            connection.execute(
                f'comment on column {table}."{name}" is {_quoted(column.description)}'
            )


def _first_line(schema: type[dy.Schema]) -> str:
    return (schema.__doc__ or "").strip().splitlines()[0]


def _quoted(text: str) -> str:
    # Quoted by us: DuckDB takes no parameter in a comment.
    return "'" + text.replace("'", "''") + "'"
