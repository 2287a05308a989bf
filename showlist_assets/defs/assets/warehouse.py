"""One DuckDB file with every table, for people and tools that speak SQL."""

from __future__ import annotations

import dagster as dg

from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.resources import Tables, WarehouseFile
from showlist_assets.defs.table_asset import GROUP, OWNERS, WEEKLY
from showlist_assets.domain.tables.schemas import TABLES
from showlist_assets.storage.warehouse import publish_warehouse


@dg.asset(
    deps=[dg.AssetKey(table) for table in TABLES],
    kinds={"duckdb"},
    owners=OWNERS,
    group_name=GROUP,
    code_version="1",
    pool="duckdb",
    freshness_policy=WEEKLY,
    metadata={"dagster/storage_kind": "duckdb"},
)
def warehouse(tables: Tables, warehouse_file: WarehouseFile) -> dg.MaterializeResult:
    """All tables of all states in one DuckDB file, ready for SQL.

    The file is built beside the old one and swapped in whole: a console that has the old file open
    keeps it, and never blocks a run. An act that plays several states has one row here.
    """
    with as_dagster_failure():
        published = publish_warehouse(tables.store(), warehouse_file.location)
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(warehouse_file.location)),
            "bytes_written": published.bytes_written,
            "try_this": dg.MetadataValue.md(f"```sql\n{published.example}\n```"),
            **{f"{table}_rows": rows for table, rows in published.rows.items()},
        }
    )
