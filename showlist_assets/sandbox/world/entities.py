"""What a world is made of: venues, performers, events, artists, albums and tracks.

``printed``, where an entity has it, are the fields of its document that say something else than
what is so, as the ticket site's typists and programs left them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

EventStatus = Literal["normal", "cancelled", "postponed", "rescheduled"]
PerformerKind = Literal["artist", "tribute", "festival", "venue", "team", "show"]


@dataclass(frozen=True, slots=True)
class Venue:
    """Where an event takes place; ``timezone`` is an IANA name.

    ``state`` is the code of a US state or a Canadian province, or what a venue elsewhere has in its
    place; ``country`` is as SeatGeek prints it.
    """

    id: int
    name: str
    address: str
    city: str
    state: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    timezone: str
    capacity: int
    country: str = "US"
    printed: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Performer:
    """Somebody as the ticket site bills them.

    ``artist_id`` is the truth a matcher looks for: the Spotify artist, or ``None`` where the act
    has none. ``name`` may be spelled differently from that artist's.
    """

    id: int
    name: str
    type: str
    kind: PerformerKind
    genres: tuple[str, ...]
    score: float
    artist_id: str | None = None
    printed: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Event:
    """One date at one venue; ``performers`` in billing order.

    ``starts_at_local`` and ``starts_at_utc`` carry no zone, as in SeatGeek's answers, nor does
    ``ends_at_utc``, which only festivals of several days have. ``prices`` is the lowest and the
    highest, ``None`` where nothing is listed.
    """

    id: int
    type: str
    title: str
    venue: Venue
    performers: tuple[Performer, ...]
    starts_at_local: datetime
    starts_at_utc: datetime
    announced_at: datetime
    score: float
    prices: tuple[int, int] | None = None
    time_tbd: bool = False
    date_tbd: bool = False
    status: EventStatus = "normal"
    ends_at_utc: datetime | None = None
    printed: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Artist:
    """A Spotify artist; ``popularity`` is 0 to 100, and ``has_tracks`` whether it released any."""

    id: str
    name: str
    genres: tuple[str, ...]
    popularity: int
    followers: int
    has_tracks: bool = True


@dataclass(frozen=True, slots=True)
class Album:
    """A release; ``kind`` is Spotify's ``album_type``."""

    id: str
    name: str
    kind: Literal["album", "single"]
    artists: tuple[Artist, ...]
    released_on: date
    total_tracks: int


@dataclass(frozen=True, slots=True)
class Features:
    """What ReccoBeats knows of a track; ``key`` -1 is undetected, ``tempo`` in BPM."""

    acousticness: float
    danceability: float
    energy: float
    instrumentalness: float
    key: int
    liveness: float
    loudness: float
    mode: int
    speechiness: float
    tempo: float
    valence: float


@dataclass(frozen=True, slots=True)
class Track:
    """A recording; ``artists`` begins with the one whose track it is, guests follow."""

    id: str
    name: str
    artists: tuple[Artist, ...]
    album: Album
    number: int
    duration_ms: int
    explicit: bool
    isrc: str
    popularity: int
    features: Features | None
