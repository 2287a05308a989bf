"""Which songs a listener may like: who plays what they played last, and the songs' ids on Spotify.

What belongs here: whom to ask about, when again, and when to stop. What does not: the score
(``domain.recommendations.suggestions``) and the playlist (``domain.playlists.discovering``).

Spotify is asked nothing: ListenBrainz knows the ids of songs there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.recommendations.suggestions import (
    blocked_artists,
    heard_lately,
    seeds_of,
    suggest,
)
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.track_suggestions import TrackSuggestions
from showlist_assets.domain.tables.similarity.recording_neighbours import RecordingNeighbours
from showlist_assets.services.taste.shared_tables import Asked
from showlist_assets.sources.failures import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from showlist_assets.services.taste.shared_tables import SharedTables
    from showlist_assets.sources.listenbrainz.labs import Labs, SimilarRecording
    from showlist_assets.storage.listening import ListeningStore

ASK_AGAIN: Final = timedelta(days=30)
MOST_CALLS: Final = 100
"""Of one refresh, a song each: half a minute."""
MOST_KEPT: Final = 500
"""More than any playlist takes."""
_IDS_ASKED: Final = 200
_MADE_OF: Final = ("listens", "recording_ids", "taste", "taste_feedback")
_OF_IDS: Final = ("recording_mbid", "spotify_track_id", "id_asked_at")
# So many answers may be lost when the process is killed.
_KEPT_TOGETHER: Final = 25


@dataclass(frozen=True)
class SuggestionsRefreshed:
    """What came of a refresh.

    Attributes:
        seeds: How many songs it began with.
        asked: What became of asking for neighbours.
        by_status: How many suggestions there are of each status.
        trouble: Why ids could not be asked for, in words; None where they could.
    """

    seeds: int
    asked: Asked
    by_status: Mapping[str, int]
    trouble: str | None = None


class Suggestions:
    """Fills the table ``TrackSuggestions`` of a listener."""

    def __init__(
        self,
        store: ListeningStore,
        tables: SharedTables,
        labs: Callable[[], Labs],
        *,
        alone: Callable[[str], AbstractContextManager[None]],
        clock: Callable[[], datetime],
    ) -> None:
        """Ask nothing yet; ``alone`` is ``ListeningHistory.alone``."""
        self._store, self._tables, self._alone = store, tables, alone
        self._labs, self._clock = labs, clock

    def of(self, account: str) -> pl.DataFrame:
        """``TrackSuggestions`` as they were written last.

        Raises:
            AccountError, StorageError: they cannot be read.
        """
        return self._store.read(account, "track_suggestions")

    def refresh(self, account: str) -> SuggestionsRefreshed:
        """Ask what is due, and write what may be suggested.

        Raises:
            AccountError, StorageError: a table cannot be read or written.
        """
        now = self._clock()
        seeds = self._seeds(account, now)
        asked = self._ask_neighbours(seeds["recording"].to_list())
        made_of = self._versions(account)
        found = self._found(account, now)
        ids, trouble = self._spotify_ids(account, found)
        with self._alone(account):
            # Meanwhile more was said or played, or all of it was forgotten.
            if self._versions(account) != made_of:
                seeds, found = self._seeds(account, now), self._found(account, now)
            suggestions = _as_table(_with_ids(found, ids), now)
            if account in self._store.accounts():
                self._store.write(account, "track_suggestions", suggestions)
        counts = suggestions.group_by("status").len().sort("status")
        return SuggestionsRefreshed(len(seeds), asked, dict(counts.iter_rows()), trouble)

    def _versions(self, account: str) -> list[str]:
        return [self._store.version(account, table) for table in _MADE_OF]

    def _seeds(self, account: str, now: datetime) -> pl.DataFrame:
        read = self._store.read
        return seeds_of(read(account, "listens"), read(account, "recording_ids"), as_of=now)

    def _found(self, account: str, now: datetime) -> pl.DataFrame:
        """The best suggestions of what is kept and known now, without ids on Spotify."""
        read = self._store.read
        listens, recording_ids = read(account, "listens"), read(account, "recording_ids")
        feedback, taste = read(account, "taste_feedback"), read(account, "taste")
        return suggest(
            seeds_of(listens, recording_ids, as_of=now),
            self._tables.read("recording_neighbours"),
            self._tables.read("artist_listeners"),
            heard=heard_lately(listens, recording_ids, as_of=now),
            blocked=blocked_artists(feedback, taste, self._tables.read("artist_ids")),
        ).head(MOST_KEPT)

    def _ask_neighbours(self, recordings: Sequence[str]) -> Asked:
        """Ask about those who are due, the first ones first; a failure ends it and is told."""
        labs = self._labs()
        since = self._clock() - ASK_AGAIN
        known = self._tables.read("recording_neighbours").filter(pl.col("fetched_at") > since)
        settled = set(known["recording_mbid"])
        due = [one for one in recordings if one not in settled]
        found: dict[str, list[SimilarRecording]] = {}
        asked, trouble = 0, None
        try:
            for recording in due[:MOST_CALLS]:
                found[recording] = labs.similar_recordings(recording)
                asked += 1
                if len(found) == _KEPT_TOGETHER:
                    self._keep(found)
                    found = {}
        except SourceError as failure:
            trouble = str(failure)
        self._keep(found)
        return Asked(asked, len(due) - asked, trouble)

    def _keep(self, found: Mapping[str, Sequence[SimilarRecording]]) -> None:
        if not found:
            return
        now = self._clock()
        rows = [
            row
            for recording, neighbours in found.items()
            for row in [
                # By it, a song that has none is told from one that was not asked about.
                (recording, recording, None, None, [], 0.0, now),
                *(
                    (recording, one.mbid, one.name, one.artist_name, list(one.artist_mbids),
                     one.score, now)
                    for one in neighbours
                ),
            ]
        ]  # fmt: skip
        frame = pl.DataFrame(rows, schema=polars_schema(RecordingNeighbours), orient="row")
        self._tables.replace("recording_neighbours", frame, on="recording_mbid")

    def _spotify_ids(self, account: str, found: pl.DataFrame) -> tuple[pl.DataFrame, str | None]:
        """Ids of the best suggestions on Spotify; those of last time where Labs is down.

        Returns:
            recording_mbid, spotify_track_id and id_asked_at of those that were asked about, now or
            before, and why Labs could not be asked.
        """
        now = self._clock()
        known = self.of(account).filter(pl.col("id_asked_at").is_not_null()).select(_OF_IDS)
        has_id = pl.col("spotify_track_id").is_not_null()
        settled = known.filter(has_id | (pl.col("id_asked_at") > now - ASK_AGAIN))
        wanted = found.filter(pl.col("status") == "no id").head(_IDS_ASKED)
        unknown = wanted.join(settled, on="recording_mbid", how="anti")["recording_mbid"].to_list()
        if not unknown:
            return known, None
        try:
            told = self._labs().spotify_ids(unknown)
        except SourceError as failure:
            return known, str(failure)
        rows = [(one, next(iter(told.get(one, [])), None), now) for one in unknown]
        new = pl.DataFrame(rows, schema=known.schema, orient="row")
        return pl.concat([known.join(new, on="recording_mbid", how="anti"), new]), None


def _as_table(rows: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """``TrackSuggestions`` of ``rows``."""
    complete = rows.with_columns(duration_ms=pl.lit(None, pl.Int64), computed_at=pl.lit(now))
    schema = polars_schema(TrackSuggestions)
    return complete.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _with_ids(found: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    has_id = pl.col("spotify_track_id").is_not_null()
    status = pl.col("status")
    return found.join(ids, on="recording_mbid", how="left", maintain_order="left").with_columns(
        status=pl.when((status == "no id") & has_id).then(pl.lit("id")).otherwise(status)
    )
