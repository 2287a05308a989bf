"""Where a person says they are: ZIP codes, cities, states and positions, however they are typed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.gazetteer import (
    Area,
    Place,
    city_in,
    find_places,
    place_at,
    suggestions,
)
from showlist_assets.domain.state_outlines import states_touched
from showlist_assets.domain.states import STATES
from showlist_assets_tests.domain.gazetteer_rows import every_zip

_NUMBERS = st.integers(0, every_zip().height - 1)


def _labels(text: str) -> list[str]:
    return [place.label for place in find_places(text)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("10002", "10002 (New York, NY)"),
        (" 10002-1234 ", "10002 (New York, NY)"),
        ("New York, NY 10002", "10002 (New York, NY)"),
        ("02134", "02134 (Allston, MA)"),
        ("Portland, OR", "Portland, OR"),
        ("portland oregon", "Portland, OR"),
        ("PORTLAND,ME", "Portland, ME"),
        ("St. Louis, MO", "Saint Louis, MO"),
        ("saint louis mo", "Saint Louis, MO"),
        ("Coeur d\u2019Al\u00e8ne, Idaho", "Coeur D Alene, ID"),
        ("O'Fallon, IL", "O Fallon, IL"),
        ("McLean, VA", "Mc Lean, VA"),
        ("Winston-Salem", "Winston Salem, NC"),
        ("Charleston West Virginia", "Charleston, WV"),
        ("Virginia Beach VA", "Virginia Beach, VA"),
        ("Washington, D.C.", "Washington, DC"),
        ("Brooklyn, New York", "Brooklyn, NY"),
        ("New York, NY, USA", "New York, NY"),
        ("NYC", "New York, NY"),
        ("Queens, NY", "Queens, NY"),
        ("NY", "New York (state)"),
        ("texas", "Texas (state)"),
        ("N. Dakota", "North Dakota (state)"),
        ("40.71, -73.99", "New York, NY"),
    ],
)
def test_one_place_is_clear(text, label):
    assert _labels(text) == [label]


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        ("Portland", "Portland, OR", {"Portland, ME", "Portland, TN"}),
        ("Springfield", "Springfield, IL", {"Springfield, MA", "Springfield, MO"}),
        ("Kansas City", "Kansas City, MO", {"Kansas City, KS"}),
        ("New York", "New York, NY", {"New York (state)"}),
        ("Washington", "Washington, DC", {"Washington (state)", "Washington, PA"}),
        ("California", "California (state)", {"California, PA"}),
        ("Boston", "Boston, MA", {"Boston, NY"}),
    ],
)
def test_a_name_borne_by_several_gives_them_all_the_largest_first(text, first, others):
    found = _labels(text)
    assert found[0] == first
    assert others <= set(found)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\u3000", "10000", "00000", "1000", "100022", "\u0661\u0660\u0660\u0660\u0662",
        "Nowhere Atall", "Portland, Ontario", "\u6771\u4eac", "52.5, 13.4", "0, 0", "91, 181",
        "x" * 500, "10002 " * 100, "," * 500, "(state)", "'; drop table", "\x00", "NY, NY, NY, ",
    ],
)  # fmt: skip
def test_what_is_no_place_of_ours_is_unknown(text):
    assert text.startswith("NY,") or find_places(text) == ()


@given(st.text() | st.text(alphabet="0123456789 ,-.NYnew()state"))
def test_whatever_is_typed_is_read_or_unknown(text):
    for place in find_places(text):
        assert place.label
    suggested = suggestions(text)
    assert len(suggested) <= 8
    assert all(map(find_places, suggested))


@given(_NUMBERS)
def test_each_zip_code_is_found_and_its_label_is_read_again(number):
    row = every_zip().row(number, named=True)
    place = Place(row["name"], row["state"], row["latitude"], row["longitude"], row["zip"])
    assert find_places(row["zip"]) == find_places(place.label) == (place,)


@given(_NUMBERS, st.sampled_from(["{}, {}", "{} {}", "{} ,{}"]), st.sampled_from([str, str.upper]))
def test_each_city_is_found_in_its_state_and_its_label_is_read_again(number, template, spelled):
    row = every_zip().row(number, named=True)
    (place,) = find_places(spelled(template.format(row["name"], row["state"])))
    assert place == city_in(row["name"], row["state"])
    assert find_places(place.label) == (place,)
    assert place in find_places(row["name"])
    # Its middle is no other state's, but for water.
    assert row["state"] in states_touched(place.latitude, place.longitude, 8)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.code)
def test_each_state_is_found_by_code_name_and_label(state):
    area = Area(state.code)
    assert find_places(state.code) == find_places(area.label) == (area,)
    assert area in find_places(state.name)


def test_a_position_keeps_its_degrees_and_is_called_after_its_own_states_nearest_city():
    # Two miles from Manhattan's ZIP codes, but over the river.
    place = place_at(40.735, -74.03)
    assert (place.latitude, place.longitude, place.zip) == (40.735, -74.03, None)
    assert place.state == "NJ"
    assert find_places("40.735, -74.03") == (place,)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Portlnd", "Portland, OR"),
        ("Portlnd, ME", "Portland, ME"),
        ("Sprngfield", "Springfield, IL"),
        ("Brookyln", "Brooklyn, NY"),
        ("Philadelpia", "Philadelphia, PA"),
        ("San Fransisco", "San Francisco, CA"),
        ("Chicgo IL", "Chicago, IL"),
        ("Nashvile", "Nashville, TN"),
        ("Texs", "Texas (state)"),
        ("2134", "02134 (Allston, MA)"),
        ("10000", "10001 (New York, NY)"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_the_likeliest(text, label):
    assert not find_places(text)
    assert suggestions(text)[0] == label


@pytest.mark.parametrize("text", ["", "zzzzzz", "x" * 500, "\u6771\u4eac"])
def test_where_nothing_is_like_it_nothing_is_suggested(text):
    assert suggestions(text) == ()


def test_no_more_is_suggested_than_was_asked_for():
    assert len(suggestions("Portlnd", limit=3)) == 3


def test_reading_a_recipe_without_a_circle_loads_no_table():
    code = (
        "import sys; from showlist_assets.domain.playlists.recipe import parse_recipe; "
        "parse_recipe('states: NY', name='x', source='x'); print('polars' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


@pytest.mark.parametrize("text", ["ON", "on", "Ontario (state)"])
def test_a_province_is_found_by_its_code_and_by_its_label(text):
    assert find_places(text) == (Area("ON"),)


def test_a_province_that_is_called_like_a_place_of_the_us_is_the_latter():
    assert [place.label for place in find_places("Ontario")][:1] == ["Ontario, CA"]
    assert find_places("Quebec") == (Area("QC"),)
