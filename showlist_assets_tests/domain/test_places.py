"""Places: radii, distances, and cities found among the shows."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.places import (
    City,
    PlaceError,
    cities,
    city_key,
    distance_km,
    find_city,
    is_in_the_us,
    is_within,
    position,
    radius_km,
)
from showlist_assets_tests.domain.playlists.show_rows import show_row, shows_of

_LATITUDES = st.floats(-90, 90)
_LONGITUDES = st.floats(-180, 180)


def _distance(here: tuple[float, float], there: tuple[float, float]) -> float:
    venue = pl.DataFrame({"latitude": [here[0]], "longitude": [here[1]]})
    return venue.select(distance_km(*there)).item()


def test_new_york_is_as_far_from_los_angeles_as_atlases_say():
    assert _distance((40.7128, -74.0060), (34.0522, -118.2437)) == pytest.approx(3936, abs=3)


@given(st.tuples(_LATITUDES, _LONGITUDES), st.tuples(_LATITUDES, _LONGITUDES))
def test_a_distance_is_the_same_both_ways_and_at_most_half_the_globe(here, there):
    distance = _distance(here, there)
    assert 0 <= distance <= math.pi * 6371.01
    assert distance == pytest.approx(_distance(there, here), abs=1e-6)


@pytest.mark.parametrize(
    ("text", "kilometres"),
    [("25 mi", 40.2336), ("25 miles", 40.2336), ("40km", 40), ("1.5 Kilometers", 1.5)],
)
def test_a_radius_is_in_miles_or_kilometres(text, kilometres):
    assert radius_km(text) == pytest.approx(kilometres)


@pytest.mark.parametrize("text", ["25", "far", "-3 km", "0 km", "5000 mi"])
def test_no_radius_is_refused(text):
    with pytest.raises(PlaceError, match="radius"):
        radius_km(text)


@pytest.mark.parametrize("text", ["37.77", "north", "-122.42, 37.77", "37.77 -122.42"])
def test_no_position_is_refused(text):
    with pytest.raises(PlaceError, match="latitude"):
        position(text)


def test_a_city_lies_amid_its_venues_each_counted_once():
    north, south = {"venue_name": "North", "latitude": 41.0}, {"venue_name": "South"}
    shows = shows_of(
        show_row("1", track=1, **north),
        show_row("1", track=2, **north),
        show_row("2", latitude=40.0, **south),
    )
    assert cities(shows) == [City("New York", "NY", 40.5, pytest.approx(-74.01))]


def test_a_city_is_found_however_it_is_spelled():
    known = [City("Coeur d'Alene", "ID", 47.7, -116.8), City("Portland", "ME", 43.7, -70.3)]
    assert find_city("COEUR D\u2019ALÈNE", "ID", known) is known[0]


@pytest.mark.parametrize(
    "spellings",
    [
        ("St. Charles", "ST CHARLES", "Saint Charles", "st charles "),
        ("Ft. Wayne", "Fort Wayne"),
        ("Mt Vernon", "Mount Vernon"),
        ("N. Bend", "North Bend"),
        ("Port St. Joe", "Port Saint Joe"),
        ("Winston-Salem", "Winston Salem"),
    ],
)
def test_a_city_has_one_key_however_it_is_spelled(spellings):
    assert len({city_key(spelling) for spelling in spellings}) == 1


@given(st.text())
def test_the_key_of_a_city_is_its_own_key(name):
    assert city_key(city_key(name)) == city_key(name)


def test_cities_of_one_key_are_one_and_named_as_most_venues_print_it():
    spelled = ["ST CHARLES", "Saint Charles", "St. Charles", "St. Charles"]
    shows = shows_of(
        *(
            show_row(str(number), venue_city=city, state="MO", venue_name=f"Hall {number}")
            for number, city in enumerate(spelled)
        )
    )
    assert [city.name for city in cities(shows)] == ["St. Charles"]
    assert find_city("Saint Charles", "MO", cities(shows)).name == "St. Charles"


def test_one_venue_put_down_elsewhere_does_not_move_its_city():
    here = [
        show_row(str(number), venue_name=f"Hall {number}", latitude=40.7 + number / 1000)
        for number in range(4)
    ]
    shows = shows_of(*here, show_row("9", venue_name="Pop-up", latitude=0.0, longitude=0.0))
    (city,) = cities(shows)
    assert city.latitude == pytest.approx(40.7, abs=0.01)
    assert city.longitude == pytest.approx(-74.01)


def test_a_venue_lies_in_its_own_city_however_that_is_spelled_and_wherever_it_is_put():
    shows = shows_of(
        show_row("1", venue_city="ST CHARLES", latitude=None, longitude=None),
        show_row("2", venue_city="Saint Charles", latitude=0.0, longitude=0.0),
    )
    city = City("St. Charles", "NY", 43.0, -75.0)
    assert shows.filter(is_within(city, 10)).height == 2


@pytest.mark.parametrize(
    ("latitude", "longitude", "there"),
    [
        (40.7, -74.0, True),
        (21.3, -157.9, True),
        (71.3, -156.8, True),
        (51.9, -176.6, True),
        (52.8, 173.2, True),
        (44.9, -67.0, True),
        (0, 0, False),
        (-74.0, 40.7, False),
        (40.7, 74.0, False),
        (-40.7, -74.0, False),
        (52.5, 13.4, False),
    ],
)
def test_a_position_may_lie_in_the_us_or_not(latitude, longitude, there):
    assert is_in_the_us(latitude, longitude) is there


def test_an_unknown_city_is_refused_with_the_nearest_ones():
    known = [City("Portland", "OR", 45.5, -122.7), City("Portland", "ME", 43.7, -70.3)]
    with pytest.raises(PlaceError, match="Did you mean Portland, ME or Portland, OR"):
        find_city("Portlnd", "ME", known)


def test_a_venue_without_a_position_counts_in_its_own_city_only():
    city = City("New York", "NY", 40.71, -74.01)
    nowhere = {"latitude": None, "longitude": None}
    shows = shows_of(
        show_row("1", **nowhere),
        show_row("2", venue_city="Newark", state="NJ", **nowhere),
        show_row("3", venue_city="Newark", state="NJ", latitude=40.73, longitude=-74.17),
        show_row("4", venue_city="Albany", latitude=42.65, longitude=-73.75),
    )
    found = shows.filter(is_within(city, radius_km("25 mi")))
    assert found["show_id"].to_list() == ["seatgeek-1", "seatgeek-3"]
