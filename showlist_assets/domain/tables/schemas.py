"""Every table of the platform, declared once.

Column order, types, keys, nullability, rules and the sentence that explains each column live here
and nowhere else: Dagster's column metadata and checks, the DuckDB tables with their comments, the
data dictionary in ``docs/tables.md`` and the validation on write and on read derive from it.

Conventions: ``*_at`` is an instant in UTC; ``*_local`` is the wall clock at the venue, without a
zone, beside ``venue_timezone``; prices are US dollars, fees as the source tells them; a null means
that the source does not know. ``metadata={"from": [...]}`` names the upstream columns
(``table.column``) from which a column is made: column lineage derives from it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import dataframely as dy
import polars as pl

from showlist_assets.domain.states import STATE_CODES

STATUSES: Final = ("scheduled", "cancelled", "postponed", "rescheduled")
ACT_KINDS: Final = ("artist", "tribute", "festival", "other")
ROLES: Final = ("headliner", "support")
OUTCOMES: Final = ("matched", "rejected", "pending")
# Of a rejected row that names no state of ours.
UNKNOWN_STATE: Final = "??"
METHODS: Final = ("override", "source_link", "known", "search", "none")


def _made_from(*columns: str) -> dict[str, Any]:
    return {"from": list(columns)}


def _one_of(allowed: tuple[str, ...]) -> dict[str, Any]:
    return {"known_value": lambda col: col.is_in(list(allowed))}


def _not_blank(col: pl.Expr) -> pl.Expr:
    return col.str.strip_chars().str.len_chars() > 0


def _utc(
    description: str, *, nullable: bool = False, made_from: tuple[str, ...] = ()
) -> dy.Datetime:
    return dy.Datetime(
        nullable=nullable,
        time_unit="us",
        time_zone="UTC",
        description=description,
        metadata=_made_from(*made_from),
    )


def _state(*made_from: str) -> dy.String:
    return dy.String(
        nullable=False,
        check=_one_of(STATE_CODES),
        description="The US state (USPS code) whose partition the row belongs to.",
        metadata=_made_from(*made_from),
    )


def _unit_interval(description: str, *made_from: str) -> dy.Float64:
    return dy.Float64(
        nullable=True, min=0.0, max=1.0, description=description, metadata=_made_from(*made_from)
    )


def _text(
    description: str, *made_from: str, nullable: bool = True, primary_key: bool = False
) -> dy.String:
    return dy.String(
        nullable=nullable and not primary_key,
        primary_key=primary_key,
        check=None if nullable and not primary_key else {"not_blank": _not_blank},
        description=description,
        metadata=_made_from(*made_from),
    )


def _price(description: str, *made_from: str) -> dy.Float64:
    return dy.Float64(
        nullable=True, min=0.0, description=description, metadata=_made_from(*made_from)
    )


_FEATURES: Final[dict[str, tuple[str, float, float]]] = {
    "danceability": ("How fit for dancing, 0 to 1.", 0, 1),
    "energy": ("Perceived intensity and activity, 0 to 1.", 0, 1),
    "key": ("Pitch class of the key, 0 = C to 11 = B; null where undetected.", 0, 11),
    "loudness": ("Average loudness in decibels, usually -60 to 0.", -100, 20),
    "mode": ("1 for major, 0 for minor.", 0, 1),
    "speechiness": ("Share of spoken words, 0 to 1.", 0, 1),
    "acousticness": ("Confidence that the track is acoustic, 0 to 1.", 0, 1),
    "instrumentalness": ("Likelihood of no vocals, 0 to 1.", 0, 1),
    "liveness": ("Likelihood of a live audience, 0 to 1.", 0, 1),
    "valence": ("Musical positiveness, 0 (sad) to 1 (cheerful).", 0, 1),
    "tempo": ("Estimated beats per minute.", 0, 400),
}
FEATURE_NAMES: Final = tuple(_FEATURES)


def _feature(name: str, made_from: str) -> dy.Column:
    """The column of one audio feature; ``made_from`` is the table it comes from."""
    description, low, high = _FEATURES[name]
    metadata = _made_from(f"{made_from}.{name}")
    if name in ("key", "mode"):
        return dy.Int8(
            nullable=True, min=int(low), max=int(high), description=description, metadata=metadata
        )
    return dy.Float64(nullable=True, min=low, max=high, description=description, metadata=metadata)


_PERFORMER = dy.Struct(
    {
        "performer_id": dy.String(nullable=True),
        "name": dy.String(nullable=False),
        "kind": dy.String(nullable=True),
        "genres": dy.List(dy.String(nullable=False), nullable=False),
        "is_primary": dy.Bool(nullable=False),
        "score": dy.Float64(nullable=True),
        "image_url": dy.String(nullable=True),
        "url": dy.String(nullable=True),
        "spotify_artist_id": dy.String(nullable=True),
    },
    nullable=False,
)

_CANDIDATE = dy.Struct(
    {
        "query": dy.String(nullable=False),
        "rank": dy.Int32(nullable=False),
        "artist_id": dy.String(nullable=False),
        "name": dy.String(nullable=False),
        "genres": dy.List(dy.String(nullable=False), nullable=False),
        "popularity": dy.Int32(nullable=True),
        "image_url": dy.String(nullable=True),
    },
    nullable=False,
)

_FOUND_TRACK = dy.Struct(
    {
        "track_id": dy.String(nullable=False),
        "track_name": dy.String(nullable=False),
        "artist_ids": dy.List(dy.String(nullable=False), nullable=False),
        "artist_names": dy.List(dy.String(nullable=False), nullable=False),
        "album_name": dy.String(nullable=True),
        "album_image_url": dy.String(nullable=True),
        "release_date": dy.String(nullable=True),
        "duration_ms": dy.Int64(nullable=True),
        "explicit": dy.Bool(nullable=True),
        "isrc": dy.String(nullable=True),
        "popularity": dy.Int32(nullable=True),
    },
    nullable=False,
)

_PART = dy.Struct(
    {"part": dy.String(nullable=False), "value": dy.Float64(nullable=False)}, nullable=False
)


class RawEvents(dy.Schema):
    """One concert or music festival as its source tells it, normalised."""

    state = _state("seatgeek.venue.state")
    source = dy.String(
        primary_key=True,
        check=_one_of(("seatgeek", "ticketmaster")),
        description="Where the event was found.",
    )
    event_id = _text("The source's own id of the event.", "seatgeek.id", primary_key=True)
    title = _text("The event's title as printed.", "seatgeek.title", nullable=False)
    kind = dy.String(
        nullable=False,
        check=_one_of(("concert", "music_festival")),
        description="A concert, or a festival of several acts.",
        metadata=_made_from("seatgeek.type"),
    )
    status = dy.String(
        nullable=False,
        check=_one_of(STATUSES),
        description="Whether the event is scheduled, cancelled, postponed or rescheduled.",
        metadata=_made_from("seatgeek.status"),
    )
    starts_at = _utc(
        "When it starts; null while the time or the date is not announced.",
        nullable=True,
        made_from=("seatgeek.datetime_utc", "seatgeek.time_tbd"),
    )
    starts_at_local = dy.Datetime(
        nullable=True,
        time_unit="us",
        description="Wall-clock start at the venue; null while the time is not announced.",
        metadata=_made_from("seatgeek.datetime_local", "seatgeek.time_tbd"),
    )
    local_date = dy.Date(
        nullable=True,
        description="Calendar date at the venue; null while the date is not announced.",
        metadata=_made_from("seatgeek.datetime_local", "seatgeek.date_tbd"),
    )
    venue_timezone = _text("IANA time zone of the venue.", "seatgeek.venue.timezone")
    performers = dy.List(
        _PERFORMER,
        nullable=False,
        description="Everyone on the bill, the headliner first, then in the source's order.",
        metadata=_made_from("seatgeek.performers"),
    )
    venue_id = _text("The source's own id of the venue.", "seatgeek.venue.id")
    venue_name = _text("Name of the venue.", "seatgeek.venue.name", nullable=False)
    venue_address = _text("Street and number.", "seatgeek.venue.address")
    venue_city = _text("City of the venue.", "seatgeek.venue.city")
    venue_postal_code = _text("ZIP code of the venue.", "seatgeek.venue.postal_code")
    latitude = dy.Float64(
        nullable=True,
        min=-90,
        max=90,
        description="Latitude of the venue, degrees north.",
        metadata=_made_from("seatgeek.venue.location.lat"),
    )
    longitude = dy.Float64(
        nullable=True,
        min=-180,
        max=180,
        description="Longitude of the venue, degrees east.",
        metadata=_made_from("seatgeek.venue.location.lon"),
    )
    venue_capacity = dy.Int64(
        nullable=True,
        min=0,
        description="How many people the venue holds.",
        metadata=_made_from("seatgeek.venue.capacity"),
    )
    event_score = _unit_interval(
        "The source's own popularity of the event, 0 to 1.", "seatgeek.score"
    )
    lowest_price = _price("Cheapest listing in US dollars.", "seatgeek.stats.lowest_price")
    average_price = _price("Mean listing in US dollars.", "seatgeek.stats.average_price")
    median_price = _price("Median listing in US dollars.", "seatgeek.stats.median_price")
    highest_price = _price("Dearest listing in US dollars.", "seatgeek.stats.highest_price")
    listing_count = dy.Int64(
        nullable=True,
        min=0,
        description="How many listings are for sale.",
        metadata=_made_from("seatgeek.stats.listing_count"),
    )
    ticket_url = _text("Where to buy a ticket: the source's own page.", "seatgeek.url")
    announced_at = _utc(
        "When the event was announced.", nullable=True, made_from=("seatgeek.announce_date",)
    )
    fetched_at = _utc("When the source told us.")


class ExpandedArtists(dy.Schema):
    """One performer on one show, headliner and support alike."""

    state = _state("raw_events.state")
    show_id = _text(
        "Our id of the show.", "raw_events.source", "raw_events.event_id", primary_key=True
    )
    performer_key = _text(
        "Equal for the same act across shows, states and sources, however it is spelled.",
        "raw_events.performers",
        primary_key=True,
    )
    performer_name = _text("The name as billed.", "raw_events.performers", nullable=False)
    billing = dy.Int32(
        nullable=False,
        min=1,
        description="Place on the bill: 1 is the headliner.",
        metadata=_made_from("raw_events.performers"),
    )
    role = dy.String(
        nullable=False,
        check=_one_of(ROLES),
        description="Headliner or support.",
        metadata=_made_from("raw_events.performers"),
    )
    act_kind = dy.String(
        nullable=False,
        check=_one_of(ACT_KINDS),
        description="An artist, a tribute act, the festival itself, or something else "
        "(a venue that poses as a performer, say).",
        metadata=_made_from("raw_events.performers", "raw_events.title", "raw_events.venue_name"),
    )
    genres = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Genres the event source prints for the performer, main one first.",
        metadata=_made_from("raw_events.performers"),
    )
    event_kind = _text("Concert or music festival.", "raw_events.kind", nullable=False)
    local_date = dy.Date(
        nullable=True,
        description="Date of the show at the venue; null while not announced.",
        metadata=_made_from("raw_events.local_date"),
    )
    venue_city = _text("City of the show.", "raw_events.venue_city")
    performer_score = _unit_interval(
        "The source's own popularity of the performer, 0 to 1.", "raw_events.performers"
    )
    image_url = _text("Picture of the performer from the event source.", "raw_events.performers")
    source_spotify_artist_id = _text(
        "Spotify artist that the event source links to; hardly ever known.",
        "raw_events.performers",
    )


class MatchedArtists(dy.Schema):
    """One decision per performer: who this is on Spotify, or why nobody."""

    state = _state("expanded_artists.state")
    performer_key = _text(
        "The performer the decision is about.", "expanded_artists.performer_key", primary_key=True
    )
    performer_name = _text(
        "The name as billed on the soonest show.", "expanded_artists.performer_name", nullable=False
    )
    outcome = dy.String(
        nullable=False,
        check=_one_of(OUTCOMES),
        description="matched, rejected (nobody on Spotify, as far as we can tell) or pending "
        "(not asked yet: the day's calls were spent).",
    )
    method = dy.String(
        nullable=False,
        check=_one_of(METHODS),
        description="How it was decided: a manual override, a link from the event source, known "
        "from another state or an earlier run, a search; none where nothing was asked.",
    )
    spotify_artist_id = _text("The Spotify artist; null unless matched.", "spotify_catalog.id")
    spotify_artist_name = _text("The artist's name on Spotify.", "spotify_catalog.name")
    spotify_genres = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Genres on Spotify; always empty in Development Mode.",
        metadata=_made_from("spotify_catalog.genres"),
    )
    spotify_popularity = dy.Int32(
        nullable=True,
        min=0,
        max=100,
        description="Popularity on Spotify, 0 to 100; null in Development Mode.",
        metadata=_made_from("spotify_catalog.popularity"),
    )
    spotify_image_url = _text("The artist's picture on Spotify.", "spotify_catalog.images")
    confidence = _unit_interval(
        "How sure the match is, 0 to 1; 0 where rejected, null while pending."
    )
    level = dy.String(
        nullable=False,
        check=_one_of(("high", "medium", "low", "none")),
        description="The confidence in a word.",
    )
    rule = _text("Short code of the rule that decided.", nullable=False)
    reason = _text("The decision in words.", nullable=False)
    parts = dy.List(_PART, nullable=False, description="The parts of the score.")
    queries = dy.List(
        dy.String(nullable=False), nullable=False, description="The searches asked, in order."
    )
    candidates = dy.List(
        _CANDIDATE,
        nullable=False,
        description="Every artist the searches returned, in order.",
        metadata=_made_from("spotify_catalog.name"),
    )
    found_tracks = dy.List(
        _FOUND_TRACK,
        nullable=False,
        description="Every track the same searches returned, in order.",
        metadata=_made_from("spotify_catalog.tracks"),
    )
    shows = dy.Int32(
        nullable=False,
        min=1,
        description="On how many shows of the state the performer is billed.",
        metadata=_made_from("expanded_artists.show_id"),
    )
    next_show_on = dy.Date(
        nullable=True,
        description="Date of the performer's soonest show in the state.",
        metadata=_made_from("expanded_artists.local_date"),
    )
    matcher_version = _text("Version of the rules that decided.", nullable=False)
    asked_at = _utc("When Spotify was last asked; null where it never was.", nullable=True)
    misses = dy.Int32(
        nullable=False, min=0, description="How often in a row nobody was found who could be it."
    )
    ask_again_at = _utc(
        "When somebody who was not found is looked for again; null for everybody else.",
        nullable=True,
    )
    decided_at = _utc("When the decision was made.")

    @dy.rule()
    def matched_names_an_artist(cls) -> pl.Expr:  # noqa: N805  dataframely passes the class
        """A match has an artist, and nothing else has one."""
        return (pl.col("outcome") == "matched") == pl.col("spotify_artist_id").is_not_null()


class TopTracks(dy.Schema):
    """One of an artist's up to ten best-known tracks, ranked."""

    state = _state("matched_artists.state")
    spotify_artist_id = _text("The artist.", "matched_artists.spotify_artist_id", primary_key=True)
    track_id = _text("The track on Spotify.", "matched_artists.found_tracks", primary_key=True)
    rank = dy.Int32(
        nullable=False, min=1, max=10, description="1 is the artist's best-known track."
    )
    track_name = _text("Title.", "matched_artists.found_tracks", nullable=False)
    artist_names = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Everyone credited on the track.",
        metadata=_made_from("matched_artists.found_tracks"),
    )
    album_name = _text("Album.", "matched_artists.found_tracks")
    album_image_url = _text("Cover of the album.", "matched_artists.found_tracks")
    release_date = _text(
        "Release date as Spotify tells it: a year, a month or a day.",
        "matched_artists.found_tracks",
    )
    duration_ms = dy.Int64(
        nullable=True,
        min=0,
        description="Length in milliseconds.",
        metadata=_made_from("matched_artists.found_tracks"),
    )
    explicit = dy.Bool(
        nullable=True,
        description="Whether the lyrics are marked explicit.",
        metadata=_made_from("matched_artists.found_tracks"),
    )
    isrc = _text("International recording code.", "matched_artists.found_tracks")
    track_popularity = dy.Int32(
        nullable=True,
        min=0,
        max=100,
        description="Popularity on Spotify, 0 to 100; null in Development Mode.",
        metadata=_made_from("matched_artists.found_tracks"),
    )
    ranking_source = dy.String(
        nullable=False,
        check=_one_of(("spotify_top_tracks", "spotify_search")),
        description="Where the order comes from: Spotify's top tracks (Extended Mode), or the "
        "order of the search's answer (Development Mode).",
    )
    ranked_at = _utc("When Spotify told us.", made_from=("matched_artists.asked_at",))


class AudioFeatures(dy.Schema):
    """The eleven audio features of one track, as far as anybody knows them."""

    state = _state("top_tracks.state")
    track_id = _text("The track on Spotify.", "top_tracks.track_id", primary_key=True)
    is_known = dy.Bool(
        nullable=False, description="False where the source was asked and does not know the track."
    )
    danceability = _feature("danceability", "reccobeats")
    energy = _feature("energy", "reccobeats")
    key = _feature("key", "reccobeats")
    loudness = _feature("loudness", "reccobeats")
    mode = _feature("mode", "reccobeats")
    speechiness = _feature("speechiness", "reccobeats")
    acousticness = _feature("acousticness", "reccobeats")
    instrumentalness = _feature("instrumentalness", "reccobeats")
    liveness = _feature("liveness", "reccobeats")
    valence = _feature("valence", "reccobeats")
    tempo = _feature("tempo", "reccobeats")
    features_source = dy.String(
        nullable=False,
        check=_one_of(("reccobeats", "spotify")),
        description="Who was asked.",
    )
    asked_at = _utc("When the source was asked.")


class UpcomingShows(dy.Schema):
    """One track of one performer on one future show: everything in one place."""

    state = _state("raw_events.state")
    show_id = _text("The show.", "expanded_artists.show_id", primary_key=True)
    performer_key = _text("The performer.", "expanded_artists.performer_key", primary_key=True)
    track_id = _text("The track on Spotify.", "top_tracks.track_id", primary_key=True)
    title = _text("The event's title.", "raw_events.title", nullable=False)
    event_kind = _text("Concert or music festival.", "raw_events.kind", nullable=False)
    status = _text("Scheduled or rescheduled.", "raw_events.status", nullable=False)
    starts_at = _utc(
        "When it starts; null while not announced.",
        nullable=True,
        made_from=("raw_events.starts_at",),
    )
    starts_at_local = dy.Datetime(
        nullable=True,
        time_unit="us",
        description="Wall-clock start at the venue.",
        metadata=_made_from("raw_events.starts_at_local"),
    )
    local_date = dy.Date(
        nullable=True,
        description="Date at the venue; null while not announced.",
        metadata=_made_from("raw_events.local_date"),
    )
    venue_timezone = _text("IANA time zone of the venue.", "raw_events.venue_timezone")
    venue_name = _text("Venue.", "raw_events.venue_name", nullable=False)
    venue_address = _text("Street and number.", "raw_events.venue_address")
    venue_city = _text("City.", "raw_events.venue_city")
    venue_postal_code = _text("ZIP code.", "raw_events.venue_postal_code")
    latitude = dy.Float64(
        nullable=True,
        description="Degrees north.",
        metadata=_made_from("raw_events.latitude"),
    )
    longitude = dy.Float64(
        nullable=True,
        description="Degrees east.",
        metadata=_made_from("raw_events.longitude"),
    )
    venue_capacity = dy.Int64(
        nullable=True,
        description="How many people the venue holds.",
        metadata=_made_from("raw_events.venue_capacity"),
    )
    lowest_price = _price("Cheapest listing in US dollars.", "raw_events.lowest_price")
    average_price = _price("Mean listing in US dollars.", "raw_events.average_price")
    highest_price = _price("Dearest listing in US dollars.", "raw_events.highest_price")
    ticket_url = _text("Where to buy a ticket.", "raw_events.ticket_url")
    source = _text("Where the event was found.", "raw_events.source", nullable=False)
    performer_name = _text("The name as billed.", "expanded_artists.performer_name", nullable=False)
    billing = dy.Int32(
        nullable=False,
        min=1,
        description="Place on the bill.",
        metadata=_made_from("expanded_artists.billing"),
    )
    role = _text("Headliner or support.", "expanded_artists.role", nullable=False)
    genres = dy.List(
        dy.String(nullable=False),
        nullable=False,
        description="Genres from the event source, then from Spotify.",
        metadata=_made_from("expanded_artists.genres", "matched_artists.spotify_genres"),
    )
    spotify_artist_id = _text(
        "The artist on Spotify.", "matched_artists.spotify_artist_id", nullable=False
    )
    spotify_artist_name = _text(
        "The artist's name on Spotify.", "matched_artists.spotify_artist_name", nullable=False
    )
    artist_popularity = dy.Int32(
        nullable=True,
        description="Popularity on Spotify, 0 to 100; null in Development Mode.",
        metadata=_made_from("matched_artists.spotify_popularity"),
    )
    artist_image_url = _text(
        "Picture of the artist.",
        "matched_artists.spotify_image_url",
        "expanded_artists.image_url",
    )
    artist_url = _text("The artist's page on Spotify.", "matched_artists.spotify_artist_id")
    match_confidence = _unit_interval(
        "How sure the match is, 0 to 1.", "matched_artists.confidence"
    )
    track_rank = dy.Int32(
        nullable=False,
        min=1,
        description="1 is the artist's best-known track.",
        metadata=_made_from("top_tracks.rank"),
    )
    track_name = _text("Title of the track.", "top_tracks.track_name", nullable=False)
    album_name = _text("Album.", "top_tracks.album_name")
    release_date = _text("Release date.", "top_tracks.release_date")
    duration_ms = dy.Int64(
        nullable=True,
        description="Length in milliseconds.",
        metadata=_made_from("top_tracks.duration_ms"),
    )
    explicit = dy.Bool(
        nullable=True,
        description="Marked explicit.",
        metadata=_made_from("top_tracks.explicit"),
    )
    track_popularity = dy.Int32(
        nullable=True,
        description="Popularity of the track, 0 to 100; null in Development Mode.",
        metadata=_made_from("top_tracks.track_popularity"),
    )
    track_url = _text("The track's page on Spotify.", "top_tracks.track_id")
    danceability = _feature("danceability", "audio_features")
    energy = _feature("energy", "audio_features")
    key = _feature("key", "audio_features")
    loudness = _feature("loudness", "audio_features")
    mode = _feature("mode", "audio_features")
    speechiness = _feature("speechiness", "audio_features")
    acousticness = _feature("acousticness", "audio_features")
    instrumentalness = _feature("instrumentalness", "audio_features")
    liveness = _feature("liveness", "audio_features")
    valence = _feature("valence", "audio_features")
    tempo = _feature("tempo", "audio_features")


class RejectedRows(dy.Schema):
    """A row that broke a rule of its table: set aside and counted, never dropped in silence."""

    state = dy.String(
        nullable=False,
        check=_one_of((*STATE_CODES, UNKNOWN_STATE)),
        description="The US state (USPS code) whose partition the row was meant for; ?? where it "
        "named none.",
    )
    table = dy.String(nullable=False, description="The table the row was meant for.")
    reason = dy.String(nullable=False, description="Which rules it broke, in words.")
    row = dy.String(nullable=False, description="The row itself, as JSON.")
    rejected_at = _utc("When it was set aside.")


TABLES: Final[dict[str, type[dy.Schema]]] = {
    "raw_events": RawEvents,
    "expanded_artists": ExpandedArtists,
    "matched_artists": MatchedArtists,
    "top_tracks": TopTracks,
    "audio_features": AudioFeatures,
    "upcoming_shows": UpcomingShows,
}


@cache
def of_several_states(table: str) -> type[dy.Schema]:
    """The schema of a frame that holds several partitions of ``table``: keys count per state.

    Judging 17 states in one go costs a tenth of judging them one by one. The column ``state`` comes
    last.
    """
    state = dy.String(primary_key=True, check=_one_of(STATE_CODES))
    return type(f"{TABLES[table].__name__}OfStates", (TABLES[table],), {"state": state})


@cache
def polars_schema(table: type[dy.Schema]) -> pl.Schema:
    """Column names and Polars types of ``table``, in order: what an empty frame of it has."""
    return table.create_empty().schema
