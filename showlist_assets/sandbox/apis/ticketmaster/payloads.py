"""Listings as Discovery v2 prints them.

Keys and types follow recorded answers of 2020 and 2022, and what is missing follows counts of
November 2025: no prices but at ticketweb, no zone among the dates of resold tickets, numbers of a
position as text.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sandbox.world.cities import country_of_venue
from showlist_assets.sandbox.world.dealing import (
    lot,
    prints_doors_as_start,
    wait_behind_doors,
)
from showlist_assets.sandbox.world.ids import spotify_id
from showlist_assets.sandbox.world.text import slug

if TYPE_CHECKING:
    from datetime import datetime

    from showlist_assets.sandbox.apis.ticketmaster.listings import Listing
    from showlist_assets.sandbox.world.catalog import Catalog
    from showlist_assets.sandbox.world.entities import Performer, Venue

_HOSTS: Final = {
    "ticketmaster": "https://www.ticketmaster.com",
    "ticketweb": "https://www.ticketweb.com",
    "universe": "https://www.universe.com",
    "frontgate": "https://on.fgtix.com",
    "resale": "https://www.ticketmaster.com",
}
_GENRES: Final = {
    "Indie": ("Alternative", "Indie Rock"),
    "Hip-Hop": ("Hip-Hop/Rap", "Urban"),
    "Electronic": ("Dance/Electronic", "Club Dance"),
    "Hard Rock": ("Metal", "Heavy Metal"),
    "Punk": ("Rock", "Punk"),
}
_IMAGES: Final = (("16_9", 2048, 1152), ("3_2", 1024, 683), ("16_9", 640, 360))
# What is printed where nobody knows when the sale began.
_NO_SALE: Final = "1900-01-01T06:00:00Z"
_DOORS_TOLD: Final = 15


def listing_payload(listing: Listing, catalog: Catalog) -> dict[str, Any]:
    """One event of the list."""
    event = listing.event
    payload: dict[str, Any] = {
        "name": event.title,
        "type": "event",
        "id": listing.id,
        "test": listing.is_flagged_as_test,
        "url": _url(listing),
        "locale": "en-us",
        "images": _images(event.id),
        "sales": {"public": _sale(listing)},
        "dates": _dates(listing),
        "classifications": [_classification(listing.segment, _genre_of(listing), event.id)],
        "_links": {
            "self": {"href": f"/discovery/v2/events/{listing.id}?locale=en-us"},
            "venues": [{"href": f"/discovery/v2/venues/{_venue_id(event.venue)}?locale=en-us"}],
        },
        "_embedded": {"venues": [_venue(event.venue)]},
    }
    if doors := _doors(listing):
        payload["doorsTimes"] = doors
    if prices := _prices(listing):
        payload["priceRanges"] = prices
    if listing.lists_attractions and event.performers:
        acts = [_attraction(one, listing.segment, catalog) for one in event.performers]
        payload["_embedded"]["attractions"] = acts
        payload["_links"]["attractions"] = [one["_links"]["self"] for one in acts]
    return payload


def _url(listing: Listing) -> str:
    host = _HOSTS[listing.shop]
    if listing.shop == "resale":
        return f"{host}/event/{listing.id}"
    where = slug(f"{listing.event.title} {listing.event.venue.city}")
    return f"{host}/{where}-{listing.event.starts_at_local:%m-%d-%Y}/event/{listing.id}"


def _sale(listing: Listing) -> dict[str, Any]:
    began = _NO_SALE if listing.shop == "resale" else _utc(listing.event.announced_at)
    ends = _utc(listing.event.starts_at_utc)
    return {"startDateTime": began, "startTBD": False, "startTBA": False, "endDateTime": ends}


def _dates(listing: Listing) -> dict[str, Any]:
    event = listing.event
    is_timed = not event.time_tbd and not event.date_tbd
    start: dict[str, Any] = {} if event.date_tbd else {"localDate": f"{event.starts_at_local:%F}"}
    if is_timed:
        start |= {
            "localTime": f"{event.starts_at_local:%T}",
            "dateTime": _utc(event.starts_at_utc),
        }
    start |= {
        "dateTBD": event.date_tbd,
        "dateTBA": False,
        "timeTBA": event.date_tbd,
        "noSpecificTime": not is_timed,
    }
    dates: dict[str, Any] = {"start": start}
    if listing.shop != "resale":
        dates["timezone"] = event.venue.timezone
    dates["status"] = {"code": _status(listing)}
    dates["spanMultipleDays"] = event.ends_at_utc is not None
    if event.ends_at_utc is not None:
        shift = event.starts_at_local - event.starts_at_utc
        local = event.ends_at_utc + shift
        dates["end"] = {
            "localDate": f"{local:%F}",
            "localTime": f"{local:%T}",
            "dateTime": _utc(event.ends_at_utc),
            "approximate": False,
            "noSpecificTime": False,
        }
    return dates


def _doors(listing: Listing) -> dict[str, str]:
    """When the doors open: of twenty events recorded in 2022, three told it."""
    event = listing.event
    if event.time_tbd or event.date_tbd or listing.shop == "resale":
        return {}
    if lot("doors told", event.id) >= _DOORS_TOLD:
        return {}
    wait = timedelta() if prints_doors_as_start(event) else wait_behind_doors(event)
    local = event.starts_at_local - wait
    return {
        "localDate": f"{local:%F}",
        "localTime": f"{local:%T}",
        "dateTime": _utc(event.starts_at_utc - wait),
    }


def _status(listing: Listing) -> str:
    event = listing.event
    if event.status != "normal":
        return event.status
    # Of listings of a shop, a quarter was off sale at any time, and went back now and then.
    is_off_sale = listing.shop != "resale" and lot("off sale", event.id) < 25
    return "offsale" if is_off_sale else "onsale"


# As the API prints them.
_COUNTRIES = {
    "US": {"name": "United States Of America", "countryCode": "US"},
    "CA": {"name": "Canada", "countryCode": "CA"},
}
_CURRENCIES = {"US": "USD", "CA": "CAD"}


def _country(venue: Venue) -> str:
    return country_of_venue(venue.country, venue.state) or "US"


def _prices(listing: Listing) -> list[dict[str, Any]]:
    event = listing.event
    if listing.shop not in ("ticketweb", "universe"):
        return []
    currency = _CURRENCIES[_country(event.venue)]
    if event.prices is None:
        nothing = {"type": "standard", "currency": currency, "min": 0.0, "max": 0.0}
        return [nothing] if lot("price of 0", event.id) < 60 else []
    lowest, highest = event.prices
    return [{"type": "standard", "currency": currency, "min": float(lowest), "max": float(highest)}]


def _venue(venue: Venue) -> dict[str, Any]:
    payload = {
        "name": venue.name,
        "type": "venue",
        "id": _venue_id(venue),
        "test": False,
        "url": f"https://www.ticketmaster.com/{slug(venue.name)}-tickets/venue/{venue.id}",
        "locale": "en-us",
        "postalCode": venue.postal_code,
        "timezone": venue.timezone,
        "city": {"name": venue.city},
        "state": {"name": venue.state, "stateCode": venue.state},
        "country": _COUNTRIES[_country(venue)],
        "address": {"line1": venue.address} if venue.address else {},
        "location": _location(venue),
        "upcomingEvents": {"_total": 1, "ticketmaster": 1, "_filtered": 0},
        "_links": {"self": {"href": f"/discovery/v2/venues/{_venue_id(venue)}?locale=en-us"}},
    }
    # A client of many years stumbled over it (ticketpy#2).
    if lot("nameless", venue.id) == 0:
        del payload["name"]
    return payload


def _location(venue: Venue) -> dict[str, str]:
    if lot("nowhere", venue.id) < 3 or venue.latitude is None or venue.longitude is None:
        return {"longitude": "0", "latitude": "0"}
    return {"longitude": f"{venue.longitude:.8f}", "latitude": f"{venue.latitude:.8f}"}


def _attraction(performer: Performer, segment: str, catalog: Catalog) -> dict[str, Any]:
    identifier = "K8vZ9" + spotify_id("attraction", performer.id)[:6]
    genre = performer.genres[0] if performer.genres else None
    payload: dict[str, Any] = {
        "name": performer.name,
        "type": "attraction",
        "id": identifier,
        "test": False,
        "url": f"https://www.ticketmaster.com/{slug(performer.name)}-tickets/artist/{performer.id}",
        "locale": "en-us",
        "images": _images(performer.id),
        "classifications": [
            _classification(segment, genre, performer.id, is_festival=performer.kind == "festival")
        ],
        "upcomingEvents": {"_total": 1, "ticketmaster": 1, "_filtered": 0},
        "_links": {"self": {"href": f"/discovery/v2/attractions/{identifier}?locale=en-us"}},
    }
    if links := _external_links(performer, catalog):
        payload["externalLinks"] = links
    return payload


def _external_links(performer: Performer, catalog: Catalog) -> dict[str, Any]:
    """Half of the artists have a link to Spotify, and a few of these lead to somebody else.

    Of 19 attractions recorded in 2022, 10 had one and 14 an id of MusicBrainz.
    """
    if performer.artist_id is None:
        return {}
    links: dict[str, Any] = {"homepage": [{"url": f"https://{slug(performer.name)}.example"}]}
    artist_id = performer.artist_id
    if lot("wrong link", performer.id) < 3:
        artist_id = catalog.artists[performer.id % len(catalog.artists)].id
    if lot("spotify link", performer.id) < 50:
        address = f"https://open.spotify.com/artist/{artist_id}"
        # With what a browser copies beside it, as in recorded answers.
        links["spotify"] = [{"url": f"{address}?autoplay=true" if performer.id % 2 else address}]
    if lot("musicbrainz", performer.id) < 70:
        links["musicbrainz"] = [{"id": str(uuid.uuid5(uuid.NAMESPACE_URL, artist_id))}]
    return links


def _genre_of(listing: Listing) -> str | None:
    genres = listing.event.performers[0].genres if listing.event.performers else ()
    return genres[0] if genres and listing.shop != "resale" else None


def _classification(
    segment: str, genre: str | None, number: int, *, is_festival: bool = False
) -> dict[str, Any]:
    unknown = "Undefined" if lot("undefined", number) < 20 else "Other"
    broad, narrow = _GENRES.get(genre, (genre, genre)) if genre else (unknown, unknown)
    kind = ("Event Style", "Festival") if is_festival else ("Undefined", "Undefined")
    names = {
        "segment": segment,
        "genre": broad if segment == "Music" else "Miscellaneous",
        "subGenre": narrow if segment == "Music" else "Miscellaneous",
        "type": kind[0],
        "subType": kind[1],
    }
    levels = {
        level: {"id": "KZ" + spotify_id(level, name)[:14], "name": name}
        for level, name in names.items()
    }
    return {"primary": True, **levels, "family": False}


def _images(number: int) -> list[dict[str, Any]]:
    return [
        {
            "ratio": ratio,
            "url": f"https://s1.ticketm.net/dam/a/{number % 1000:03}/{number}_{width}_{ratio}.jpg",
            "width": width,
            "height": height,
            "fallback": lot("stand-in", number) < 10,
        }
        for ratio, width, height in _IMAGES
    ]


def _venue_id(venue: Venue) -> str:
    return "KovZp" + spotify_id("venue", venue.id)[:6]


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
