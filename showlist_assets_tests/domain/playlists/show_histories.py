"""Histories of shows (``ShowChanges``) as tests invent them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.playlists.show_fates import ShowFates
from showlist_assets.domain.tables.columns import of_several_states, polars_schema
from showlist_assets.domain.tables.show_changes import ShowChanges

if TYPE_CHECKING:
    from showlist_assets.domain.playlists.plan import PlannedShow

FIRST = datetime(2026, 11, 1, 6, tzinfo=UTC)
_STATUS = {"cancelled": "cancelled", "postponed": "postponed", "vanished": "vanished"}


def row(show: PlannedShow, change: str, day: int = 0, **columns: Any) -> dict[str, Any]:
    """What was learnt of ``show``, as it is after it, ``day`` days after the history began."""
    return {
        "state": show.state,
        "show_id": show.show_id,
        "changed_at": FIRST + timedelta(days=day),
        "change": change,
        "was": None,
        "becomes": None,
        "title": show.title,
        "status": _STATUS.get(change, "scheduled"),
        "local_date": show.local_date,
        "last_date": show.last_date,
        "starts_at_local": show.starts_at_local,
        "venue_name": show.venue_name,
        "venue_city": show.venue_city,
        "acts": list(show.artists),
        "sources": ["seatgeek"],
        "listing": show.show_id,
        "ticket_url": show.ticket_url,
        **columns,
    }


def history_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """The rows as ``ShowChanges``."""
    frame = pl.DataFrame(list(rows), schema=polars_schema(ShowChanges))
    return of_several_states(ShowChanges).validate(frame)


def fates_of(*rows: dict[str, Any]) -> ShowFates:
    """What these rows tell."""
    return ShowFates(history_of(*rows))


def later(show: PlannedShow, days: int, **fields: Any) -> PlannedShow:
    """``show``, moved by ``days``."""
    by = timedelta(days=days)
    times = {
        name: value and value + by
        for name in ("local_date", "starts_at", "starts_at_local")
        for value in [getattr(show, name)]
    }
    return replace(show, **{**times, **fields})
