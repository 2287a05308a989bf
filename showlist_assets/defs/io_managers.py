"""How assets reach the record: a frame goes out as one Parquet file per state.

The stock DuckDB and Polars IO managers cannot read with duckdb 2 and polars 2, and neither takes a
run of several partitions (``docs/architecture.md``); this one is the thin shell over ``tables``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.storage.tables import open_tables

if TYPE_CHECKING:
    from showlist_assets.storage.tables import TableStore


class StatePartitionedParquet(dg.ConfigurableIOManager):
    """Writes the rows of each state of the run to that state's partition of the asset's table."""

    root: str

    @property
    def _store(self) -> TableStore:
        return open_tables(self.root)

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        """Write every partition of the run, empty ones too."""
        table, store = context.asset_key.path[-1], self._store
        with as_dagster_failure():
            size = store.write_states(table, context.asset_partition_keys, obj)
        context.add_output_metadata({"bytes_written": size})

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """The rows of the run's states."""
        with as_dagster_failure():
            return self._store.read(context.asset_key.path[-1], context.asset_partition_keys)
