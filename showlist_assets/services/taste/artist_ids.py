"""Which artist of MusicBrainz' an artist of Spotify's is: by plays that tell both, links and songs.

What belongs here: who is asked about whom, and when again. What does not: the services
(``sources``). Spotify is never asked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.names import normalize
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.similarity.artist_ids import ArtistIds
from showlist_assets.services.taste.shared_tables import Asked
from showlist_assets.sources.failures import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from showlist_assets.services.taste.shared_tables import SharedTables
    from showlist_assets.sources.listenbrainz.client import FoundRecording, ListenBrainz
    from showlist_assets.sources.musicbrainz import MusicBrainz

ASK_AGAIN: Final = timedelta(days=90)
"""MusicBrainz is written by people: whoever is missing may be there in some months."""
MOST_ARTISTS: Final = 1000
"""Of one refresh: twenty calls at one a second, and twenty of songs."""
# Of one call; what was answered is kept before the next.
_BATCH: Final = 50


class ArtistIdLookups:
    """Fills the table ``ArtistIds``."""

    def __init__(
        self,
        tables: SharedTables,
        musicbrainz: Callable[[], MusicBrainz],
        listenbrainz: Callable[[], ListenBrainz] | None,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """Ask nothing yet; ``listenbrainz`` is None where there is no token to look up with."""
        self._tables, self._clock = tables, clock
        self._musicbrainz, self._listenbrainz = musicbrainz, listenbrainz

    def learn(self, listens: pl.DataFrame) -> int:
        """Keep what plays (``Listens``) tell of one artist by both ids; returns of how many."""
        one = (pl.col("artist_mbids").list.len() == 1) & (
            pl.col("spotify_artist_ids").list.len() == 1
        )
        told = listens.filter(one).select(
            artist_mbid=pl.col("artist_mbids").list.first(),
            spotify_artist_id=pl.col("spotify_artist_ids").list.first(),
        )
        # A play that is mapped to somebody else's recording would link two artists.
        best = (
            told.group_by("spotify_artist_id", "artist_mbid")
            .len("plays")
            .sort("plays", "artist_mbid", descending=[True, False])
            .unique("spotify_artist_id", keep="first", maintain_order=True)
        )
        known = self._tables.read("artist_ids").filter(pl.col("artist_mbid").is_not_null())
        new = best.join(known, on="spotify_artist_id", how="anti")
        if not new.is_empty():
            self._keep({row[0]: (row[1], "listens") for row in _pairs(new)})
        return new.height

    def ask(self, artists: pl.DataFrame, *, most: int = MOST_ARTISTS) -> Asked:
        """Ask about those of ``artists`` of whom nothing is known, or nobody knew anything lately.

        A failure ends the asking and is told; what was answered before stays.

        Args:
            artists: spotify_artist_id, artist_name, track_name (a song of theirs; null where none
                is known), the most important first.
            most: How many.
        """
        due = self._due(artists)
        asked = 0
        for batch in due.head(most).iter_slices(_BATCH):
            try:
                found = self._ask(batch)
            except SourceError as failure:
                return Asked(asked, due.height - asked, str(failure))
            self._keep(found)
            asked += batch.height
        return Asked(asked, due.height - asked)

    def _due(self, artists: pl.DataFrame) -> pl.DataFrame:
        since = self._clock() - ASK_AGAIN
        settled = self._tables.read("artist_ids").filter(
            pl.col("artist_mbid").is_not_null() | (pl.col("asked_at") > since)
        )
        return (
            artists.drop_nulls("spotify_artist_id")
            .unique("spotify_artist_id", keep="first", maintain_order=True)
            .join(settled, on="spotify_artist_id", how="anti", maintain_order="left")
        )

    def _ask(self, batch: pl.DataFrame) -> dict[str, tuple[str | None, str]]:
        ids = batch["spotify_artist_id"].to_list()
        linked = self._musicbrainz().artists_of_spotify(ids)
        found: dict[str, tuple[str | None, str]] = {
            one: (mbid, "spotify_url") for one, mbid in linked.items()
        }
        found |= self._by_songs(batch.filter(~pl.col("spotify_artist_id").is_in(list(found))))
        return {one: found.get(one, (None, "none")) for one in ids}

    def _by_songs(self, rest: pl.DataFrame) -> dict[str, tuple[str | None, str]]:
        songs = rest.drop_nulls("track_name")
        if self._listenbrainz is None or songs.is_empty():
            return {}
        asked = list(songs.select("artist_name", "track_name").iter_rows())
        answers = self._listenbrainz().lookup(asked)
        return dict(_artists_of(songs["spotify_artist_id"], asked, answers))

    def _keep(self, found: Mapping[str, tuple[str | None, str]]) -> None:
        rows = [
            {"spotify_artist_id": one, "artist_mbid": mbid, "how": how, "asked_at": self._clock()}
            for one, (mbid, how) in found.items()
        ]
        frame = pl.DataFrame(rows, schema=polars_schema(ArtistIds))
        self._tables.replace("artist_ids", frame, on="spotify_artist_id")


def _pairs(new: pl.DataFrame) -> Iterable[tuple[str, str]]:
    return new.select("spotify_artist_id", "artist_mbid").iter_rows()


def _artists_of(
    ids: pl.Series, asked: list[tuple[str, str]], answers: Iterable[FoundRecording | None]
) -> Iterable[tuple[str, tuple[str | None, str]]]:
    for artist, (name, _), answer in zip(ids, asked, answers, strict=True):
        # The lookup forgives spelling; a song by somebody else of a similar name is no answer, and
        # of several artists nobody can tell which one is meant.
        if (
            answer is not None
            and len(answer.artist_mbids) == 1
            and normalize(answer.artist_name) == normalize(name)
        ):
            yield artist, (answer.artist_mbids[0], "lookup")
