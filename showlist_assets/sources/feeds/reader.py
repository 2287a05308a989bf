"""Entries of a venue's calendar as rows of ``RawEvents``.

What belongs here: what the calendar leaves to the feed's description, the zone in which a time is
meant, and an id that stays. What does not: the calendar's form (``ics``, ``csv_file``,
``json_ld``) and who is on a bill that only a title tells (``domain.events``).
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import polars as pl

from showlist_assets.domain.events.doors import doors_before
from showlist_assets.domain.events.statuses import event_status
from showlist_assets.domain.links import web_address
from showlist_assets.domain.names import normalize
from showlist_assets.domain.states import BY_CODE, country_of
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.raw_events import RawEvents
from showlist_assets.domain.zones import known_zone
from showlist_assets.sources.event_documents import LONGEST_SHOW, NIGHT_ENDS
from showlist_assets.sources.feeds.entries import (
    MOST_ROWS,
    Entry,
    Fault,
    Moment,
    Place,
    Reading,
    state_code,
)
from showlist_assets.sources.json_values import string

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from showlist_assets.domain.feeds.feed import Feed
    from showlist_assets.domain.states import Country

SOURCE: Final = "feeds"

COLUMN_SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "state": ("state",),
    "event_id": ("UID", "id", "@id", "start", "title", "venue"),
    "platform": ("name",),
    "title": ("title", "performers"),
    "kind": ("@type",),
    "status": ("status", "title"),
    "starts_at": ("start", "timezone"),
    "starts_at_local": ("start", "timezone"),
    "doors_at_local": ("doors", "doorTime", "DESCRIPTION", "start", "timezone"),
    "local_date": ("start", "timezone"),
    "ends_at": ("end", "timezone"),
    "last_date": ("end", "timezone"),
    "venue_timezone": ("timezone", "state"),
    "performers": ("performers",),
    "venue_name": ("venue",),
    "venue_address": ("address",),
    "venue_city": ("city",),
    "venue_postal_code": ("postal_code",),
    "latitude": ("latitude", "longitude"),
    "longitude": ("longitude", "latitude"),
    "venue_capacity": ("capacity",),
    "lowest_price": ("price",),
    "highest_price": ("price",),
    "ticket_url": ("url", "tickets"),
}
"""The fields of a feed and its entries that each column of ``RawEvents`` is made from."""

HORIZON: Final = timedelta(days=548)
"""How far ahead entries are read: eighteen months, or a weekly one would have no end."""
_LONGEST_ID: Final = 120
_LONGEST_TITLE: Final = 500
# No country at all is no reason to lose a show, nor is what stands there by mistake.
_NO_COUNTRY: Final = {"none", "null", "nan", "na", "undefined"}
_SPOTIFY_ARTIST: Final = re.compile(
    r"(?:spotify:artist:|open\.spotify\.com/(?:intl-[a-z]+/)?artist/)([0-9A-Za-z]{22})"
)
_MUSICBRAINZ_ARTIST: Final = re.compile(
    r"musicbrainz\.org/artist/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE
)


def read_entries(
    reading: Reading, feed: Feed, *, since: datetime, fetched_at: datetime
) -> quality.CheckedRows:
    """``RawEvents`` rows of what a calendar lists from ``since`` on, of all states it tells of.

    Args:
        reading: What was read of the calendar; told in it where there is too much.
        feed: What its operator says of it.
        since: The present (UTC); what is over is left out.
        fetched_at: When the calendar told us (UTC).
    """
    faults = list(reading.faults)
    rows: list[tuple[Entry, dict[str, Any]]] = []
    for entry in _once_each(reading.entries):
        row, fault = _row(entry, feed, fetched_at)
        if fault:
            said = {"title": entry.title, "start": entry.start, "place": entry.place}
            faults.append(Fault(entry.where, fault, said, row.get("state")))
        elif _is_ahead(row, since):
            if len(rows) >= MOST_ROWS:
                reading.cut_short = f"it lists more than {MOST_ROWS:,} shows; the rest is left out"
                break
            rows.append((entry, row))
    _give_ids(rows, feed)
    # A calendar that lists an entry twice means it once; what comes later is newer.
    frame = pl.DataFrame(
        [row for _, row in rows], schema=polars_schema(RawEvents), strict=False
    ).unique("event_id", keep="last", maintain_order=True)
    checked = quality.check_rows("raw_events", frame, at=fetched_at)
    told = quality.rejected_frame(
        quality.rejected_row(
            state=fault.state or feed.state,
            table="raw_events",
            reason=f"feed {feed.name}, {fault.where}: {fault.words}",
            row=fault.said,
            at=fetched_at,
        )
        for fault in faults
    )
    return quality.CheckedRows(checked.good, pl.concat([told, checked.rejected]))


def _once_each(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries, without an id that several of them share and that therefore is none."""
    starts = defaultdict(set)
    entries = list(entries)
    for entry in entries:
        if entry.uid and entry.occurrence is None:
            starts[entry.uid].add(entry.start)
    for entry in entries:
        if entry.uid and entry.occurrence is None and len(starts[entry.uid]) > 1:
            yield replace(entry, uid=None)
        else:
            yield entry


def _row(entry: Entry, feed: Feed, fetched_at: datetime) -> tuple[dict[str, Any], str]:
    """The row but for its id, and why it cannot be used ("" if it can)."""
    place = _place(entry.place, feed)
    row: dict[str, Any] = {"state": place.state}
    country = country_of(place.state)
    if entry.place.country and not _may_be(entry.place.country, country):
        return row, f"the venue lies in {entry.place.country!r}, not in {country.name}"
    if place.state not in BY_CODE:
        return row, "nobody says in which state it is"
    if not place.venue:
        return row, "it names no venue"
    if entry.start is None:
        return row, "its date is missing or cannot be read"
    zone = feed.zone_in(place.state)
    times = _times(entry.start, entry.end, known_zone(zone))
    if times is None:
        return row, "its date is out of range"
    # A cell of two lines, or a fold that somebody broke, is one title.
    title = " ".join((string(entry.title) or "")[: 2 * _LONGEST_TITLE].split())[:_LONGEST_TITLE]
    # They are in dollars where nothing else is said, which elsewhere nobody can know.
    lowest, highest = entry.prices if country.currency == "USD" else (None, None)
    return row | {
        "source": SOURCE,
        "event_id": "",
        "platform": feed.name,
        "is_resale": False,
        "title": title,
        "kind": entry.kind,
        "status": event_status(entry.status, title, [act.name for act in entry.acts]),
        **times,
        "doors_at_local": _doors(entry.doors, times["starts_at_local"], known_zone(zone)),
        "venue_timezone": zone,
        "performers": _performers(entry),
        "venue_id": None,
        "venue_name": place.venue,
        "venue_address": place.address,
        "venue_city": place.city,
        "venue_postal_code": place.postal_code,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "venue_capacity": feed.capacity if feed.venues == "one" else None,
        "lowest_price": lowest,
        "highest_price": highest,
        "ticket_url": _link(entry, feed),
        "fetched_at": fetched_at,
    }, ""


def _may_be(printed: str, country: Country) -> bool:
    bare = re.sub(r"[\W_]", "", printed).lower()
    # A state written out stands there by mistake; two letters may be a country's ("DE").
    state = state_code(printed) if len(bare) > 2 else None
    return bare in _NO_COUNTRY or country.is_printed(printed) or state in country.codes


def _place(told: Place, feed: Feed) -> Place:
    """The feed's own venue, or what the entry says where each has one of its own."""
    own = Place(
        feed.venue, feed.address, feed.city, feed.state, feed.postal_code, feed.latitude,
        feed.longitude,
    )  # fmt: skip
    if feed.venues == "one":
        return own
    if told.venue in (None, feed.venue):
        # Nobody says that it is elsewhere, so all of it is the feed's but what is told.
        given = {name: value for name, value in vars(told).items() if value is not None}
        return _where_it_may_be(Place(**(vars(own) | given)))
    return _where_it_may_be(
        Place(
            told.venue,
            told.address,
            told.city or feed.city,
            told.state or feed.state,
            told.postal_code,
            told.latitude,
            told.longitude,
        )
    )


def _where_it_may_be(place: Place) -> Place:
    """``place`` with a position that may be one: 0,0 and swapped numbers are elsewhere."""
    latitude, longitude = place.latitude, place.longitude
    country = country_of(place.state)
    if latitude is None or longitude is None or not country.may_hold(latitude, longitude):
        return replace(place, latitude=None, longitude=None)
    return place


def _times(start: Moment, end: Moment | None, zone: ZoneInfo | None) -> dict[str, Any] | None:
    """When it is, at the venue and in UTC; None where no calendar goes so far."""
    try:
        instant, local = _at_the_venue(start, zone)
        day = local.date() if local else start
        ends_at, last = _end(end, local, day, zone)
    except OverflowError:
        return None
    return {
        "starts_at": instant,
        "starts_at_local": local,
        "local_date": day,
        "ends_at": ends_at,
        "last_date": last,
    }


def _doors(
    doors: datetime | time | None, start: datetime | None, zone: ZoneInfo | None
) -> datetime | None:
    """When the doors open by the venue's clock; None where that cannot be those of ``start``."""
    if doors is None or start is None:
        return None
    try:
        if isinstance(doors, datetime):
            return doors_before(start, _at_the_venue(doors, zone)[1])
        same_day = datetime.combine(start, doors)
        # A show after midnight has the doors of the evening before.
        return doors_before(start, same_day) or doors_before(start, same_day - timedelta(days=1))
    except OverflowError:
        return None


def _at_the_venue(moment: Moment, zone: ZoneInfo | None) -> tuple[datetime | None, datetime | None]:
    """The instant and the wall clock of a moment; neither of a mere date."""
    if not isinstance(moment, datetime):
        return None, None
    if moment.tzinfo is not None:
        instant = moment.astimezone(UTC)
        return instant, (moment.astimezone(zone) if zone else moment).replace(tzinfo=None)
    return (moment.replace(tzinfo=zone).astimezone(UTC) if zone else None), moment


def _end(
    end: Moment | None, local: datetime | None, day: date, zone: ZoneInfo | None
) -> tuple[datetime | None, date | None]:
    """``ends_at`` and ``last_date``: an end before the start, or months after, is not known."""
    if end is None:
        return None, None
    instant, local_end = _at_the_venue(end, zone)
    if local_end is None:
        last = end
    elif local is None or local_end <= local:
        return None, None
    else:
        last = (local_end - NIGHT_ENDS).date()
    if last - day > LONGEST_SHOW:
        return None, None
    return instant, last if last > day else None


def _is_ahead(row: Mapping[str, Any], since: datetime) -> bool:
    """Whether it is still to come, and soon enough to be read."""
    zone = known_zone(row["venue_timezone"]) or UTC
    today = since.astimezone(zone).date()
    if row["local_date"] > today + HORIZON:
        return False
    if (row["last_date"] or row["local_date"]) > today:
        return True
    if row["last_date"] is None and row["starts_at"] is not None:
        return bool((row["ends_at"] or row["starts_at"]) >= since)
    return bool((row["last_date"] or row["local_date"]) >= today)


def _give_ids(rows: list[tuple[Entry, dict[str, Any]]], feed: Feed) -> None:
    """An id for each row that the next reading of the calendar gives again."""
    starts = defaultdict(set)
    for entry, row in rows:
        row["event_id"] = _id(entry, row, feed)
        starts[row["event_id"]].add(row["starts_at_local"])
    for _, row in rows:
        # Two sets of one evening differ by their time only. Else it is left out: it may change.
        if len(starts[row["event_id"]]) > 1 and row["starts_at_local"]:
            row["event_id"] += f"{row['starts_at_local']:T%H%M}"
    _part_titles(rows)


def _part_titles(rows: list[tuple[Entry, dict[str, Any]]]) -> None:
    """Two shows to which a calendar gives one id are two: all but the first get their title's."""
    first: dict[str, str] = {}
    for _, row in rows:
        title = normalize(row["title"])
        if first.setdefault(row["event_id"], title) != title:
            row["event_id"] += f":{_digest(title)}"


def _id(entry: Entry, row: Mapping[str, Any], feed: Feed) -> str:
    if entry.uid is None:
        facts = (row["title"], row["venue_name"])
        own = _digest(str(row["local_date"]), *map(normalize, facts))
    else:
        own = _without_blanks(" ".join(entry.uid.split()))
        own = own if len(own) <= _LONGEST_ID else _digest(own)
    if entry.occurrence is None:
        return f"{feed.name}:{own}"
    planned = _day(entry.occurrence, known_zone(row["venue_timezone"]))
    return f"{feed.name}:{own}:{planned}"


def _without_blanks(uid: str) -> str:
    """``uid`` with what cannot be written into ``shows.yaml`` as %20."""
    return "".join(
        each if each.isprintable() and not each.isspace() else quote(each, errors="replace")
        for each in uid
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:16]


def _day(moment: Moment, zone: ZoneInfo | None) -> str:
    _, local = _at_the_venue(moment, zone)
    return (local.date() if local else moment).isoformat()


def _performers(entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "performer_id": None,
            "name": act.name,
            "kind": None,
            "genres": list(act.genres),
            "is_primary": index == 0,
            "score": None,
            "image_url": web_address(act.image_url) or None,
            "url": None,
            "spotify_artist_id": _found(_SPOTIFY_ARTIST, act.links),
            "musicbrainz_id": _found(_MUSICBRAINZ_ARTIST, act.links),
        }
        for index, act in enumerate(entry.acts)
    ]


def _found(pattern: re.Pattern[str], links: Iterable[str]) -> str | None:
    """The id in the links; none where they name several, of whom one is somebody else."""
    ids = {found.group(1) for link in links if (found := pattern.search(link))}
    return ids.pop() if len(ids) == 1 else None


def _link(entry: Entry, feed: Feed) -> str | None:
    links = (*entry.links, feed.tickets)
    return next((address for link in links if (address := web_address(link))), None)
