"""A plan as a listener would see the playlist, in Markdown, for the asset's page.

What belongs here: what whoever sees Dagster may read. What does not: what the listener plays
(``PlannedTrack.taste``), which Dagster's event log would keep after it is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain.links import web_address
from showlist_assets.domain.playlists.plan import left_out_in_words
from showlist_assets.services.playlists.live import description_with_marker, one_line

if TYPE_CHECKING:
    from collections.abc import Collection

    from showlist_assets.domain.playlists.plan import Plan, PlannedTrack
    from showlist_assets.services.playlists.history import WrittenTrack
    from showlist_assets.services.playlists.push_result import PushResult

# The UI keeps metadata in its event log; the plan's file has every track.
_TRACKS_SHOWN: Final = 100
_SIGNS: Final = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_[]<>|~#"} | {"\n": " "})


def plan_page(plan: Plan, difference: PushResult | None = None) -> str:
    """Title, description, every track with its show and the reason, and what a push would do.

    With the ``difference`` to what is live, the plan is shown as it is heard: without what the
    listener has taken out. A track is told once: what a push would add stands in the list, as new
    where something else is there already.
    """
    plan = (difference and difference.plan) or plan
    written = description_with_marker(plan.description, plan.recipe)
    # Of an empty plan, why it is empty tells some of them.
    notes = [note for note in plan.notes if note not in plan.why_empty]
    parts = [f"## {_plain(one_line(plan.title))}", *map(_plain, notes)]
    # Of nothing there is nothing to describe.
    parts[1:1] = [_plain(written)] if plan.tracks else []
    if not plan.tracks:
        # Whatever comes of an empty plan says why it is empty.
        parts.append(difference_page(difference) if difference else f"*{_plain(plan.why_empty)}*")
        return "\n\n".join(part for part in parts if part)
    new = {track.uri for track in difference.added} if difference else set()
    if difference is not None:
        parts.append(_lines(difference, [_left(track) for track in difference.removed]))
    parts.append(_tracks(plan, new if difference and difference.kept else set()))
    if plan.left_out:
        parts.append(_plain(left_out_in_words(plan.left_out)))
    return "\n\n".join(part for part in parts if part)


def difference_page(result: PushResult) -> str:
    """What a push did or would do, track by track."""
    added = [f"- added: {_plain(track.label or track.uri)}" for track in result.added]
    return _lines(result, [*added, *(_left(track) for track in result.removed)])


def _left(track: WrittenTrack) -> str:
    return f"- removed: {_plain(track.label or track.uri)}"


def _lines(result: PushResult, songs: list[str]) -> str:
    said = f"**{_plain(result.summary)}**"
    lines = [*songs, *(f"- {_plain(words)}" for words in result.departed)]
    return "\n".join([said, "", *lines]) if lines else said


def _tracks(plan: Plan, new: Collection[str]) -> str:
    head = ["| # | track | artist | show | why |", "| --- | --- | --- | --- | --- |"]
    rows = [
        f"| {position}{' new' if track.uri in new else ''} | {_track_link(track)} "
        f"| {_artist_link(track)} | {_show(track)} | {_plain(track.why)} |"
        for position, track in enumerate(plan.tracks[:_TRACKS_SHOWN], start=1)
    ]
    more = len(plan.tracks) - _TRACKS_SHOWN
    tail = [f"\n... and {more} more."] if more > 0 else []
    return "\n".join([*head, *rows, *tail])


def _track_link(track: PlannedTrack) -> str:
    return _link(track.track_name, f"https://open.spotify.com/track/{track.track_id}")


def _artist_link(track: PlannedTrack) -> str:
    if track.is_suggested:
        return _plain(track.artist_name)
    return _link(track.artist_name, f"https://open.spotify.com/artist/{track.spotify_artist_id}")


def _show(track: PlannedTrack) -> str:
    if track.is_suggested:
        return ""
    day = f"{track.local_date:%a %b} {track.local_date.day}"
    if track.last_day != track.local_date:
        day += f" to {track.last_day:%a %b} {track.last_day.day}"
    where = ", ".join(filter(None, (track.venue_name, track.venue_city, track.state)))
    text = f"{day}, {where}"
    return _link(text, track.ticket_url)


def _link(text: str, url: str | None) -> str:
    """``text`` as a link, or plain where ``url`` leads nowhere."""
    address = web_address(url)
    return f"[{_plain(text)}]({address})" if address else _plain(text)


def _plain(text: str) -> str:
    """Text that cannot break out of its cell or turn into markup."""
    return text.translate(_SIGNS)
