"""What the UI says about a table before any run: its columns and where each comes from.

Everything is read off ``domain.tables.schemas``, so that documentation cannot drift from the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from showlist_assets.domain.tables.schemas import TABLES, polars_schema

if TYPE_CHECKING:
    import dataframely as dy


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
        sources = (column.metadata or {}).get("from", [])
        if sources:
            lineage[name] = [_column_dep(source) for source in sources]
    return dg.TableColumnLineage(deps_by_column=lineage)


def _column_dep(source: str) -> dg.TableColumnDep:
    table, _, column = source.partition(".")
    return dg.TableColumnDep(asset_key=dg.AssetKey(table), column_name=column)
