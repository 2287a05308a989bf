"""Events, performers and venues as SeatGeek v2 prints them.

Keys and types follow recorded answers of 2017 to 2022: ``primary`` is true or absent, ``genres``
is absent when there are none, and performers inside an event have no ``links``.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any

from showlist_assets.sandbox.world.cities import METRO_CODES
from showlist_assets.sandbox.world.text import slug
from showlist_assets.sandbox.world.vocabulary import GENRES

if TYPE_CHECKING:
    from datetime import datetime

    from showlist_assets.sandbox.state.event_index import EventIndex
    from showlist_assets.sandbox.world.entities import Event, Performer, Venue

_SITE = "https://seatgeek.com"
_GENRE_IDS = {name: 401 + index for index, name in enumerate(sorted(GENRES))}

# Ids of the real /taxonomies, as recorded in 2016.
TAXONOMIES: dict[str, tuple[int, str | None]] = {
    "sports": (1000000, None),
    "baseball": (1010000, "sports"),
    "basketball": (1030000, "sports"),
    "concert": (2000000, None),
    "music_festival": (2010000, "concert"),
    "theater": (3000000, None),
    "comedy": (3040000, "theater"),
}


def taxonomy(name: str) -> dict[str, Any]:
    """One taxonomy as events carry it."""
    identifier, parent = TAXONOMIES[name]
    parent_id = TAXONOMIES[parent][0] if parent else None
    return {"id": identifier, "name": name, "parent_id": parent_id, "rank": 0}


def event_taxonomies(event: Event) -> list[dict[str, Any]]:
    """An event's taxonomies, the broadest first."""
    return _with_parent(event.type)


def event_stats(event: Event) -> dict[str, Any]:
    """Price statistics; all null where nothing is listed (free shows, and many in 2026)."""
    # Many clients get no prices at all since February 2026 (seatgeek/api-support#191).
    if event.prices is None:
        return dict.fromkeys(_STATS)
    lowest, highest = event.prices
    average, listings = (lowest + highest) // 2, 4 + event.id % 90
    return {
        "listing_count": listings,
        "average_price": average,
        "lowest_price_good_deals": lowest,
        "lowest_price": lowest,
        "highest_price": highest,
        "visible_listing_count": listings,
        "dq_bucket_counts": [0, listings // 2, listings - listings // 2, 0, 0, 0, 0, 0],
        "median_price": max(0, average - 1),
        "lowest_sg_base_price": max(1, lowest * 3 // 4),
        "lowest_sg_base_price_good_deals": max(1, lowest * 3 // 4),
    }


_STATS = (
    "listing_count",
    "average_price",
    "lowest_price_good_deals",
    "lowest_price",
    "highest_price",
    "visible_listing_count",
    "dq_bucket_counts",
    "median_price",
    "lowest_sg_base_price",
    "lowest_sg_base_price_good_deals",
)


def event_payload(event: Event, index: EventIndex, *, spotify_links: bool) -> dict[str, Any]:
    """One event, with its venue and performers."""
    date = event.starts_at_local.strftime("%Y-%m-%d-%-I-%M-%p").lower()
    first = event.performers[0].name if event.performers else event.title
    where = f"{slug(event.venue.city)}-{slug(event.venue.name)}"
    return {
        "type": event.type,
        "id": event.id,
        "datetime_utc": _iso(event.starts_at_utc),
        "venue": venue_payload(event.venue, index),
        "datetime_tbd": event.date_tbd,
        "performers": [
            _embedded(performer, position, index, spotify_links=spotify_links)
            for position, performer in enumerate(event.performers)
        ],
        "is_open": False,
        "links": [],
        "datetime_local": _iso(event.starts_at_local),
        "time_tbd": event.time_tbd,
        "short_title": event.title if len(event.title) < 40 else first,
        "visible_until_utc": _iso(event.ends_at_utc or event.starts_at_utc + timedelta(hours=4)),
        "stats": event_stats(event),
        "taxonomies": event_taxonomies(event),
        "url": f"{_SITE}/{slug(first)}-tickets/{where}-{date}/{event.type}/{event.id}",
        "score": round(event.score, 3),
        "announce_date": _iso(event.announced_at.replace(hour=0, minute=0, second=0)),
        "created_at": _iso(event.announced_at),
        "date_tbd": event.date_tbd,
        # Escaped for a page here and there, as names are that went through somebody's HTML.
        "title": escape(event.title, quote=False) if event.id % 4 == 0 else event.title,
        "popularity": round(event.score, 3),
        "description": "",
        # "normal" in every recorded answer; the other words are named by third parties only.
        "status": event.status,
        "access_method": None,
        "event_promotion": None,
        "announcements": {},
        "conditional": False,
        "enddatetime_utc": _iso(event.ends_at_utc) if event.ends_at_utc else None,
        "themes": [],
        "domain_information": [],
        **event.printed,
    }


def venue_payload(venue: Venue, index: EventIndex) -> dict[str, Any]:
    """One venue."""
    upcoming = index.events_of_venue[venue.id]
    return {
        "state": venue.state,
        "name_v2": venue.name,
        "postal_code": venue.postal_code,
        "name": venue.name,
        "links": [],
        "timezone": venue.timezone,
        "url": f"{_SITE}/venues/{slug(venue.name)}/tickets",
        "score": round(min(1.0, 0.2 + venue.capacity / 25_000), 3),
        "location": _location(venue),
        "address": venue.address,
        "country": venue.country,
        "has_upcoming_events": upcoming > 0,
        "num_upcoming_events": upcoming,
        "city": venue.city,
        "slug": slug(venue.name),
        "extended_address": f"{venue.city}, {venue.state} {venue.postal_code}".strip(),
        "id": venue.id,
        "popularity": 0,
        "access_method": None,
        "metro_code": METRO_CODES.get((venue.city, venue.state)),
        "capacity": venue.capacity,
        "display_location": f"{venue.city}, {venue.state}",
        **venue.printed,
    }


def _location(venue: Venue) -> dict[str, float | None]:
    """One venue in twenty is nowhere: 0,0, as a form that nobody filled in."""
    if venue.id // 13 % 20 == 7:
        return {"lat": 0, "lon": 0}
    return {"lat": venue.latitude, "lon": venue.longitude}


def performer_payload(performer: Performer, index: EventIndex) -> dict[str, Any]:
    """One performer as ``/performers`` prints it; there, ``links`` is there, and empty."""
    upcoming = index.events_of_performer[performer.id]
    image = f"{_SITE}/images/performers-landscape/{slug(performer.name)}/{performer.id}/huge.jpg"
    payload = {
        "type": performer.type,
        "name": performer.name,
        "image": image,
        "id": performer.id,
        "images": {"huge": image},
        "divisions": None,
        "has_upcoming_events": upcoming > 0,
        "stats": {"event_count": upcoming},
        "taxonomies": _with_parent(_performer_taxonomy(performer)),
        "image_attribution": None,
        "url": f"{_SITE}/{slug(performer.name)}-tickets",
        "score": round(performer.score, 3),
        "slug": slug(performer.name),
        "home_venue_id": None,
        "short_name": performer.name,
        "num_upcoming_events": upcoming,
        "colors": None,
        "image_license": None,
        "popularity": 0,
        "location": None,
        "image_rights_message": None,
        "links": [],
    }
    if performer.genres:
        payload["genres"] = [
            _genre(name, primary=position == 0) for position, name in enumerate(performer.genres)
        ]
    return {**payload, **performer.printed}


def _embedded(
    performer: Performer, position: int, index: EventIndex, *, spotify_links: bool
) -> dict[str, Any]:
    payload = performer_payload(performer, index)
    del payload["links"]
    if spotify_links and performer.artist_id and performer.id % 6 == 0:
        payload["links"] = [_spotify_link(performer.artist_id)]
    # True or absent, never false.
    if position == 0:
        payload["primary"] = True
    # On teams only, as in recorded answers of 2019.
    if performer.kind == "team":
        payload["home_team" if position == 0 else "away_team"] = True
    return payload


def _spotify_link(artist_id: str) -> dict[str, str]:
    """The form SeatGeek once documented; no recorded answer has it (api-support#39)."""
    return {
        "provider": "spotify",
        "url": f"http://open.spotify.com/artist/{artist_id}",
        "id": f"spotify:artist:{artist_id}",
    }


def _performer_taxonomy(performer: Performer) -> str:
    if performer.kind == "festival":
        return "music_festival"
    return performer.type if performer.type in TAXONOMIES else "concert"


def _with_parent(name: str) -> list[dict[str, Any]]:
    parent = TAXONOMIES[name][1]
    return [taxonomy(one) for one in (parent, name) if one]


def _genre(name: str, *, primary: bool) -> dict[str, Any]:
    identifier = _GENRE_IDS.get(name, 400)
    image = f"{_SITE}/images/performers-landscape/genre-{slug(name)}/huge.jpg"
    return {
        "id": identifier,
        "name": name,
        "slug": slug(name),
        "primary": primary,
        "image": image,
        "images": {"huge": image},
        "document_source": {"source_type": "ELASTIC", "generation_type": "FULL"},
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
