"""What the API answers, as models: their fields are a promise to programs.

What belongs here: names and types. What does not: where the values come from (``lineup``,
``published``).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from showlist_assets.domain.links import web_address


def _web_or_nothing(address: object) -> str | None:
    return (web_address(address) or None) if isinstance(address, str) else None


Web = Annotated[str | None, BeforeValidator(_web_or_nothing)]
"""An address that leads to the web; null for every other one."""


class Model(BaseModel):
    """Read from what the queries return."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Refusal(Model):
    """Why there is no answer, in a sentence."""

    error: str
    did_you_mean: tuple[str, ...] = Field((), description="Of a place that nobody knows.")


class Named(Model):
    """An act, and why no song of it is known."""

    name: str
    why: str


class LineupSong(Model):
    """A song of the playlist, in its order."""

    track_id: str
    name: str
    artist: str
    spotify_artist_id: str
    url: Web
    show_id: str
    state: str
    local_date: date
    role: str
    why: str = Field(description="What brought it here.")
    explicit: bool | None
    duration_ms: int | None
    energy: float | None


class LineupShow(Model):
    """A show that the wish lets through."""

    show_id: str
    state: str
    title: str
    status: str
    artists: tuple[str, ...] = Field(description="Who can be heard; if nobody, who is billed.")
    without_a_song: tuple[Named, ...]
    local_date: date
    last_date: date | None
    starts_at: datetime | None
    starts_at_local: datetime | None
    doors_at_local: datetime | None
    venue_key: str
    venue_name: str
    venue_address: str | None
    venue_city: str | None
    venue_postal_code: str | None
    venue_timezone: str | None
    latitude: float | None
    longitude: float | None
    miles_away: float | None
    lowest_price: float | None
    ticket_url: Web


class GenreCount(Model):
    """How many artists a genre would leave."""

    genre: str
    artists: int


class Lineup(Model):
    """What a push of the wish would write, and why."""

    query: str = Field(description="The wish as it was read, in its one spelling.")
    place: str
    others: tuple[str, ...] = Field(description="Other places of that name.")
    title: str
    description: str
    today: date
    first_day: date | None = Field(description="Null: any time.")
    last_day: date | None
    songs: tuple[LineupSong, ...]
    shows: tuple[LineupShow, ...]
    shows_in_all: int
    left_out: dict[str, int] = Field(description="What did not make it, counted by reason.")
    why_empty: str
    notes: tuple[str, ...]
    mistakes: tuple[str, ...] = Field(description="What of the address could not be used.")
    genres: tuple[GenreCount, ...] = Field(description="The commonest first.")


class ShowInList(Model):
    """A show ahead."""

    show_id: str
    state: str
    title: str
    kind: str
    status: str
    local_date: date | None
    last_date: date | None
    starts_at_local: datetime | None
    doors_at_local: datetime | None
    venue_key: str
    venue_name: str
    venue_city: str | None
    venue_timezone: str | None
    latitude: float | None
    longitude: float | None
    lowest_price: float | None
    ticket_url: Web
    acts: tuple[str, ...]
    acts_with_songs: int


class Act(Model):
    """Somebody on a bill."""

    performer_key: str
    name: str
    billing: int
    role: str
    act_kind: str
    genres: tuple[str, ...]
    outcome: str | None
    level: str | None
    confidence: float | None
    reason: str | None
    spotify_artist_id: str | None
    spotify_artist_name: str | None
    artist_url: Web
    track_id: str | None
    track_name: str | None
    track_url: Web
    why_no_track: str | None


class Listing(Model):
    """A source's own entry of a show, and why it is taken for this show."""

    source: str
    platform: str
    is_resale: bool
    title: str
    status: str
    ticket_url: Web
    lowest_price: float | None
    highest_price: float | None
    seen_at: datetime
    why: str


class Change(Model):
    """What happened to a show."""

    show_id: str
    state: str
    changed_at: datetime
    change: str
    words: str
    was: str | None
    becomes: str | None
    title: str
    status: str
    is_ahead: bool
    local_date: date | None
    venue_key: str
    venue_name: str
    venue_city: str | None
    acts: tuple[str, ...]
    ticket_url: Web


class Show(Model):
    """All that is known of one show."""

    show_id: str
    state: str
    title: str
    kind: str
    status: str
    local_date: date | None
    last_date: date | None
    starts_at: datetime | None
    starts_at_local: datetime | None
    doors_at_local: datetime | None
    ends_at: datetime | None
    venue_key: str
    venue_name: str
    venue_address: str | None
    venue_city: str | None
    venue_postal_code: str | None
    venue_timezone: str | None
    venue_capacity: int | None
    latitude: float | None
    longitude: float | None
    lowest_price: float | None
    highest_price: float | None
    ticket_url: Web
    announced_at: datetime | None
    fetched_at: datetime | None
    acts: tuple[Act, ...]
    listings: tuple[Listing, ...]
    changes: tuple[Change, ...]


class Song(Model):
    """One of an artist's best-known songs."""

    track_id: str
    track_name: str
    artist_names: tuple[str, ...]
    album_name: str | None
    release_date: str | None
    duration_ms: int | None
    explicit: bool | None
    rank: int
    energy: float | None
    valence: float | None
    tempo: float | None
    danceability: float | None
    acousticness: float | None
    url: Web


class Candidate(Model):
    """An artist that was considered."""

    spotify_artist_id: str
    name: str
    genres: tuple[str, ...]
    popularity: int | None
    likeness: float
    why: str
    is_chosen: bool
    artist_url: Web


class Artist(Model):
    """All that is known of one performer, and on what it was decided who that is."""

    performer_key: str
    name: str
    billed_as: tuple[str, ...]
    act_kind: str | None
    genres: tuple[str, ...]
    outcome: str | None
    level: str | None
    confidence: float | None
    rule: str | None
    reason: str | None
    is_decided_by_hand: bool
    decided_at: datetime | None
    ask_again_at: datetime | None
    spotify_artist_id: str | None
    spotify_artist_name: str | None
    artist_url: Web
    candidates: tuple[Candidate, ...]
    songs: tuple[Song, ...]
    shows: tuple[ShowInList, ...]


class Venue(Model):
    """All that is known of one venue."""

    venue_key: str
    name: str
    address: str | None
    city: str | None
    state: str
    postal_code: str | None
    latitude: float | None
    longitude: float | None
    capacity: int | None
    timezone: str | None
    energy: float | None = Field(description="Median of the songs of those who play there.")
    loudness: float | None
    tempo: float | None
    songs_measured: int
    genres: tuple[str, ...]
    shows: tuple[ShowInList, ...]


class SearchHit(Model):
    """Something that is called as was asked."""

    key: str = Field(description="What names it in an address: of a city, `City, ST`.")
    name: str
    city: str | None
    state: str | None
    shows: int
    next_show: date | None


class Found(Model):
    """What a search found, the best first."""

    artists: tuple[SearchHit, ...]
    venues: tuple[SearchHit, ...]
    cities: tuple[SearchHit, ...]
    shows: tuple[SearchHit, ...]
    did_you_mean: tuple[str, ...]


class Source(Model):
    """The last answers of one source about one state."""

    source: str
    answered_at: datetime | None
    complete_through: date | None
    listings: int
    failing_since: datetime | None


class StateFreshness(Model):
    """How far the shows of a state can be relied on."""

    state: str
    as_of: datetime | None = Field(description="Of the source that is furthest behind.")
    is_missing: bool = Field(description="Nothing is known of it, which is not `no shows`.")
    pending: int = Field(description="Performers who have not been looked up yet.")
    sources: tuple[Source, ...]


class Freshness(Model):
    """How old everything is."""

    published_at: datetime
    states: tuple[StateFreshness, ...]
