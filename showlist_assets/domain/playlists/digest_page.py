"""A digest as a page that somebody forwards: one HTML file, which is a mail as well.

It asks for nothing: no picture, font, style sheet or script from anywhere. Colours follow the
reader's light or dark mode. Mail programs that drop the style sheet leave headings and lists, and
no variable, grid or script is used, because few of them know these. What belongs here: markup and
looks. What does not: what is told (``digest_content``).
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.links import web_address
from showlist_assets.domain.playlists.digest_content import (
    artist_urls,
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
)
from showlist_assets.domain.playlists.times_in_words import doors_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from showlist_assets.domain.playlists.digest_content import Digest, Entry, Section
    from showlist_assets.domain.playlists.plan import PlannedShow, PlannedTrack

LIGHT: Final = {"paper": "#fcfaf6", "ink": "#1f1c18", "quiet": "#696258", "link": "#a32a1c",
                "rule": "#dfd8cb"}  # fmt: skip
"""The colours in light mode, by what they are for."""
DARK: Final = {"paper": "#171512", "ink": "#ece7dd", "quiet": "#a39b8e", "link": "#ff9a85",
               "rule": "#3a352d"}  # fmt: skip
"""Those in dark mode."""

_SERIF: Final = "Charter, 'Bitstream Charter', 'Iowan Old Style', Palatino, Georgia, serif"
_SANS: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

_STYLE: Final = f"""\
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
body {{ margin: 0; padding: 0; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }}
.page {{ max-width: 36rem; margin: 0 auto; padding: 3.5rem 1.5rem 4rem; overflow-wrap: break-word;
  font: 1rem/1.55 {_SANS}; }}
p, ul, h1, h2, h3 {{ margin: 0; padding: 0; font-weight: normal; }}
a {{ text-decoration: none; }}
a:hover, a:focus {{ text-decoration: underline; text-underline-offset: .2em; }}
.date {{ font-size: .875rem; letter-spacing: .02em; }}
h1 {{ margin: .35rem 0 .9rem; font: bold 2.375rem/1.12 {_SERIF}; letter-spacing: -.01em;
  text-wrap: balance; }}
.summary {{ font: 1.125rem/1.5 {_SERIF}; text-wrap: pretty; }}
.listen {{ margin-top: 1.4rem; }}
.listen a {{ display: inline-block; padding: .6rem 1.25rem; border-radius: 2rem; font-weight: 600;
  font-size: .9375rem; line-height: 1.35; }}
.listen a:hover, .listen a:focus {{ text-decoration: none; }}
h2 {{ margin-top: 3.25rem; font: bold 1.5rem/1.2 {_SERIF}; }}
h3 {{ margin-top: 1.6rem; padding-bottom: .4rem; border-bottom: 1px solid; font-size: .9375rem;
  line-height: 1.4; font-weight: 600; }}
ul {{ list-style: none; }}
li {{ margin: 1.1rem 0 1.5rem; }}
.brief li {{ margin: .55rem 0; }}
.act {{ font: bold 1.25rem/1.3 {_SERIF}; }}
.brief .act {{ font-size: 1.0625rem; }}
.with {{ font-weight: normal; font-size: 1.0625rem; }}
.off .act {{ text-decoration: line-through; text-decoration-thickness: 1px; }}
.facts {{ margin-top: .15rem; font-variant-numeric: tabular-nums; }}
.brief .facts {{ margin: 0; font-size: .9375rem; }}
.note {{ font-style: italic; font-family: {_SERIF}; }}
.taste, .songs, .tickets {{ margin-top: .3rem; font-size: .9375rem; }}
.more {{ margin-top: 1.6rem; font-style: italic; font-family: {_SERIF}; }}
.foot {{ margin-top: 4rem; padding-top: 1.1rem; border-top: 1px solid; font-size: .8125rem; }}
@media (max-width: 30rem) {{
  .page {{ padding: 2rem 1.25rem 3rem; }}
  h1 {{ font-size: 1.9375rem; }}
  h2 {{ margin-top: 2.75rem; }}
  .tickets a {{ display: inline-block; padding: .3rem 0; }}
}}
@media print {{ .page {{ max-width: none; padding: 0; }} li {{ break-inside: avoid; }} }}
"""


def digest_html(digest: Digest) -> str:
    """The digest as a page of its own; every text and link of a source is escaped."""
    title = escape(plain(digest.plan.title))
    body = [
        f'<p class="date quiet">{_time(digest.today, _long_day(digest.today))}</p>',
        f"<h1>{_text(digest.plan.title)}</h1>",
        f'<p class="summary">{_kept_together(summary(digest))}</p>',
    ]
    if url := web_address(digest.playlist_url):
        body.append(f'<p class="listen">{_link(url, "Open the playlist on Spotify")}</p>')
    for section in sections(digest):
        body += _section(section, digest.today)
    body.append(
        '<p class="foot quiet">Times are those of the venue; a show may sell out, move or be '
        "called off after this was written. Songs and artists link to Spotify, venues to "
        "OpenStreetMap. Made by Showlist.</p>"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="supported-color-schemes" content="light dark">\n'
        # Whoever opens a link is not told where the page lies.
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>\n{_STYLE}{_colours(LIGHT)}"
        f"@media (prefers-color-scheme: dark) {{\n{_colours(DARK)}}}\n</style>\n</head>\n"
        '<body>\n<div class="page">\n' + "\n".join(body) + "\n</div>\n</body>\n</html>\n"
    )


def _colours(of: Mapping[str, str]) -> str:
    # Outlook paints the background of the body only where it is said of an element inside, too.
    return (
        f"body, .page {{ background-color: {of['paper']}; color: {of['ink']}; }}\n"
        f".quiet, .quiet a {{ color: {of['quiet']}; }}\n"
        f"a {{ color: {of['link']}; }}\n"
        f".act a, .facts a {{ color: {of['ink']}; text-decoration: underline; "
        f"text-decoration-color: {of['rule']}; text-decoration-thickness: 1px; "
        "text-underline-offset: .2em; }\n"
        ".act a:hover, .act a:focus, .facts a:hover, .facts a:focus "
        f"{{ text-decoration-color: {of['link']}; }}\n"
        f".listen a {{ color: {of['paper']}; background-color: {of['link']}; }}\n"
        f"h3, .foot {{ border-color: {of['rule']}; }}\n"
    )


def _section(section: Section, today: date) -> Iterable[str]:
    yield f"<h2>{section.heading}</h2>"
    kind = ' class="brief"' if section.is_brief else ""
    for show, entries in section.by_day():
        yield f"<h3>{_days(show, today)}</h3>\n<ul{kind}>"
        for entry in entries:
            yield _brief(entry) if section.is_brief else _entry(entry)
        yield "</ul>"
    if section.more:
        yield f'<p class="more quiet">{escape(section.more)}</p>'


def _brief(entry: Entry) -> str:
    show = entry.show
    facts = [_clock(show), _text(show.venue_name)]
    return (
        f'<li><p class="act">{_text(bill(show).first)}</p>\n'
        f'<p class="facts quiet">{_joined(facts)}</p></li>'
    )


def _entry(entry: Entry) -> str:
    show = entry.show
    city = ",&nbsp;".join(_text(part) for part in (show.venue_city, show.state) if part)
    venue = _text(show.venue_name)
    place = venue if entry.is_off else _link(map_url(show), venue)
    # The doors of what is off open for nobody.
    doors = "" if entry.is_off else doors_in_words(show)
    facts = [_clock(show), doors, f"{place}, {city}"]
    parts = [
        f'<p class="act">{_bill(show, {} if entry.is_off else artist_urls(show))}</p>',
        f'<p class="facts">{_joined(facts)}</p>',
    ]
    if entry.note:
        parts.append(f'<p class="note quiet">{_text(entry.note[:1].upper() + entry.note[1:])}.</p>')
    if entry.taste:
        parts.append(f'<p class="taste">{_text(entry.taste)}</p>')
    if entry.songs:
        parts.append(f'<p class="songs"><span class="quiet">Hear</span> {_songs(entry.songs)}</p>')
    if tickets := _tickets(entry):
        parts.append(f'<p class="tickets">{tickets}</p>')
    kind = "off quiet" if entry.is_over else "quiet" if entry.is_off else ""
    kind = f' class="{kind}"' if kind else ""
    return f"<li{kind}>" + "\n".join(parts) + "</li>"


def _tickets(entry: Entry) -> str:
    url, site = ticket_link(entry.show)
    what = "See what became of it" if entry.is_off else "Tickets"
    link = _link(url, f"{what} on {_text(site)}") if url else ""
    # The price may be another seller's, so it stands outside the link.
    lowest = "" if entry.is_off else price(entry.show)
    return _joined([link, f'<span class="quiet">{lowest}</span>' if lowest else ""])


def _bill(show: PlannedShow, artists: Mapping[str, str]) -> str:
    announced = bill(show)
    first = _artist(announced.first, {} if announced.is_titled else artists)
    names = [_artist(name, artists) for name in announced.others]
    if announced.more:
        names.append(f"{announced.more} more")
    if not names:
        return first
    *others, last = names
    listed = f"{', '.join(others)} and {last}" if others else last
    return f'{first} <span class="with">with {listed}</span>'


def _artist(name: str, artists: Mapping[str, str]) -> str:
    url = artists.get(name)
    return _link(url, _text(name)) if url else _text(name)


def _songs(songs: Iterable[PlannedTrack]) -> str:
    """The songs, each artist named once before theirs; a bill of one needs no name."""
    by_artist: dict[str, list[PlannedTrack]] = {}
    for song in songs:
        by_artist.setdefault(song.artist_name, []).append(song)
    parts = []
    for artist, own in by_artist.items():
        links = ", ".join(_link(song_url(song), _text(song.track_name)) for song in own)
        parts.append(f"{links} by {_text(artist)}" if len(by_artist) > 1 else links)
    return "; ".join(parts)


def _days(show: PlannedShow, today: date) -> str:
    """The day in full, so that nobody has to count; of several days, from when to when."""
    if show.last_day != show.local_date:
        return escape(days_in_words(show))
    return _time(show.local_date, _long_day(show.local_date, after=today))


def _long_day(day: date, *, after: date | None = None) -> str:
    """The day in full, with its year unless that is the year of ``after``."""
    year = "" if after and day.year == after.year else f", {day.year}"
    return f"{day:%A, %B} {day.day}{year}"


def _kept_together(text: str) -> str:
    """``text`` as markup, in which no number is parted from what it counts."""
    return re.sub(r"(\d) (?=[a-z])", "\\1&nbsp;", escape(text))


def _time(day: date, words: str) -> str:
    return f'<time datetime="{day.isoformat()}">{escape(words)}</time>'


def _clock(show: PlannedShow) -> str:
    words, start = clock_time(show), show.starts_at_local
    if not words or start is None:
        return ""
    return f'<time datetime="{start:%H:%M}">{words}</time>'


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _link(url: str, words: str) -> str:
    """``words``, which are markup, as a link; ``url`` has gone through ``web_address``."""
    return f'<a href="{escape(url)}">{words}</a>'


def _text(text: str) -> str:
    """A name of a source as markup, in whatever direction it is read."""
    words = escape(plain(text))
    return words if words.isascii() else f"<bdi>{words}</bdi>"
