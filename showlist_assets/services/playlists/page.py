"""A plan as a listener would see the playlist, in Markdown: for the asset's page and a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain.links import web_address
from showlist_assets.services.playlists.live import description_with_marker, one_line

if TYPE_CHECKING:
    from showlist_assets.domain.playlists.plan import Plan, PlannedTrack
    from showlist_assets.services.playlists.push_result import PushResult

# The UI keeps metadata in its event log; the plan's file has every track.
_TRACKS_SHOWN: Final = 100
_SIGNS: Final = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_[]<>|~#"} | {"\n": " "})


def plan_page(plan: Plan, difference: PushResult | None = None) -> str:
    """Title, description, every track with its show and the reason, and what a push would do.

    With the ``difference`` to what is live, the plan is shown as it is heard: without what the
    listener has taken out.
    """
    plan = (difference and difference.plan) or plan
    written = description_with_marker(plan.description, plan.recipe)
    # Of an empty plan, why it is empty tells some of them.
    notes = [note for note in plan.notes if note not in plan.why_empty]
    parts = [f"## {_plain(one_line(plan.title))}", _plain(written), *map(_plain, notes)]
    if difference is not None:
        parts.append(difference_page(difference))
    parts.append(_tracks(plan) if plan.tracks else f"*{_plain(plan.why_empty)}*")
    if plan.left_out:
        counts = ", ".join(f"{count} {_plain(reason)}" for reason, count in plan.left_out.items())
        parts.append(f"Left out: {counts}.")
    return "\n\n".join(part for part in parts if part)


def difference_page(result: PushResult) -> str:
    """What a push did or would do, track by track."""
    lines = [f"**{_plain(result.words)}**"]
    lines += [f"- added: {_plain(track.label or track.uri)}" for track in result.added]
    lines += [f"- removed: {_plain(track.label or track.uri)}" for track in result.removed]
    lines += [f"- {_plain(words)}" for words in result.departed]
    return "\n".join([lines[0], "", *lines[1:]]) if len(lines) > 1 else lines[0]


def _tracks(plan: Plan) -> str:
    head = ["| # | track | artist | show | why |", "| --- | --- | --- | --- | --- |"]
    rows = [
        f"| {position} | {_track_link(track)} | {_artist_link(track)} | {_show(track)} "
        f"| {_plain(track.why)} |"
        for position, track in enumerate(plan.tracks[:_TRACKS_SHOWN], start=1)
    ]
    more = len(plan.tracks) - _TRACKS_SHOWN
    tail = [f"\n... and {more} more."] if more > 0 else []
    return "\n".join([*head, *rows, *tail])


def _track_link(track: PlannedTrack) -> str:
    return _link(track.track_name, f"https://open.spotify.com/track/{track.track_id}")


def _artist_link(track: PlannedTrack) -> str:
    return _link(track.artist_name, f"https://open.spotify.com/artist/{track.spotify_artist_id}")


def _show(track: PlannedTrack) -> str:
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
