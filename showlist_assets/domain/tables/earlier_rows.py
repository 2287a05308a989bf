"""Rows that were written before a column came or went, with the columns of today.

What belongs here: what a schema says of earlier rows. What does not: changes of which it says
nothing (``versions``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.tables.columns import polars_schema

if TYPE_CHECKING:
    import dataframely as dy


def as_now_declared(rows: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    """``rows`` with the columns of ``schema``, in order, as far as it says what they had.

    A column that may be empty is empty in old rows, one that may not has what its schema says of
    rows before it came (``columns.before_it_came``), fields that came into a struct are empty, and
    a column that is no more is left out: otherwise the very run that would write the rows anew
    could not read the last ones. Whatever differs beyond that is left as it is, for the caller to
    refuse.
    """
    if rows.schema == polars_schema(schema):
        return rows
    columns = schema.columns()
    new = [
        pl.lit((columns[name].metadata or {}).get("before"), dtype=dtype).alias(name)
        for name, dtype in polars_schema(schema).items()
        if name not in rows.schema
        and (columns[name].nullable or "before" in (columns[name].metadata or {}))
    ]
    grown = [
        pl.col(name).cast(dtype)
        for name, dtype in polars_schema(schema).items()
        if name in rows.schema and _has_grown(rows.schema[name], dtype)
    ]
    widened = rows.with_columns(*new, *grown)
    wanted = schema.column_names()
    return widened.select(wanted) if set(wanted) <= set(widened.columns) else rows


def differing_columns(rows: pl.DataFrame, schema: type[dy.Schema]) -> list[str]:
    """Columns of which ``rows`` and ``schema`` do not agree, sorted."""
    expected = polars_schema(schema)
    if rows.schema == expected:
        return []
    differing = sorted(set(rows.schema.items()) ^ set(expected.items()), key=str)
    return list(dict.fromkeys(column for column, _ in differing))


def _has_grown(before: pl.DataType, now: pl.DataType) -> bool:
    """Whether both are lists of structs, and the one of today has further fields only."""
    if not (isinstance(before, pl.List) and isinstance(now, pl.List)):
        return False
    ours, theirs = before.inner, now.inner
    if not (isinstance(ours, pl.Struct) and isinstance(theirs, pl.Struct)) or ours == theirs:
        return False
    return {field.name: field.dtype for field in ours.fields}.items() <= {
        field.name: field.dtype for field in theirs.fields
    }.items()
