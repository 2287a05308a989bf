"""A venue in full: what is on, how many it holds, how it usually sounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.gazetteer import city_in
from showlist_assets.domain.playlists.wish import Wish, query_of
from showlist_assets.domain.quantities import counted
from showlist_assets.web import wording
from showlist_assets.web.rendering import path_in, segment
from showlist_assets.web.views.home import Other
from showlist_assets.web.views.listing import (
    ShowRow,
    city_in_words,
    row_of,
    shows_in_words,
)
from showlist_assets.web.views.show import venue_map
from showlist_assets.web.views.sound import Measure, measures

if TYPE_CHECKING:
    from datetime import date

    from showlist_assets.domain.gazetteer import Area, Place
    from showlist_assets.storage.published.venues import VenuePage
    from showlist_assets.web.map import MapView

_MOST_SHOWS: Final = 60


@dataclass(frozen=True)
class VenueView:
    """The page of a venue.

    Attributes:
        sound: Empty where no song was measured.
        measured: Of how many songs the sound is, in words.
        genres: Each with the wish for it in the venue's city.
        query: The wish for this venue alone.
    """

    name: str
    city: str
    summary: str
    address: tuple[str, ...]
    capacity: str
    sound: tuple[Measure, ...]
    measured: str
    genres: tuple[Other, ...]
    shows: tuple[ShowRow, ...]
    more_shows: str
    place: str
    query: str
    map: MapView | None


def venue_of(
    venue: VenuePage, place: Place | Area | None, *, today: date, prefix: str
) -> VenueView:
    """The page of ``venue``, for whoever asked about ``place``."""
    name, where = wording.printed(venue.name), _where(venue)
    city = city_in_words(venue.city, venue.state)
    more = len(venue.shows) - _MOST_SHOWS
    href = path_in(prefix, f"/venues/{segment(venue.venue_key)}")
    return VenueView(
        name=name,
        city=city,
        summary=shows_in_words(len(venue.shows)),
        address=tuple(
            wording.printed(line)
            for line in (venue.address or "", f"{city} {venue.postal_code or ''}".strip())
            if line
        ),
        capacity=f"{venue.capacity:,}" if venue.capacity else "",
        sound=measures([venue.energy], [venue.valence], [venue.tempo]),
        measured=f"{counted(venue.songs_measured, 'song')} of those who play here",
        genres=tuple(
            Other(wording.printed(genre), query_of(Wish(where=where, genre=(genre.lower(),))))
            for genre in venue.genres
            if genre.strip() and len(genre) <= _LONGEST_GENRE
        ),
        shows=tuple(row_of(one, place, today=today) for one in venue.shows[:_MOST_SHOWS]),
        more_shows=f"And {counted(more, 'more show')}." if more > 0 else "",
        place=place.label if place else "",
        query=query_of(Wish(where=where, when="any time", venue=(name,))) if name else "",
        map=venue_map(venue.name, venue.latitude, venue.longitude, len(venue.shows), href),
    )


_LONGEST_GENRE: Final = 60


def _where(venue: VenuePage) -> str:
    """The venue's city where the gazetteer knows it; otherwise where it lies, or its state."""
    if venue.city and city_in(venue.city, venue.state):
        return f"{venue.city}, {venue.state}"
    if venue.latitude is not None and venue.longitude is not None:
        return f"{venue.latitude:.2f}, {venue.longitude:.2f}"
    return venue.state
