"""The nearest neighbours of every item, by how often two are on one list.

One sparse product that keeps the best of each row as it goes: a million playlists take about a
minute of one core and two gigabytes, and no cluster. The article's MapReduce writes every pair of
tracks of every playlist first: four thousand million of the same million playlists.

What belongs here: that product. What does not: scores of a listener (``item_knn``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from showlist_assets.domain.recommendations.models.extras import library
from showlist_assets.domain.recommendations.models.interactions import Interactions

if TYPE_CHECKING:
    from numpy.typing import NDArray


def nearest(
    interactions: Interactions, *, count: int, of_item: float = 0.5, of_neighbour: float = 0.5
) -> Any:
    """A sparse square matrix: of each item (a row) the ``count`` nearest others.

    Two items are as near as they are often on one list, divided by how often each is on any, to
    the powers ``of_item`` and ``of_neighbour``; a half of each is the cosine.

    Raises:
        MissingExtraError: similaripy is not installed.
    """
    matrix = interactions.matrix
    times = np.maximum(np.asarray(matrix.sum(axis=0)).ravel(), 1.0).astype(np.float32)
    found = library("similaripy").dot_product(
        _scaled(matrix.T.tocsr(), times**-of_item, by_row=True),
        _scaled(matrix.copy(), times**-of_neighbour, by_row=False),
        # Each item is its own nearest.
        k=count + 1,
        verbose=False,
        format_output="csr",
        num_threads=1,
    )
    found.setdiag(0)
    found.eliminate_zeros()
    return found


def _scaled(matrix: Any, factors: NDArray[np.float32], *, by_row: bool) -> Any:
    """``matrix`` itself (CSR), its rows or columns multiplied: a product would copy it twice."""
    if by_row:
        matrix.data *= np.repeat(factors, np.diff(matrix.indptr))
    else:
        matrix.data *= factors[matrix.indices]
    return matrix


def as_pairs(found: Any, items: pl.Series) -> pl.DataFrame:
    """``nearest`` as item, neighbour, score."""
    pairs = found.tocoo()
    return pl.DataFrame(
        {
            "item": items.gather(pairs.row),
            "neighbour": items.gather(pairs.col),
            "score": pl.Series(pairs.data, dtype=pl.Float64),
        }
    ).sort("item", "score", "neighbour", descending=[False, True, False])
