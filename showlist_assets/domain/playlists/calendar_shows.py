"""Which shows a plan's calendar holds, what it is called, and the songs to hear before each show.

What belongs here: the choice that a recipe makes of its calendar. What does not: what becomes of
entries from file to file (``calendar_entries``) and how they are written (``calendar_file``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from showlist_assets.domain.playlists.wording import worded

if TYPE_CHECKING:
    from showlist_assets.domain.playlists.plan import Plan, PlannedShow


@dataclass(frozen=True)
class Song:
    """A song of the playlist, as a calendar names it."""

    name: str
    artist: str
    url: str


def calendar_shows(plan: Plan) -> tuple[PlannedShow, ...]:
    """By date: the shows behind the songs of ``plan``, or all that its recipe lets through."""
    if plan.calendar_shows == "all":
        return tuple(sorted((*plan.shows, *plan.songless), key=_by_date))
    behind = {(track.state, track.show_id) for track in plan.tracks}
    return tuple(show for show in plan.shows if (show.state, show.show_id) in behind)


def _by_date(show: PlannedShow) -> tuple[object, ...]:
    start = show.starts_at_local
    return show.local_date, start.time() if start else time.max, show.venue_name, show.show_id


def calendar_title(plan: Plan) -> str:
    """The playlist's title; with the dates of all the shows where the calendar holds them all."""
    shows = calendar_shows(plan) if plan.calendar_shows == "all" else ()
    if plan.wording is None or not shows:
        return plan.title
    return worded(plan.wording, plan.tracks, dated=shows)[0]


def songs_to_hear(plan: Plan) -> dict[tuple[str, str], tuple[Song, ...]]:
    """By state and show, in the playlist's order: its own songs, and its artists' other ones.

    An artist with two nights may be heard for the first of them only, and is heard before both.
    """
    return {
        (show.state, show.show_id): tuple(
            Song(
                track.track_name,
                track.artist_name,
                f"https://open.spotify.com/track/{track.track_id}",
            )
            for track in plan.tracks
            if (track.state, track.show_id) == (show.state, show.show_id)
            or track.artist_name in show.artists
        )
        for show in plan.shows
    }
