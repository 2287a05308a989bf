"""What the UI says about a table before any run: its columns and where each comes from.

Everything is read off the schemas of ``domain.tables``, so that documentation cannot drift from the
data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import dagster as dg
import polars as pl

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.sources.feeds import reader as feeds
from showlist_assets.sources.seatgeek import reader as seatgeek
from showlist_assets.sources.ticketmaster import reader as ticketmaster

if TYPE_CHECKING:
    from types import ModuleType

    import dataframely as dy

# Who fills a table from outside the platform: each reader says which fields it reads.
_READERS: Final[dict[type[dy.Schema], tuple[ModuleType, ...]]] = {
    RawEvents: (ticketmaster, seatgeek, feeds)
}


def definition_metadata(table: str) -> dict[str, Any]:
    """Column schema with descriptions and constraints, column lineage, and the table's name."""
    schema = TABLES[table]
    return {
        "dagster/column_schema": column_schema(schema),
        "dagster/column_lineage": column_lineage(schema),
        "dagster/table_name": table,
        "dagster/storage_kind": "parquet",
    }


def column_schema(schema: type[dy.Schema]) -> dg.TableSchema:
    """The columns as Dagster shows them."""
    types = polars_schema(schema)
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=name,
                type=type_name(types[name]),
                description=column.description,
                constraints=dg.TableColumnConstraints(
                    nullable=column.nullable,
                    # Not `unique`, which is said of one column: most keys have several.
                    other=["part of the key"] if column.primary_key else None,
                ),
            )
            for name, column in schema.columns().items()
        ]
    )


def type_name(dtype: pl.DataType) -> str:
    """The Polars type, without the inside of nested ones, which the description explains."""
    if isinstance(dtype, pl.List):
        inner = dtype.inner
        return "List(Struct)" if isinstance(inner, pl.Struct) else f"List({inner})"
    if isinstance(dtype, pl.Datetime):
        return "Datetime (UTC)" if dtype.time_zone else "Datetime"
    return str(dtype)


def column_lineage(schema: type[dy.Schema]) -> dg.TableColumnLineage:
    """Which upstream columns each column is made from."""
    lineage: dict[str, list[dg.TableColumnDep]] = {}
    for name, column in schema.columns().items():
        sources = [*(column.metadata or {}).get("from", []), *_fields_read_into(schema, name)]
        if sources:
            lineage[name] = [_column_dep(source) for source in sources]
    return dg.TableColumnLineage(deps_by_column=lineage)


def _fields_read_into(schema: type[dy.Schema], column: str) -> list[str]:
    """The fields of sources' documents that a column is read from."""
    return [
        f"{reader.SOURCE}.{field}"
        for reader in _READERS.get(schema, ())
        for field in reader.COLUMN_SOURCES.get(column, ())
    ]


def _column_dep(source: str) -> dg.TableColumnDep:
    table, _, column = source.partition(".")
    return dg.TableColumnDep(asset_key=dg.AssetKey(table), column_name=column)
