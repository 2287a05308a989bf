from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from showlist_assets.domain.events.changes import count_changes
from showlist_assets_tests.rows import TODAY, frame


def test_new_gone_and_moved_events_are_counted_and_past_ones_are_over():
    past = TODAY - timedelta(days=1)
    before = frame(
        "raw_events",
        {"event_id": "stays"},
        {"event_id": "gone"},
        {"event_id": "moved"},
        {"event_id": "gets a date", "local_date": None},
        {"event_id": "over", "local_date": past},
    )
    after = frame(
        "raw_events",
        {"event_id": "stays"},
        {"event_id": "new"},
        {"event_id": "moved", "local_date": date(2027, 1, 9)},
        {"event_id": "gets a date"},
    )
    assert count_changes(before, after, today=TODAY) == {
        "new_events": 1,
        "gone_events": 1,
        "moved_events": 2,
    }
    assert count_changes(after, after, today=TODAY) == dict.fromkeys(
        ("new_events", "gone_events", "moved_events"), 0
    )
    assert count_changes(pl.DataFrame(schema=after.schema), after, today=TODAY)["new_events"] == 4


def test_a_festival_that_is_on_is_gone_where_it_is_dropped_and_over_after_its_last_day():
    began = TODAY - timedelta(days=2)
    before = frame(
        "raw_events",
        {"event_id": "on", "local_date": began, "last_date": TODAY},
        {"event_id": "over", "local_date": began, "last_date": TODAY - timedelta(days=1)},
    )
    none = before.clear()
    assert count_changes(before, none, today=TODAY)["gone_events"] == 1
    on = before.head(1)
    assert set(count_changes(before, on, today=TODAY).values()) == {0}, "it is neither new nor gone"
