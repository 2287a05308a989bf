"""A single show as a calendar file, under the same UID as in every playlist's calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain.playlists.calendar_entries import CalendarEntry
from showlist_assets.domain.playlists.calendar_file import calendar_file
from showlist_assets.domain.playlists.calendar_shows import Song
from showlist_assets.domain.playlists.plan import PlannedShow, UnheardAct

if TYPE_CHECKING:
    from datetime import date, datetime

    from showlist_assets.domain.playlists.calendar_entries import EntryStatus
    from showlist_assets.domain.playlists.show_fates import ShowFates
    from showlist_assets.storage.published.shows import ShowPage

_STATUS: Final[dict[str, EntryStatus]] = {
    "postponed": "TENTATIVE",
    "cancelled": "CANCELLED",
    "vanished": "CANCELLED",
}


def calendar_of(show: ShowPage, day: date, fates: ShowFates, now: datetime) -> bytes:
    """The file of ``show`` on ``day``; ``fates`` are those of its state."""
    planned = _planned(show, day)
    fate = fates.of([planned]).get((show.state, show.show_id))
    entry = CalendarEntry(
        show=planned,
        status=_STATUS.get(show.status, "CONFIRMED"),
        sequence=fate.revisions if fate else 0,
        modified_at=fate.changed_at if fate else now,
        songs=tuple(
            Song(act.track_name, act.name, act.track_url)
            for act in show.acts
            if act.track_name and act.track_url
        ),
    )
    return calendar_file([entry], name=show.title, now=now)


def _planned(show: ShowPage, day: date) -> PlannedShow:
    return PlannedShow(
        show_id=show.show_id,
        title=show.title,
        artists=tuple(act.name for act in show.acts if act.track_id),
        local_date=day,
        venue_name=show.venue_name,
        state=show.state,
        starts_at=show.starts_at,
        starts_at_local=show.starts_at_local,
        venue_timezone=show.venue_timezone,
        venue_address=show.venue_address,
        venue_city=show.venue_city,
        venue_postal_code=show.venue_postal_code,
        latitude=show.latitude,
        longitude=show.longitude,
        ticket_url=show.ticket_url,
        lowest_price=show.lowest_price,
        status=show.status,
        ends_at=show.ends_at,
        last_date=show.last_date,
        unheard=tuple(
            UnheardAct(act.name, act.why_no_track) for act in show.acts if act.why_no_track
        ),
        doors_at_local=show.doors_at_local,
    )
