from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.states import STATE_CODES
from showlist_assets.domain.venue_keys import state_of_venue_key, venue_key

_NAME = st.text(min_size=1, max_size=30)


def test_a_key_reads_as_name_city_and_state():
    key = venue_key("The Boiler Room", "New York", "NY")
    assert key == "boiler-room--new-york--ny"
    assert state_of_venue_key(key) == "NY"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("The Boiler Room", "St. Louis", "MO"), ("BOILER ROOM", "Saint Louis", "MO")),
        (("Café Ø", None, "TX"), ("Cafe O", "", "TX")),
    ],
)
def test_spellings_of_one_house_share_a_key(one, other):
    assert venue_key(*one) == venue_key(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Palace", "Albany", "NY"), ("Palace", "Buffalo", "NY")),
        (("Palace", "Portland", "OR"), ("Palace", "Portland", "ME")),
        (("A B", "C", "NY"), ("A", "B C", "NY")),
        (("+/-", "C", "NY"), ("!!!", "C", "NY")),
        (("音楽館", "C", "NY"), ("劇場", "C", "NY")),
    ],
)
def test_two_houses_have_two_keys(one, other):
    assert venue_key(*one) != venue_key(*other)


@given(_NAME, st.none() | _NAME, st.sampled_from(STATE_CODES))
def test_a_key_is_one_segment_of_a_path_and_names_its_state(name, city, state):
    key = venue_key(name, city, state)
    assert not set(key) & set("/?#%\\<>\"'& \n\t")
    assert state_of_venue_key(key) == state


@pytest.mark.parametrize("text", ["", "palace--albany--zz", "palace", "--"])
def test_what_names_no_state_is_no_key_of_a_venue(text):
    assert state_of_venue_key(text) is None
