"""Building the DuckDB file: all states in one place, typed and commented, swapped in atomically.

DuckDB locks a whole file against other processes, so nobody writes to the file that people read
(``docs/adr/0002``). Each publication is a file in a folder of its own (``.showlist.duckdb/<id>/``),
and the published path is a link to the newest one: whoever has an older one open keeps it.

A link and not a renamed file, because of consoles that are open for writing: they write their log
to ``<file>.wal`` whenever they like, and DuckDB refuses a file beside which another one's log lies
("WAL does not match database file"). It resolves links first, so here logs never meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.domain.tables.source_fetches import SourceFetches
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.published_file import new_version
from showlist_assets.storage.tables import REJECTED
from showlist_assets.storage.warehouse_views import MACROS, VIEWS, View

if TYPE_CHECKING:
    import dataframely as dy
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from showlist_assets.storage.fetch_record import SourceFetch
    from showlist_assets.storage.tables import TableStore

EXAMPLE_QUERY: Final = "select date, time, act, venue, city, state, song from next_shows limit 20"

WRITING: Final[dict[str, str | bool | int | float | list[str]]] = {
    # What DuckDB keeps in memory before it writes to the disk; by default most of the machine's.
    "memory_limit": "256MB",
    # Two threads put their rows in order by writing some of them again.
    "threads": 1,
}

# Whoever has any DuckDB 1.x, in a console or in DBeaver, opens the file.
_STORAGE_VERSION: Final = "v1.0.0"

# A quarter of DuckDB's own. Until a row group is full, its rows lie in memory as they are; those of
# ``matched_artists`` take some 8 KB each, and went to the disk and back before they were written.
_ROW_GROUP: Final = 30_720

# Its texts stand in many rows each, and a dictionary is all they need. To try DuckDB's other way on
# each column is a fifth of what writing them costs, and makes the file 6 % smaller.
_OF_REPEATED_TEXTS: Final = ("upcoming_shows",)
_FSST: Final = "fsst"

# The partitions repeat what is the same everywhere; nationally the state with the newest word on
# it speaks for all (on an artist's tracks as a whole, or two of them would rank first).
_SAID_ONCE: Final = {
    "matched_artists": ("performer_key", "decided_at"),
    "top_tracks": ("spotify_artist_id", "ranked_at"),
    "audio_features": ("track_id", "asked_at"),
}

# The name ``shows`` is the view's that people ask; its table has one that tells the two apart.
_PUBLISHED_AS: Final = {"shows": "shows_with_listings"}
FETCHES: Final = "source_fetches"


@dataclass
class Published:
    """What was published: rows by the name in the file, and its size."""

    rows: dict[str, int] = field(default_factory=dict)
    bytes_written: int = 0
    example: str = EXAMPLE_QUERY


Connect = Callable[[], AbstractContextManager["DuckDBPyConnection"]]
"""Opens a DuckDB in memory, configured by ``WRITING``, and closes it."""


def connect_for_writing() -> DuckDBPyConnection:
    """A connection to a DuckDB in memory; it closes as a context."""
    import duckdb

    return duckdb.connect(config=WRITING)


def published_name(table: str) -> str:
    """What the table is called in the DuckDB file."""
    return _PUBLISHED_AS.get(table, table)


def publish_warehouse(
    store: TableStore,
    path: Path,
    *,
    fetches: Iterable[SourceFetch] = (),
    connect: Connect = connect_for_writing,
    share: Callable[[Path], object] | None = None,
) -> Published:
    """Build a DuckDB file from every stored partition, and make ``path`` a link to it.

    Args:
        store: Holds the partitions.
        path: The published file.
        fetches: How the sources of events answered (``FetchRecord.fetches``).
        connect: Opens the DuckDB that writes the new file.
        share: Brings the new file where other machines find it, before it is published here.

    Raises:
        StorageError: the file cannot be written, or a partition cannot be read.
        KeyboardInterrupt: somebody pressed Ctrl-C; the last published file is untouched.
    """
    from duckdb import Error as DuckDBError

    try:
        with new_version(path) as file, _hearing_ctrl_c():
            published = _build(store, file, fetches, connect)
            published.bytes_written = file.stat().st_size
            if share is not None:
                share(file)
    except (OSError, DuckDBError) as error:
        raise StorageError(
            f"Cannot publish {path}: {error}. Point SHOWLIST_WAREHOUSE at a file in a folder this "
            "user may write to, with room on its disk; the last published file is untouched."
        ) from error
    return published


@contextmanager
def _hearing_ctrl_c() -> Iterator[None]:
    """During a query DuckDB takes a signal for itself, and tells of it as a failure of its own."""
    try:
        yield
    except RuntimeError as error:
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise


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
                for table in (*map(published_name, TABLES), REJECTED, FETCHES)
            }
    except duckdb.Error as error:
        raise StorageError(
            f"{path} cannot be read back: {error}. Materialize the asset warehouse again."
        ) from error


def _build(
    store: TableStore, path: Path, fetches: Iterable[SourceFetch], connect: Connect
) -> Published:
    published = Published()

    def publish(name: str, schema: type[dy.Schema], frames: Iterable[pl.DataFrame]) -> None:
        left_out = _FSST if name in _OF_REPEATED_TEXTS else ""
        connection.execute(f"set disabled_compression_methods = '{left_out}'")
        published.rows[name] = _create_table(connection, name, schema, frames)
        _to_disk(connection)

    with connect() as connection:
        _attach_new(connection, path)
        # Each of some 300 comments would be written to the disk on its own.
        connection.begin()
        for table, schema in TABLES.items():
            publish(published_name(table), schema, _national(store, table))
        publish(REJECTED, RejectedRows, [store.read_rejected()])
        rows = [asdict(fetch) for fetch in fetches]
        publish(FETCHES, SourceFetches, [pl.DataFrame(rows, schema=polars_schema(SourceFetches))])
        _create_macros(connection, of_rows=False)
        for name, view in VIEWS.items():
            _create_view(connection, name, view)
        _create_macros(connection, of_rows=True)
        connection.commit()
    return published


def _national(store: TableStore, table: str) -> Iterator[pl.DataFrame]:
    """The rows of each state in turn, without what the states repeat of each other.

    One state at a time: a nation's answers take more memory than all else that publishing needs.
    """
    states = store.states(table)
    if table not in _SAID_ONCE:
        for state in states:
            yield store.read(table, [state])
        return
    subject, _ = _SAID_ONCE[table]
    speaks = _who_speaks(store, table, states)
    for state in states:
        spoken = speaks.filter(pl.col("state") == state).get_column(subject)
        rows = store.read(table, [state], where=pl.col(subject).is_in(spoken.implode()))
        yield rows.sort(TABLES[table].primary_key())


def _who_speaks(store: TableStore, table: str, states: Iterable[str]) -> pl.DataFrame:
    """For each subject of a table that says it once, the one of ``states`` that is published."""
    subject, said_at = _SAID_ONCE[table]
    # A state may still wait for an answer that another one has.
    outcome = ["outcome"] if table == "matched_artists" else []
    waits = pl.col("outcome") == "pending" if outcome else pl.lit(value=False)
    # Not of one that was made meanwhile, whose rows are not published.
    said = store.read(table, states, columns=["state", subject, said_at, *outcome])
    newest_first = said.with_columns(waits=waits).sort(
        "waits", said_at, descending=[False, True], maintain_order=True
    )
    return newest_first.select("state", subject).unique(subject, keep="first", maintain_order=True)


def _create_table(
    connection: DuckDBPyConnection,
    table: str,
    schema: type[dy.Schema],
    frames: Iterable[pl.DataFrame],
) -> int:
    """Returns the number of rows."""
    # test_upstream_facts.py states which types come out.
    _relation(connection, schema.create_empty()).create(table)
    rows = 0
    for frame in frames:
        _relation(connection, frame).insert_into(table)
        rows += frame.height
    connection.execute(f"comment on table {table} is {_quoted(_first_line(schema))}")
    described = {name: column.description for name, column in schema.columns().items()}
    _comment_columns(connection, table, described)
    return rows


def _attach_new(connection: DuckDBPyConnection, path: Path) -> None:
    """Make the file at ``path``; what is created from now on is created in it.

    Attached, as only so a file may have row groups of its own size.
    """
    # Beside the file: what has no place in memory would go into the working directory.
    connection.execute(f"set temp_directory = {_quoted(f'{path}.tmp')}")
    connection.execute(
        f"attach {_quoted(str(path))} as published "
        f"(row_group_size {_ROW_GROUP}, storage_version {_quoted(_STORAGE_VERSION)})"
    )
    connection.execute("use published")


def _to_disk(connection: DuckDBPyConnection) -> None:
    """End the transaction, write what it did into the file itself, and begin another one."""
    connection.commit()
    connection.execute("checkpoint")
    connection.begin()


def _relation(connection: DuckDBPyConnection, rows: pl.DataFrame) -> DuckDBPyRelation:
    """What DuckDB reads of ``rows`` while it inserts them.

    Registered under a name, they would stay in memory until the transaction ends. And without
    ``newest``, Polars would copy each text for readers that do not know its own layout of them.
    """
    return connection.from_arrow(rows.to_arrow(compat_level=pl.CompatLevel.newest()))


def _create_view(connection: DuckDBPyConnection, name: str, view: View) -> None:
    connection.execute(f"create view {name} as {view.query}")
    connection.execute(f"comment on view {name} is {_quoted(view.comment)}")
    _comment_columns(connection, name, view.columns)


def _create_macros(connection: DuckDBPyConnection, *, of_rows: bool) -> None:
    """Those that return rows, which ask the views, or those that the views may ask."""
    kind = "macro table" if of_rows else "macro"
    for macro in MACROS:
        if macro.returns_rows == of_rows:
            rows = "table" if of_rows else ""
            connection.execute(f"create macro {macro.signature} as {rows} {macro.query}")
            connection.execute(f"comment on {kind} {macro.name} is {_quoted(macro.comment)}")


def _comment_columns(
    connection: DuckDBPyConnection, relation: str, described: Mapping[str, str | None]
) -> None:
    comments = [
        f'comment on column {relation}."{name}" is {_quoted(words)}'
        for name, words in described.items()
        if words
    ]
    if comments:
        connection.execute("; ".join(comments))


def _first_line(schema: type[dy.Schema]) -> str:
    return (schema.__doc__ or "").strip().splitlines()[0]


def _quoted(text: str) -> str:
    # Quoted by us: DuckDB takes no parameter in a comment.
    return "'" + text.replace("'", "''") + "'"
