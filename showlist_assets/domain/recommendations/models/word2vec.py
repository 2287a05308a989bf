"""Tracks near to each other as words are: by the tracks beside them on playlists.

The article's method, tuned fairly. Off by default: it is behind all the others, and the million
playlists that it was trained on may not be had or used any more (``mpd``).

What belongs here: the model. What does not: where playlists come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.recommendations.models.extras import library

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEED: Final = 1


@dataclass(frozen=True)
class Word2Vec:
    """A fitted model: ``vectors`` are gensim's, by the track's id as text."""

    vectors: Any

    def rank(self, seeds: Sequence[str], count: int) -> list[str]:
        """The tracks nearest to the middle of ``seeds``, without these; none if none is known."""
        known = [track for track in seeds if track in self.vectors]
        if not known:
            return []
        return [track for track, _ in self.vectors.most_similar(known, topn=count)]

    def two_of_each(self, seeds: Sequence[str]) -> list[str]:
        """As the article does it: the two most similar of each, in the order of the seeds."""
        found = [self.rank([track], 2) for track in seeds]
        given = set(seeds)
        return list(dict.fromkeys(one for two in found for one in two if one not in given))


def fit_word2vec(
    playlists: pl.DataFrame, *, size: int = 100, epochs: int = 20, negative_power: float = 0.75
) -> Word2Vec:
    """From playlist_id, pos, track_id; the same playlists give the same model.

    Args:
        playlists: A row of each track on each playlist.
        size: How many numbers a track has.
        epochs: How often every playlist is read.
        negative_power: How the tracks are drawn that are no neighbours: 0 is all alike, .75 is
            what is usual for words.

    Raises:
        MissingExtraError: gensim is not installed.
    """
    lists = (
        playlists.sort("playlist_id", "pos")
        .group_by("playlist_id", maintain_order=True)
        .agg(pl.col("track_id").cast(pl.String))["track_id"]
        .to_list()
    )
    model = library("gensim.models", extra="word2vec").Word2Vec(
        lists,
        vector_size=size,
        # A playlist has no grammar: all of its tracks are neighbours, and tell of each together.
        # Tuned on lists taken out of a training half.
        window=50,
        min_count=2,
        sg=0,
        negative=10,
        ns_exponent=negative_power,
        sample=1e-3,
        epochs=epochs,
        workers=1,
        seed=_SEED,
    )
    return Word2Vec(model.wv)
