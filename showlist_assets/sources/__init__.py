"""HTTP clients of the services Showlist asks: no Dagster, no tables."""
