"""Looking at Spotify's recently played tracks, and what a late look has missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.listening.gaps import Look, delayed, gap_after
from showlist_assets.domain.listening.polling import next_poll_at
from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listening_polls import ListeningPolls
from showlist_assets.services.listening.history import Told
from showlist_assets.sources.failures import NeedsConsent, NeedsScope

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from showlist_assets.services.listening.history import ListeningHistory
    from showlist_assets.services.listening.profile import ListeningProfiles
    from showlist_assets.sources.spotify.listening import SpotifyListening

# Three months of looks every half hour.
_MOST_POLLS: Final = 4500
# Spotify was seen to tell plays three days late.
_TOLD_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True)
class Polled:
    """What one look brought."""

    returned: int
    added: int
    next_at: datetime


class SpotifyPolls:
    """Looks at what Spotify remembers of the last fifty plays."""

    def __init__(
        self,
        history: ListeningHistory,
        profiles: ListeningProfiles,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """Ask nothing yet."""
        self._history, self._profiles, self._clock = history, profiles, clock

    def due_at(self, account: str) -> datetime | None:
        """When the next look is due; None: at once."""
        polls = self._history.read(account, "listening_polls")
        return None if polls.is_empty() else polls.sort("polled_at")["next_poll_at"][-1]

    def poll(self, account: str, client: SpotifyListening) -> Polled:
        """Look now, whether or not it is due, and note any gap.

        Raises:
            SourceError: Spotify does not answer; that it refused is remembered, so that the plays
                missed meanwhile are noted with the reason.
            AccountError, StorageError: something cannot be read or written.
        """
        now = self._clock()
        before = self._profiles.progress(account)
        try:
            rows = client.recently_played()
        except (NeedsConsent, NeedsScope):
            self._profiles.note(account, poll_tried_at=now, poll_refused=True)
            raise
        told = Told(import_id=f"spotify-{now:%Y-%m-%d}", source="spotify_poll", rows=len(rows))
        reports = as_reports(rows, source=told.source, import_id=told.import_id, received_at=now)
        with self._history.alone(account):
            newest_known = _newest(self._history.read(account, "listen_reports"))
            added = int(self._history.add(account, reports, told)["added"][0])
            listens = self._history.rebuild(account)
            look = Look(
                at=now,
                returned=len(rows),
                new=added,
                oldest_at=min(reports["reported_at"], default=None),
                was_refused=before.poll_refused,
            )
            next_at = next_poll_at(now, added, listens)
            self._note(account, look, reports, newest_known, next_at)
        self._profiles.note(account, poll_tried_at=now, poll_refused=False)
        return Polled(len(rows), added, next_at)

    def _note(
        self,
        account: str,
        look: Look,
        reports: pl.DataFrame,
        newest_known: datetime | None,
        next_at: datetime,
    ) -> None:
        polls = self._history.read(account, "listening_polls").sort("polled_at")
        gap = gap_after(
            look,
            newest_known=newest_known,
            last_look=None if polls.is_empty() else polls["polled_at"][-1],
            due_at=None if polls.is_empty() else polls["next_poll_at"][-1],
        )
        self._history.add_gaps(account, gap)
        row = {
            "polled_at": look.at,
            "returned": look.returned,
            "new": look.new,
            "oldest_at": look.oldest_at,
            "newest_at": reports["reported_at"].max(),
            "next_poll_at": next_at,
        }
        rows = pl.DataFrame([row], schema=polars_schema(ListeningPolls))
        self._history.append(account, "listening_polls", rows, most=_MOST_POLLS)
        if look.new:
            looks = pl.concat([polls, rows]).filter(pl.col("polled_at") >= look.at - _TOLD_WITHIN)
            reports = self._history.read(account, "listen_reports")
            self._history.add_gaps(account, delayed(looks, reports))


def _newest(reports: pl.DataFrame) -> datetime | None:
    """The newest play that a look has told: other sources know nothing of Spotify's list."""
    return max(reports.filter(pl.col("source") == "spotify_poll")["reported_at"], default=None)
