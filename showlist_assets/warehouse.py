"""Building the DuckDB file: all states in one place, typed and commented, swapped in atomically.

DuckDB locks a whole file against other processes, so nobody writes to the file that people read
(measured: ``docs/architecture.md``). It is built under a temporary name and renamed over the old
one; whoever has the old one open keeps reading it.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.schemas import TABLES, RejectedRows
from showlist_assets.tables import REJECTED, StorageError

if TYPE_CHECKING:
    import dataframely as dy
    from duckdb import DuckDBPyConnection

    from showlist_assets.tables import TableStore

EXAMPLE_QUERY: Final = "select * from next_shows limit 20"

# The partitions hold one row per state; an act, a track and its features are the same everywhere.
_ONE_ROW_PER: Final = {
    "matched_artists": (("performer_key",), "decided_at"),
    "top_tracks": (("spotify_artist_id", "track_id"), "ranked_at"),
    "audio_features": (("track_id",), "asked_at"),
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


def publish_warehouse(store: TableStore, path: Path) -> Published:
    """Build the DuckDB file at ``path`` from every stored partition, and swap it in.

    Raises:
        StorageError: the file cannot be written, or a partition cannot be read.
    """
    from duckdb import Error as DuckDBError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".warehouse-") as folder:
            building = Path(folder) / "showlist.duckdb"
            published = _build(store, building)
            published.bytes_written = building.stat().st_size
            building.replace(path)
    except (OSError, DuckDBError) as error:
        raise StorageError(
            f"Cannot publish {path}: {error}. Point SHOWLIST_WAREHOUSE at a file in a folder this "
            "user may write to, with room on its disk; the last published file is untouched."
        ) from error
    # A console that wrote to the old file leaves a log beside it, which is not the new file's.
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    return published


def _build(store: TableStore, path: Path) -> Published:
    from dagster_duckdb import DuckDBResource

    published = Published()
    with DuckDBResource(database=str(path)).get_connection() as connection:
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
    return published


def _national(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with one row per key where the states repeat each other."""
    if table not in _ONE_ROW_PER:
        return frame
    key, newest = _ONE_ROW_PER[table]
    ordered = frame.sort(newest, descending=True, maintain_order=True)
    if table == "matched_artists":
        # A state may still wait for an answer that another one has.
        ordered = ordered.sort(pl.col("outcome") == "pending", maintain_order=True)
    return ordered.unique(list(key), keep="first", maintain_order=True).sort(key)


def _create_table(
    connection: DuckDBPyConnection, table: str, schema: type[dy.Schema], frame: pl.DataFrame
) -> None:
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
    return "'" + text.replace("'", "''") + "'"
