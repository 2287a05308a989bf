from __future__ import annotations

import csv
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.sandbox.state.name_index import NameIndex
from showlist_assets.sandbox.state.search import Query
from showlist_assets_tests.shared_data import shared

NAMES = {
    "Stone Harbor": 80,
    "Stone": 20,
    "The Harbor Lights": 60,
    "Zoë Marín": 40,
    "Café Tacuarí": 30,
    "Lil Lantern": 55,
    "?!?": 15,
    "夜汽車の窓": 25,
    "Foxes & Hounds": 35,
    "Midnight Tribute Band": 10,
}


@pytest.fixture(scope="module")
def index():
    return NameIndex(list(NAMES), list(NAMES.values()))


def found(index, query):
    return [list(NAMES)[hit.position] for hit in index.search(query, 10)]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "Stone"])
def test_the_bearer_of_exactly_the_name_comes_first(index, name):
    assert found(index, name)[0] == name


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("zoe marin", "Zoë Marín"),
        ("CAFÉ TACUARÍ", "Café Tacuarí"),
        ("Foxes and Hounds", "Foxes & Hounds"),
        ("Lil Lantren", "Lil Lantern"),
        ("stoneharbor", "Stone Harbor"),
        ("Stone Harbor - A Tribute", "Stone Harbor"),
    ],
)
def test_accents_case_signs_and_slips_do_not_matter(index, asked, meant):
    assert meant in found(index, asked)[:2]


def test_a_far_more_popular_longer_name_may_shadow_a_short_one(index):
    assert set(found(index, "Stone")[:2]) == {"Stone Harbor", "Stone"}


def test_an_unknown_name_still_finds_plausible_strangers(index):
    assert "The Harbor Lights" in found(index, "The Harbor Ghosts")


@given(st.text(max_size=30))
def test_no_query_breaks_the_search_and_no_name_is_found_twice(query):
    index = NameIndex(list(NAMES), list(NAMES.values()))
    hits = found(index, query)
    assert len(hits) == len(set(hits))


def test_filters_are_read_out_of_a_query():
    assert Query.parse('artist:"A & B" track:Song rest') == Query("rest", "A & B", "Song")
    assert Query.parse('genre:"x" free words').text == "free words"


@pytest.mark.slow
def test_real_names_are_found_among_75000_real_artists():
    rows = read(shared("data/matching/catalog.csv"))
    index = NameIndex([row["name"] for row in rows], [int(row["popularity"] or 12) for row in rows])
    listings = [one for one in read(shared("data/matching/listings.csv")) if one["artist_id"]]
    asked = random.Random(1).sample(listings, 150)
    found_at = [
        [rows[hit.position]["artist_id"] for hit in index.search(one["listing"], 5)]
        for one in asked
    ]
    first = sum(one["artist_id"] in ids[:1] for one, ids in zip(asked, found_at, strict=True))
    in_five = sum(one["artist_id"] in ids for one, ids in zip(asked, found_at, strict=True))
    assert first / len(asked) > 0.80
    assert in_five / len(asked) > 0.93


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
