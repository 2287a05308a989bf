from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.tables.by_state import rows_by_state

STATES = ("CA", "NY", "VT", "WY")


def frame(states: list[str]) -> pl.DataFrame:
    numbered = {"state": states, "tracks": [[number] for number in range(len(states))]}
    return pl.DataFrame(numbered, schema={"state": pl.String, "tracks": pl.List(pl.Int64)})


@given(st.lists(st.sampled_from(STATES[:3])), st.booleans())
def test_each_state_has_its_rows_in_their_order(states, together):
    rows = frame(sorted(states) if together else states)
    found = rows_by_state(rows, STATES)
    assert list(found) == list(STATES)
    for state in STATES:
        assert found[state].equals(rows.filter(pl.col("state") == state))
        assert found[state].schema == rows.schema


@pytest.mark.parametrize("states", [["CA", "NY", "NY"], ["CA", "NY", "CA"]])
def test_rows_of_other_states_are_left_out(states):
    assert list(rows_by_state(frame(states), ["NY"])) == ["NY"]
    assert rows_by_state(frame(states), ["NY"])["NY"].height == states.count("NY")
