"""Rows of Python as typed columns, lists of objects among them.

What belongs here: building columns. What does not: which columns a table has (``columns`` and each
table's own file) and whether rows keep its rules (``quality``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from polars._typing import PolarsDataType


def frame_of_rows(
    rows: Sequence[Mapping[str, Any]], schema: Mapping[str, PolarsDataType]
) -> pl.DataFrame:
    """A frame of ``rows`` with the columns of ``schema``; what a row lacks is null.

    Polars makes a series of each nested value by itself; here a column's are made at once, which
    costs a third.
    """
    return pl.DataFrame(
        [_series(name, [row.get(name) for row in rows], dtype) for name, dtype in schema.items()]
    )


def _series(name: str, values: list[Any], dtype: PolarsDataType) -> pl.Series:
    if isinstance(dtype, pl.List) and None not in values:
        return _lists(name, values, dtype)
    if isinstance(dtype, pl.Struct) and None not in values:
        fields = {field.name: field.dtype for field in dtype.fields}
        return frame_of_rows(values, fields).to_struct(name)
    return pl.Series(name, values, dtype=dtype)


def _lists(name: str, values: Iterable[Sequence[Any]], dtype: pl.List) -> pl.Series:
    lengths = pl.Series([len(one) for one in values], dtype=pl.UInt32)
    row = pl.int_range(lengths.len(), dtype=pl.UInt32, eager=True)
    items = _series(name, [item for one in values for item in one], dtype.inner)
    of_rows = row.repeat_by(lengths).explode(empty_as_null=False)
    found = (
        pl.DataFrame([of_rows.alias("row"), items]).group_by("row", maintain_order=True).agg(name)
    )
    of_all = row.alias("row").to_frame().join(found, on="row", how="left", maintain_order="left")
    return of_all.get_column(name).fill_null(pl.Series([[]], dtype=dtype))
