"""Who has what, as a sparse matrix: listeners and artists, or playlists and tracks.

What belongs here: the matrix and its ids. What does not: what a model makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from showlist_assets.domain.recommendations.models.extras import library

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Interactions:
    """Ones where a row has an item, whatever the number of plays.

    Attributes:
        matrix: A row of each of ``rows``, a column of each of ``items`` (scipy, CSR, float32).
        rows: Ids, ascending.
        items: Ids, ascending.
    """

    matrix: Any
    rows: pl.Series
    items: pl.Series


def interactions_of(
    pairs: pl.DataFrame, row: str, item: str, *, items: pl.Series | None = None
) -> Interactions:
    """The matrix of ``pairs``; an item that ``items`` lacks is left out, its row stays.

    Raises:
        MissingExtraError: scipy is not installed.
    """
    sparse = library("scipy.sparse")
    rows = pairs[row].unique().sort()
    items = pairs[item].unique().sort() if items is None else items
    at_row, at_item = _places(pairs[row], rows), _places(pairs[item], items)
    if (at_item < 0).any():
        at_row, at_item = at_row[at_item >= 0], at_item[at_item >= 0]
    ones = np.ones(len(at_row), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (at_row, at_item)), shape=(len(rows), len(items)))
    # What was told twice was summed up.
    matrix.data[:] = 1.0
    return Interactions(matrix, rows, items)


def _places(values: pl.Series, ids: pl.Series) -> NDArray[np.int32]:
    """Where each of ``values`` stands among ``ids``, ascending ones; -1 where it does not.

    Of whole numbers without a join, which takes gigabytes where there are tens of millions.
    """
    if not values.dtype.is_integer() or ids.is_empty():
        places = ids.to_frame("id").with_row_index("place")
        found = values.to_frame("id").join(places, on="id", how="left", maintain_order="left")
        return found["place"].cast(pl.Int32).fill_null(-1).to_numpy()
    sought, known = values.to_numpy(), ids.to_numpy()
    at = np.minimum(np.searchsorted(known, sought), len(known) - 1).astype(np.int32)
    at[known[at] != sought] = -1
    return at
