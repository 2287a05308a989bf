"""Listings, groups of them, and the shows that they make, as tests write them down."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.events.show_rows import show_rows
from showlist_assets.domain.tables.raw_events import SOURCES
from showlist_assets_tests.domain.events.bills import performer
from showlist_assets_tests.rows import frame

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFERRED = ("ticketmaster", "seatgeek", "feeds")
DAY = date(2026, 12, 4)


def at(hour: int, minute: int = 0, *, day: date = DAY) -> dict[str, Any]:
    """The columns of a start in New York in winter."""
    local = datetime.combine(day, time(hour, minute))
    return {
        "local_date": day,
        "starts_at_local": local,
        "starts_at": (local + timedelta(hours=5)).replace(tzinfo=UTC),
    }


def listing(name: str, *acts: str, **columns: Any) -> dict[str, Any]:
    """A listing by its source and id ("ticketmaster-a"), with the names on its bill."""
    source, event_id = name.split("-", 1)
    assert source in SOURCES
    bill = [performer(act) for act in acts]
    return {
        "source": source,
        "event_id": event_id,
        "platform": source,
        "performers": bill,
        **at(20),
        **columns,
    }


def grouped(raw_events: pl.DataFrame, *groups: Sequence[str]) -> pl.DataFrame:
    """What the merging says where it puts these listings together."""
    group_of = {name: number for number, names in enumerate(groups) for name in names}
    listed = raw_events.select("state", "source", "event_id").rows(named=True)
    rows = [
        {**row, "group": group, "why": "told by a test", "is_sure": True}
        for row in listed
        if (group := group_of.get(f"{row['source']}-{row['event_id']}")) is not None
    ]
    schema = {
        **dict.fromkeys(("state", "source", "event_id", "why"), pl.String()),
        "group": pl.Int64(),
        "is_sure": pl.Boolean(),
    }
    return pl.DataFrame(rows, schema=schema)


def shows_of(
    *listings: dict[str, Any],
    groups: Sequence[Sequence[str]] = (),
    earlier: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """``Shows`` of these listings, each a show of its own where ``groups`` do not name it."""
    raw_events = frame("raw_events", *listings)
    return show_rows(raw_events, grouped(raw_events, *groups), preferred=PREFERRED, earlier=earlier)


def one_show(*listings: dict[str, Any]) -> dict[str, Any]:
    """The row of the one show that all these listings tell of."""
    names = [f"{one['source']}-{one['event_id']}" for one in listings]
    return shows_of(*listings, groups=[names]).row(0, named=True)
