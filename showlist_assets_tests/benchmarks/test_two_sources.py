"""Shows that two sources tell at once are told once: of a made-up world, and of real concerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from showlist_assets.domain.states import STATE_CODES
from showlist_assets.sandbox.server import run_sandbox
from showlist_assets.storage.tables import open_tables
from showlist_assets_tests.benchmarks.two_sources import (
    config_of,
    coverage,
    events_of,
    fetched_and_merged,
    fused_by_the_second,
    judged,
    main,
    told,
    truth_of,
)
from showlist_assets_tests.rows import frame, shows_of_listings
from showlist_assets_tests.shared_data import shared

if TYPE_CHECKING:
    from pathlib import Path


def _listings(*titles: str):
    return frame(
        "raw_events", *({"event_id": str(n), "title": title} for n, title in enumerate(titles))
    )


def test_what_is_doubled_fused_and_missing_is_counted():
    raw = _listings("Paper Lantern", "Salt Ferry", "Old Mill Choir")
    shows = shows_of_listings(raw)
    truth = {("seatgeek", "0"): "a", ("seatgeek", "1"): "a", ("seatgeek", "2"): "b"}
    found = judged(raw, shows, truth, ["a", "b", "c"])
    assert (found.true_shows, found.shows, found.listings) == (2, 3, {"seatgeek": 3})
    assert list(found.doubled) == ["a"]
    assert found.fused == {}
    assert found.lost == ["c"]
    one = shows_of_listings(_listings("Paper Lantern", "Paper Lantern"))
    apart = {("seatgeek", "0"): "a", ("seatgeek", "1"): "b"}
    assert one.height == 1
    fused = judged(raw, one, apart, [])
    assert list(fused.fused.values()) == [["a", "b"]]
    assert fused_by_the_second(fused, found) == [["a", "b"]]
    assert fused_by_the_second(fused, fused) == []


def test_a_made_up_world_told_by_two_sources_loses_nothing_and_doubles_next_to_nothing(
    tmp_path: Path,
):
    with run_sandbox(config_of(None)) as sandbox:
        raw, shows = fetched_and_merged(sandbox, tmp_path, STATE_CODES)
        store = open_tables(str(tmp_path / "tables"))
        for (state,), rows in shows.group_by("state"):
            store.write("shows", str(state), rows)
        events = events_of(sandbox, STATE_CODES)
        truth = truth_of(sandbox)
        share = coverage(store, events, truth)
        found = judged(raw, shows, truth, events)
    assert found.listings.keys() == {"seatgeek", "ticketmaster"}
    assert sum(found.listings.values()) > 1.5 * found.true_shows
    assert found.lost == []
    assert share["in shows"] == share["handed in"] == len(events) > 500
    assert found.fused == {}
    # A show without a date, and a pass beside its festival, stand for themselves.
    assert len(found.doubled) <= 0.005 * found.true_shows


@pytest.mark.slow
def test_real_concerts_told_by_two_sources_are_told_once():
    world = shared("data/world/events.csv").parent
    two = told(config_of(world), STATE_CODES)
    one = told(config_of(world, ("seatgeek",)), STATE_CODES)
    assert two.lost == one.lost == []
    assert len(two.doubled) <= 0.001 * two.true_shows
    assert len(fused_by_the_second(two, one)) <= 0.001 * two.true_shows


def test_a_folder_without_a_world_is_told_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["two_sources", "--world", str(tmp_path)])
    assert main() == 1
    assert "has no events.csv" in capsys.readouterr().out
