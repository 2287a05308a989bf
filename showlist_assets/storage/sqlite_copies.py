"""A SQLite file that other processes may be writing, copied whole and merged back.

What belongs here: rows of any table. What does not: what they mean (``sources.http.call_store``).
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

_WAIT_SECONDS: Final = 30.0
_NO_LOG_OF_WRITES: Final = b"\x01\x01"
# What Litestream notes beside a database is of that one file, and no copy's.
_TABLES: Final = (
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
    r"AND name NOT LIKE '\_litestream\_%' ESCAPE '\' ORDER BY type DESC"
)


def copy_of(file: Path) -> bytes:
    """The database as one file, with what is still in its log of writes."""
    address = f"{file.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS)) as source,
        closing(sqlite3.connect(":memory:")) as copy,
    ):
        source.backup(copy)
        content = bytes(copy.serialize())
    # A log of writes is a file beside the database, which a copy has not: without the mark of one
    # (sqlite.org/c3ref/deserialize.html, sqlite.org/fileformat.html at offset 18).
    return content[:18] + _NO_LOG_OF_WRITES + content[20:]


def merge_into(file: Path, content: bytes) -> int:
    """Add the rows of the copy ``content`` that ``file`` lacks; returns how many.

    What is there stays: a row of the same key is kept as it is, and one without a key is added as
    often as the copy has it more often.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(":memory:")) as copy,
        closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as target,
    ):
        copy.deserialize(content)
        added = 0
        with target:
            target.execute("PRAGMA journal_mode=WAL")
            known = {name for _, name, _ in target.execute(_TABLES)}
            for kind, name, sql in copy.execute(_TABLES).fetchall():
                if name not in known:
                    target.execute(sql)
                if kind == "table":
                    added += _add_rows(name, copy, target)
    return added


def _add_rows(table: str, copy: sqlite3.Connection, target: sqlite3.Connection) -> int:
    named = '"' + table.replace('"', '""') + '"'
    query = f"SELECT * FROM {named}"  # noqa: S608
    missing = Counter[tuple[Any, ...]](copy.execute(query))
    missing.subtract(Counter(target.execute(query)))
    rows = list((+missing).elements())
    if not rows:
        return 0
    places = ", ".join("?" * len(rows[0]))
    before = target.total_changes
    target.executemany(f"INSERT OR IGNORE INTO {named} VALUES ({places})", rows)  # noqa: S608
    return target.total_changes - before
