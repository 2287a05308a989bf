"""The rows of each state of a frame of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable


def rows_by_state(frame: pl.DataFrame, states: Iterable[str]) -> dict[str, pl.DataFrame]:
    """The rows of each of ``states`` in their order; no rows where ``frame`` has none of it.

    Where the rows of a state stand together, as a table's mostly do, they are not copied.
    """
    runs = frame.get_column("state").rle().struct.unnest()
    found = runs.get_column("value")
    if found.n_unique() < found.len():
        # One sort is less than a filter for each state, and keeps the order within one.
        return rows_by_state(frame.sort("state", maintain_order=True), states)
    ends = runs.get_column("len").cum_sum()
    rows = {
        state: frame.slice(end - length, length)
        for state, length, end in zip(found, runs.get_column("len"), ends, strict=True)
    }
    none = frame.clear()
    return {state: rows.get(state, none) for state in states}
