"""SeatGeek's event documents as rows of ``RawEvents``, and which field each column comes from.

What belongs here: what SeatGeek's fields mean and how they lie. What does not: fetching the
documents (``client``), what any source's event may hold (``domain.tables.raw_events``) and what a
name on a bill is (``domain.events``).

The fields are those of "Events" at platform.seatgeek.com; what that page leaves out is known from
seatgeek/api-support and from recorded answers.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.sources.json_values import (
    counted,
    items,
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

SOURCE: Final = "seatgeek"

COLUMN_SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "state": ("venue.state",),
    "event_id": ("id",),
    "title": ("title", "short_title"),
    "kind": ("type",),
    "status": ("status",),
    "starts_at": ("datetime_utc", "datetime_local", "time_tbd", "date_tbd", "datetime_tbd"),
    "starts_at_local": ("datetime_local", "time_tbd", "date_tbd", "datetime_tbd"),
    "local_date": ("datetime_local", "date_tbd"),
    "venue_timezone": ("venue.timezone",),
    "performers": ("performers",),
    "venue_id": ("venue.id",),
    "venue_name": ("venue.name", "venue.name_v2"),
    "venue_address": ("venue.address",),
    "venue_city": ("venue.city",),
    "venue_postal_code": ("venue.postal_code",),
    "latitude": ("venue.location.lat",),
    "longitude": ("venue.location.lon",),
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
# SeatGeek prints "normal" for nearly every event; the other words are known from third-party
# schemas only, in both spellings of "cancelled". An unknown word leaves the show on.
_STATUSES: Final = {
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "postponed": "postponed",
    "rescheduled": "rescheduled",
}
# Printed as the local time of a show whose time is not announced yet (recorded of 2020 and 2022).
_TIME_NOT_ANNOUNCED: Final = time(3, 30)
# The URI and the address that the page documents for a performer's links.
_SPOTIFY_ARTIST: Final = re.compile(
    r"(?:spotify:artist:|open\.spotify\.com/artist/)([0-9A-Za-z]{22})"
)
_DEAREST: Final = 1e9


def read_events(
    documents: Iterable[object], *, state: str | None, fetched_at: datetime
) -> quality.CheckedRows:
    """``RawEvents`` rows of SeatGeek's event documents.

    Args:
        documents: Event objects as the API answers them; anything else is set aside.
        state: The state that was asked for; events elsewhere are set aside. None takes any state.
        fetched_at: When they were fetched (UTC).
    """
    rows, rejected = [], []
    for document in documents:
        row, fault = _row(document, fetched_at)
        if not fault and state and row["state"] != state:
            fault = f"the venue lies in {row['state']!r}, not in {state}"
        if fault:
            rejected.append(
                quality.rejected_row(
                    state=state or row.get("state"),
                    table="raw_events",
                    reason=fault,
                    row=document,
                    at=fetched_at,
                )
            )
        else:
            rows.append(row)
    # Rows shift between pages while they are read, so one event can come twice; the later is newer.
    frame = pl.DataFrame(rows, schema=polars_schema(RawEvents)).unique(
        ["source", "event_id"], keep="last", maintain_order=True
    )
    checked = quality.check_rows("raw_events", frame, at=fetched_at)
    return quality.CheckedRows(
        checked.good, pl.concat([quality.rejected_frame(rejected), checked.rejected])
    )


def _row(document: object, fetched_at: datetime) -> tuple[dict[str, Any], str]:
    """The row, and what is wrong with the document ("" if it can be used)."""
    if not isinstance(document, dict):
        return {}, "not an event object"
    venue = mapping(document.get("venue"))
    state, printed_kind = printed(venue.get("state")), printed(document.get("type"))
    kind = _KINDS.get(printed_kind or "")
    if kind is None:
        return {"state": state}, f"not a concert but {printed_kind!r}"
    row = {
        "state": state,
        "source": SOURCE,
        "event_id": printed(document.get("id")),
        "title": printed(document.get("title")) or printed(document.get("short_title")),
        "kind": kind,
        "status": _STATUSES.get((printed(document.get("status")) or "").lower(), "scheduled"),
        **_times(document),
        "performers": _performers(document.get("performers")),
        **_venue(venue),
        "event_score": _score(document),
        **_prices(mapping(document.get("stats"))),
        "ticket_url": printed(document.get("url")),
        "announced_at": utc_time(document.get("announce_date")),
        "fetched_at": fetched_at,
    }
    if row["event_id"] is None:
        return row, "it has no id"
    return row, "" if state in BY_CODE else f"{state!r} is not a US state"


def _times(document: Mapping[str, Any]) -> dict[str, datetime | date | None]:
    """Start times. A TBD time carries the sentinel 03:30, which is never shown, flagged or not."""
    # The date is read from the local time: the sentinel's UTC form may fall on the day before.
    local = wall_clock(document.get("datetime_local"))
    date_tbd = bool(document.get("date_tbd"))
    flagged = date_tbd or bool(document.get("time_tbd") or document.get("datetime_tbd"))
    time_tbd = flagged or (local is not None and local.time() == _TIME_NOT_ANNOUNCED)
    return {
        "starts_at": None if time_tbd else utc_time(document.get("datetime_utc")),
        "starts_at_local": None if time_tbd else local,
        "local_date": None if date_tbd or local is None else local.date(),
    }


def _venue(venue: Mapping[str, Any]) -> dict[str, Any]:
    location = mapping(venue.get("location"))
    return {
        "venue_timezone": printed(venue.get("timezone")),
        "venue_id": printed(venue.get("id")),
        "venue_name": printed(venue.get("name")) or printed(venue.get("name_v2")),
        "venue_address": printed(venue.get("address")),
        "venue_city": printed(venue.get("city")),
        "venue_postal_code": printed(venue.get("postal_code")),
        "latitude": within(-90, numeral(location.get("lat")), 90),
        "longitude": within(-180, numeral(location.get("lon")), 180),
        # SeatGeek prints 0 where it does not know the capacity.
        "venue_capacity": counted(venue.get("capacity")) or None,
    }


def _prices(stats: Mapping[str, Any]) -> dict[str, Any]:
    prices = {
        f"{name}_price": within(0, numeral(stats.get(f"{name}_price")), _DEAREST)
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
        }
        for performer in mappings(value)
        if (name := printed(performer.get("name")))
    ]
    return sorted(bill, key=lambda performer: not performer["is_primary"])


def _genres(value: object) -> list[str]:
    """Genre names, the primary one first; the key is absent where there are none."""
    genres = sorted(mappings(value), key=lambda genre: genre.get("primary") is not True)
    return [name for genre in genres if (name := printed(genre.get("name")))]


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
