"""How the events of one fetch differ from those of the fetch before."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


def count_changes(
    before: pl.DataFrame, after: pl.DataFrame, states: Iterable[str], *, today: date
) -> dict[str, dict[str, int]]:
    """How ``RawEvents`` changed, by state: events that are new, gone, or moved to another date.

    Events whose last day is before ``today`` are over, not gone.
    """
    # SeatGeek drops a cancelled event without a word (api-support#52, #103), so one that is gone
    # though its date lies ahead may well be cancelled.
    key = ["state", "source", "event_id"]
    last_day = pl.coalesce("last_date", "local_date")
    known = before.filter(last_day.is_null() | (last_day >= today)).select(*key, was="local_date")
    told = after.select(*key, "local_date")
    changed = {
        "new_events": told.join(known, on=key, how="anti"),
        "gone_events": known.join(told, on=key, how="anti"),
        "moved_events": known.join(told, on=key).filter(
            pl.col("was").ne_missing(pl.col("local_date"))
        ),
    }
    counts = {kind: Counter(rows.get_column("state")) for kind, rows in changed.items()}
    return {state: {kind: of[state] for kind, of in counts.items()} for state in states}
