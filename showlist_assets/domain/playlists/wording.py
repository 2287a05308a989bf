"""What a playlist is called, of whatever tracks it holds.

What belongs here: the values of a recipe's templates. What does not: filling them in
(``templates``) and which tracks there are (``picking``, ``filled``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.domain.playlists.templates import LONGEST_DESCRIPTION, LONGEST_TITLE, fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showlist_assets.domain.playlists.plan import PlannedTrack, Wording


def worded(wording: Wording, tracks: Sequence[PlannedTrack]) -> tuple[str, str]:
    """Title and description of a playlist of ``tracks``."""
    values = _values(wording, tracks)
    return (
        fill(wording.title, values, longest=LONGEST_TITLE),
        fill(wording.description, values, longest=LONGEST_DESCRIPTION),
    )


def _values(wording: Wording, tracks: Sequence[PlannedTrack]) -> dict[str, str | list[str]]:
    # The house before the id, as in the list itself: another id alone makes no other words.
    by_date = sorted(
        tracks, key=lambda one: (one.local_date, one.venue_name, one.show_id, one.billing)
    )
    dates = list(dict.fromkeys(f"{t.local_date:%b} {t.local_date.day}" for t in by_date))
    first, last = (dates[0], dates[-1]) if dates else ("", "")
    return {
        "places": list(wording.places),
        "dates": first if first == last else f"{first} to {last}",
        "first_date": first,
        "last_date": last,
        "artists": list(dict.fromkeys(track.artist_name for track in by_date)),
        "venues": list(dict.fromkeys(track.venue_name for track in by_date)),
        "artist_count": _counted({track.spotify_artist_id for track in tracks}, "artist"),
        "show_count": _counted({track.show_id for track in tracks}, "show"),
        "track_count": _counted({track.track_id for track in tracks}, "track"),
    }


def _counted(things: set[str], noun: str) -> str:
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"
