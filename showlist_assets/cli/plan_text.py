"""A plan on a terminal: each song once, with the show that it is for."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.padding import Padding
from rich.text import Text

from showlist_assets.domain.links import web_address

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from rich.console import Console

    from showlist_assets.domain.playlists.plan import Plan, PlannedTrack
    from showlist_assets.services.playlists.push_result import PushResult

# What a person scrolls through; the plan's file has every one.
_SHOWN: Final = 100
_INDENT: Final = 7
_SEVERAL: Final = 2


def print_plan(plan: Plan, difference: PushResult | None, console: Console) -> None:
    """Print title, description, what a push would change, and every song with its reason.

    With the ``difference`` to what is live, the plan is shown as it is heard. What a push would add
    is marked with a plus where something else is there already.
    """
    from showlist_assets.services.playlists.live import description_with_marker, one_line

    plan = (difference and difference.plan) or plan
    console.print(Text(f"\n{one_line(plan.title)}", style="bold"))
    if plan.tracks:
        console.print(Text(description_with_marker(plan.description, plan.recipe)))
    # Of an empty plan, why it is empty tells some of them.
    for note in (note for note in plan.notes if note not in plan.why_empty):
        console.print(Text(note, style="yellow"))
    if difference is not None:
        _print_difference(difference, console)
    elif not plan.tracks:
        console.print(Text(plan.why_empty))
    if plan.tracks:
        new = {track.uri for track in difference.added} if difference and difference.kept else set()
        _print_tracks(plan, new, console)


def _print_difference(difference: PushResult, console: Console) -> None:
    console.print(Text(f"\n{difference.summary}", style="bold"))
    for track in difference.removed:
        console.print(Padding(Text(f"removed: {track.label or track.uri}"), (0, 0, 0, 2)))
    for words in difference.departed:
        console.print(Padding(Text(words), (0, 0, 0, 2)))


def _print_tracks(plan: Plan, new: set[str], console: Console) -> None:
    from showlist_assets.domain.playlists.plan import left_out_in_words

    console.print()
    usual = _usual_reasons(plan.tracks)
    if usual:
        every = all(set(usual) <= set(_reasons(track)) for track in plan.tracks)
        otherwise = "" if every else ", unless its line says otherwise"
        console.print(Text(f"For each song{otherwise}: {'; '.join(usual)}.\n", style="dim"))
    for position, track in enumerate(plan.tracks[:_SHOWN], start=1):
        sign = "+" if track.uri in new else " "
        line = Text(f"{sign} {position:>3}  ").append_text(_song(track))
        # A file has no width, and whoever searches it wants a song in one line.
        console.print(line, soft_wrap=not console.is_terminal)
        # What holds of every suggestion alike is told by its taste, song by song.
        if not track.is_suggested:
            console.print(Padding(_show(track, usual), (0, 0, 0, _INDENT)))
        if track.taste:
            console.print(Padding(Text(track.taste.words, style="dim"), (0, 0, 0, _INDENT)))
    if len(plan.tracks) > _SHOWN:
        console.print(f"... and {len(plan.tracks) - _SHOWN} more.")
    if plan.left_out:
        console.print(Text(f"\n{left_out_in_words(plan.left_out)}", style="dim"))


def _song(track: PlannedTrack) -> Text:
    link = f"https://open.spotify.com/track/{track.track_id}"
    return Text.assemble(
        (track.track_name, f"bold link {link}"), "  ", (track.artist_name, "default")
    )


def _usual_reasons(tracks: Sequence[PlannedTrack]) -> list[str]:
    """What most of the ``tracks`` give as a reason beside their shows.

    Only what every other track answers with a reason of the same kind, equal but for its numbers:
    whoever reads a line without it is told nothing wrong.
    """
    if len(tracks) < _SEVERAL:
        return []
    told = Counter(reason for track in tracks for reason in set(_reasons(track)))
    kinds = Counter(kind for track in tracks for kind in {*map(_kind, _reasons(track))})
    return [
        reason
        for reason in dict.fromkeys(reason for track in tracks for reason in _reasons(track))
        if told[reason] > len(tracks) / 2 and kinds[_kind(reason)] == len(tracks)
    ]


def _kind(reason: str) -> str:
    return re.sub(r"\d+(\.\d+)?", "0", reason)


def _reasons(track: PlannedTrack) -> list[str]:
    """What ``track.why`` says behind the show, of which the last word before is the house's."""
    return _parted(track)[1]


def _parted(track: PlannedTrack) -> tuple[str, list[str]]:
    # The name of a house may hold what parts the reasons.
    before, house, behind = track.why.removesuffix(".").partition(f" at {track.venue_name}")
    rest, *reasons = behind.split("; ")
    return f"{before}{house}{rest}", reasons


def _show(track: PlannedTrack, usual: Collection[str] = ()) -> Text:
    """Who plays where and when, which is why the song is there, without what is ``usual``."""
    show, reasons = _parted(track)
    left = [reason for reason in reasons if reason not in usual]
    why = f"{'; '.join([show, *left])}." if len(left) < len(reasons) else track.why
    tickets = web_address(track.ticket_url)
    # A blank in an address would end it where rich reads a style.
    linked = tickets and " " not in tickets
    return Text(why, style=f"dim link {tickets}" if linked else "dim")
