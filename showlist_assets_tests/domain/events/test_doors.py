"""Which doors a start can have."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.doors import LONGEST_WAIT, doors_before

_START = datetime(2026, 12, 4, 20)  # noqa: DTZ001  the venue's wall clock


@pytest.mark.parametrize("minutes", [0, 30, 60, 360])
def test_doors_up_to_six_hours_before_the_start_are_those_of_the_show(minutes):
    doors = _START - timedelta(minutes=minutes)
    assert doors_before(_START, doors) == doors


@pytest.mark.parametrize("minutes", [-1, 361, 24 * 60])
def test_doors_after_the_start_or_of_another_time_of_day_are_not_known(minutes):
    assert doors_before(_START, _START - timedelta(minutes=minutes)) is None


def test_without_a_start_or_without_doors_there_are_none():
    assert doors_before(None, _START) is None
    assert doors_before(_START, None) is None


@given(st.datetimes(), st.datetimes())
def test_doors_are_as_told_or_not_known(start, doors):
    found = doors_before(start, doors)
    assert found in (None, doors)
    if found:
        assert start - LONGEST_WAIT <= found <= start
