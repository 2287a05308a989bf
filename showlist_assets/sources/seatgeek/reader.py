"""SeatGeek's event documents as rows of ``RawEvents``, and which field each column comes from.

What belongs here: what SeatGeek's fields mean and how they lie. What does not: fetching the
documents (``client``), what any source's event may hold (``domain.tables.raw_events``) and what a
name on a bill is (``domain.events``).

The fields are those of "Events" at platform.seatgeek.com; what that page leaves out is known from
seatgeek/api-support and from recorded answers.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.events.statuses import event_status
from showlist_assets.domain.tables import quality
from showlist_assets.domain.zones import known_zone, wall_clock_in
from showlist_assets.sources.event_documents import (
    LONGEST_SHOW,
    NIGHT_ENDS,
    VENUE_NOT_ANNOUNCED,
    fault_of_country,
    fault_of_place,
    rows_of_documents,
)
from showlist_assets.sources.json_values import (
    counted,
    items,
    label,
    mapping,
    mappings,
    numeral,
    printed,
    utc_time,
    wall_clock,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from showlist_assets.domain.states import Country

SOURCE: Final = "seatgeek"

_START: Final = ("datetime_utc", "datetime_local", "time_tbd", "date_tbd", "datetime_tbd")

COLUMN_SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "state": ("venue.state",),
    "event_id": ("id",),
    "title": ("title", "short_title"),
    "kind": ("type",),
    "status": ("status", "title", "short_title", "performers"),
    "starts_at": (*_START, "venue.timezone"),
    "starts_at_local": (*_START, "venue.timezone"),
    "local_date": ("datetime_local", "datetime_utc", "venue.timezone", "date_tbd"),
    "ends_at": ("enddatetime_utc", *_START, "venue.timezone"),
    "last_date": (
        "enddatetime_utc",
        "datetime_local",
        "datetime_utc",
        "venue.timezone",
        "date_tbd",
    ),
    "venue_timezone": ("venue.timezone",),
    "performers": ("performers",),
    "venue_id": ("venue.id",),
    "venue_name": ("venue.name", "venue.name_v2"),
    "venue_address": ("venue.address",),
    "venue_city": ("venue.city",),
    "venue_postal_code": ("venue.postal_code",),
    "latitude": ("venue.location.lat", "venue.location.lon"),
    "longitude": ("venue.location.lon", "venue.location.lat"),
    "venue_capacity": ("venue.capacity",),
    "event_score": ("score",),
    "lowest_price": ("stats.lowest_price",),
    "average_price": ("stats.average_price",),
    "median_price": ("stats.median_price",),
    "highest_price": ("stats.highest_price",),
    "listing_count": ("stats.listing_count",),
    "ticket_url": ("url",),
    "announced_at": ("announce_date",),
}
"""The fields of a document that each column of ``RawEvents`` is made from: its column lineage."""

# An event's type is its taxonomy's name: "concert" below "concerts", and "music_festival"
# (/taxonomies, ids 2000000 and 2010000).
_KINDS: Final = {
    "concert": "concert",
    "concerts": "concert",
    "music_festival": "music_festival",
}
# Printed as the local time of a show whose time is not announced yet (recorded of 2020 and 2022).
_TIME_NOT_ANNOUNCED: Final = time(3, 30)
# The URI and the address that the page documents for a performer's links.
_SPOTIFY_ARTIST: Final = re.compile(
    r"(?:spotify:artist:|open\.spotify\.com/artist/)([0-9A-Za-z]{22})"
)
_DEAREST: Final = 1e9
# Printed by programs that had nothing to print.
_NOTHING: Final = {"none", "null", "nan", "n/a", "undefined"}


def read_events(
    documents: Iterable[object], *, state: str | None, fetched_at: datetime
) -> quality.CheckedRows:
    """``RawEvents`` rows of SeatGeek's event documents.

    Args:
        documents: Event objects as the API answers them; anything else is set aside.
        state: The state that was asked for; events elsewhere are set aside. None takes any state.
        fetched_at: When they were fetched (UTC).
    """
    return rows_of_documents(documents, _row, state=state, fetched_at=fetched_at)


def _row(document: object, country: Country, fetched_at: datetime) -> tuple[dict[str, Any], str]:
    """The row, and what is wrong with the document ("" if it can be used)."""
    if not isinstance(document, dict):
        return {}, "not an event object"
    venue = mapping(document.get("venue"))
    printed_state, printed_kind = printed(venue.get("state")), printed(document.get("type"))
    state = country.state_printed(printed_state)
    kind = _KINDS.get(printed_kind or "")
    if kind is None:
        return {"state": state or printed_state}, f"not a concert but {printed_kind!r}"
    performers = _performers(document.get("performers"))
    title = label(document.get("title")) or label(document.get("short_title"))
    row = {
        "state": state or printed_state,
        "source": SOURCE,
        "event_id": printed(document.get("id")),
        "platform": SOURCE,
        "is_resale": False,
        "title": title,
        "kind": kind,
        # SeatGeek prints "normal" for nearly every event; the other words are known from
        # third-party schemas only. Promoters write them into the title.
        "status": event_status(
            printed(document.get("status")), title, [each["name"] for each in performers]
        ),
        **_times(document, known_zone(printed(venue.get("timezone")))),
        "performers": performers,
        **_venue(venue, country),
        "event_score": _score(document),
        **_prices(mapping(document.get("stats")), country),
        "ticket_url": printed(document.get("url")),
        "announced_at": utc_time(document.get("announce_date")),
        "fetched_at": fetched_at,
    }
    if row["event_id"] is None:
        return row, "it has no id"
    return row, fault_of_place(printed_state, state, country) or fault_of_country(
        _known(venue.get("country")), country
    )


def _times(document: Mapping[str, Any], zone: ZoneInfo | None) -> dict[str, datetime | date | None]:
    """When it is. A TBD time carries the sentinel 03:30, which is never shown, flagged or not."""
    # The date is read from the local time: the sentinel's UTC form may fall on the day before.
    instant, local = utc_time(document.get("datetime_utc")), _local_start(document, zone)
    date_tbd = bool(document.get("date_tbd"))
    flagged = date_tbd or bool(document.get("time_tbd") or document.get("datetime_tbd"))
    time_tbd = flagged or (local is not None and local.time() == _TIME_NOT_ANNOUNCED)
    start = None if date_tbd else local
    return {
        "starts_at": None if time_tbd else instant,
        "starts_at_local": None if time_tbd else local,
        "local_date": start and start.date(),
        **_end(utc_time(document.get("enddatetime_utc")), start, instant, zone),
    }


def _local_start(document: Mapping[str, Any], zone: ZoneInfo | None) -> datetime | None:
    """The wall clock at the venue; None where neither the source nor its zone tells."""
    instant = utc_time(document.get("datetime_utc"))
    return wall_clock(document.get("datetime_local")) or wall_clock_in(zone, instant)


def _end(
    end: datetime | None, start: datetime | None, instant: datetime | None, zone: ZoneInfo | None
) -> dict[str, datetime | date | None]:
    """``ends_at`` and ``last_date``: an end before the start, or months after it, is not known."""
    unknown: dict[str, datetime | date | None] = {"ends_at": None, "last_date": None}
    if end is None or start is None:
        return unknown
    # Without a zone, the two forms of the start tell how far it is from UTC.
    shift = start - instant.replace(tzinfo=None) if instant else None
    local = wall_clock_in(zone, end) or (
        end.replace(tzinfo=None) + shift if shift is not None else None
    )
    if local is None or not timedelta() < local - start <= LONGEST_SHOW:
        return unknown
    if local.time() == _TIME_NOT_ANNOUNCED:
        last, end = local.date(), None
    else:
        last = (local - NIGHT_ENDS).date()
    return {"ends_at": end, "last_date": last if last > start.date() else None}


def _venue(venue: Mapping[str, Any], country: Country) -> dict[str, Any]:
    return {
        "venue_timezone": _known(venue.get("timezone")),
        "venue_id": printed(venue.get("id")),
        "venue_name": _known(venue.get("name"))
        or _known(venue.get("name_v2"))
        or VENUE_NOT_ANNOUNCED,
        "venue_address": _known(venue.get("address")),
        "venue_city": _known(venue.get("city")),
        "venue_postal_code": _known(venue.get("postal_code")),
        **_position(mapping(venue.get("location")), country),
        # SeatGeek prints 0 where it does not know the capacity.
        "venue_capacity": counted(venue.get("capacity")) or None,
    }


def _known(value: object) -> str | None:
    """Text, but for the words of programs that had none."""
    found = label(value)
    return found if found and found.lower() not in _NOTHING else None


def _position(location: Mapping[str, Any], country: Country) -> dict[str, float | None]:
    """Both numbers or neither: 0,0 and swapped or sign-lost ones would be another place."""
    latitude, longitude = numeral(location.get("lat")), numeral(location.get("lon"))
    if latitude is None or longitude is None or not country.may_hold(latitude, longitude):
        return {"latitude": None, "longitude": None}
    return {"latitude": latitude, "longitude": longitude}


def _prices(stats: Mapping[str, Any], country: Country) -> dict[str, Any]:
    """In dollars; elsewhere no document says in which currency they are."""
    known = stats if country.currency == "USD" else {}
    prices = {
        f"{name}_price": within(0, numeral(known.get(f"{name}_price")), _DEAREST)
        for name in ("lowest", "average", "median", "highest")
    }
    return {**prices, "listing_count": counted(stats.get("listing_count"))}


def _performers(value: object) -> list[dict[str, Any]]:
    """The bill, the primary performer first, then in the source's order."""
    bill = [
        {
            "performer_id": printed(performer.get("id")),
            "name": name,
            "kind": printed(performer.get("type")),
            "genres": _genres(performer.get("genres")),
            # Recorded as true on one performer and absent, never false, on the others.
            "is_primary": performer.get("primary") is True,
            "score": _score(performer),
            "image_url": printed(performer.get("image")),
            "url": printed(performer.get("url")),
            "spotify_artist_id": _spotify_link(performer.get("links")),
            "musicbrainz_id": None,
        }
        for performer in mappings(value)
        if (name := label(performer.get("name")))
    ]
    return sorted(bill, key=lambda performer: not performer["is_primary"])


def _genres(value: object) -> list[str]:
    """Genre names, the primary one first; the key is absent where there are none."""
    genres = sorted(mappings(value), key=lambda genre: genre.get("primary") is not True)
    return [name for genre in genres if (name := label(genre.get("name")))]


def _spotify_link(value: object) -> str | None:
    """The Spotify artist that a performer links to."""
    # Documented, and hardly ever there (api-support#39). Which key holds it differs by provider.
    for link in items(value):
        known = " ".join(filter(None, map(printed, mapping(link).values())))
        if found := _SPOTIFY_ARTIST.search(known):
            return found.group(1)
    return None


def _score(of: Mapping[str, Any]) -> float | None:
    """Popularity at SeatGeek, 0 to 1."""
    # A recorded payload of 2021 has scores of 117 and 6,404; what their scale is, nobody says.
    return within(0, numeral(of.get("score")), 1)
