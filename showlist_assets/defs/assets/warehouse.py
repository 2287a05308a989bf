"""One DuckDB file with every table, for people and tools that speak SQL."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import dagster as dg

from showlist_assets.defs.automation import AFTER_THE_SHOWS
from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.table_asset import OWNERS, WEEKLY
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.storage.warehouse import WRITING, publish_warehouse, row_counts
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dg.asset(
    deps=[dg.AssetKey(table) for table in TABLES],
    automation_condition=AFTER_THE_SHOWS,
    check_specs=[
        dg.AssetCheckSpec(
            "file_opens_with_every_row",
            asset="warehouse",
            description="The published file opens read-only, and each of its tables has as many "
            "rows as were published.",
        )
    ],
    kinds={"duckdb"},
    owners=OWNERS,
    group_name="warehouse",
    code_version="2",
    pool="duckdb",
    freshness_policy=WEEKLY,
    metadata={"dagster/storage_kind": "duckdb"},
)
def warehouse(platform: dg.ResourceParam[Platform]) -> dg.MaterializeResult:
    """All tables of all states in one DuckDB file, ready for SQL, with views to ask first.

    Rebuilt by itself once shows have changed and no run changes more of them. The file is built
    beside the old one and swapped in whole: a console that has the old file open keeps it, and
    never blocks a run. An act that plays several states has one row here.
    """
    file, shared = platform.warehouse_file, platform.shared_warehouse
    with as_dagster_failure():
        published = publish_warehouse(
            platform.tables,
            file,
            fetches=platform.fetch_record.fetches(),
            connect=_connect,
            share=shared.upload if shared else None,
        )
        # As a reader opens it, by the published path.
        found = row_counts(file)
    differing = {
        table: f"{found.get(table)} instead of {rows}"
        for table, rows in published.rows.items()
        if found.get(table) != rows
    }
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(file)),
            **({"uri": dg.MetadataValue.path(shared.uri)} if shared else {}),
            "bytes_written": published.bytes_written,
            "try_this": dg.MetadataValue.md(f"```sql\n{_on_lines(published.example)}\n```"),
            **{f"rows_in_{table}": rows for table, rows in published.rows.items()},
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="file_opens_with_every_row",
                passed=not differing,
                metadata={"tables_differing": differing},
            )
        ],
    )


def _on_lines(sql: str) -> str:
    """A query with a line per clause, and per few columns: code does not wrap in the page."""
    clauses = re.sub(r" (?=(from|limit) )", "\n", sql)
    return re.sub(r"((?:[^,\n]*,){4}) ", r"\1\n    ", clauses, count=1)


def _connect() -> AbstractContextManager[DuckDBPyConnection]:
    from dagster_duckdb import DuckDBResource

    config: dict[str, Any] = {**WRITING}
    return DuckDBResource(database=":memory:", connection_config=config).get_connection()
