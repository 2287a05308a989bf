"""States in a circle: against every ZIP code, and against borders that everybody knows."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.gazetteer import find_places
from showlist_assets.domain.places import distance_km
from showlist_assets.domain.state_outlines import state_distance, states_touched
from showlist_assets.domain.states import STATE_CODES
from showlist_assets_tests.domain.gazetteer_rows import every_zip

_IN_THE_US = st.tuples(st.floats(18, 72), st.floats(-180, -66))
_KILOMETRES = st.floats(0, 1000)


def _has_zip(latitude: float, longitude: float, kilometres: float) -> set[str]:
    inside = every_zip().filter(distance_km(latitude, longitude) <= kilometres)
    return set(inside["state"].unique())


@given(st.integers(0, every_zip().height - 1), st.floats(0, 400))
def test_no_state_with_a_zip_code_in_the_circle_is_missed(number, kilometres):
    latitude, longitude = every_zip().select("latitude", "longitude").row(number)
    # Some ZIP codes are of a pier or a lake: the middle of the water is up to 8 km off.
    touched = states_touched(latitude, longitude, kilometres + 8)
    assert _has_zip(latitude, longitude, kilometres) <= set(touched)


@given(_IN_THE_US, _KILOMETRES)
def test_the_circle_holds_whom_it_tells_and_nobody_else_nearest_first(place, kilometres):
    distances = {state: state_distance(state, *place) for state in STATE_CODES}
    touched = states_touched(*place, kilometres)
    told = [distances[state] for state in touched]
    assert told == sorted(told)
    assert set(touched) >= {state for state in STATE_CODES if distances[state] <= kilometres}
    assert all(distance <= kilometres + 1 for distance in told)


@given(_IN_THE_US, _KILOMETRES, _KILOMETRES)
def test_a_wider_circle_touches_no_fewer_states(place, one, other):
    narrow, wide = sorted((one, other))
    assert set(states_touched(*place, narrow)) <= set(states_touched(*place, wide))


@given(st.floats(-90, 90), st.floats(-180, 180), _KILOMETRES)
def test_every_place_on_the_globe_can_be_asked_about(latitude, longitude, kilometres):
    touched = states_touched(latitude, longitude, kilometres)
    assert len(set(touched)) == len(touched)


@pytest.mark.parametrize(
    ("place", "miles", "states"),
    [
        ((40.75, -73.99), 25, ("NY", "NJ", "CT")),
        ((36.999, -109.045), 1, ("AZ", "CO", "NM", "UT")),
        ((38.9, -77.03), 25, ("DC", "VA", "MD")),
        ((39.8, -98.6), 25, ("KS", "NE")),
        # A border along a parallel is no great circle: 7 km in its middle.
        ((44.95, -107.5), 2, ("WY",)),
        ((45.05, -107.5), 2, ("MT",)),
        # Beyond the date line.
        ((52.9, 172.9), 25, ("AK",)),
        ((21.3, -157.8), 100, ("HI",)),
        ((52.5, 13.4), 600, ()),
    ],
)
def test_borders_are_where_atlases_have_them(place, miles, states):
    found = states_touched(*place, miles * 1.609344)
    assert (set(found), len(found)) == (set(states), len(states))


def test_each_zip_code_lies_in_its_own_state_but_for_piers_and_lakes():
    sampled = every_zip().gather_every(200)
    away = [
        state_distance(row["state"], row["latitude"], row["longitude"])
        for row in sampled.rows(named=True)
    ]
    assert max(away) <= 8
    assert sum(distance > 1 for distance in away) <= len(away) * 0.01


def test_the_middle_of_a_city_is_in_its_state():
    (place,) = find_places("Kansas City, KS")
    assert states_touched(place.latitude, place.longitude, 0)[0] == "KS"
    assert state_distance("KS", place.latitude, place.longitude) == 0
    assert state_distance("MO", place.latitude, place.longitude) > 0


def test_the_table_of_zip_codes_is_whole():
    codes = every_zip()
    assert codes["zip"].is_unique().all()
    assert codes.filter(pl.any_horizontal(pl.all().is_null())).is_empty()
    assert set(codes["state"].unique()) == set(STATE_CODES)
