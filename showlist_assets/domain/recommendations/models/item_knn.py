"""Scores by which items are on the same lists, counted exactly and divided by popularity.

What belongs here: the model. What does not: keeping only the nearest (``co_occurrence``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from showlist_assets.domain.recommendations.models.extras import library


@dataclass(frozen=True)
class ItemKnn:
    """How near items are.

    Attributes:
        of_known: The power of the popularity of what somebody has, by which a count is divided.
        of_candidate: The power of that of what is scored.
        of_list: The power of a list's length: the longer it is, the less it says of a pair.
    """

    of_known: float = 0.4
    of_candidate: float = 0.6
    of_list: float = 0.0

    def fit(self, matrix: Any) -> Any:
        """The square matrix of items, known ones in the rows, from lists and their items."""
        numpy, sparse = library("numpy"), library("scipy.sparse")
        lengths = numpy.maximum(numpy.asarray(matrix.sum(axis=1)).ravel(), 1.0)
        times = numpy.maximum(numpy.asarray(matrix.sum(axis=0)).ravel(), 1.0)
        weights = sparse.diags((lengths**-self.of_list).astype(numpy.float32))
        pairs = (matrix.T @ (weights @ matrix)).tocsr()
        pairs.setdiag(0)
        known = sparse.diags((times**-self.of_known).astype(numpy.float32))
        candidate = sparse.diags((times**-self.of_candidate).astype(numpy.float32))
        return (known @ pairs @ candidate).tocsr()


PLAYLISTS = ItemKnn(of_known=0.7, of_candidate=0.35, of_list=0.5)
"""Tuned on lists taken out of a training half. A popular track is a better guess on a playlist than
a popular artist is nearby."""
