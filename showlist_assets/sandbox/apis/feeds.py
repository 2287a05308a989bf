"""The web pages of some of the world's venues: calendars, tables, and pages with JSON-LD.

What belongs here: which houses publish what they have on, in which form, and how programs and
people write it oddly. What does not: how the platform reads it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml
from starlette.responses import Response

from showlist_assets.sandbox.state.service import Service
from showlist_assets.sandbox.world.dealing import doors_of
from showlist_assets.sandbox.world.text import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.requests import Request

    from showlist_assets.sandbox.state.state import SandboxState
    from showlist_assets.sandbox.world.entities import Event, Venue

_MUSIC: Final = ("concert", "music_festival")
_FORMS: Final = ("ics", "csv", "page")
# One house in five publishes a calendar; a real world would have thousands.
_STEP: Final = 5
_MOST_FEEDS: Final = 40
_MISSING: Final = "<!DOCTYPE html><html><body><h1>We have a new website!</h1></body></html>"
_MISSING_NAME: Final = "moved-away"
_WEEKS_OF_A_RESIDENCY: Final = 6
_COLUMNS: Final = (
    "id", "Date", "Time", "Doors", "End date", "Title", "Performers", "Price", "URL", "Status",
)  # fmt: skip


class _House(NamedTuple):
    """A venue that publishes what it has on."""

    rank: int
    venue: Venue
    events: list[Event]

    @property
    def form(self) -> str:
        return _FORMS[self.rank % len(_FORMS)]

    @property
    def name(self) -> str:
        return f"{slug(self.venue.name)[:40].strip('-')}-{self.venue.id}"

    @property
    def path(self) -> str:
        return {
            "ics": f"/calendars/{self.venue.id}.ics",
            "csv": f"/tables/{self.venue.id}.csv",
            "page": f"/pages/{self.venue.id}",
        }[self.form]


def feed_files(state: SandboxState, url: str, *, broken: bool = False) -> dict[str, str]:
    """The operator's descriptions of every feed by file name; ``url`` is the sandbox's.

    With ``broken``, one more whose calendar is a web page by now.
    """
    files = {f"{house.name}.yaml": _description(house, url) for house in _houses(state)}
    if broken:
        house = _houses(state)[0]
        fields = yaml.safe_load(_description(house, url))
        fields |= {"from": f"{url}/{SERVICE.name}/calendars/moved.ics", "kind": "ics"}
        files[f"{_MISSING_NAME}.yaml"] = yaml.safe_dump(fields, sort_keys=False)
    return files


def listed_events(state: SandboxState) -> dict[str, int]:
    """By the id that the platform gives a listing of a feed, the world's event that it is of.

    What a house has on every week is no event of the world and is left out.
    """
    return {
        f"{house.name}:{_uid(event)}": event.id
        for house in _houses(state)
        for event in house.events
    }


def _houses(state: SandboxState) -> list[_House]:
    # Which houses do is the world's, whatever has happened to one of their concerts.
    first, now = _by_venue(state.world.events), _by_venue(state.events.events)
    several = sorted(venue for venue, events in first.items() if len(events) > 1)
    step = max(_STEP, -(-len(several) // _MOST_FEEDS))
    return [
        _House(rank, first[venue][0].venue, now.get(venue, []))
        for rank, venue in enumerate(several[::step])
    ]


def _by_venue(events: Iterable[Event]) -> dict[int, list[Event]]:
    by_venue: dict[int, list[Event]] = {}
    for event in events:
        if event.type in _MUSIC and not event.date_tbd:
            by_venue.setdefault(event.venue.id, []).append(event)
    return by_venue


def _description(house: _House, url: str) -> str:
    venue = house.venue
    fields = {
        "from": f"{url}/{SERVICE.name}{house.path}",
        "venue": venue.name,
        "city": venue.city,
        "state": venue.state,
        "address": venue.address,
        "timezone": venue.timezone,
        "capacity": venue.capacity or None,
    }
    given = {name: value for name, value in fields.items() if value}
    return yaml.safe_dump(given, sort_keys=False, allow_unicode=True)


def _uid(event: Event) -> str:
    return f"{event.id}@house.example"


# Calendars


def _calendar(house: _House) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//A house//EN"]
    lines += [f"X-WR-TIMEZONE:{house.venue.timezone}"]
    for event in house.events:
        lines += _entry(event, house)
    if house.rank % 2 == 0:
        lines += _residency(house)
    return "\r\n".join(map(_folded, [*lines, "END:VCALENDAR", ""]))


def _entry(event: Event, house: _House) -> Iterator[str]:
    is_off = event.status == "cancelled"
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(event)}"
    if event.time_tbd:
        yield f"DTSTART;VALUE=DATE:{event.starts_at_local:%Y%m%d}"
    else:
        yield _time("DTSTART", event.starts_at_local, event.starts_at_utc, house)
        if event.ends_at_utc:
            yield f"DTEND:{event.ends_at_utc:%Y%m%dT%H%M%SZ}"
    title = escape(event.title) if event.id % 3 == 0 else event.title
    # Half of those who call a show off write it into the title and leave the status.
    yield "SUMMARY:" + _escaped(f"[CANCELLED] {title}" if is_off and event.id % 2 else title)
    if is_off and not event.id % 2:
        yield "STATUS:CANCELLED"
    yield "LOCATION:" + _escaped(f"{house.venue.name}, {house.venue.address}")
    yield "DESCRIPTION:" + _escaped(f"{_doors_in_words(event)}\nAll ages; bar with ID.")
    yield f"URL:https://house.example/shows/{event.id}"
    yield "END:VEVENT"


def _doors_in_words(event: Event) -> str:
    """As houses write it; every third says nothing that a program could read."""
    doors = doors_of(event)
    if doors is None or event.id % 3 == 2:
        return "Doors an hour before."
    clock, show = _clock(doors), _clock(event.starts_at_local)
    return f"Doors: {clock} / Show: {show}" if event.id % 3 else f"{clock} doors, {show} show."


def _clock(at: datetime) -> str:
    return at.strftime("%I:%M %p").lstrip("0")


def _time(name: str, local: datetime, utc: datetime, house: _House) -> str:
    """With the zone's name, in UTC, or without a zone: as programs do it."""
    forms = (
        f"{name};TZID={house.venue.timezone}:{local:%Y%m%dT%H%M%S}",
        f"{name}:{utc:%Y%m%dT%H%M%SZ}",
        f"{name}:{local:%Y%m%dT%H%M%S}",
    )
    return forms[house.rank // len(_FORMS) % len(forms)]


def _residency(house: _House) -> Iterator[str]:
    """An act that plays the house every Tuesday for some weeks, but for one of them."""
    acts = [act for event in house.events for act in event.performers if act.kind == "artist"]
    if not acts:
        return
    # From the middle of what is on, which does not move with the clock.
    middle = house.events[len(house.events) // 2].starts_at_local
    first = middle.replace(hour=21, minute=0, second=0)
    first += timedelta(days=(1 - first.weekday()) % 7)
    zone = house.venue.timezone
    yield "BEGIN:VEVENT"
    yield f"UID:residency-{house.venue.id}@house.example"
    yield f"DTSTART;TZID={zone}:{first:%Y%m%dT%H%M%S}"
    yield f"RRULE:FREQ=WEEKLY;COUNT={_WEEKS_OF_A_RESIDENCY}"
    yield f"EXDATE;TZID={zone}:{first + timedelta(weeks=2):%Y%m%dT%H%M%S}"
    yield "SUMMARY:" + _escaped(acts[0].name)
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """As RFC 5545, 3.3.11 wants text."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line is longer than 75 bytes; the next ones begin with a blank."""
    parts, part = [], ""
    for sign in line:
        if len((part + sign).encode()) > 73:
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])


# Tables


def _table(house: _House) -> str:
    text = io.StringIO()
    # What a spreadsheet writes where a comma is the decimal sign.
    writer = csv.writer(text, delimiter=";" if house.rank % 2 else ",")
    writer.writerow(_COLUMNS)
    for event in house.events:
        doors = doors_of(event)
        writer.writerow(
            [
                _uid(event),
                event.starts_at_local.strftime("%Y-%m-%d" if event.id % 2 else "%m/%d/%Y"),
                "" if event.time_tbd else _clock(event.starts_at_local),
                "" if doors is None else _clock(doors),
                _last_day(event) or "",
                event.title,
                "; ".join(act.name for act in event.performers),
                "" if event.prices is None else f"${event.prices[0]}-{event.prices[1]}",
                f"https://house.example/shows/{event.id}",
                "" if event.status == "normal" else event.status,
            ]
        )
    return "\ufeff" + text.getvalue()


def _last_day(event: Event) -> date | None:
    if event.ends_at_utc is None:
        return None
    shift = event.starts_at_local - event.starts_at_utc
    # Whoever plays on till dawn plays on the evening before.
    return (event.ends_at_utc + shift - timedelta(hours=6)).date()


# Pages


def _page(house: _House) -> str:
    site = {"@context": "https://schema.org", "@type": "WebSite", "name": house.venue.name}
    events: Any = [_schema_org(event, house) for event in house.events]
    if house.rank % 2:
        events = {"@context": "https://schema.org", "@graph": [site, *events]}
    scripts = "".join(
        f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in (site, events)
    )
    name = escape(house.venue.name)
    return f"<!DOCTYPE html><html><head><title>{name}</title>{scripts}</head><body></body></html>"


def _schema_org(event: Event, house: _House) -> dict[str, Any]:
    zone_less = event.starts_at_local.isoformat(timespec="minutes")
    venue, doors = house.venue, doors_of(event)
    node: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Festival" if event.type == "music_festival" else "MusicEvent",
        "@id": _uid(event),
        "name": escape(event.title) if event.id % 3 == 0 else event.title,
        "startDate": zone_less[:10] if event.time_tbd else zone_less,
        "doorTime": doors and doors.isoformat(timespec="minutes"),
        "endDate": _last_day(event) and str(_last_day(event)),
        "eventStatus": _schema_status(event),
        "location": {
            "@type": "MusicVenue",
            "name": venue.name,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": venue.address,
                "addressLocality": venue.city,
                "addressRegion": venue.state,
                "postalCode": venue.postal_code,
            },
        },
        "performer": [{"@type": "MusicGroup", "name": act.name} for act in event.performers],
        "url": f"https://house.example/shows/{event.id}",
    }
    if event.prices is not None:
        node["offers"] = {"@type": "Offer", "price": event.prices[0], "priceCurrency": "USD"}
    return {name: value for name, value in node.items() if value is not None}


def _schema_status(event: Event) -> str:
    word = "Scheduled" if event.status == "normal" else event.status.title()
    return f"https://schema.org/Event{word}"


# What answers


def _answer(request: Request, body: str, kind: str) -> Response:
    """The document, or that it is the one that the client has."""
    content = body.encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(content, media_type=kind, headers={"ETag": tag})


def _house_asked_for(request: Request, state: SandboxState, form: str) -> _House | None:
    wanted = request.path_params["venue"]
    houses = _houses(state)
    return next((each for each in houses if each.venue.id == wanted and each.form == form), None)


def _get_calendar(request: Request, state: SandboxState) -> Response:
    house = _house_asked_for(request, state, "ics")
    if house is None:
        return Response(_MISSING, 404, media_type="text/html")
    return _answer(request, _calendar(house), "text/calendar")


def _get_table(request: Request, state: SandboxState) -> Response:
    house = _house_asked_for(request, state, "csv")
    if house is None:
        return Response(_MISSING, 404, media_type="text/html")
    return _answer(request, _table(house), "text/csv")


def _get_page(request: Request, state: SandboxState) -> Response:
    house = _house_asked_for(request, state, "page")
    if house is None:
        return Response(_MISSING, 404, media_type="text/html")
    return _answer(request, _page(house), "text/html")


def _get_moved(_: Request, __: SandboxState) -> Response:
    return Response(_MISSING, media_type="text/html")


SERVICE = Service(
    name="feeds",
    handlers={
        "/calendars/moved.ics": _get_moved,
        "/calendars/{venue:int}.ics": _get_calendar,
        "/tables/{venue:int}.csv": _get_table,
        "/pages/{venue:int}": _get_page,
    },
    # Each feed has an address of its own, in its description.
    url_variable="",
)
