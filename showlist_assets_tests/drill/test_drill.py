"""A few days of faults and kills; ``python -m showlist_assets_tests.drill`` is the long drill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from showlist_assets.sandbox.state.clock import Clock
from showlist_assets.sandbox.state.request_log import Endpoint, RequestLog
from showlist_assets_tests.drill.__main__ import both_worlds, verdict
from showlist_assets_tests.drill.simulated_life import Drill
from showlist_assets_tests.drill.trouble import Outage, bad_days

_SEED = 2


@pytest.mark.slow
def test_days_of_faults_and_kills_end_with_the_tables_of_quiet_days(tmp_path):
    drill = Drill(("KS",), days=2, tail=1, budget=5)
    calm, troubled = both_worlds(drill, bad_days(_SEED, drill.days), tmp_path, quiet=True)
    assert verdict(calm, troubled) == []
    assert troubled.kills > 0
    assert calm.store.read_all("upcoming_shows").height > 0
    assert calm.calls > drill.budget, "the backlog takes more than a day"


@pytest.mark.slow
def test_a_source_that_is_down_for_days_costs_no_show_and_calls_none_off(tmp_path):
    drill = Drill(("MA",), days=6, tail=2, budget=500, sources=("ticketmaster", "seatgeek"))
    # Down when Monday's changes are fetched first, and back for the last fetch.
    outage = Outage("ticketmaster", first=4, days=3).added_to([])
    calm, troubled = both_worlds(drill, outage, tmp_path, quiet=True)
    assert verdict(calm, troubled) == []
    assert troubled.failed_runs == 0, "the other source answers"
    changes = set(calm.store.read_all("show_changes")["change"])
    assert {"announced", "cancelled", "moved", "vanished"} <= changes
    told = calm.store.read_all("shows")["listings"].list.eval(pl.element().struct["source"])
    assert {*map(frozenset, told)} == {
        frozenset(("ticketmaster",)), frozenset(("seatgeek",)), frozenset(drill.sources),
    }  # fmt: skip


def test_an_outage_comes_before_the_faults_of_its_days():
    days = Outage("seatgeek", first=1, days=3).added_to(bad_days(5, 2))
    assert [len(day.faults) for day in days[:1]] == [len(bad_days(5, 1)[0].faults)]
    assert [day.faults[0]["service"] for day in days[1:]] == ["seatgeek"] * 3
    assert days[1].faults[1:] == bad_days(5, 2)[1].faults


def test_a_seed_stands_for_the_same_troubles():
    assert bad_days(5, 10) == bad_days(5, 10) != bad_days(6, 10)


def test_the_busiest_stretch_of_time_is_found():
    log = RequestLog()
    start = datetime(2026, 11, 23, tzinfo=UTC)
    log.clock = Clock(start)
    search = Endpoint("spotify", "GET", "/v1/search")
    for hours in (0, 10, 24, 30):
        log.clock.set(start + timedelta(hours=hours))
        log.record(search, 200)
    assert log.most_within(timedelta(hours=24), "spotify") == 3
    assert log.most_within(timedelta(hours=24), "reccobeats") == 0
