"""The shows and songs of a plan for other programs: what a feed tells, before it has a format.

What belongs here: which shows, in which order, with which songs. What does not: JSON, CSV and RSS
(``export_formats``), and the calendar, which is a file of its own (``calendar_file``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.playlists.digest_content import song_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.domain.playlists.calendar_entries import CalendarEntry
    from showlist_assets.domain.playlists.plan import Plan, PlannedShow, PlannedTrack

_STATUS: Final = {"TENTATIVE": "postponed", "CANCELLED": "cancelled"}


@dataclass(frozen=True)
class ExportedSong:
    """A song of the playlist; ``position`` counts from 1.

    ``why`` tells of the listener's taste, too: a feed is theirs, under an address that is a secret.
    """

    position: int
    track_id: str
    name: str
    artist: str
    url: str
    why: str


@dataclass(frozen=True)
class ExportedShow:
    """A show and its songs.

    Attributes:
        show: As planned; of one that is off, as it was.
        status: scheduled, rescheduled, postponed or cancelled.
        changed_at: When its time, place or status was last learnt (UTC).
        songs: Those that are on the playlist for this show, in its order.
    """

    show: PlannedShow
    status: str
    changed_at: datetime
    songs: tuple[ExportedSong, ...]

    @property
    def is_off(self) -> bool:
        """Whether nobody can go to it as it is told."""
        return self.status in _STATUS.values()


@dataclass(frozen=True)
class Export:
    """A playlist's shows by date, and when they were chosen (UTC)."""

    title: str
    description: str
    made_at: datetime
    shows: tuple[ExportedShow, ...]


def export_of(plan: Plan, entries: Iterable[CalendarEntry] = (), *, made_at: datetime) -> Export:
    """What ``plan`` tells other programs.

    Args:
        plan: Every show that its recipe lets through is told, also those without a song.
        entries: Of its calendar. Whoever has read of a show that is off or has moved away is told.
        made_at: When ``plan`` was made (UTC).
    """
    songs = _songs(plan.tracks)
    told = {_key(entry.show): entry for entry in entries if entry.place != "left out"}
    planned = {_key(show): show for show in (*plan.shows, *plan.songless)}
    shows = [
        ExportedShow(
            show,
            show.status,
            told[key].modified_at if key in told else made_at,
            songs.get(key, ()),
        )
        for key, show in planned.items()
    ]
    shows += [
        ExportedShow(
            entry.show, _STATUS.get(entry.status, entry.show.status), entry.modified_at, ()
        )
        for key, entry in told.items()
        if key not in planned
    ]
    return Export(plan.title, plan.description, made_at, tuple(sorted(shows, key=_by_date)))


def _songs(tracks: Iterable[PlannedTrack]) -> dict[tuple[str, str], tuple[ExportedSong, ...]]:
    found: dict[tuple[str, str], tuple[ExportedSong, ...]] = {}
    for position, track in enumerate(tracks, start=1):
        key = track.state, track.show_id
        song = ExportedSong(
            position,
            track.track_id,
            track.track_name,
            track.artist_name,
            song_url(track),
            track.why_for_listener,
        )
        found[key] = (*found.get(key, ()), song)
    return found


def _key(show: PlannedShow) -> tuple[str, str]:
    return show.state, show.show_id


def _by_date(exported: ExportedShow) -> tuple[object, ...]:
    show = exported.show
    start = show.starts_at_local
    return show.local_date, start.time() if start else time.max, show.venue_name, show.show_id
