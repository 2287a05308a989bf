"""The merging of listings, measured: on labelled listings, and in seconds for a nation.

Usage::

    python -m showlist_assets_tests.benchmarks.merging --events events.csv --out shows.csv
    python -m showlist_assets_tests.benchmarks.merging --listings 50000

The first reads listings (event_id, source, title, performers with '|' between, venue, address,
city, state, lat, lon, date, time, status) and writes event_id and show_id, as the platform merges
them. The second makes up so many listings of a nation and prints the seconds of one core.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import polars as pl

from showlist_assets.domain.events.merging import Merged, merge_listings
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.raw_events import SOURCES, RawEvents

_TIME = re.compile(r"(\d{1,2})(?::(\d\d))?\s*(?:([ap])m)?(?![\d:])", re.IGNORECASE)
_SYLLABLES = re.findall("..", "badefigolumaneepirosutavewizokalemiinoruushuyapo")[:20]
_READ_AT = datetime(2026, 11, 25, tzinfo=UTC)


def raw_events_of(listings: list[dict[str, str]]) -> pl.DataFrame:
    """``RawEvents`` of labelled listings; a local list is a feed of its name."""
    return pl.DataFrame(
        [_event(row) for row in listings], schema=polars_schema(RawEvents), orient="row"
    )


def _event(row: dict[str, str]) -> dict[str, Any]:
    day = date.fromisoformat(row["date"]) if row["date"] else None
    hour = _clock(row["time"])
    start = datetime.combine(day, hour) if day and hour else None
    source = row["source"]
    event = dict.fromkeys(polars_schema(RawEvents))
    return event | {
        "state": row["state"],
        "source": source if source in SOURCES else "feeds",
        "event_id": row["event_id"],
        "platform": source,
        "is_resale": False,
        "title": row["title"].strip(),
        "kind": "concert",
        "status": "cancelled" if row["status"].startswith("cancel") else "scheduled",
        "starts_at_local": start,
        "local_date": day,
        "performers": [_performer(name) for name in row["performers"].split("|") if name],
        # What an id of the house would tell apart: another record prints another address.
        "venue_id": "|".join(row[column] for column in ("venue", "address", "lat", "lon")),
        "venue_name": row["venue"],
        "venue_address": row["address"] or None,
        "venue_city": row["city"].strip() or None,
        "latitude": float(row["lat"]) if row["lat"] else None,
        "longitude": float(row["lon"]) if row["lon"] else None,
        "fetched_at": _READ_AT,
    }


def _clock(printed: str) -> clock | None:
    """The start in "19:30", "7:30 PM" or "Doors 7 PM / Show 8 PM"; doors come first."""
    found = list(_TIME.finditer(printed))
    if not found:
        return None
    hour, minute, half = found[-1].groups()
    noon = 12 if half and half.lower() == "p" else 0
    return clock(int(hour) % 12 + noon if half else int(hour) % 24, int(minute or 0))


def _performer(name: str) -> dict[str, Any]:
    return {"name": name.strip(), "genres": [], "is_primary": False}


def merge_file(events: Path) -> Merged:
    """Merges the listings of a file as the platform does."""
    with events.open(newline="", encoding="utf-8") as file:
        return merge_listings(raw_events_of(list(csv.DictReader(file))))


def invented_listings(count: int, *, seed: int = 1) -> pl.DataFrame:
    """``count`` listings of half a year and a nation, of which a third tell of another's show."""
    rng = random.Random(seed)
    shows: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for index in range(count):
        if index % 3 or not shows:
            show = _show(rng, count)
            shows.append(show)
            rows.append(_told(show, "seatgeek", index, rng))
        else:
            rows.append(_told(rng.choice(shows[-1000:]), "ticketmaster", index, rng))
    return raw_events_of(rows)


def _show(rng: random.Random, count: int) -> dict[str, Any]:
    weights = [1 + 40 / (1 + place) for place in range(len(STATE_CODES))]
    state = rng.choices(STATE_CODES, weights)[0]
    city = rng.choice(
        [f"{_word(rng, 60)}ville", f"Port {_word(rng, 60)}", f"{_word(rng, 60)} City"]
    )
    day = date(2026, 12, 1) + timedelta(days=rng.randrange(max(180 * count // 50_000, 1)))
    kind = rng.choice(("Theatre", "Hall", "Ballroom", "Club", "Tavern", "Arena"))
    acts = [f"{_word(rng, 400)} {_word(rng, 400)}" for _ in range(rng.randint(1, 4))]
    return {
        "acts": acts, "venue": f"{_word(rng, 300)} {kind}", "city": city, "state": state,
        "date": day.isoformat(), "time": f"{rng.randint(18, 22)}:{rng.choice(('00', '30'))}",
    }  # fmt: skip


def _told(show: dict[str, Any], source: str, index: int, rng: random.Random) -> dict[str, str]:
    acts = show["acts"]
    title = rng.choice((acts[0], " with ".join(acts[:2]), f"{acts[0]}: {_word(rng, 400)} Tour"))
    named = {"title": title, "performers": "|".join(acts[: rng.randint(1, len(acts))])}
    place = {"venue": show["venue"], "city": show["city"], "state": show["state"], "address": ""}
    when = {"date": show["date"], "time": show["time"], "status": "", "lat": "", "lon": ""}
    return {"event_id": str(index), "source": source, **named, **place, **when}


def _word(rng: random.Random, count: int) -> str:
    """One of ``count`` made-up words."""
    number = rng.randrange(count)
    first, second = divmod(number, 20)
    third = (first // 20 + second) % 20
    return "".join(_SYLLABLES[place] for place in (first % 20, second, third)).title()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--listings", type=int)
    options = parser.parse_args()
    if options.listings:
        for count in (options.listings // 2, options.listings):
            events = invented_listings(count)
            begun = time.process_time()
            merged = merge_listings(events)
            seconds = time.process_time() - begun
            shows = merged.listings["group"].n_unique()
            print(f"{count} listings, {shows} shows: {seconds:.1f} s")
    if options.events and options.out:
        merged = merge_file(options.events)
        merged.listings.select("event_id", show_id="group").write_csv(options.out)


if __name__ == "__main__":
    main()
