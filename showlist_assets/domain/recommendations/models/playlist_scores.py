"""Scores of tracks for a playlist that has begun: by tracks, by playlists, by artists.

What belongs here: the blend without a ranker. What does not: how it is learnt which of them to
trust when (``ranker``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.recommendations.models.extras import library
from showlist_assets.domain.recommendations.models.item_knn import PLAYLISTS
from showlist_assets.domain.recommendations.models.playlist_neighbours import PlaylistNeighbours

if TYPE_CHECKING:
    import polars as pl

_OF_PLAYLISTS: Final = 0.6
_OF_ARTISTS: Final = 0.1


@dataclass(frozen=True)
class PlaylistScores:
    """Fitted on known playlists.

    Attributes:
        near: The square matrix of tracks (``item_knn``).
        playlists: The known playlists.
        artists: A row of each track, with a one in the column of its artist.
        albums: The same of albums.
        times: How many playlists each track is on.
        seconds: How long each track is.
    """

    near: Any
    playlists: PlaylistNeighbours
    artists: Any
    albums: Any
    times: Any
    seconds: Any

    def by_tracks(self, seeds: Any) -> Any:
        """Dense: of each row of ``seeds`` the score of every track."""
        return (seeds @ self.near).toarray()

    def by_playlists(self, seeds: Any) -> Any:
        """The same by playlists that are alike."""
        return self.playlists.scores(seeds).toarray()

    def by_artists(self, seeds: Any) -> Any:
        """Which share of the seeds is by the track's artist."""
        return _shares(seeds, self.artists)

    def by_albums(self, seeds: Any) -> Any:
        """Which share of the seeds is on the track's album."""
        return _shares(seeds, self.albums)

    def blended(self, seeds: Any) -> Any:
        """All of it in one score; what the playlist has already comes last."""
        return blended(
            seeds, self.by_tracks(seeds), self.by_playlists(seeds), self.by_artists(seeds)
        )


def blended(seeds: Any, by_tracks: Any, by_playlists: Any, by_artists: Any) -> Any:
    """Scores of the same seeds in one; the seeds themselves are the least."""
    scores = _of_most(by_tracks) + _OF_PLAYLISTS * _of_most(by_playlists)
    scores += _OF_ARTISTS * by_artists
    scores[seeds.nonzero()] = -1.0
    return scores


def fit_playlist_scores(matrix: Any, tracks: pl.DataFrame) -> PlaylistScores:
    """From playlists and their tracks.

    Args:
        matrix: A row of each playlist, a column of each of ``tracks``.
        tracks: artist_id, album_id, duration_sec in the order of the columns.

    Raises:
        MissingExtraError: scipy is not installed.
    """
    numpy = library("numpy")
    return PlaylistScores(
        near=PLAYLISTS.fit(matrix),
        playlists=PlaylistNeighbours(matrix),
        artists=_one_of(tracks["artist_id"]),
        albums=_one_of(tracks["album_id"]),
        times=numpy.asarray(matrix.sum(axis=0)).ravel(),
        seconds=tracks["duration_sec"].to_numpy().astype(numpy.float32),
    )


def _one_of(ids: pl.Series) -> Any:
    numpy, sparse = library("numpy"), library("scipy.sparse")
    column = ids.rank("dense").to_numpy() - 1
    ones = numpy.ones(len(ids), dtype=numpy.float32)
    return sparse.csr_matrix((ones, (numpy.arange(len(ids)), column)))


def _shares(seeds: Any, groups: Any) -> Any:
    numpy, sparse = library("numpy"), library("scipy.sparse")
    counts = numpy.maximum(numpy.asarray(seeds.sum(axis=1)).ravel(), 1.0).astype(numpy.float32)
    return (sparse.diags(1 / counts) @ (seeds @ groups) @ groups.T).toarray()


def _of_most(scores: Any) -> Any:
    numpy = library("numpy")
    most = scores.max(axis=1, keepdims=True)
    return scores / numpy.where(most > 0, most, 1.0)
