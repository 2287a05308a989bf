"""Whose taste a recipe is planned with, as a push and a preview ask for it.

What belongs here: which accounts are asked. What does not: what their taste is (``services.taste``)
and what a plan makes of it (``domain.playlists.taste_fit``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.playlists.taste_fit import blocked_by, with_blocks_of
from showlist_assets.domain.recommendations.suggestions import are_by_any_of, blocked_artists
from showlist_assets.domain.tables.listening.track_suggestions import TrackSuggestions
from showlist_assets.domain.tables.similarity.artist_ids import ArtistIds

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.domain.playlists.recipe import Recipe
    from showlist_assets.storage.listening import ListeningStore


class ListenersTaste:
    """The tastes that are kept, as plans are made with them; nothing is asked or computed."""

    def __init__(
        self,
        store: ListeningStore,
        *,
        zone_of: Callable[[str], str | None] = lambda _: None,
        artist_ids: Callable[[], pl.DataFrame] = ArtistIds.create_empty,
    ) -> None:
        """Read nothing yet.

        Args:
            store: Where they are kept.
            zone_of: The IANA zone in which an account lives, where it is known.
            artist_ids: Reads ``ArtistIds``.
        """
        self._store, self._zone_of, self._artist_ids = store, zone_of, artist_ids

    def of(self, account: str) -> pl.DataFrame | None:
        """How upcoming acts fit the taste of ``account`` (``ShowTaste``); None where nobody knows.

        It is the table as it was made last, but whoever is blocked is blocked at once, and days are
        those of the account.

        Raises:
            AccountError: it is encrypted with another key.
            StorageError: it cannot be read.
        """
        found = self._store.read(account, "show_taste")
        if zone := self._zone_of(account):
            found = found.with_columns(pl.col("last_at").dt.convert_time_zone(zone))
        blocked = blocked_by(self._store.read(account, "taste_feedback"))
        return with_blocks_of(None if found.is_empty() else found, blocked)

    def suggestions(self, account: str) -> Suggested:
        """Which songs ``account`` may like, as they were found last; whoever is blocked is not.

        Raises:
            AccountError, StorageError: as ``of``.
        """
        songs = self._store.read(account, "track_suggestions")
        read = self._store.read
        feedback, taste = read(account, "taste_feedback"), read(account, "taste")
        blocked = blocked_artists(feedback, taste, self._artist_ids())
        status = pl.when(are_by_any_of(songs, blocked)).then(pl.lit("blocked"))
        return Suggested(
            songs.with_columns(status=status.otherwise(pl.col("status"))),
            is_heard=not self._store.read(account, "listens").is_empty(),
        )


@dataclass(frozen=True)
class Suggested:
    """Songs that a listener may like.

    Attributes:
        songs: ``TrackSuggestions``.
        is_heard: Whether anything is known of what the listener plays.
    """

    songs: pl.DataFrame
    is_heard: bool


def nothing_suggested(_account: str) -> Suggested:
    """Nobody is suggested anything."""
    return Suggested(TrackSuggestions.create_empty(), is_heard=False)


def no_taste(_account: str) -> pl.DataFrame | None:
    """Of nobody is anything known."""
    return None


def taste_for(
    recipe: Recipe, taste_of: Callable[[str], pl.DataFrame | None]
) -> pl.DataFrame | None:
    """What ``recipe`` is planned with: its listener's taste, and whoever its account has blocked.

    Also where a recipe does not ask for taste: whoever is blocked is on no playlist.

    Args:
        recipe: Names account and listener.
        taste_of: How upcoming acts fit an account's taste (``ShowTaste``); None where nothing is
            known.
    """
    own = taste_of(recipe.account)
    if recipe.listener == recipe.account:
        return own
    return with_blocks_of(taste_of(recipe.listener), own)
