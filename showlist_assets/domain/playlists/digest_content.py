"""What a digest tells: which shows under which heading, with the songs to hear before.

The first digest lists the shows; a later one tells what changed and then the week ahead. What
belongs here: the choice, and the words that page and text share. What does not: finding the changes
(``digest``), the page (``digest_page``) and the text (``digest_text``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from showlist_assets.domain.links import web_address
from showlist_assets.domain.names import normalize
from showlist_assets.domain.playlists.digest import Changes, LineUp
from showlist_assets.domain.playlists.plan import Plan, PlannedShow, PlannedTrack
from showlist_assets.domain.playlists.show_fates import day_in_words
from showlist_assets.domain.playlists.times_in_words import clock_in_words
from showlist_assets.domain.quantities import counted
from showlist_assets.domain.states import may_be_known
from showlist_assets.domain.unfit_signs import UNFIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WEEK: Final = timedelta(days=6)
_NEXT_UP: Final = 5
# Gmail cuts a message off at 102 kB, and nobody reads that far.
_MOST_SHOWS: Final = 100
_MOST_SONGS: Final = 6
_MOST_NAMES: Final = 12


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What is told, of what, and when.

    Attributes:
        found: What changed since the digest before.
        today: The listener's date.
        is_first: Whether there was none before, so that every show is news.
        since: The date of the one before, if that is known.
        playlist_url: Where the playlist is, once it has been written.
        tells_taste: Whether it says how shows fit the listener's taste, and so what they play: not
            where others may read it.
    """

    plan: Plan
    found: Changes
    today: date
    is_first: bool = False
    since: date | None = None
    playlist_url: str = ""
    tells_taste: bool = True


@dataclass(frozen=True)
class Entry:
    """A show under a heading.

    Attributes:
        note: What there is to say of it here; empty where the heading says it.
        songs: Those of the playlist that are by its artists.
        is_off: Whether nobody can go to it on the day that it stands under.
        is_over: Whether it is not thought to take place at all.
        taste: How it fits the listener's taste, in a sentence; empty where that is not told.
    """

    show: PlannedShow
    note: str = ""
    songs: tuple[PlannedTrack, ...] = ()
    is_off: bool = False
    is_over: bool = False
    taste: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it.

    Attributes:
        is_brief: Whether its shows are told in full elsewhere.
        more: What is not listed, in words; empty where everything is.
    """

    heading: str
    entries: tuple[Entry, ...]
    is_brief: bool = False
    more: str = ""

    def by_day(self) -> Iterator[tuple[PlannedShow, list[Entry]]]:
        """The entries by their days, the earliest first; each group with a show of these days."""
        in_order = sorted(self.entries, key=lambda entry: _order(entry.show))
        for _, group in groupby(in_order, key=lambda entry: _days(entry.show)):
            entries = list(group)
            yield entries[0].show, entries


def _order(show: PlannedShow) -> tuple[object, ...]:
    start = show.starts_at_local
    # A time that is not announced comes after those that are.
    return *_days(show), start is None, start.replace(tzinfo=None) if start else show.local_date


def _days(show: PlannedShow) -> tuple[date, date]:
    return show.local_date, show.last_day


def sections(digest: Digest) -> list[Section]:
    """What the digest tells, in the order in which it does; no section is empty."""
    heard = _Heard(digest.plan)
    if digest.is_first:
        told = [_listing("All shows", digest.plan.shows, heard)]
    else:
        told = [*_changed(digest.found, heard), _ahead(digest, heard)]
    if digest.tells_taste:
        told = [_with_taste(section) for section in told]
    return [section for section in told if section.entries]


def _with_taste(section: Section) -> Section:
    entries = (
        entry if entry.is_off else replace(entry, taste=taste_in_words(entry.show))
        for entry in section.entries
    )
    return replace(section, entries=tuple(entries))


def has_news(found: Changes) -> bool:
    """Whether anything has changed; that days pass is no news."""
    return bool(_news(found))


def _changed(found: Changes, heard: _Heard) -> Iterator[Section]:
    moved = [
        *(Entry(one.after, f"was {when(one.before)}, {where(one.before)}") for one in found.moved),
        *(
            Entry(one.after, f"was {when(one.before)}, {where(one.before)}; left this playlist")
            for one in found.moved_away
        ),
    ]
    yield _listing("New", found.new, heard)
    yield _listing("On after all", found.back, heard)
    yield _section("Moved", moved)
    yield _section(
        "Line-up changed", [Entry(one.show, line_up_in_words(one)) for one in found.line_ups]
    )
    yield _off("Cancelled", found.cancelled)
    yield _section(
        "Postponed", [Entry(show, "no new date yet", is_off=True) for show in found.postponed]
    )
    yield _off("No longer listed", found.vanished, "by any source, so presumed cancelled")
    gone = "no longer listed, or no longer what you asked for"
    yield _section("Gone", [Entry(show, gone) for show in found.gone])
    yield _section("Leaving soon", [Entry(show) for show in found.leaving_soon], is_brief=True)


def _listing(heading: str, shows: Iterable[PlannedShow], heard: _Heard) -> Section:
    return _section(heading, [Entry(show, songs=heard.songs(show)) for show in shows])


def _off(heading: str, shows: Iterable[PlannedShow], note: str = "") -> Section:
    return _section(heading, [Entry(show, note, is_off=True, is_over=True) for show in shows])


def _section(heading: str, entries: Sequence[Entry], *, is_brief: bool = False) -> Section:
    # Cut by date, so that what is left out is what is furthest off.
    kept = sorted(entries, key=lambda entry: _order(entry.show))[:_MOST_SHOWS]
    rest = len(entries) - len(kept)
    more = f"And {counted(rest, 'more show')} after these." if rest else ""
    return Section(heading, tuple(kept), is_brief, more)


def _ahead(digest: Digest, heard: _Heard) -> Section:
    """The shows of the next seven days; if there are none, the first ones after them."""
    shows = [show for show in digest.plan.shows if show.last_day >= digest.today]
    week = [show for show in shows if show.local_date <= _week_end(digest.today)]
    listed = week or shows[:_NEXT_UP]
    section = _listing("The week ahead" if week else "Next up", listed, heard)
    rest = len(shows) - len(section.entries)
    if not rest:
        return section
    last = max(show.last_day for show in shows)
    more = f"And {counted(rest, 'more show')} until {day_in_words(last)}."
    return Section(section.heading, section.entries, more=more)


def _week_end(today: date) -> date:
    return date.max if today > date.max - _WEEK else today + _WEEK


class _Heard:
    """The songs of the playlist by who plays them."""

    def __init__(self, plan: Plan) -> None:
        self._of_show: dict[tuple[str, str], list[PlannedTrack]] = {}
        self._of_artist: dict[str, list[PlannedTrack]] = {}
        for track in plan.tracks:
            self._of_show.setdefault((track.state, track.show_id), []).append(track)
            self._of_artist.setdefault(track.artist_name, []).append(track)

    def songs(self, show: PlannedShow) -> tuple[PlannedTrack, ...]:
        """Those of the show's artists, in the order of the bill; also those for another night."""
        own = self._of_show.get((show.state, show.show_id), [])
        named = {track.artist_name for track in own}
        songs = list(own)
        for artist in show.artists:
            others = self._of_artist.get(artist, [])
            # Of two artists of one name, nobody can say here which one plays.
            if artist not in named and len({one.spotify_artist_id for one in others}) == 1:
                songs += others
        return tuple(songs[:_MOST_SONGS])


def line_up_in_words(found: LineUp) -> str:
    """Who joined a bill and who left it."""
    words = (
        f"new: {found.joined}" if found.joined else "",
        f"out: {found.left}" if found.left else "",
    )
    return "; ".join(part for part in words if part)


# The words


def subject(digest: Digest) -> str:
    """The digest in one line, for the subject of a mail."""
    if digest.plan.is_discovered:
        return f"{plain(digest.plan.title)}: {counted(len(digest.plan.tracks), 'song')}"
    news = counted(len(digest.plan.shows), "show") if digest.is_first else _news(digest.found)
    return f"{plain(digest.plan.title)}: {news or 'nothing changed'}"


def summary(digest: Digest) -> str:
    """How much there is, and how much of it is news, in two sentences."""
    plan = digest.plan
    if plan.is_discovered:
        return plain(plan.description) if plan.tracks else plan.why_empty
    songs, shows = counted(len(plan.tracks), "song"), counted(len(plan.shows), "show")
    there = f"{shows}, and {songs} to hear before." if plan.tracks else f"{shows}."
    if digest.is_first:
        return there
    news = _news(digest.found)
    if not news:
        return f"{there} Nothing changed."
    return f"{there} Since {day_in_words(digest.since) if digest.since else 'last time'}: {news}."


def _news(found: Changes) -> str:
    counts = (
        (len(found.new), "new"),
        (len(found.back), "on after all"),
        (len(found.moved) + len(found.moved_away), "moved"),
        (len(found.line_ups), "with another line-up"),
        (len(found.cancelled), "cancelled"),
        (len(found.postponed), "postponed"),
        (len(found.vanished), "no longer listed"),
        (len(found.gone), "gone"),
    )
    return ", ".join(f"{count} {words}" for count, words in counts if count)


def when(show: PlannedShow) -> str:
    """Day and time as people read them: "Fri Dec 4, 8:00 PM"."""
    time = clock_time(show)
    return f"{days_in_words(show)}, {time}" if time else days_in_words(show)


def days_in_words(show: PlannedShow) -> str:
    """The day: "Fri Dec 4"; of several: "Thu Nov 19 to Sat Nov 21"."""
    day = day_in_words(show.local_date)
    return day if show.last_day == show.local_date else f"{day} to {day_in_words(show.last_day)}"


def clock_time(show: PlannedShow) -> str:
    """When it begins at the venue: "8:00 PM"; empty where not announced, and of several days."""
    time = show.starts_at_local
    if time is None or show.last_day != show.local_date:
        return ""
    return clock_in_words(time)


def where(show: PlannedShow) -> str:
    """Venue, city and state."""
    return plain(", ".join(filter(None, (show.venue_name, show.venue_city, show.state))))


def price(show: PlannedShow) -> str:
    """The cheapest ticket: "from $25"; empty where nobody says."""
    lowest = show.lowest_price
    if lowest is None or not math.isfinite(lowest) or lowest < 0:
        return ""
    if lowest == 0:
        return "free"
    return f"from ${lowest:,.0f}" if lowest == int(lowest) else f"from ${lowest:,.2f}"


def taste_in_words(show: PlannedShow) -> str:
    """How ``show`` fits the listener's taste, and which of its acts does; empty where unknown."""
    note = show.taste
    if note is None or not note.is_known:
        return ""
    is_alone = len(show.artists) + len(show.unheard) == 1
    return plain(note.words if is_alone else f"{note.artist}: {note.words}")


@dataclass(frozen=True)
class Bill:
    """Who plays: ``first`` in large letters, then ``others``, those who can be heard first.

    Attributes:
        is_titled: Whether ``first`` is the title of the evening and none of the artists.
        more: How many of the others are not named.
    """

    first: str
    others: tuple[str, ...] = field(default=())
    is_titled: bool = False
    more: int = 0


def bill(show: PlannedShow) -> Bill:
    """How the show is announced: by its first artist, unless its title is another name."""
    names = [name for name in show.artists if plain(name)]
    title = normalize(show.title)
    is_titled = bool(title) and not any(normalize(name) in title for name in names)
    first, others = (show.title, names) if is_titled or not names else (names[0], names[1:])
    others = [*others, *(act.name for act in show.unheard if act.name not in names)]
    named = others[:_MOST_NAMES]
    return Bill(first, tuple(named), is_titled, len(others) - len(named))


# The links


def song_url(track: PlannedTrack) -> str:
    """The song on Spotify."""
    return f"https://open.spotify.com/track/{_part(track.track_id)}"


def artist_urls(show: PlannedShow) -> dict[str, str]:
    """The pages on Spotify of the show's artists by name, as far as they are known."""
    # Plans of earlier versions know no ids.
    known = zip(show.artists, show.artist_ids, strict=False)
    return {name: f"https://open.spotify.com/artist/{_part(one)}" for name, one in known if one}


def map_url(show: PlannedShow) -> str:
    """The venue on a map: its position, else a search for its address."""
    north, east = show.latitude, show.longitude
    at = "https://www.openstreetmap.org"
    # A table of an earlier version may hold 0,0.
    if north is not None and east is not None and may_be_known(north, east):
        spot = f"{north:.5f}", f"{east:.5f}"
        return f"{at}/?mlat={spot[0]}&mlon={spot[1]}#map=17/{spot[0]}/{spot[1]}"
    parts = (show.venue_name, show.venue_address, show.venue_city, show.state)
    return f"{at}/search?query={_part(', '.join(filter(None, parts)))}"


def ticket_link(show: PlannedShow) -> tuple[str, str]:
    """Where tickets are sold, and the site's name; both empty where no link leads anywhere."""
    url = web_address(show.ticket_url)
    host = (urlsplit(url).hostname or "") if url else ""
    return url, host.removeprefix("www.")


def _part(text: str) -> str:
    """``text`` as a part of an address that it cannot leave."""
    return quote(plain(text), safe="")


def plain(text: str) -> str:
    """``text`` on one line, without what a page or a terminal should not be given."""
    return " ".join(UNFIT.sub(" ", text).split())
