"""Use cases over storage and sources: no Dagster, no settings, no console."""
