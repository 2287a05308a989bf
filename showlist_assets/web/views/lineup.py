"""A plan as people read it: by day, each show with its acts, its songs and why they are there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.gazetteer import Place
from showlist_assets.domain.names import normalize
from showlist_assets.domain.places import miles_between
from showlist_assets.domain.quantities import counted
from showlist_assets.web import wording
from showlist_assets.web.paths import artist_path, show_path, venue_path
from showlist_assets.web.rendering import segment
from showlist_assets.web.tastes import NOBODYS, VisitorsTaste

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from showlist_assets.domain.gazetteer import Area
    from showlist_assets.domain.playlists.plan import Plan, PlannedShow, PlannedTrack
    from showlist_assets.web.tastes import Opinion, TasteLine

# As the planner words it, which is longer than a line of a page is wide.
_BEST_KNOWN: Final = re.compile(r"\bnumber (\d+) of their best-known tracks")


@dataclass(frozen=True)
class Song:
    """A track of the playlist under its show.

    Attributes:
        why: What brought it here, without what stands around it.
    """

    track_id: str
    name: str
    why: str
    is_explicit: bool


@dataclass(frozen=True)
class Act:
    """An act that is heard.

    Attributes:
        songs: In the order of the playlist.
        taste: How it fits the visitor's taste; None where that is not known.
        opinion: What the visitor may say of it; None for a guest.
    """

    name: str
    path: str
    spotify_id: str
    is_opener: bool
    songs: tuple[Song, ...]
    taste: TasteLine | None = None
    opinion: Opinion | None = None


@dataclass(frozen=True)
class Unheard:
    """An act of the bill without a song, and why."""

    name: str
    path: str
    why: str


@dataclass(frozen=True)
class ShowLine:
    """A show of the lineup.

    Attributes:
        elsewhere: Its artists who are heard for another night.
        distance: From where the visitor asked; empty where that is not known.
        badge: What is special, in a word or two; empty: nothing.
    """

    path: str
    title: str
    headline: str
    starts_at: datetime | None
    time: str
    venue: str
    venue_path: str
    city: str
    distance: str
    price: str
    ticket_url: str
    badge: str
    acts: tuple[Act, ...]
    unheard: tuple[Unheard, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class Day:
    """The shows of one date."""

    date: date
    anchor: str
    shows: tuple[ShowLine, ...]


def days_of(
    plan: Plan, place: Place | Area | None, taste: VisitorsTaste = NOBODYS
) -> tuple[Day, ...]:
    """Every show that the plan's recipe lets through, by date, also those without a song."""
    songs: dict[tuple[str, str], list[PlannedTrack]] = {}
    for track in plan.tracks:
        songs.setdefault((track.state, track.show_id), []).append(track)
    shows = sorted((*plan.shows, *plan.songless), key=_in_order)
    return tuple(
        Day(when, f"d{when:%Y%m%d}", tuple(_line(show, songs, place, taste) for show in group))
        for when, group in groupby(shows, key=lambda show: show.local_date)
    )


def shows_heard(plan: Plan) -> int:
    """How many shows have a song of theirs on the playlist."""
    return len({(track.state, track.show_id) for track in plan.tracks})


def songs_in_words(plan: Plan) -> str:
    """Such as "16 songs from 5 shows"."""
    return f"{counted(len(plan.tracks), 'song')} from {counted(shows_heard(plan), 'show')}"


def _in_order(show: PlannedShow) -> tuple[date, bool, str, str]:
    start = show.starts_at_local
    return show.local_date, start is None, start.isoformat() if start else "", show.show_id


def _line(
    show: PlannedShow,
    songs: Mapping[tuple[str, str], list[PlannedTrack]],
    place: Place | Area | None,
    taste: VisitorsTaste,
) -> ShowLine:
    its_songs = songs.get((show.state, show.show_id), [])
    heard = {track.artist_name for track in its_songs}
    acts = show.artists or tuple(act.name for act in show.unheard)
    silent = {normalize(act.name) for act in show.unheard}
    start = show.starts_at_local
    return ShowLine(
        path=show_path(show.show_id),
        title=wording.printed(show.title),
        headline=wording.printed(", ".join(acts) or show.title),
        starts_at=start,
        time=wording.clock(start) if start else "",
        venue=wording.printed(show.venue_name),
        venue_path=venue_path(show.venue_name, show.venue_city, show.state),
        city=wording.printed(show.venue_city or ""),
        distance=distance_in_words(place, show.latitude, show.longitude),
        price=f"from {wording.dollars(show.lowest_price)}" if show.lowest_price else "",
        ticket_url=show.ticket_url or "",
        badge=badge_of(show.status, show.local_date, show.last_date),
        acts=tuple(_acts(its_songs, taste)),
        unheard=tuple(
            Unheard(wording.printed(act.name), artist_path(act.name), act.why)
            for act in show.unheard
        ),
        elsewhere=tuple(
            wording.printed(name)
            for name in show.artists
            if name not in heard and normalize(name) not in silent
        ),
    )


def badge_of(status: str, first: date | None, last: date | None) -> str:
    """What is special of a show, in a word or two; empty: nothing."""
    if status == "rescheduled":
        return "new date"
    if first and last and last > first:
        return f"until {wording.day(last)}"
    return ""


def _acts(tracks: Sequence[PlannedTrack], taste: VisitorsTaste) -> Iterator[Act]:
    of_artist: dict[str, list[PlannedTrack]] = {}
    for track in tracks:
        of_artist.setdefault(track.spotify_artist_id, []).append(track)
    for spotify_id, songs in of_artist.items():
        name, path = songs[0].artist_name, f"/artists/{segment(spotify_id)}"
        yield Act(
            name=wording.printed(name),
            path=path,
            spotify_id=spotify_id,
            is_opener=songs[0].role != "headliner",
            songs=tuple(map(_song, songs)),
            taste=taste.line_of(spotify_id=spotify_id),
            opinion=taste.opinion_of(name, path, spotify_id=spotify_id),
        )


def _song(track: PlannedTrack) -> Song:
    # The page prints the show above the song; what is left says why this song.
    _, _, why = track.why.partition("; ")
    return Song(
        track_id=track.track_id,
        name=wording.printed(track.track_name),
        why=_BEST_KNOWN.sub(_rank, wording.printed(why or track.why)).rstrip("."),
        is_explicit=bool(track.explicit),
    )


def _rank(found: re.Match[str]) -> str:
    return "their best known" if found[1] == "1" else f"no. {found[1]} of their best known"


def distance_in_words(
    place: Place | Area | None, latitude: float | None, longitude: float | None
) -> str:
    """How far a venue is from where somebody asked; empty where either is not known."""
    if not isinstance(place, Place) or latitude is None or longitude is None:
        return ""
    return wording.miles(miles_between(place.latitude, place.longitude, latitude, longitude))
