from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from showlist_assets.domain.states import BY_CODE, STATES, UnknownStateError, parse_states


def test_there_are_fifty_states_and_the_district():
    assert len(BY_CODE) == len({state.name for state in STATES}) == len(STATES) == 51


def test_the_heaviest_states_come_first_and_the_lightest_last():
    codes = [state.code for state in STATES]
    assert codes[:4] == ["CA", "NY", "TX", "FL"]
    assert codes[-2:] == ["VT", "WY"]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.code)
def test_every_time_zone_exists(state):
    assert ZoneInfo(state.timezone).key == state.timezone


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("NY", ["NY"]),
        ("ny, pa", ["NY", "PA"]),
        ("New York,district of columbia", ["NY", "DC"]),
        (" ,VT,, ", ["VT"]),
        ("PA,NY,pennsylvania", ["PA", "NY"]),
    ],
)
def test_states_are_read_by_code_or_name_in_order_each_once(text, codes):
    assert parse_states(text) == codes


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.code)
def test_every_state_is_known_by_its_code_and_by_its_name(state):
    assert parse_states(f"{state.code.lower()},{state.name}") == [state.code]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("NY,Pensylvania", "'PENSYLVANIA'.*Did you mean Pennsylvania?"),
        ("Ontario", "'ONTARIO' is not a US state"),
        ("", "No state was named"),
        (" , ", "No state was named"),
    ],
)
def test_a_word_that_is_no_state_is_refused_with_a_remedy(text, says):
    with pytest.raises(UnknownStateError, match=says):
        parse_states(text)
