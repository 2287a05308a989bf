"""The history of real shows: nine days of Ticketmaster's listings in November 2025.

They were fetched month by month, and each month broke off at a thousand, so most of what seems to
vanish from one day to the next was only cut off. A month is one walk here, as complete as its last
date says.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from showlist_assets.domain.events.show_changes import NEWS, show_changes
from showlist_assets.domain.events.show_rows import show_rows
from showlist_assets.domain.events.statuses import event_status
from showlist_assets.domain.states import STATES
from showlist_assets.domain.tables.show_changes import ShowChanges
from showlist_assets.domain.zones import known_zone
from showlist_assets_tests.domain.events.bills import performer
from showlist_assets_tests.domain.events.listed import PREFERRED, grouped
from showlist_assets_tests.rows import frame
from showlist_assets_tests.shared_data import shared

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATES = {state.name: state for state in STATES}


@pytest.fixture(scope="module")
def snapshots() -> pl.DataFrame:
    return pl.read_parquet(shared("data/shows/ticketmaster_snapshots_2025-11.parquet"))


@pytest.fixture(scope="module")
def history(snapshots) -> pl.DataFrame:
    """The rows of all walks, each a history of its own."""
    walked = snapshots.with_columns(month=_month()).sort("snapshot_date")
    return pl.concat(_history_of(month) for month in walked.partition_by("month"))


def _month() -> pl.Expr:
    # A month begins at midnight by UTC, which is the evening before.
    return (pl.col("date").str.to_date() + pl.duration(days=1)).dt.truncate("1mo")


def _history_of(month: pl.DataFrame) -> pl.DataFrame:
    rows = ShowChanges.create_empty()
    for day in month.partition_by("snapshot_date", maintain_order=True):
        now = datetime.combine(date.fromisoformat(day["snapshot_date"][0]), time(16), UTC)
        raw_events = frame(
            "raw_events", *(_listing(row, now) for row in day.unique("id").iter_rows(named=True))
        )
        shows = show_rows(raw_events, grouped(raw_events), preferred=PREFERRED)
        reached = _reached(day)
        covered = {(state.code, "ticketmaster"): reached for state in STATES}
        rows = pl.concat([rows, show_changes(rows, shows, covered=covered, now=now).rows])
    return rows


def _reached(day: pl.DataFrame) -> date:
    """The last date before a gap: behind it only the odd listing of several days lies."""
    dates = sorted(date.fromisoformat(one) for one in day["date"].unique())
    ends = (one for one, other in pairwise(dates) if other - one > timedelta(days=7))
    return next(ends, dates[-1])


def _listing(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    state, acts = _STATES[row["state"]], [row["artist"]] if row["artist"] else []
    day = date.fromisoformat(row["date"])
    local = datetime.combine(day, time.fromisoformat(row["time"])) if row["time"] else None
    zone = known_zone(state.timezone)
    return {
        "state": state.code,
        "source": "ticketmaster",
        "event_id": row["id"],
        "platform": "ticketmaster",
        "is_resale": row["id"].startswith("Z7r9"),
        "title": row["name"],
        "status": event_status(row["status"], row["name"], acts),
        "starts_at_local": local,
        "starts_at": local.replace(tzinfo=zone).astimezone(UTC) if local else None,
        "local_date": day,
        "venue_timezone": state.timezone,
        "performers": [performer(name) for name in acts],
        "venue_name": row["venue"],
        "venue_city": row["city"],
        "ticket_url": row["url"],
        "fetched_at": now,
    }


def _flips(snapshots: pl.DataFrame, column: str) -> pl.DataFrame:
    """Each time that a column of a listing was another one the day before, with both values."""
    rows = snapshots.unique(["id", "snapshot_date"]).sort("id", "snapshot_date")
    before = pl.col(column).shift().over("id")
    return rows.with_columns(before=before).filter(
        pl.col("before").is_not_null() & (pl.col("before") != pl.col(column))
    )


def _with_news(history: pl.DataFrame, *changes: str) -> set[str]:
    told = history.filter(pl.col("change").is_in(changes))["show_id"]
    return {show_id.removeprefix("ticketmaster-") for show_id in told}


def test_what_was_cancelled_or_moved_is_told(history, snapshots):
    off = _flips(snapshots, "status").filter(pl.col("status") == "cancelled")
    assert off.height == 3
    assert _with_news(history, "cancelled") == set(off["id"])
    # The third start that moved was known the day after that show only.
    moved = _flips(snapshots, "time").filter(pl.col("date") >= pl.col("snapshot_date"))
    assert moved.height == 2
    assert _with_news(history, "moved") == set(moved["id"])


def test_another_title_and_whether_tickets_are_sold_are_no_news(history, snapshots):
    titles, sales = _flips(snapshots, "name"), _flips(snapshots, "status")
    sales = sales.filter(pl.col("status").is_in(["onsale", "offsale"]))
    assert (titles.height, sales.height) == (20, 254)
    quiet = (set(titles["id"]) | set(sales["id"])) - set(_flips(snapshots, "time")["id"])
    assert not quiet & _with_news(history, *(set(NEWS) - {"announced", "vanished"}))


def test_what_a_capped_walk_cut_off_did_not_vanish(history, snapshots):
    days = snapshots.partition_by("snapshot_date", as_dict=True, maintain_order=True)
    seeming = [
        before.filter(pl.col("date") >= day[0]).join(after, on="id", how="anti").height
        for (_, before), (day, after) in pairwise(days.items())
    ]
    assert sum(seeming) == 78
    # Nothing else tells of the three, but they lay well within what was walked.
    assert _with_news(history, "vanished") <= set(snapshots["id"])
    assert history.filter(pl.col("change") == "vanished").height == 3
