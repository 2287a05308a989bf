"""Asking ListenBrainz for the ids of songs that are known by their names alone; never Spotify."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.recording_ids import RecordingIds
from showlist_assets.sources.failures import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from showlist_assets.services.listening.history import ListeningHistory
    from showlist_assets.sources.listenbrainz.client import FoundRecording, ListenBrainz

MOST_CALLS: Final = 20
_A_CALL: Final = 50
# MusicBrainz grows: what it does not know today it may know in spring.
_ASK_AGAIN: Final = timedelta(days=180)


@dataclass(frozen=True)
class LookedUp:
    """Songs that were asked for, those found, those that wait, and why asking ended early."""

    asked: int = 0
    found: int = 0
    left: int = 0
    trouble: str | None = None


class RecordingLookups:
    """The ids of what listeners play."""

    def __init__(
        self,
        history: ListeningHistory,
        client: Callable[[], ListenBrainz] | None,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """Ask nothing yet; without a ``client``, because there is no token, nobody ever is."""
        self._history, self._client, self._clock = history, client, clock

    def ask(self, account: str, *, most_calls: int = MOST_CALLS) -> LookedUp:
        """Ask for what is due: a song of each artist first, then the most played.

        Raises:
            AccountError, StorageError: something cannot be read or written.
        """
        known = self._history.read(account, "recording_ids")
        due = _due(self._history.read(account, "listens"), known, self._clock() - _ASK_AGAIN)
        if self._client is None or due.is_empty():
            return LookedUp(left=due.height)
        client, asked, found = self._client(), 0, 0
        for batch in due.head(most_calls * _A_CALL).iter_slices(_A_CALL):
            pairs = list(batch.select("artist_name", "track_name").iter_rows())
            try:
                answers = client.lookup(pairs)
            except SourceError as failure:
                return LookedUp(asked, found, due.height - asked, str(failure))
            rows = self._rows(batch["track_key"].to_list(), answers)
            self._history.append(account, "recording_ids", rows)
            asked, found = asked + batch.height, found + rows["recording_mbid"].count()
        return LookedUp(asked, found, due.height - asked)

    def _rows(self, keys: list[str], answers: list[FoundRecording | None]) -> pl.DataFrame:
        now = self._clock()
        rows = [
            (key, one.recording_mbid if one else None, list(one.artist_mbids) if one else [], now)
            for key, one in zip(keys, answers, strict=True)
        ]
        return pl.DataFrame(rows, schema=polars_schema(RecordingIds), orient="row")


def _due(listens: pl.DataFrame, known: pl.DataFrame, asked_before: datetime) -> pl.DataFrame:
    """Songs without an artist's MBID that nobody asked for lately."""
    lately = known.filter(
        pl.col("recording_mbid").is_not_null() | (pl.col("asked_at") > asked_before)
    )
    songs = (
        listens.filter(pl.col("artist_mbids").list.len() == 0)
        .join(lately, on="track_key", how="anti")
        .group_by("track_key")
        .agg(pl.col("artist_name", "track_name").first(), plays=pl.len())
        .sort("plays", "track_key", descending=[True, False])
    )
    first = pl.int_range(pl.len()).over("artist_name") > 0
    return songs.with_columns(first=first).sort("first", maintain_order=True).drop("first")
