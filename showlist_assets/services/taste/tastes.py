"""What a listener likes of what is on: asks what is missing, and writes ``taste``, ``show_taste``.

What belongs here: the order of the steps, and that a service that does not answer costs only what
it would have told. What does not: the services' questions (beside this module), the numbers
(``domain.recommendations``), and where plays come from (``services.listening``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.recommendations.artist_keys import known_performers
from showlist_assets.domain.recommendations.show_scores import (
    FIRST_ROWS,
    performers_of,
    show_taste,
    with_mbids,
)
from showlist_assets.domain.recommendations.weights import taste_of
from showlist_assets.services.taste.shared_tables import Asked

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from showlist_assets.services.taste.artist_ids import ArtistIdLookups
    from showlist_assets.services.taste.shared_tables import SharedTables
    from showlist_assets.services.taste.similar_artists import SimilarArtists
    from showlist_assets.storage.listening import ListeningStore
    from showlist_assets.storage.tables import TableStore

_NOBODY: Final = Asked()


@dataclass(frozen=True)
class TasteRefreshed:
    """What came of a refresh: numbers alone, so that they may be shown to whoever operates.

    Attributes:
        account: Whose.
        artists: How many artists the listener plays or said something of.
        performers: How many performers of upcoming shows were scored or could not be.
        by_basis: How many performers by basis, as ``ShowTaste`` has it.
        ids: Artists whose MBID was asked for.
        neighbours: Artists whose neighbours were asked for.
        listeners: Artists of whom it was asked how many people play them.
    """

    account: str
    artists: int
    performers: int
    by_basis: dict[str, int]
    ids: Asked = _NOBODY
    neighbours: Asked = _NOBODY
    listeners: Asked = _NOBODY

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why something was not asked, each sentence once."""
        told = (self.ids.trouble, self.neighbours.trouble, self.listeners.trouble)
        return tuple(dict.fromkeys(one for one in told if one))


class Tastes:
    """The tastes of all listeners."""

    def __init__(
        self,
        *,
        store: ListeningStore,
        alone: Callable[[str], AbstractContextManager[None]],
        shared: SharedTables,
        tables: TableStore,
        artist_ids: ArtistIdLookups,
        similar: SimilarArtists,
        clock: Callable[[], datetime],
    ) -> None:
        """Read and ask nothing yet; ``alone`` is ``ListeningHistory.alone``."""
        self._store, self._shared, self._tables, self._alone = store, shared, tables, alone
        self._artist_ids, self._similar, self._clock = artist_ids, similar, clock

    def refresh(self, account: str) -> TasteRefreshed:
        """Ask what is due, and write the listener's taste and how it fits what is on.

        A service that fails is told in ``troubles``; what was known before serves.

        Raises:
            AccountError, StorageError: something cannot be read or written.
        """
        listens = self._listens(account)
        self._artist_ids.learn(listens)
        upcoming = self._upcoming()
        taste = self._taste(account, listens, upcoming)
        if taste.is_empty():
            # Nobody is asked anything for somebody of whom nothing is known.
            return self._written(account, upcoming)
        ids = self._artist_ids.ask(_whom_to_identify(taste, upcoming))
        taste = self._taste(account, listens, upcoming)
        heaviest = taste.drop_nulls("artist_mbid").sort(
            "weight", "artist_key", descending=[True, False]
        )
        counting = heaviest.filter(pl.col("weight") > 0)["artist_mbid"].to_list()
        neighbours = self._similar.ask_neighbours(counting)
        listeners = self._similar.ask_listeners(
            [*counting, *self._whose_listeners(taste, upcoming)]
        )
        return self._written(account, upcoming, ids, neighbours, listeners)

    def recompute(self, account: str) -> TasteRefreshed:
        """The same, asking nobody: after the listener said something.

        Raises:
            AccountError, StorageError: as ``refresh``.
        """
        return self._written(account, self._upcoming())

    def show_taste(self, account: str) -> pl.DataFrame | None:
        """``ShowTaste`` as it was written last; None where nothing is known of the listener.

        Raises:
            AccountError, StorageError: it cannot be read.
        """
        found = self._store.read(account, "show_taste")
        return None if found.is_empty() else found

    def taste(self, account: str) -> pl.DataFrame:
        """``Taste`` as it was written last.

        Raises:
            AccountError, StorageError: it cannot be read.
        """
        return self._store.read(account, "taste")

    def _listens(self, account: str) -> pl.DataFrame:
        """Plays, with the artists that ListenBrainz found by artist and title."""
        listens = self._store.read(account, "listens")
        found = self._store.read(account, "recording_ids").select(
            "track_key", looked_up="artist_mbids"
        )
        is_told = pl.col("artist_mbids").list.len() > 0
        return (
            listens.join(found, on="track_key", how="left", maintain_order="left")
            .with_columns(
                pl.when(is_told)
                .then("artist_mbids")
                .otherwise(pl.coalesce("looked_up", "artist_mbids"))
            )
            .drop("looked_up")
        )

    def _upcoming(self) -> pl.DataFrame:
        return self._tables.read_all("upcoming_shows", where=FIRST_ROWS)

    def _taste(self, account: str, listens: pl.DataFrame, upcoming: pl.DataFrame) -> pl.DataFrame:
        artist_ids = self._shared.read("artist_ids")
        namesakes = performers_of(upcoming, artist_ids).filter(
            pl.col("spotify_artist_id").is_not_null() | pl.col("artist_mbid").is_not_null()
        )
        return taste_of(
            listens,
            as_of=self._clock(),
            top_artists=self._store.read(account, "top_artists"),
            feedback=self._store.read(account, "taste_feedback"),
            artist_ids=artist_ids,
            namesakes=namesakes.rename({"performer_name": "artist_name"}),
        )

    def _whose_listeners(self, taste: pl.DataFrame, upcoming: pl.DataFrame) -> list[str]:
        """Of the performers those who are anybody's neighbours."""
        similarity = self._shared.similarity()
        performers = performers_of(upcoming, similarity.artist_ids)
        known = known_performers(performers, taste)
        on_bills = with_mbids(performers, known, taste, similarity)["artist_mbid"].drop_nulls()
        neighbours = similarity.neighbours
        linked = pl.concat([neighbours["artist_mbid"], neighbours["neighbour_mbid"]]).unique()
        return on_bills.filter(on_bills.is_in(linked.implode())).unique().sort().to_list()

    def _written(
        self,
        account: str,
        upcoming: pl.DataFrame,
        ids: Asked = _NOBODY,
        neighbours: Asked = _NOBODY,
        listeners: Asked = _NOBODY,
    ) -> TasteRefreshed:
        similarity = self._shared.similarity()
        performers = performers_of(upcoming, similarity.artist_ids)
        with self._alone(account):
            # Of what is kept now: while services were asked, more was said or played, or all of it
            # was forgotten.
            taste = self._taste(account, self._listens(account), upcoming)
            fits = show_taste(taste, performers, similarity, at=self._clock())
            if taste.is_empty():
                fits = fits.clear()
            if account in self._store.accounts():
                self._store.write(account, "taste", taste)
                self._store.write(account, "show_taste", fits)
        return TasteRefreshed(
            account=account,
            artists=taste.height,
            performers=performers.height,
            by_basis=dict(fits.group_by("basis").len().sort("basis").iter_rows()),
            ids=ids,
            neighbours=neighbours,
            listeners=listeners,
        )


def _whom_to_identify(taste: pl.DataFrame, upcoming: pl.DataFrame) -> pl.DataFrame:
    """spotify_artist_id, artist_name, track_name: first whom the listener plays, then who plays."""
    songs = upcoming.select(
        "spotify_artist_id",
        "track_name",
        "local_date",
        artist_name=pl.coalesce("spotify_artist_name", "performer_name"),
    )
    on_bills = songs.drop_nulls("spotify_artist_id").sort(
        "local_date", "spotify_artist_id", "track_name", nulls_last=True
    )
    by_artist = on_bills.drop_nulls("track_name").unique("spotify_artist_id", keep="first")
    played = (
        taste.filter(pl.col("artist_mbid").is_null())
        .drop_nulls("spotify_artist_id")
        .sort("weight", "artist_key", descending=[True, False])
        .join(
            by_artist.select("spotify_artist_id", "track_name"), on="spotify_artist_id", how="left"
        )
    )
    columns = ["spotify_artist_id", "artist_name", "track_name"]
    return pl.concat([played.select(columns), on_bills.select(columns)])
