"""One event as SeatGeek prints it, for tests to change."""

from __future__ import annotations

from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import RejectedRows
from showlist_assets.sources.seatgeek.reader import read_events
from showlist_assets_tests.clock import NOW


def document(**keys):
    """An event as SeatGeek prints it, with some keys replaced; None removes a key."""
    event = {
        "id": 4711,
        "type": "concert",
        "title": "Paper Lantern with Tin Sparrow",
        "status": "normal",
        "datetime_local": "2026-12-04T20:00:00",
        "datetime_utc": "2026-12-05T01:00:00",
        "date_tbd": False,
        "time_tbd": False,
        "score": 0.4,
        "url": "https://seatgeek.com/paper-lantern",
        "announce_date": "2026-09-01T00:00:00",
        "stats": {"lowest_price": 20, "average_price": 31.5, "listing_count": 12},
        "performers": [performer("Paper Lantern", primary=True), performer("Tin Sparrow")],
        "venue": {
            "id": 9,
            "name": "The Boiler Room",
            "city": "Albany",
            "state": "NY",
            "timezone": "America/New_York",
            "capacity": 0,
            "location": {"lat": 42.65, "lon": -73.75},
        },
    }
    return {key: value for key, value in (event | keys).items() if value is not None}


def performer(name, **keys):
    return {"id": len(name), "name": name, "type": "band", "score": 0.3, **keys}


def read(*documents, state="NY"):
    rows = read_events(documents, state=state, fetched_at=NOW)
    TABLES["raw_events"].validate(rows.good)
    RejectedRows.validate(rows.rejected)
    return rows
