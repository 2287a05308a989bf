"""What a playlist is called, of whatever tracks it holds.

What belongs here: the values of a recipe's templates. What does not: filling them in
(``templates``) and which tracks there are (``picking``, ``filled``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from showlist_assets.domain.playlists.templates import LONGEST_DESCRIPTION, LONGEST_TITLE, fill

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from showlist_assets.domain.playlists.plan import PlannedTrack, Wording


class Dated(Protocol):
    """A show, or a track that is there for one."""

    @property
    def local_date(self) -> date:
        """Its first day."""

    @property
    def last_day(self) -> date:
        """Its last day."""


def worded(
    wording: Wording, tracks: Sequence[PlannedTrack], *, dated: Sequence[Dated] | None = None
) -> tuple[str, str]:
    """Title and description of a playlist of ``tracks``.

    The dates are those of ``dated``, where that is another list.
    """
    values = _values(wording, tracks, tracks if dated is None else dated)
    return (
        fill(wording.title, values, longest=LONGEST_TITLE),
        fill(wording.description, values, longest=LONGEST_DESCRIPTION),
    )


def first_and_last_day(shows: Sequence[Dated]) -> tuple[str, str]:
    """As people read them: "Dec 4", and the day on which the last of ``shows`` ends; "" of none."""
    if not shows:
        return "", ""
    days = min(show.local_date for show in shows), max(show.last_day for show in shows)
    first, last = (f"{day:%b} {day.day}" for day in days)
    return first, last


def dates_in_words(shows: Sequence[Dated]) -> str:
    """From when until when ``shows`` are: "Dec 4 to Dec 6", or the only day."""
    first, last = first_and_last_day(shows)
    return first if first == last else f"{first} to {last}"


def _values(
    wording: Wording, tracks: Sequence[PlannedTrack], dated: Sequence[Dated]
) -> dict[str, str | list[str]]:
    # The house before the id, as in the list itself: another id alone makes no other words.
    by_date = sorted(
        tracks, key=lambda one: (one.local_date, one.venue_name, one.show_id, one.billing)
    )
    first, last = first_and_last_day(dated)
    return {
        "places": list(wording.places),
        "dates": dates_in_words(dated),
        "first_date": first,
        "last_date": last,
        "artists": list(dict.fromkeys(track.artist_name for track in by_date)),
        "venues": list(dict.fromkeys(track.venue_name for track in by_date)),
        "artist_count": _counted({track.spotify_artist_id for track in tracks}, "artist"),
        "show_count": _counted(
            {track.show_id for track in tracks if not track.is_suggested}, "show"
        ),
        "track_count": _counted({track.track_id for track in tracks}, "track"),
    }


def _counted(things: set[str], noun: str) -> str:
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"
