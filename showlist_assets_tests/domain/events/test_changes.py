from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from showlist_assets.domain.events.changes import count_changes
from showlist_assets_tests.rows import TODAY, frame


def counted(before, after):
    return count_changes(before, after, ["NY"], today=TODAY)["NY"]


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
    assert counted(before, after) == {
        "new_events": 1,
        "gone_events": 1,
        "moved_events": 2,
    }
    assert counted(after, after) == dict.fromkeys(("new_events", "gone_events", "moved_events"), 0)
    assert counted(pl.DataFrame(schema=after.schema), after)["new_events"] == 4


def test_a_festival_that_is_on_is_gone_where_it_is_dropped_and_over_after_its_last_day():
    began = TODAY - timedelta(days=2)
    before = frame(
        "raw_events",
        {"event_id": "on", "local_date": began, "last_date": TODAY},
        {"event_id": "over", "local_date": began, "last_date": TODAY - timedelta(days=1)},
    )
    none = before.clear()
    assert counted(before, none)["gone_events"] == 1
    on = before.head(1)
    assert set(counted(before, on).values()) == {0}, "it is neither new nor gone"


def test_each_state_counts_its_own_and_one_without_events_has_none():
    before = frame("raw_events", {"event_id": "1"}, {"event_id": "1", "state": "NJ"})
    after = frame("raw_events", {"event_id": "1"}, {"event_id": "2", "state": "NJ"})
    counts = count_changes(before, after, ["NY", "NJ", "WY"], today=TODAY)
    assert [list(counts[state].values()) for state in counts] == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]
