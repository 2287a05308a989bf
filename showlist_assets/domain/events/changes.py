"""How the events of one fetch differ from those of the fetch before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from datetime import date


def count_changes(before: pl.DataFrame, after: pl.DataFrame, *, today: date) -> dict[str, int]:
    """How ``RawEvents`` changed: events that are new, gone, or moved to another date.

    Events whose last day is before ``today`` are over, not gone.
    """
    # SeatGeek drops a cancelled event without a word (api-support#52, #103), so one that is gone
    # though its date lies ahead may well be cancelled.
    key = ["source", "event_id"]
    last_day = pl.coalesce("last_date", "local_date")
    before = before.filter(last_day.is_null() | (last_day >= today))
    both = before.select(*key, was_on="local_date").join(after, on=key)
    return {
        "new_events": after.join(before, on=key, how="anti").height,
        "gone_events": before.join(after, on=key, how="anti").height,
        "moved_events": both.filter(pl.col("was_on").ne_missing(pl.col("local_date"))).height,
    }
