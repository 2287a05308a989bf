"""Rows of a query as frozen dataclasses; values are bound, never written into the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_Row = TypeVar("_Row")
MOST_ROWS: Final = 500
"""No page asks for more at once, whatever its address says."""


def read_rows(
    cursor: DuckDBPyConnection, query: str, values: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Each row by column: lists as tuples, instants in UTC."""
    found = cursor.execute(query, dict(values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, map(_frozen, row), strict=True)) for row in found.fetchall()]


def read_as(
    cursor: DuckDBPyConnection, row: type[_Row], query: str, values: Mapping[str, Any]
) -> tuple[_Row, ...]:
    """The rows as dataclasses whose fields are named as the columns."""
    return tuple(row(**found) for found in read_rows(cursor, query, values))


def bounded(limit: int) -> int:
    """``limit`` between 0 and ``MOST_ROWS``."""
    return max(0, min(limit, MOST_ROWS))


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, datetime) and value.tzinfo is not None:
        # DuckDB gives pytz's zone, which is not equal to Python's.
        return value.astimezone(UTC)
    if isinstance(value, dict):
        return {name: _frozen(each) for name, each in value.items()}
    return value
