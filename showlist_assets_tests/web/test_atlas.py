"""The packaged lines: all states are there, small, and read once."""

from __future__ import annotations

import math
from pathlib import Path

import showlist_assets.web
from showlist_assets.domain.states import STATES
from showlist_assets.web.atlas import atlas, nation
from showlist_assets.web.map_geometry import Box

_DATA = Path(showlist_assets.web.__file__).parent / "map_data"


def test_every_state_has_rings_counties_and_a_shape_in_the_nation():
    codes = {state.code for state in STATES}
    assert set(atlas().states) == codes
    assert set(nation().states) == codes
    assert sum(len(state.counties) for state in atlas().states.values()) > 3_000
    assert {county.name for county in atlas().states["DE"].counties} == {
        "Kent", "New Castle", "Sussex",
    }  # fmt: skip


def test_rings_are_closed_but_for_a_step_of_the_source():
    for state in atlas().states.values():
        for ring in state.rings:
            ends = [_ends(number) for number in ring]
            for (_, end), (start, _) in zip(ends, [*ends[1:], ends[0]], strict=True):
                assert math.dist(end, start) < 0.001


def _ends(number: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    arc = atlas().arc(max(number, ~number))
    first, last = tuple(arc[:2]), tuple(arc[-2:])
    return (first, last) if number >= 0 else (last, first)


def test_a_county_is_named_within_its_state():
    for state in atlas().states.values():
        west, south, east, north = state.bounds
        for county in state.counties:
            assert west - 0.01 <= county.longitude <= east + 0.01
            assert south - 0.01 <= county.latitude <= north + 0.01


def test_a_state_is_found_on_both_sides_of_the_date_line():
    assert atlas().states_in(Box(172.0, 52.0, 174.0, 53.5)) == ["AK"]
    assert "AK" in atlas().states_in(Box(-188.0, 52.0, -186.0, 53.5))


def test_the_data_is_read_once_and_is_small():
    assert atlas() is atlas()
    assert sum(file.stat().st_size for file in _DATA.iterdir()) < 300_000
    assert "Census" in (_DATA / "LICENSE").read_text()
