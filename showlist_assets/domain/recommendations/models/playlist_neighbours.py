"""Scores of tracks by the playlists that are most like a few given tracks.

What belongs here: playlists near to others. What does not: tracks near to others (``item_knn``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from showlist_assets.domain.recommendations.models.extras import library

_BATCH: Final = 250


@dataclass(frozen=True)
class PlaylistNeighbours:
    """Known playlists.

    Attributes:
        matrix: Playlists and their tracks.
        count: How many of the most alike count.
        of_length: The power of a playlist's length, by which its likeness is divided.
        of_times: The power of how often a track is on any.
        of_candidate: The same of a track that is scored.
    """

    matrix: Any
    count: int = 300
    of_length: float = 0.6
    of_times: float = 0.6
    of_candidate: float = 0.15

    def scores(self, seeds: Any) -> Any:
        """Of each row of ``seeds`` (tracks on a playlist to be) the score of every track."""
        numpy, sparse = library("numpy"), library("scipy.sparse")
        lengths = numpy.maximum(numpy.asarray(self.matrix.sum(axis=1)).ravel(), 1.0)
        times = numpy.maximum(numpy.asarray(self.matrix.sum(axis=0)).ravel(), 1.0)
        rare = sparse.diags((times**-self.of_times).astype(numpy.float32))
        by_length = (lengths**-self.of_length).astype(numpy.float32)
        found = [
            self._of_batch((seeds[start : start + _BATCH] @ rare) @ self.matrix.T, by_length)
            for start in range(0, seeds.shape[0], _BATCH)
        ]
        scored = sparse.diags((times**-self.of_candidate).astype(numpy.float32))
        return (sparse.vstack(found) @ self.matrix @ scored).tocsr()

    def _of_batch(self, alike: Any, by_length: Any) -> Any:
        numpy, sparse = library("numpy"), library("scipy.sparse")
        dense = alike.toarray() * by_length
        count = min(self.count, dense.shape[1])
        best = numpy.argpartition(-dense, count - 1, axis=1)[:, :count]
        values = numpy.take_along_axis(dense, best, axis=1)
        starts = numpy.arange(0, best.size + 1, count)
        return sparse.csr_matrix((values.ravel(), best.ravel(), starts), shape=dense.shape)
