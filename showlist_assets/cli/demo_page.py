"""The demo's last page: what came out, in sections that fit 80 columns, with and without colour.

What belongs here: words and layout. What does not: the figures (``demo_summary``, ``demo_story``).
"""

from __future__ import annotations

import shlex
import shutil
import sys
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from showlist_assets.cli.run_progress import states_in_words
from showlist_assets.domain.clock_times import clock_time
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import Console, RenderableType

    from showlist_assets.cli.demo_summary import Summary

_SERVICES: Final = {
    "ticketmaster": "Ticketmaster",
    "seatgeek": "SeatGeek",
    "feeds": "venues' pages",
    "spotify": "Spotify",
    "reccobeats": "ReccoBeats",
    "listenbrainz": "ListenBrainz",
    "listenbrainz_labs": "ListenBrainz Labs",
    "musicbrainz": "MusicBrainz",
}
_WIDE: Final = 110
_REASONS_TOLD, _SONGS_TOLD, _SONGS_OF_STORY = 6, 12, 3
_WHY_ADDED: Final = {
    "announced": "announced this week: {show}",
    "next in line": "next in line: {show}",
}
_WHY_REMOVED: Final = {
    "cancelled": "cancelled: {show}",
    "postponed": "postponed: {show}",
    "vanished": "no longer listed: {show}",
    "moved": "moved: {show}",
    "over": "over: {show}",
    "made room": "made room for sooner shows: {show}",
}
_MORE: Final = {
    "announced": "for shows announced this week",
    "next in line": "for the shows that are next in line",
    "over": "whose shows are over",
    "made room": "that made room for sooner shows",
}


def print_summary(
    summary: Summary, console: Console, *, open_ui: str, of_home: str = "--sandbox"
) -> None:
    """Print ``summary``.

    Args:
        summary: What came out.
        console: Where it is printed.
        open_ui: The command that shows the runs in Dagster's UI.
        of_home: The options by which other commands find the demo's home.
    """
    console.print()
    console.rule(f"Showlist: {states_in_words(summary.states)}, in {summary.seconds:.0f} s")
    _section(console, "What was found", _figures(summary))
    if summary.reasons:
        _section(console, "Why performers were not found on Spotify", _reasons(summary))
    if summary.story:
        _section(console, f"A week passed: it is {_day(summary.story['now'])}", _story(summary))
    if summary.next_shows:
        _section(console, "The next shows", _shows(summary))
    else:
        _section(console, "The next shows", "None with a song was found in these states.")
    if summary.playlist:
        tracks = counted(len(summary.playlist["tracks"]), "song")
        title = f"The playlist: {summary.playlist['title']} ({tracks})"
        if not summary.story:
            title += f", {_what_the_push_did(summary.playlist)}"
        _section(console, title, _playlist(summary, wide=console.width >= _WIDE))
    if summary.taste.get("closest"):
        _section(console, "Closest to what you play", _taste(summary))
    if summary.discovered:
        tracks = counted(len(summary.discovered["tracks"]), "song")
        title = f"The AI generated playlist: {summary.discovered['title']} ({tracks})"
        _section(console, title, _discovered(summary))
    _print_how_to_go_on(summary, console, open_ui=open_ui, of_home=of_home)


def _section(console: Console, title: str, body: RenderableType) -> None:
    console.print()
    console.print(f"[bold]{escape(title)}[/bold]")
    console.print(Padding(body, (0, 0, 0, 2), expand=False))


def _columns(rows: Iterable[tuple[str, ...]], *, right: bool = False) -> Table:
    """``rows`` in columns without a frame; with ``right``, the first is one of numbers."""
    table = Table.grid(padding=(0, 2))
    for position, row in enumerate(rows):
        if not position:
            for column in range(len(row)):
                table.add_column(
                    justify="right" if right and not column else "left", overflow="fold"
                )
        table.add_row(*row)
    return table


# What was found


def _figures(summary: Summary) -> Table:
    outcomes = summary.outcomes
    by_source = _by_service(summary.listings, "{count} of {name}")
    people = (
        f"{summary.performers:,}: {outcomes['matched']:,} found on Spotify, "
        f"{outcomes['rejected']:,} not, {outcomes['pending']:,} still to be looked up"
    )
    rows = [
        ("Listings", f"{sum(summary.listings.values()):,}: {by_source}" if by_source else "none"),
        ("Shows", f"{summary.shows:,}; {_listed_twice(summary)}"),
        ("Performers", people),
        ("Songs", f"{summary.tracks:,}; audio features of {summary.feature_coverage:.0%}"),
        ("API calls", f"{_by_service(summary.calls, '{name} {count}') or 'none'}; playlists apart"),
        ("Reused", _reused_in_words(summary)),
        (
            "Set aside",
            ", ".join(f"{counted(n, 'row')} of {t}" for t, n in summary.rejected_rows.items())
            + ": see the table rejected_rows"
            if summary.rejected_rows
            else "no bad rows",
        ),
    ]
    return _columns((f"[bold]{name}[/bold]", text) for name, text in rows)


def _reused_in_words(summary: Summary) -> str:
    """What did not have to be asked for; these figures are of after the week, if one passed."""
    if any(summary.reused.values()):
        return f"{_decisions_and_features(summary.reused)}, from earlier runs"
    if summary.story:
        later = _decisions_and_features(summary.story["reused"])
        return f"nothing at first, when nothing was known; a week later, {later}"
    return "nothing: before this run, nothing was known"


def _decisions_and_features(reused: Mapping[str, int]) -> str:
    decisions = counted(reused["decisions"], "decision")
    return f"{decisions} and the audio features of {counted(reused['audio_features'], 'song')}"


def _listed_twice(summary: Summary) -> str:
    twice = summary.listed_twice
    return (
        f"{twice:,} {'is' if twice == 1 else 'are'} listed more than once"
        if twice
        else ("none is listed more than once")
    )


def _by_service(counts: Mapping[str, int], words: str) -> str:
    return ", ".join(
        words.format(count=f"{count:,}", name=_SERVICES.get(name, name))
        for name, count in counts.items()
    )


def _reasons(summary: Summary) -> Table:
    told = list(summary.reasons.items())
    rows = [(f"{count:,}", escape(reason)) for reason, count in told[:_REASONS_TOLD]]
    if left := sum(count for _, count in told[_REASONS_TOLD:]):
        rows.append((f"{left:,}", "other reasons: see the view unmatched_performers"))
    return _columns(rows, right=True)


# The week


def _story(summary: Summary) -> Table:
    story = summary.story
    rows = [
        (f"[bold]{name}[/bold]", f"{escape(news['act'])}, {_evening(news)}")
        for name in ("announced", "cancelled")
        if (news := story[name])
    ]
    again, first = (calls.get("spotify", 0) for calls in (story["calls"], summary.calls))
    looked_up = f"everything again, with {counted(again, 'call')} to Spotify"
    looked_up += f" ({first:,} before)" if first else ""
    rows.append(("[bold]looked up[/bold]", looked_up))
    did = (
        f"{counted(len(story['added']), 'song')} added, {len(story['removed'])} taken out, "
        f"{story['kept']} kept ({counted(story['writes'], 'write')})"
    )
    rows.append(("[bold]playlist[/bold]", did))
    rows += [("  in", words) for words in _songs_in_words(story["added"], _WHY_ADDED)]
    rows += [("  out", words) for words in _songs_in_words(story["removed"], _WHY_REMOVED)]
    return _columns(rows)


def _songs_in_words(songs: list[dict[str, str]], reasons: Mapping[str, str]) -> Iterable[str]:
    """The songs by why they came or went, news first, and what is usual in a line of its own."""
    by_reason = {why: [song for song in songs if song["why"] == why] for why in reasons}
    for why, words in reasons.items():
        few = by_reason[why][: _SONGS_OF_STORY if why not in _MORE else 1]
        for song in few:
            yield f"{escape(song['song'])}\n[dim]{words.format(show=escape(_show(song)))}[/dim]"
        if left := len(by_reason[why]) - len(few):
            yield f"[dim]and {left:,} more {_MORE.get(why, '')}[/dim]".rstrip()


# What is next


def _shows(summary: Summary) -> Table:
    rows = []
    for show in summary.next_shows:
        where = f"{escape(show['venue'])}\n[dim]{escape(_city(show))}{_price(show)}[/dim]"
        what = f"[bold]{escape(show['performer'])}[/bold]\n[dim]{escape(show['top_track'])}[/dim]"
        what += f"\n[dim]{show['set']}[/dim]" if show["set"] else ""
        when = f"{_day(show['date'])}\n[dim]{_clock(show['time'])}[/dim]"
        when += f"\n[dim]doors {_clock(show['doors'])}[/dim]" if show["doors"] else ""
        rows.append((when, what, where))
    return _columns(rows)


def _price(show: Mapping[str, Any]) -> str:
    lowest = show["lowest_price"]
    if lowest is None:
        return ""
    return ", free" if not lowest else f", from ${lowest:,.0f}"


def _playlist(summary: Summary, *, wide: bool) -> RenderableType:
    """Each song with what it is for: in a line where there is room, else in two."""
    songs, rows, day = summary.playlist["songs"], [], ""
    for song in songs[:_SONGS_TOLD]:
        what, where = escape(song["song"]), f"[dim]{escape(_place(song))}[/dim]"
        of_day = "" if song["date"] == day else _day(song["date"])
        rows.append((of_day, what, where) if wide else (of_day, f"{what}\n{where}"))
        day = song["date"]
    if left := len(songs) - len(rows):
        rows.append(("", f"and {counted(left, 'more song', 'more songs')}"))
    return _columns(rows)


def _what_the_push_did(playlist: Mapping[str, Any]) -> str:
    did = f"{playlist['added']} added, {playlist['removed']} taken out, {playlist['kept']} kept"
    return f"{did} ({counted(playlist['writes'], 'write')})"


# What the listener may like


def _taste(summary: Summary) -> RenderableType:
    """The best shows and, where those are of acts that the listener plays, the best others."""
    taste = summary.taste
    rows = [_fit(show) for show in taste["closest"]]
    if taste["new"]:
        rows.append(("", "and of those whom you do not play yet:"))
        rows += [_fit(show) for show in taste["new"]]
    learned = f"Learned from {counted(taste['plays'], 'play')}"
    if asked := _by_service(taste["calls"], "{name} {count}"):
        learned += f", with these calls: {asked}"
    rows.append(("", f"[dim]{learned}.[/dim]"))
    return _columns(rows)


def _fit(show: Mapping[str, Any]) -> tuple[str, str]:
    what = f"[bold]{escape(show['performer'])}[/bold], {escape(_place(show))}"
    return _day(show["date"]), f"{what}\n[dim]{escape(show['why'])}[/dim]"


def _discovered(summary: Summary) -> RenderableType:
    did = f"Songs that you do not play yet: {_what_the_push_did(summary.discovered)}."
    reason = summary.discovered["reason"]
    if not reason:
        return f"{did} Nobody has told yet who else plays what you play."
    return f"{did}\n{escape(reason['song'])}\n[dim]{escape(reason['why'])}[/dim]"


# How to go on


def _print_how_to_go_on(summary: Summary, console: Console, *, open_ui: str, of_home: str) -> None:
    console.print()
    console.print("[bold]How to go on[/bold]")
    showlist = command("showlist")
    if summary.told_before or summary.story:
        until = summary.story["now"] if summary.story else summary.told_before
        _say(
            console,
            f"The sandbox goes on from {_day(until)}. To let another week pass:",
            " ".join([f"{showlist} demo --story", *of_home.replace("--sandbox", "").split()]),
        )
    opened = open_ui.replace("showlist", showlist, 1) if open_ui.startswith("showlist") else open_ui
    _say(console, "The runs, tables and plans in Dagster's pages:", opened)
    _say(console, "The playlist, with why each song is there:", f"{showlist} plan {of_home}")
    if summary.taste.get("closest"):
        _say(console, "Who else plays soon and fits you, and why:", f"{showlist} taste {of_home}")
    if summary.pages:
        pages = [_short(summary.pages[name]) for name in ("digest", "calendar")]
        _say(console, "What is new, as a page to forward, and the shows as a calendar:", *pages)
    one_liner = (
        f"import duckdb; print(duckdb.connect('{_short(summary.warehouse)}', read_only=True)"
        f".sql('{summary.query}'))"
    )
    _say(console, "Ask the tables (docs/cookbook.md):", f'{command("python")} -c "{one_liner}"')
    _say(console, "With keys of your own, in .env as in .env.example:", f"{showlist} doctor")


def _say(console: Console, words: str, *copied: str) -> None:
    """A line in words, and below it what is copied from there, which must not be broken."""
    console.print(f"  {words}")
    for line in copied:
        console.print(f"      [bold]{escape(line)}[/bold]", soft_wrap=True, highlight=False)


def command(name: str) -> str:
    """How ``name``, which lies beside this process's Python, is called from the shell."""
    beside = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    if found and Path(found) == beside:
        return name
    return shlex.quote(_short(str(beside if beside.exists() else name)))


def _short(path: str) -> str:
    """``path`` from here, where it lies below."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


# Words


def _evening(show: Mapping[str, str]) -> str:
    at = _clock(show["time"])
    return escape(f"{_day(show['date'])}, {at}, {_place(show)}")


def _show(song: Mapping[str, str]) -> str:
    return f"{_day(song['date'])}, {_place(song)}"


def _place(show: Mapping[str, Any]) -> str:
    return f"{show['venue']}, {_city(show)}"


def _city(show: Mapping[str, Any]) -> str:
    return f"{show['city']} {show['state']}" if show["city"] else str(show["state"])


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%a %b} {day.day}"


def _clock(iso: str) -> str:
    return clock_time(time.fromisoformat(iso)) if iso else "time open"
