"""The rule on labelled real listings, through the scorer that came with them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from showlist_assets.domain.events.merging import merge_listings
from showlist_assets_tests.benchmarks.merging import invented_listings, merge_file
from showlist_assets_tests.domain.events.listings import shows
from showlist_assets_tests.shared_data import shared


def test_labelled_listings_of_real_shows_are_told_once(tmp_path: Path):
    events = shared("data/shows/events_dev.csv")
    clusters = tmp_path / "clusters.csv"
    merge_file(events).listings.select("event_id", show_id="group").write_csv(clusters)
    scorer = [sys.executable, shared("data/shows/evaluate_pairs.py"), shared("data/shows/dev.csv")]
    options = ["--events", events, "--clusters", clusters]
    printed = subprocess.run([*scorer, *options], capture_output=True, text=True, check=True).stdout
    pairs, rest = json.JSONDecoder().raw_decode(printed)
    together = json.loads(printed[rest:])["clusters"]["all_pairs"]
    assert pairs["pairs"]["precision"] >= 0.995
    assert pairs["pairs"]["recall"] >= 0.985
    assert together["precision"] >= 0.985


def test_a_nation_of_invented_listings_is_told_once():
    events = invented_listings(900)
    told = shows(merge_listings(events))
    assert sum(map(len, told)) == 900
    assert 580 <= len(told) <= 640
