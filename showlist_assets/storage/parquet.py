"""The Parquet files of the record: their names, and what a file holds as it lies there.

A file says of which table it is and of which version, in Parquet's metadata: an earlier version is
read through the steps of ``domain.tables.versions``, a later one is neither read nor replaced
(``docs/adr/0026``).

What belongs here: names, versions, reading. What does not: whether rows keep a table's rules
(``tables``, which needs every schema and a second to import them).
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.tables.versions import current_version, steps_since
from showlist_assets.errors import ShowlistError
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

    from showlist_assets.storage.files import Files

_TABLE: Final = "showlist.table"
_VERSION: Final = "showlist.version"


class LaterVersionError(StorageError):
    """A file was written by a later Showlist than this one, and is left as it is."""


@dataclass(frozen=True)
class TableFile:
    """A file of a table, as messages tell of it.

    Attributes:
        uri: Where a person finds it.
        table: Which it holds.
        remedy: What to do where it cannot be used, in words.
    """

    uri: str
    table: str
    remedy: str


def partition_file(table: str, state: str) -> str:
    """Name of the file that holds one partition."""
    return f"{table}/{state}.parquet"


def partition(files: Files, name: str, table: str) -> TableFile:
    """The file ``name``, which holds rows of one state of ``table``."""
    made, state = name.split("/")[-2:]
    remedy = (
        f"Move it away and materialize {made} for {Path(state).stem} again; other partitions are "
        "fine."
    )
    return TableFile(files.uri(name), table, remedy)


def stored_states(files: Files, table: str) -> list[str]:
    """States that have a partition of ``table``, heaviest first."""
    stored = {Path(name).stem for name in files.names(table)}
    return [state for state in BY_CODE if state in stored]


def table_file(table: str, rows: pl.DataFrame) -> bytes:
    """The content of a file of ``rows``, which are as ``table`` is now."""
    content = io.BytesIO()
    version = {_TABLE: table, _VERSION: str(current_version(table))}
    # In one piece and copied, so that equal rows make equal bytes however they came together: a
    # slice has the lists and texts of what it was cut from, by whose size Polars divides it into
    # pages. With many small ones, writing heavy rows took twice the time and ten times the memory.
    copied = rows.rechunk().select(pl.all().gather(pl.int_range(pl.len())))
    copied.write_parquet(content, compression="zstd", metadata=version)
    return content.getvalue()


def read_table(file: TableFile, content: bytes) -> pl.DataFrame:
    """The rows in the ``content`` of ``file``, of whatever version.

    What the schema says of earlier rows is still to be done (``domain.tables.earlier_rows``).

    Raises:
        LaterVersionError: a later Showlist wrote it.
        StorageError: it is no Parquet file, or holds another table.
    """
    try:
        steps = steps_since(file.table, _version(file, content))
        rows = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(file) from error
    for step in steps:
        rows = step(rows)
    return rows


def scan_as_stored(file: TableFile, content: bytes) -> pl.LazyFrame | None:
    """The rows in the ``content`` of ``file``, to be read as far as somebody asks for them.

    None where they are of a version whose rows have to be changed first (``read_table``).

    Raises:
        LaterVersionError: a later Showlist wrote it.
        StorageError: it is no Parquet file, or holds another table.
    """
    try:
        if steps_since(file.table, _version(file, content)):
            return None
        return pl.scan_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(file) from error


def read_columns(
    files: Files,
    table: str,
    columns: Sequence[str],
    *,
    optional: Mapping[str, PolarsDataType] | None = None,
) -> pl.DataFrame | None:
    """Only ``columns`` of every partition of ``table``; None while there is no partition.

    Args:
        files: Hold the partitions.
        table: Whose.
        columns: Of which a file may lack none.
        optional: Columns by type that are empty where a file of an earlier version lacks them.

    Raises:
        LaterVersionError: a later Showlist wrote a file.
        StorageError: a file is corrupt, or lacks one of ``columns`` or has it with another type.
    """
    found = [
        (file, _some_columns(file, content, columns, optional or {}))
        for name, content in files.read_each(
            partition_file(table, state) for state in stored_states(files, table)
        )
        for file in [partition(files, name, table)]
    ]
    # Types are the schema's, which takes a second to import; most files have them.
    usual = Counter(tuple(rows.schema.items()) for _, rows in found).most_common(1)
    for file, rows in found:
        odd = {*rows.schema.items()} - {*usual[0][0]}
        if odd:
            raise other_version(file, sorted(name for name, _ in odd))
    return pl.concat(rows for _, rows in found) if found else None


def refuse_to_replace(file: TableFile, read: Callable[[], bytes | None]) -> bytes | None:
    """What is about to be replaced; None where it is nothing that can be read.

    ``LaterVersionError`` is raised where it is of a later version.
    So an older Showlist takes nothing away from a later one. A file that cannot be read may be
    replaced: that is how it is mended.

    Args:
        file: What is about to be replaced.
        read: Reads it as it is now; None where there is nothing.
    """
    try:
        content = read()
        if content is not None:
            _version(file, content)
    except LaterVersionError:
        raise
    except (ShowlistError, pl.exceptions.PolarsError, OSError):
        return None
    return content


def other_version(file: TableFile, columns: Iterable[str]) -> StorageError:
    """What to say of a file whose ``columns`` are not those of its table."""
    return StorageError(
        f"{file.uri} was written by another version of Showlist (differs in: "
        f"{', '.join(columns)}). {file.remedy}"
    )


def unreadable(file: TableFile) -> StorageError:
    """What to say of a file that is no Parquet file, or whose pages cannot be read."""
    return StorageError(f"{file.uri} is not a readable Parquet file. {file.remedy}")


def _some_columns(
    file: TableFile,
    content: bytes,
    columns: Sequence[str],
    optional: Mapping[str, PolarsDataType],
) -> pl.DataFrame:
    try:
        if steps_since(file.table, _version(file, content)):
            # A step may need any column.
            rows = read_table(file, content)
        else:
            there = pl.read_parquet_schema(io.BytesIO(content)) if optional else {}
            wanted = [*columns, *(one for one in optional if one in there)]
            rows = pl.read_parquet(io.BytesIO(content), columns=wanted)
        empty = {one: pl.lit(None, dtype) for one, dtype in optional.items() if one not in rows}
        # In one order: frames of several files are put together.
        return rows.with_columns(**empty).select(*columns, *optional)
    except pl.exceptions.ColumnNotFoundError as error:
        raise other_version(file, columns) from error
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(file) from error


def _version(file: TableFile, content: bytes) -> int:
    """The version that ``content`` says it is of; 0 where it says nothing."""
    told = pl.read_parquet_metadata(io.BytesIO(content))
    if (table := told.get(_TABLE, file.table)) != file.table:
        raise StorageError(f"{file.uri} holds {table}, and not {file.table}. {file.remedy}")
    version, known = int(told.get(_VERSION, "0")), current_version(file.table)
    if version > known:
        raise LaterVersionError(
            f"{file.uri} was written by a later Showlist: it is of version {version} of "
            f"{file.table}, and this Showlist knows version {known}. Upgrade Showlist here; the "
            "file is left as it is."
        )
    return version
