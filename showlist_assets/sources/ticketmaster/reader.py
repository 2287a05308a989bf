"""Ticketmaster's event documents as rows of ``RawEvents``, and which field each column comes from.

What belongs here: what Ticketmaster's fields mean and how they lie. What does not: fetching the
documents (``client``), what any source's event may hold (``domain.tables.raw_events``), what a name
on a bill is and which listings are one show (``domain.events``).

The fields are those of "Discovery API" at developer.ticketmaster.com. How they lie is known from
5,588 US music events of November 2025 and from recorded answers of 2020 and 2022.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from showlist_assets.domain.events.doors import doors_before
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
    from collections.abc import Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from showlist_assets.domain.states import Country

SOURCE: Final = "ticketmaster"

_VENUE: Final = "_embedded.venues"
_ACTS: Final = "_embedded.attractions"
_START: Final = ("dates.start", "dates.timezone", f"{_VENUE}.timezone")
_POSITION: Final = (f"{_VENUE}.location.latitude", f"{_VENUE}.location.longitude")

COLUMN_SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "state": (f"{_VENUE}.state.stateCode",),
    "event_id": ("id",),
    "platform": ("id", "url"),
    "is_resale": ("id", "url"),
    "title": ("name",),
    "kind": ("classifications", f"{_ACTS}.classifications", "dates.spanMultipleDays"),
    "status": ("dates.status.code", "name", f"{_ACTS}.name"),
    "starts_at": _START,
    "starts_at_local": _START,
    "doors_at_local": ("doorsTimes", *_START),
    "local_date": _START,
    "ends_at": ("dates.end", *_START),
    "last_date": ("dates.end", *_START),
    "venue_timezone": ("dates.timezone", f"{_VENUE}.timezone"),
    "performers": (_ACTS, "classifications"),
    "venue_id": (f"{_VENUE}.id",),
    "venue_name": (f"{_VENUE}.name",),
    "venue_address": (f"{_VENUE}.address.line1",),
    "venue_city": (f"{_VENUE}.city.name",),
    "venue_postal_code": (f"{_VENUE}.postalCode",),
    "latitude": _POSITION,
    "longitude": _POSITION,
    "lowest_price": ("priceRanges.min",),
    "highest_price": ("priceRanges.max",),
    "ticket_url": ("url",),
}
"""The fields of a document that each column of ``RawEvents`` is made from: its column lineage."""

# Asked for music, it lists a few of other segments (131 of 5,588); "Undefined" ones are concerts.
_MUSIC: Final = {"music", "undefined"}
_NO_GENRE: Final = {"undefined", "other", "music", "miscellaneous", "none"}
# Events that somebody tries the system out with: "TM1 EVENTS TEST", "GCO Test 1 - Not All-in".
_TEST_TITLE: Final = re.compile(r"(?:TM\d*|GCO)\b.*\bTEST\b.*", re.IGNORECASE)
# Whoever bought a ticket elsewhere sells it here; always at www.ticketmaster.com.
_RESALE_ID: Final = "Z7r9"
_RESALE_SHOPS: Final = {"ticketsnow"}
_SHOPS: Final = {
    "ticketmaster": "ticketmaster",
    "livenation": "ticketmaster",
    "ticketweb": "ticketweb",
    "universe": "universe",
    "frontgatetickets": "frontgate",
    "fgtix": "frontgate",
}
_SPOTIFY_ARTIST: Final = re.compile(
    r"(?:spotify:artist:|open\.spotify\.com/(?:[a-z-]+/)?artist/)([0-9A-Za-z]{22})\b"
)
_UUID: Final = re.compile(r"\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b", re.IGNORECASE)
# UTF-8 that somebody took for one of these, and wrote down as such.
_MISREAD_AS: Final = ("cp1252", "latin-1")
_DEAREST: Final = 1e9
_NOTHING: Final = {"none", "null", "nan", "n/a", "undefined", "tba", "tbd"}
_LAST_MINUTE: Final = time(23, 59)


def read_events(
    documents: Iterable[object], *, state: str | None, fetched_at: datetime
) -> quality.CheckedRows:
    """``RawEvents`` rows of Ticketmaster's event documents.

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
    embedded, dates = mapping(document.get("_embedded")), mapping(document.get("dates"))
    venue = next(iter(mappings(embedded.get("venues"))), {})
    printed_state = printed(mapping(venue.get("state")).get("stateCode"))
    state = country.state_printed(printed_state)
    title = _words(document.get("name"))
    fault = _of_no_use(document, title)
    if fault:
        return {"state": state or printed_state}, fault
    performers = _performers(embedded.get("attractions"), document.get("classifications"))
    zone_name = printed(dates.get("timezone")) or printed(venue.get("timezone"))
    zone = known_zone(zone_name)
    times = _times(dates, zone)
    row = {
        "state": state or printed_state,
        "source": SOURCE,
        "event_id": printed(document.get("id")),
        **_shop(printed(document.get("id")), printed(document.get("url"))),
        "title": title,
        "kind": _kind(document, performers),
        # "onsale" and "offsale" are about the tickets: offsale is the normal state on the day.
        "status": event_status(
            printed(mapping(dates.get("status")).get("code")),
            title,
            [each["name"] for each in performers],
        ),
        **times,
        "doors_at_local": doors_before(
            times["starts_at_local"], _doors(mapping(document.get("doorsTimes")), zone)
        ),
        "performers": performers,
        "venue_timezone": zone_name,
        **_venue(venue, country),
        **_prices(document.get("priceRanges"), country),
        "ticket_url": printed(document.get("url")),
        "fetched_at": fetched_at,
    }
    if row["event_id"] is None:
        return row, "it has no id"
    printed_country = printed(mapping(venue.get("country")).get("countryCode"))
    return row, fault_of_place(printed_state, state, country) or fault_of_country(
        printed_country, country
    )


def _of_no_use(document: Mapping[str, Any], title: str | None) -> str:
    """Why the document is no concert; "" if it may be one."""
    if document.get("test") is True or (title and _TEST_TITLE.fullmatch(title)):
        return "a test event of Ticketmaster's own"
    segment = _named(_main(document.get("classifications")), "segment")
    if segment and segment.lower() not in _MUSIC:
        return f"not music but {segment!r}"
    return ""


def _shop(event_id: str | None, url: str | None) -> dict[str, Any]:
    """Who sells the tickets: a shop of Ticketmaster's, or another one it sends buyers to."""
    shop = _shop_at(url)
    if (event_id or "").startswith(_RESALE_ID) or shop in _RESALE_SHOPS:
        return {"platform": "resale", "is_resale": True}
    return {"platform": _SHOPS.get(shop, shop) or SOURCE, "is_resale": False}


def _shop_at(url: str | None) -> str:
    """The name of a host: "axs" of www.axs.com; "" where there is none."""
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    labels = host.split(".")
    return labels[-2] if len(labels) > 1 and not labels[-1].isdigit() else ""


def _kind(document: Mapping[str, Any], performers: list[dict[str, Any]]) -> str:
    """A festival where a classification says so, or where several acts play for days."""
    dates = mapping(document.get("dates"))
    for_days = dates.get("spanMultipleDays") is True and len(performers) > 1
    said = _is_festival(document.get("classifications")) or any(
        performer["kind"] == "music_festival" for performer in performers
    )
    return "music_festival" if said or for_days else "concert"


def _is_festival(classifications: object) -> bool:
    levels = ("genre", "subGenre", "type", "subType")
    found = (_named(one, level) for one in mappings(classifications) for level in levels)
    return any("festival" in name.lower() for name in found if name)


def _times(dates: Mapping[str, Any], zone: ZoneInfo | None) -> dict[str, Any]:
    """When it is; a date or a time that is flagged as not announced is not told."""
    start = mapping(dates.get("start"))
    if start.get("dateTBD") is True or start.get("dateTBA") is True:
        return dict.fromkeys(_TIMES)
    instant, local = utc_time(start.get("dateTime")), _local(start)
    if local is None and instant is not None:
        local = wall_clock_in(zone, instant)
    day = wall_clock(start.get("localDate")) or local
    if start.get("timeTBA") is True or start.get("noSpecificTime") is True:
        instant = local = None
    if instant is None and local is not None and zone is not None:
        instant = _instant(local, zone)
    return {
        "starts_at": instant,
        "starts_at_local": local,
        "local_date": day and day.date(),
        **_end(mapping(dates.get("end")), day and day.date(), local, zone),
    }


_TIMES: Final = ("starts_at", "starts_at_local", "local_date", "ends_at", "last_date")


def _doors(at: Mapping[str, Any], zone: ZoneInfo | None) -> datetime | None:
    """The wall clock at the venue. Three of twenty events recorded in 2022 tell it."""
    return _local(at) or wall_clock_in(zone, utc_time(at.get("dateTime")))


def _local(at: Mapping[str, Any]) -> datetime | None:
    """The wall clock at the venue; None where the time is missing."""
    day, clock = printed(at.get("localDate")), printed(at.get("localTime"))
    return wall_clock(f"{day}T{clock}") if day and clock else None


def _end(
    end: Mapping[str, Any], first: date | None, start: datetime | None, zone: ZoneInfo | None
) -> dict[str, datetime | date | None]:
    """``ends_at`` and ``last_date``: an end before the start, or months after it, is not known."""
    unknown: dict[str, datetime | date | None] = {"ends_at": None, "last_date": None}
    if first is None:
        return unknown
    instant = utc_time(end.get("dateTime"))
    local = _local(end) or wall_clock_in(zone, instant)
    if local is not None and (end.get("noSpecificTime") is True or local.time() >= _LAST_MINUTE):
        # The end of a day stands for a time that is not known.
        last, local, instant = local.date(), None, None
    elif local is not None:
        last = (local - NIGHT_ENDS).date()
    else:
        day = wall_clock(end.get("localDate"))
        last, instant = (day.date() if day else first), None
    began = start or datetime.combine(first, time())
    if not first <= last <= first + LONGEST_SHOW or (local and local <= began):
        return unknown
    return {"ends_at": instant, "last_date": last if last > first else None}


def _instant(local: datetime, zone: ZoneInfo) -> datetime | None:
    try:
        return local.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None


def _venue(venue: Mapping[str, Any], country: Country) -> dict[str, Any]:
    return {
        "venue_id": printed(venue.get("id")),
        "venue_name": _known(venue.get("name")) or VENUE_NOT_ANNOUNCED,
        "venue_address": _known(mapping(venue.get("address")).get("line1")),
        "venue_city": _known(mapping(venue.get("city")).get("name")),
        "venue_postal_code": _known(venue.get("postalCode")),
        **_position(mapping(venue.get("location")), country),
    }


def _known(value: object) -> str | None:
    """Text, but for the words of programs that had none."""
    found = _words(value)
    return found if found and found.lower() not in _NOTHING else None


def _position(location: Mapping[str, Any], country: Country) -> dict[str, float | None]:
    """Both numbers or neither; a resold ticket's is often that of the city."""
    latitude, longitude = numeral(location.get("latitude")), numeral(location.get("longitude"))
    if latitude is None or longitude is None or not country.may_hold(latitude, longitude):
        return {"latitude": None, "longitude": None}
    return {"latitude": latitude, "longitude": longitude}


def _prices(ranges: object, country: Country) -> dict[str, float | None]:
    """The cheapest and the dearest in dollars; 0 is printed where the price is not known."""
    # Of 143 listings from 0 to 0, few say that they are free, and some are sold out.
    prices = [
        price
        for one in mappings(ranges)
        if (printed(one.get("currency")) or country.currency).upper() == "USD"
        for key in ("min", "max")
        if (price := within(0, numeral(one.get(key)), _DEAREST))
    ]
    return {
        "lowest_price": min(prices, default=None),
        "highest_price": max(prices, default=None),
    }


def _performers(attractions: object, of_event: object) -> list[dict[str, Any]]:
    """The bill in the source's order, which is that of the billing: the first is the headliner."""
    bill: list[dict[str, Any]] = []
    for attraction in mappings(attractions):
        name = _words(attraction.get("name"))
        if not name or attraction.get("test") is True:
            continue
        links = mapping(attraction.get("externalLinks"))
        classifications = attraction.get("classifications")
        bill.append(
            {
                "performer_id": printed(attraction.get("id")),
                "name": name,
                "kind": _act_kind(classifications),
                # The event's genre is the headliner's.
                "genres": _genres(classifications) or ([] if bill else _genres(of_event)),
                "is_primary": not bill,
                "score": None,
                "image_url": _picture(attraction.get("images")),
                "url": printed(attraction.get("url")),
                "spotify_artist_id": _first_match(_SPOTIFY_ARTIST, links.get("spotify")),
                "musicbrainz_id": _first_match(_UUID, links.get("musicbrainz")),
            }
        )
    return bill


def _act_kind(classifications: object) -> str | None:
    """As ``domain.events.act_kinds`` reads it: a festival, a band, or not known."""
    if _is_festival(classifications):
        return "music_festival"
    segment = _named(_main(classifications), "segment") or ""
    if segment.lower() == "music":
        return "band"
    return "sports" if segment.lower() == "sports" else None


def _genres(classifications: object) -> list[str]:
    """Genre names of music, the primary classification's first, the broader one first."""
    found = (
        name
        for one in sorted(mappings(classifications), key=lambda one: one.get("primary") is not True)
        if (_named(one, "segment") or "Music").lower() in _MUSIC
        for level in ("genre", "subGenre")
        if (name := _named(one, level)) and name.lower() not in _NO_GENRE
    )
    return list(dict.fromkeys(found))


def _main(classifications: object) -> Mapping[str, Any]:
    """The primary classification, or the first."""
    given = mappings(classifications)
    return next((one for one in given if one.get("primary") is True), given[0] if given else {})


def _named(classification: Mapping[str, Any], level: str) -> str | None:
    return label(mapping(classification.get(level)).get("name"))


def _picture(images: object) -> str | None:
    """The widest one, of the shape of a screen and not a stand-in where there is one."""
    pictures = [one for one in mappings(images) if printed(one.get("url"))]
    best = max(
        pictures,
        key=lambda one: (
            one.get("fallback") is not True,
            one.get("ratio") == "16_9",
            numeral(one.get("width")) or 0,
        ),
        default={},
    )
    return printed(mapping(best).get("url"))


def _first_match(pattern: re.Pattern[str], links: object) -> str | None:
    for text in _texts(links):
        if found := pattern.search(text):
            return found.groups()[0] if found.groups() else found.group().lower()
    return None


def _texts(links: object) -> Iterator[str]:
    for link in mappings(links):
        yield from filter(None, (printed(link.get(key)) for key in ("url", "id")))


def _words(value: object) -> str | None:
    """Text for people to read: without blanks around it, escapes, or letters that were misread."""
    found = label(value)
    return _mended(found) if found else None


def _mended(text: str) -> str:
    """``text`` as it was before its UTF-8 was taken for another encoding ("BeyoncÃ©")."""
    if text.isascii():
        return text
    for encoding in _MISREAD_AS:
        try:
            # Nobody writes letters whose bytes happen to be UTF-8 on purpose.
            return text.encode(encoding).decode()
        except UnicodeError:
            continue
    return text
