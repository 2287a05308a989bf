"""Progress toward complete, and how a day's calls are shared out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.matching.backlog import (
    CALLS_PER_PERFORMER,
    done_by,
    pending_performers,
    progress,
    resolved_shows,
    share_out,
)

_TODAY = date(2026, 11, 21)


def _bills(*rows: tuple[str, str, str, int | None]) -> pl.DataFrame:
    """Rows of (state, show, performer, days ahead)."""
    return pl.DataFrame(
        [
            (state, show, performer, None if days is None else _TODAY + timedelta(days=days), None)
            for state, show, performer, days in rows
        ],
        schema={
            "state": pl.String,
            "show_id": pl.String,
            "performer_key": pl.String,
            "local_date": pl.Date,
            "last_date": pl.Date,
        },
        orient="row",
    )


def _decisions(*rows: tuple[str, str, str, int | None]) -> pl.DataFrame:
    """Rows of (state, performer, outcome, days to the next show)."""
    return pl.DataFrame(
        [
            (state, performer, outcome, None if days is None else _TODAY + timedelta(days=days))
            for state, performer, outcome, days in rows
        ],
        schema={
            "state": pl.String,
            "performer_key": pl.String,
            "outcome": pl.String,
            "next_show_on": pl.Date,
        },
        orient="row",
    )


def _to_hear(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """Rows of (state, performer, what there is to hear)."""
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("state", "performer_key", "to_hear"), pl.String), orient="row"
    )


@pytest.mark.parametrize(
    ("bill", "with_songs", "nobody"),
    [
        (["songs"], 1, 0),
        (["unknown", "songs"], 1, 0),
        (["no_song", "songs"], 1, 0),
        (["nobody"], 0, 1),
        (["nobody", "no_song"], 0, 1),
        (["nobody", "unknown"], 0, 0),
        (["no_song", "unknown"], 0, 0),
        ([None, "nobody"], 0, 0),
        ([None], 0, 0),
    ],
)
def test_a_show_is_resolved_by_one_song_or_by_everybody_having_none(bill, with_songs, nobody):
    bills = _bills(*(("NY", "a", f"act {n}", 3) for n, _ in enumerate(bill)))
    known = [("NY", f"act {n}", what) for n, what in enumerate(bill) if what]
    found = resolved_shows(bills, _to_hear(*known), today=_TODAY)
    assert found.row(0, named=True) == {
        "state": "NY", "shows_14": 1, "shows_60": 1, "with_songs_14": with_songs,
        "with_songs_60": with_songs, "nobody_to_hear_14": nobody, "nobody_to_hear_60": nobody,
    }  # fmt: skip
    numbers = progress(found)
    assert numbers["shows_next_14_days_resolved"] == with_songs + nobody
    assert numbers["shows_next_14_days_with_songs"] == with_songs
    assert numbers["shows_next_14_days_nobody_to_hear"] == nobody


def test_each_horizon_counts_its_own_shows():
    bills = _bills(("NY", "a", "x", 3), ("NY", "b", "x", 20), ("NY", "c", "y", 59))
    found = resolved_shows(bills, _to_hear(("NY", "x", "songs")), today=_TODAY)
    row = found.row(0, named=True)
    assert [row[f"{kind}_{days}"] for kind in ("shows", "with_songs") for days in (14, 60)] == [
        1, 3, 1, 2,
    ]  # fmt: skip


def test_a_performer_who_is_pending_elsewhere_does_not_hold_a_show_back():
    bills = _bills(("NY", "a", "head", 3), ("CA", "b", "head", 3))
    known = _to_hear(("NY", "head", "unknown"), ("CA", "head", "songs"))
    found = resolved_shows(bills, known, today=_TODAY)
    assert dict(zip(found["state"], found["with_songs_14"], strict=True)) == {"CA": 1, "NY": 0}


def test_today_counts_and_yesterday_and_undated_shows_do_not():
    bills = _bills(
        ("NY", "a", "x", 0), ("NY", "b", "x", -1), ("NY", "c", "x", None), ("NY", "d", "x", 14)
    )
    row = resolved_shows(bills, _to_hear(), today=_TODAY).row(0, named=True)
    assert (row["shows_14"], row["shows_60"]) == (1, 2)


def test_a_festival_counts_until_its_last_day():
    days = {"yesterday": (-3, -1), "on": (-1, 0), "ahead": (13, 15), "far": (14, 16)}
    bills = pl.concat(
        _bills(("NY", name, name, first)).with_columns(last_date=_TODAY + timedelta(days=last))
        for name, (first, last) in days.items()
    )
    row = resolved_shows(bills, _to_hear(), today=_TODAY).row(0, named=True)
    assert (row["shows_14"], row["shows_60"]) == (2, 3)


def test_who_waits_in_two_states_is_one_call_for_the_sooner_show():
    pending = pending_performers(
        _decisions(
            ("CA", "touring", "pending", 9),
            ("WY", "touring", "pending", 2),
            ("CA", "undated", "pending", None),
            ("CA", "done", "matched", 1),
        )
    )
    assert pending.select("state", "performer_key").rows() == [
        ("WY", "touring"),
        ("CA", "undated"),
    ]


def test_the_state_with_the_soonest_pending_show_comes_first():
    pending = pending_performers(
        _decisions(("CA", "later", "pending", 9), ("WY", "sooner", "pending", 2))
    )
    shares = share_out(pending, [["CA", "NY"], ["WY"]], calls=100)
    assert [(share.first, share.last) for share in shares] == [("WY", "WY"), ("CA", "NY")]


def test_a_run_gets_calls_for_its_performers_among_the_most_urgent():
    waiting = [("CA", f"c{n}", "pending", n) for n in range(30)]
    waiting += [("WY", f"w{n}", "pending", 10 + n) for n in range(30)]
    pending = pending_performers(_decisions(*waiting))
    shares = share_out(pending, [["CA"], ["WY"]], calls=39)  # enough for thirty performers
    assert [(share.first, share.calls) for share in shares] == [("CA", 26), ("WY", 13)]


@given(
    pending=st.lists(st.tuples(st.sampled_from(["CA", "NY", "TX", "WY"]), st.integers(0, 90))),
    calls=st.integers(1, 500),
)
def test_no_more_calls_are_shared_out_than_there_are(pending, calls):
    rows = [(state, f"p{number}", "pending", days) for number, (state, days) in enumerate(pending)]
    found = share_out(
        pending_performers(_decisions(*rows)), [["CA"], ["NY", "TX"], ["WY"]], calls=calls
    )
    assert sum(share.calls for share in found) == (calls if pending else 0)
    assert all(share.calls >= 0 for share in found)


def test_the_backlog_is_done_after_as_many_days_as_the_budget_needs():
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert done_by(0, free=0, per_day=450, now=now) == now
    assert done_by(100, free=int(100 * CALLS_PER_PERFORMER), per_day=450, now=now) == now
    assert done_by(1000, free=0, per_day=450, now=now) == now + timedelta(days=3)
    assert done_by(1, free=0, per_day=0, now=now) is None
