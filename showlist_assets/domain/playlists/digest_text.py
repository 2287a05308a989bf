"""A digest as plain text, for mail readers and terminals, and as Markdown."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.links import web_address
from showlist_assets.domain.playlists.digest_content import (
    bill,
    clock_time,
    days_in_words,
    map_url,
    plain,
    price,
    sections,
    song_url,
    summary,
    ticket_link,
    when,
    where,
)
from showlist_assets.domain.playlists.times_in_words import doors_in_words

if TYPE_CHECKING:
    from showlist_assets.domain.playlists.digest_content import Digest, Entry, Section
    from showlist_assets.domain.playlists.plan import PlannedShow

_WIDTH: Final = 72
_MARKDOWN_SIGNS: Final = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]<>#|~"})


def digest_text(digest: Digest) -> str:
    """The digest as plain text of 72 columns; links stand on lines of their own."""
    title = plain(digest.plan.title)
    date = f"{digest.today:%A, %B} {digest.today.day}, {digest.today.year}"
    parts = [_folded(title), date, "", _folded(summary(digest))]
    if url := web_address(digest.playlist_url):
        parts.append(f"Playlist: {url}")
    for section in sections(digest):
        heading = section.heading.upper()
        parts += ["", "", heading, "-" * len(heading), *_section(section)]
    parts += ["", "", "Times are those of the venue. Made by Showlist.", ""]
    return "\n".join(parts)


def _section(section: Section) -> list[str]:
    lines: list[str] = []
    for show, entries in section.by_day():
        lines += ["", days_in_words(show)]
        for entry in entries:
            lines += _brief(entry) if section.is_brief else [*_entry(entry), ""]
        if lines[-1] == "":
            lines.pop()
    return [*lines, "", section.more] if section.more else lines


def _brief(entry: Entry) -> list[str]:
    show = entry.show
    words = ", ".join(filter(None, (clock_time(show), _names(show, most=3), show.venue_name)))
    return [_folded(plain(words), indent="  ")]


def _entry(entry: Entry) -> list[str]:
    show, (url, _) = entry.show, ticket_link(entry.show)
    time = clock_time(show)
    told_of_going = () if entry.is_off else (doors_in_words(show), price(show))
    lines = [
        f"{time}  {_names(show)}" if time else _names(show),
        ", ".join(filter(None, (where(show), *told_of_going))),
        f"({plain(entry.note)})" if entry.note else "",
        entry.taste,
    ]
    told = [_folded(line, indent="  ") for line in lines if line]
    told += [
        f"    {plain(song.artist_name)}: {plain(song.track_name)}\n    {song_url(song)}"
        for song in entry.songs
    ]
    if url:
        told.append(f"  {'Listing' if entry.is_off else 'Tickets'}: {url}")
    if not entry.is_off:
        told.append(f"  Map: {map_url(show)}")
    return told


def _names(show: PlannedShow, *, most: int | None = None) -> str:
    announced = bill(show)
    others = announced.others[:most]
    more = announced.more + len(announced.others) - len(others)
    names = ", ".join([*others, *([f"{more} more"] if more else [])])
    return plain(f"{announced.first} with {names}" if names else announced.first)


def _folded(text: str, *, indent: str = "") -> str:
    return fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def digest_markdown(digest: Digest) -> str:
    """The digest as Markdown; names are escaped, so that "*NSYNC" stays what it is."""
    lines = [f"# {_escaped(digest.plan.title)}", "", _escaped(summary(digest)), ""]
    if playlist := web_address(digest.playlist_url):
        lines += [f"[Playlist]({playlist})", ""]
    for section in sections(digest):
        lines += [f"## {section.heading}", ""]
        for entry in section.entries:
            url, _ = ticket_link(entry.show)
            text = _escaped(_sentence(entry))
            lines.append(f"- {text} [Tickets]({url})" if url else f"- {text}")
        lines += ["", section.more, ""] if section.more else [""]
    return "\n".join(lines)


def _sentence(entry: Entry) -> str:
    show = entry.show
    names = ", ".join(show.artists)
    note = f" ({entry.note})." if entry.note else "."
    doors = "" if entry.is_off else doors_in_words(show)
    at = f"{when(show)} ({doors})" if doors else when(show)
    taste = f" {entry.taste}" if entry.taste else ""
    return f"{at}: {names}. {where(show)}{note}{taste}"


def _escaped(text: str) -> str:
    return plain(text).translate(_MARKDOWN_SIGNS)
