from __future__ import annotations

from itertools import pairwise

import dagster as dg
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.definitions import build_definitions
from showlist_assets.defs.partitions import (
    range_tags,
    ranges_covering,
    runs_around,
    state_ranges,
    states_between,
    states_of,
    states_partitions,
)
from showlist_assets.domain.states import COUNTRIES, STATE_CODES, states_of_countries
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
from showlist_assets_tests.domain.made_country import forget, in_file


def states_in(ranges):
    """Every state of the ranges, in order."""
    return [
        state
        for first, last in ranges
        for state in STATE_CODES[STATE_CODES.index(first) : STATE_CODES.index(last) + 1]
    ]


def test_there_is_one_partition_per_state_heaviest_first():
    assert list(states_partitions.get_partition_keys()) == list(STATE_CODES)


@given(st.integers(1, 60))
def test_the_ranges_cover_every_state_once_in_runs_of_the_given_size(states_per_run):
    ranges = state_ranges(states_per_run, among=STATE_CODES)
    assert states_in(ranges) == list(STATE_CODES)
    assert len(ranges) == -(-51 // states_per_run)
    assert all(len(states_in([each])) <= states_per_run for each in ranges)


@given(st.lists(st.sampled_from(STATE_CODES)))
def test_ranges_cover_the_given_states_and_nothing_else_with_the_fewest(states):
    ranges = ranges_covering(states, among=STATE_CODES)
    assert states_in(ranges) == [state for state in STATE_CODES if state in states]
    for (_, last), (first, _) in pairwise(ranges):
        assert STATE_CODES.index(first) > STATE_CODES.index(last) + 1


def test_one_state_is_a_range_of_itself():
    assert ranges_covering(["VT"], among=STATE_CODES) == [("VT", "VT")]
    assert ranges_covering([], among=STATE_CODES) == []


def test_the_tags_name_both_ends():
    assert sorted(range_tags("CA", "TX").values()) == ["CA", "TX"]


_BOTH = states_of_countries(["US", "CA"])


@given(st.lists(st.sampled_from(_BOTH)), st.integers(1, 70))
def test_ranges_go_by_the_states_that_are_covered(states, at_most):
    covered = _BOTH[40:] + _BOTH[:20]
    wanted = [state for state in covered if state in states]
    ranges = ranges_covering(wanted, at_most=at_most, among=covered)
    read = [state for each in ranges for state in states_between(*each, among=covered)]
    assert read == wanted
    assert all(
        states_of(range_tags(*each), among=covered) == states_between(*each, among=covered)
        for each in ranges
    )


def test_the_week_s_runs_cover_canada_behind_the_us():
    ranges = state_ranges(17, among=_BOTH)
    assert [first for first, _ in ranges] == ["CA", _BOTH[17], _BOTH[34], "ON"]
    assert ranges[-1] == ("ON", COUNTRIES["CA"].codes[-1])


def test_a_run_leaves_out_what_is_no_longer_covered():
    assert runs_around(["VT", "ON"], ["VT", "WY", "ON"], 17, among=STATE_CODES) == [["VT"]]
    assert runs_around(["VT", "ON"], ["VT", "WY", "ON"], 17, among=_BOTH) == [["VT", "WY", "ON"]]


def test_the_partitions_are_those_of_the_countries_that_the_settings_name(tmp_path):
    path = in_file(tmp_path)
    try:
        platform = Platform(load_settings(SHOWLIST_COUNTRIES="CA,QZ", SHOWLIST_REGIONS=str(path)))
        graph = build_definitions(platform=platform).resolve_asset_graph()
    finally:
        forget()
    tables = {key for key in graph.materializable_asset_keys if graph.get(key).partitions_def}
    static = {
        tuple(graph.get(key).partitions_def.get_partition_keys())
        for key in tables
        if isinstance(graph.get(key).partitions_def, dg.StaticPartitionsDefinition)
    }
    assert static == {(*COUNTRIES["CA"].codes, "QZ-NB", "QZ-MF")}
