"""One event as Ticketmaster prints it, for tests to change."""

from __future__ import annotations

from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.sources.ticketmaster.reader import read_events
from showlist_assets_tests.clock import NOW


def document(**keys):
    """An event as Ticketmaster prints it, with some keys replaced; None removes a key."""
    event = {
        "name": "Paper Lantern with Tin Sparrow",
        "type": "event",
        "id": "vvG1abc",
        "test": False,
        "url": "https://www.ticketmaster.com/paper-lantern/event/1A2B",
        "sales": {"public": {"startDateTime": "1900-01-01T06:00:00Z"}},
        "dates": dates(),
        "classifications": [classified()],
        "_embedded": {
            "venues": [venue()],
            "attractions": [attraction("Paper Lantern"), attraction("Tin Sparrow")],
        },
    }
    return {key: value for key, value in (event | keys).items() if value is not None}


def dates(start=None, **keys):
    at = {
        "localDate": "2026-12-04",
        "localTime": "20:00:00",
        "dateTime": "2026-12-05T01:00:00Z",
        "dateTBD": False,
        "dateTBA": False,
        "timeTBA": False,
        "noSpecificTime": False,
    }
    found = {
        "start": {key: value for key, value in (at | (start or {})).items() if value is not None},
        "timezone": "America/New_York",
        "status": {"code": "onsale"},
        "spanMultipleDays": False,
        **keys,
    }
    return {key: value for key, value in found.items() if value is not None}


def venue(**keys):
    found = {
        "name": "The Boiler Room",
        "id": "KovZp9",
        "timezone": "America/New_York",
        "postalCode": "12207",
        "city": {"name": "Albany"},
        "state": {"name": "New York", "stateCode": "NY"},
        "country": {"name": "United States Of America", "countryCode": "US"},
        "address": {"line1": "4 Depot Street"},
        "location": {"longitude": "-73.75", "latitude": "42.65"},
        **keys,
    }
    return {key: value for key, value in found.items() if value is not None}


def attraction(name, **keys):
    return {"id": f"K8vZ9{len(name)}", "name": name, "classifications": [classified()], **keys}


def classified(segment="Music", genre="Rock", sub_genre="Indie Rock", *, primary=True, **levels):
    names = {"segment": segment, "genre": genre, "subGenre": sub_genre, **levels}
    return {
        "primary": primary,
        **{level: {"id": "KZ", "name": name} for level, name in names.items() if name is not None},
    }


def at_venue(**keys):
    return {"_embedded": document()["_embedded"] | {"venues": [venue(**keys)]}}


def billing(*attractions, **keys):
    return {"_embedded": {"venues": [venue()], "attractions": list(attractions)}, **keys}


def read(*documents, state="NY"):
    rows = read_events(documents, state=state, fetched_at=NOW)
    TABLES["raw_events"].validate(rows.good)
    RejectedRows.validate(rows.rejected)
    return rows
