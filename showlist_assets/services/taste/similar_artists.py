"""Who is played together with the artists that listeners play, and how many people play each.

What belongs here: whom to ask about, when again, and when to stop. What does not: the services
(``sources.listenbrainz``) and what is made of the answers (``domain.recommendations``).

All listeners share the answers: an artist is asked about once a month, whoever plays them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.recommendations.show_scores import LOCAL
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.similarity.artist_listeners import ArtistListeners
from showlist_assets.domain.tables.similarity.artist_neighbours import ArtistNeighbours
from showlist_assets.services.taste.shared_tables import Asked
from showlist_assets.sources.failures import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from showlist_assets.services.taste.shared_tables import SharedTables
    from showlist_assets.sources.listenbrainz.client import ListenBrainz, Popularity
    from showlist_assets.sources.listenbrainz.labs import Labs, Neighbour

ASK_AGAIN: Final = timedelta(days=30)
MOST_CALLS: Final = 200
"""Of one refresh, an artist each: less than a minute."""
_LISTENERS_A_CALL: Final = 1000
# So many answers may be lost when the process is killed.
_KEPT_TOGETHER: Final = 25


class SimilarArtists:
    """Fills the tables ``ArtistNeighbours`` and ``ArtistListeners``."""

    def __init__(
        self,
        tables: SharedTables,
        labs: Callable[[], Labs],
        listenbrainz: Callable[[], ListenBrainz],
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """Ask nothing yet."""
        self._tables, self._clock = tables, clock
        self._labs, self._listenbrainz = labs, listenbrainz

    def ask_neighbours(self, artist_mbids: Sequence[str], *, most: int = MOST_CALLS) -> Asked:
        """Ask about those of ``artist_mbids`` who are due, the first ones first.

        A failure ends the asking and is told: then the neighbours that were told before serve.

        Args:
            artist_mbids: Those who count most first.
            most: How many, a call each.
        """
        labs = self._labs()
        due = self._due(artist_mbids, labs.algorithm)
        found: dict[str, list[Neighbour]] = {}
        asked, trouble = 0, None
        try:
            for artist in due[:most]:
                found[artist] = labs.similar_artists(artist)
                asked += 1
                if len(found) == _KEPT_TOGETHER:
                    self._keep_neighbours(found, labs.algorithm)
                    found = {}
        except SourceError as failure:
            trouble = str(failure)
        self._keep_neighbours(found, labs.algorithm)
        return Asked(asked, len(due) - asked, trouble)

    def ask_listeners(self, artist_mbids: Sequence[str]) -> Asked:
        """Ask how many people play those of ``artist_mbids`` who are due; a thousand a call."""
        since = self._clock() - ASK_AGAIN
        known = self._tables.read("artist_listeners").filter(pl.col("fetched_at") > since)
        settled = set(known["artist_mbid"])
        due = [one for one in dict.fromkeys(artist_mbids) if one not in settled]
        asked = 0
        for start in range(0, len(due), _LISTENERS_A_CALL):
            batch = due[start : start + _LISTENERS_A_CALL]
            try:
                found = self._listenbrainz().popularity(batch)
            except SourceError as failure:
                return Asked(asked, len(due) - asked, str(failure))
            self._keep_listeners(batch, found)
            asked += len(batch)
        return Asked(asked)

    def _due(self, artist_mbids: Sequence[str], algorithm: str) -> list[str]:
        """Who was never asked about, or long ago, or when another way of counting was set."""
        told = self._tables.read("artist_neighbours").filter(
            pl.col("algorithm") == algorithm, pl.col("fetched_at") > self._clock() - ASK_AGAIN
        )
        settled = set(told["artist_mbid"])
        return [one for one in dict.fromkeys(artist_mbids) if one not in settled]

    def _keep_neighbours(self, found: Mapping[str, Sequence[Neighbour]], algorithm: str) -> None:
        if not found:
            return
        now = self._clock()
        rows = [
            (artist, one, name, algorithm, score, now)
            for artist, neighbours in found.items()
            for one, name, score in [
                # By it, an artist who has none is told from one who was not asked about.
                (artist, None, 0.0),
                *((each.mbid, each.name, float(each.score)) for each in neighbours),
            ]
        ]
        frame = pl.DataFrame(rows, schema=polars_schema(ArtistNeighbours), orient="row")
        once = frame.unique(["artist_mbid", "neighbour_mbid"], keep="last", maintain_order=True)
        self._tables.replace(
            "artist_neighbours", once, on="artist_mbid", spare=pl.col("algorithm") == LOCAL
        )

    def _keep_listeners(self, asked: Sequence[str], found: Mapping[str, Popularity]) -> None:
        now = self._clock()
        known = {one: found.get(one) for one in asked}
        rows = [
            (one, told.listeners if told else None, told.listens if told else None, now)
            for one, told in known.items()
        ]
        frame = pl.DataFrame(rows, schema=polars_schema(ArtistListeners), orient="row")
        self._tables.replace("artist_listeners", frame, on="artist_mbid")
