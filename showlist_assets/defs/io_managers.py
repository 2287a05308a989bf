"""How assets reach the record: a frame goes out as one Parquet file per state.

The stock DuckDB and Polars IO managers cannot read with duckdb 2 and polars 2, and neither takes a
run of several partitions (``docs/adr``); this one is the thin shell over ``storage.tables``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import dagster as dg

from showlist_assets.defs.failures import as_dagster_failure

if TYPE_CHECKING:
    import polars as pl

    from showlist_assets.storage.tables import TableStore

COLUMNS: Final = "columns"
"""In an input's metadata: the columns that are read of its table."""


class StatePartitionedParquet(dg.IOManager):
    """Writes the rows of each state of the run to that state's partition of the asset's table."""

    def __init__(self, store: TableStore) -> None:
        """Write to and read from ``store``."""
        self._store = store

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        """Write every partition of the run, empty ones too, and say what was written of each."""
        table = context.asset_key.path[-1]
        with as_dagster_failure():
            stored = self._store.write_states(table, context.asset_partition_keys, obj)
        for state, one in stored.items():
            # An output's own metadata would be repeated for every partition of the run.
            context.step_context.add_asset_metadata(
                {
                    "bytes_stored": one.size,
                    "bytes_written": 0 if one.is_unchanged else one.size,
                    "unchanged": int(one.is_unchanged),
                },
                context.asset_key,
                partition_key=state,
            )

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """The rows of the run's states: all columns, or those that the input names."""
        with as_dagster_failure():
            return self._store.read(
                context.asset_key.path[-1],
                context.asset_partition_keys,
                columns=(context.definition_metadata or {}).get(COLUMNS),
            )
