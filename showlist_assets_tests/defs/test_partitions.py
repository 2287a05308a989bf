from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.defs.partitions import (
    range_tags,
    ranges_covering,
    state_ranges,
    states_partitions,
)
from showlist_assets.domain.states import STATE_CODES


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
    ranges = state_ranges(states_per_run)
    assert states_in(ranges) == list(STATE_CODES)
    assert len(ranges) == -(-51 // states_per_run)
    assert all(len(states_in([each])) <= states_per_run for each in ranges)


@given(st.lists(st.sampled_from(STATE_CODES)))
def test_ranges_cover_the_given_states_and_nothing_else_with_the_fewest(states):
    ranges = ranges_covering(states)
    assert states_in(ranges) == [state for state in STATE_CODES if state in states]
    for (_, last), (first, _) in pairwise(ranges):
        assert STATE_CODES.index(first) > STATE_CODES.index(last) + 1


def test_one_state_is_a_range_of_itself():
    assert ranges_covering(["VT"]) == [("VT", "VT")]
    assert ranges_covering([]) == []


def test_the_tags_name_both_ends():
    assert sorted(range_tags("CA", "TX").values()) == ["CA", "TX"]
