"""Pure Polars and Python: no Dagster, no HTTP, no clock (time comes in as an argument)."""
