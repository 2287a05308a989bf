"""Invented listings, and who tells of one show, for the tests of merging."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time
from typing import Any

import polars as pl

from showlist_assets.domain.events.merging import Merged, merge_listings
from showlist_assets_tests.domain.events.bills import performer
from showlist_assets_tests.rows import frame

DAY = date(2026, 12, 4)


def listing(event_id: str, title: str, at: str | None = "20:00", **columns: Any) -> dict[str, Any]:
    """A listing of the Lantern Hall in Albany; ``acts`` are the names on its bill."""
    day = columns.get("local_date", DAY)
    acts = columns.pop("acts", ())
    start = datetime.combine(day, time.fromisoformat(at)) if at and day else None
    source = columns.setdefault("source", "ticketmaster")
    return {
        "platform": source,
        "event_id": event_id,
        "title": title,
        "starts_at_local": start,
        "performers": [performer(name) for name in acts],
        "venue_name": "Lantern Hall",
        **columns,
    }


def raw(*listings: dict[str, Any]) -> pl.DataFrame:
    return frame("raw_events", *listings)


def merged(*listings: dict[str, Any], **options: Any) -> Merged:
    return merge_listings(raw(*listings), **options)


def shows(result: Merged) -> set[frozenset[str]]:
    """The ids of each show's listings."""
    groups: defaultdict[int, set[str]] = defaultdict(set)
    for row in result.listings.iter_rows(named=True):
        groups[row["group"]].add(row["event_id"])
    return {frozenset(ids) for ids in groups.values()}


def are_one(*listings: dict[str, Any], **options: Any) -> bool:
    return len(shows(merged(*listings, **options))) == 1
