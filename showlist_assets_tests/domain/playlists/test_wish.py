"""A wish, its address and its recipe are one thing; and no address is refused."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.gazetteer import Area, Place, find_places
from showlist_assets.domain.playlists.planner import plan_playlist
from showlist_assets.domain.playlists.ranges import Range
from showlist_assets.domain.playlists.recipe import Recipe, parse_recipe
from showlist_assets.domain.playlists.recipe_text import recipe_text
from showlist_assets.domain.playlists.windows import WEEKDAYS
from showlist_assets.domain.playlists.wish import (
    Wish,
    query_of,
    recipe_of,
    settled,
    wish_from_query,
    wish_of,
)
from showlist_assets.domain.playlists.wish_model import cleaned, name_in
from showlist_assets.domain.states import STATE_CODES
from showlist_assets_tests.domain.playlists.show_rows import TODAY, show_row, shows_of

_NEW_YORK = Place("New York", "NY", 40.71, -74.01)
_ZIP = Place("New York", "NY", 40.717, -73.987, "10002")
_PLACES = [_NEW_YORK, _ZIP, Place("Portland", "OR", 45.52, -122.68), Area("WY")]

_LINES = st.text(max_size=30).filter(lambda text: name_in(text.replace("\r", " ")))
_NAMES = st.lists(_LINES, max_size=4).map(tuple)
_KINDS = st.lists(st.sampled_from(["folk", "indie rock", "R&B", "a+b=c", "Ümläut"]), max_size=3)
_TITLES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "'{dates}': \"x\" # y",
            "- a",
            "yes",
            "~",
            "2026",
            "<b>&amp;</b>",
            "%0A&where=x",
            "{places}",
        ]
    ),
).map(lambda text: wish_from_query([("title", text)])[0].title)
_WINDOWS = st.one_of(
    st.sampled_from(["today", "This  Weekend", "any time", "next 3 months", "next 14 days"]),
    st.dates(date(2000, 1, 1)).map("from {}".format),
    st.dates(date(2000, 1, 1)).map("until {}".format),
    st.tuples(st.dates(date(2000, 1, 1)), st.dates(date(2000, 1, 1))).map(
        lambda days: f"{min(days)} to {max(days)}"
    ),
)
_WHERE = st.one_of(
    st.sampled_from(["", "10002", "Portland, OR", "40.71234, -73.9", "-0.001,0"]),
    st.text(max_size=40).filter(lambda text: not text[:1].isdigit() and text[:1] != "-"),
)
_WISHES = st.builds(
    Wish,
    where=_WHERE,
    radius=st.integers(1, 200),
    when=_WINDOWS,
    days=st.lists(st.sampled_from(WEEKDAYS), max_size=7).map(tuple),
    genre=_KINDS.map(tuple),
    without=_KINDS.map(tuple),
    loud=st.sampled_from(["any", "calm", "lively", "loud"]),
    bands=_NAMES,
    bands_are=st.sampled_from(["first", "only"]),
    never=_NAMES,
    price=st.none() | st.integers(0, 9999),
    rooms=st.sampled_from(["any", "small", "medium"]),
    openers=st.sampled_from(["yes", "no", "only"]),
    tracks=st.integers(1, 10),
    clean=st.booleans(),
    order=st.sampled_from(["date", "popularity", "energy arc", "smooth", "shuffle", "taste"]),
    prefer=st.sampled_from(["soonest", "biggest", "surprise", "taste"]),
    fit=st.integers(0, 100),
    known=st.sampled_from(["any", "only", "never", "prefer"]),
    unknown_taste=st.sampled_from(["keep", "leave out"]),
    pick=st.sampled_from(["best known", "newest", "surprise"]),
    most=st.integers(1, 1000),
    venue=_NAMES,
    title=_TITLES,
    public=st.booleans(),
    refresh=st.sampled_from(["on change", "weekly", "never"]),
)


def _read(query: str) -> tuple[Wish, tuple[str, ...]]:
    return wish_from_query(parse_qsl(query))


# The address


@given(_WISHES)
def test_a_wish_comes_back_from_its_address_and_nothing_is_said(wish):
    assert _read(query_of(wish)) == (wish, ())


@given(_WISHES)
def test_an_address_has_one_spelling_in_plain_signs(wish):
    query = query_of(wish)
    assert query.isascii()
    assert " " not in query
    assert query_of(_read(query)[0]) == query


def test_an_address_is_short_and_can_be_read():
    wish = Wish(
        where="10002", when="this weekend", genre=("rock", "Folk"), bands=("Ada", "Tin Owl")
    )
    assert query_of(wish) == (
        "where=10002&when=this+weekend&genre=folk&genre=rock&bands=Ada,Tin+Owl"
    )
    assert query_of(Wish()) == ""


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("from=2026-12-01&to=2026-12-24", "when", "2026-12-01 to 2026-12-24"),
        ("from=2026-12-01&to=2026-12-01", "when", "2026-12-01"),
        ("from=2026-12-01&when=today", "when", "from 2026-12-01"),
        ("to=2026-12-24&when=dates", "when", "until 2026-12-24"),
        ("from=9999-12-31", "when", "from 9999-12-31"),
        ("when=Next++14+days", "when", "next 14 days"),
        ("day=Friday,sat&day=SUN", "days", ("fri", "sat", "sun")),
        ("day=mon,tue,wed,thu,fri,sat,sun", "days", ()),
        ("genre=Rock,folk&genre=ROCK", "genre", ("folk", "rock")),
        ("bands=Ada%2C+Tin+Owl%2Cada", "bands", ("Ada", "Tin Owl")),
        ("bands=-+Ada%0D%0A*+Tin+Owl,%0D%0A%0D%0A", "bands", ("Ada", "Tin Owl")),
        ("bands=Tyler%2C+The+Creator%0AAda", "bands", ("Tyler, The Creator", "Ada")),
        ("not=Tyler%2C+The+Creator&not=Ada", "never", ("Tyler, The Creator", "Ada")),
        ("bands=Ada&only_bands=only", "bands_are", "only"),
        ("bands=Ada&only_bands=first", "bands_are", "first"),
        ("only_bands=yes", "bands_are", "first"),
        ("price=%2440", "price", 40),
        ("radius=50+miles", "radius", 50),
        ("clean=no&clean=yes", "clean", True),
        ("where=40.7128,-74.0060", "where", "40.71, -74.01"),
        ("title=a+{b", "title", "a {{b"),
        ("where=New%00+York%0A", "where", "New York"),
        ("where=&radius=+&utm_source=x", "where", ""),
    ],
)
def test_what_a_form_sends_is_read_as_it_is_meant(query, field, value):
    assert getattr(_read(query)[0], field) == value


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("when=nxt+weekend", ["'next weekend'", "next 14 days"]),
        ("radius=9999", ["1 to 200", "'9999'", "25 miles"]),
        ("price=-3", ["0 to 9,999", "'-3'", "does not count"]),
        ("tracks=two", ["1 to 10", "'two'", "So it is 2."]),
        ("most=0", ["1 to 1,000", "60"]),
        ("loud=lowd", ["'lowd'", "loud"]),
        ("order=sideways", ["'sideways'", "energy arc"]),
        ("only_bands=perhaps&bands=a", ["'perhaps'", "come first"]),
        ("clean=perhaps", ["yes or no"]),
        ("day=frydai", ["'frydai'", "left out"]),
        ("from=2026-02-30", ["'2026-02-30'", "2026-12-31"]),
        ("from=2026-12-24&to=2026-12-01", ["swapped"]),
        ("when=2026-12-24+to+2026-12-01", ["swap", "next 14 days"]),
        ("where=95,200", ["not on the globe", "no place"]),
        ("where=" + "x" * 10_000, ["100 characters", "10,000"]),
        ("when=" + "x" * 10_000, ["no window"]),
        ("bands=" + "x" * 10_000, ["200 characters", "left out"]),
        ("title=" + "x" * 10_000, ["100 characters", "cut off"]),
        ("title={plces}", ["braces"]),
        ("radius=10&radius=20&radius=20", ["3 times", "last"]),
        ("bands=" + ",".join(f"band {n}" for n in range(612)), ["612 bands", "first 500"]),
        ("genre=" + ",".join(f"g{n}" for n in range(60)), ["60 genres", "first 50"]),
    ],
)
def test_what_cannot_be_used_is_told_in_a_short_sentence(query, words):
    _, (told, *more) = _read(query)
    assert not more
    for word in words:
        assert word in told
    assert len(told) < 250
    assert told.endswith(".")


def test_of_a_repeated_field_the_last_counts():
    assert _read("radius=10&radius=20")[0].radius == 20


def test_dates_that_are_over_are_told_where_the_day_is_known():
    pairs = [("from", "2026-11-01"), ("to", "2026-11-02")]
    wish, told = wish_from_query(pairs, today=TODAY)
    assert wish.when == "next 14 days"
    assert ["'2026-11-01 to 2026-11-02' is over" in one for one in told] == [True]
    begun = [("from", "2026-11-01"), ("to", "2026-11-22")]
    assert wish_from_query(begun, today=TODAY) == (Wish(when="2026-11-01 to 2026-11-22"), ())


_NAMES_OF_FIELDS = st.sampled_from(
    ["where", "radius", "when", "from", "to", "day", "genre", "without", "loud", "bands",
     "only_bands", "not", "price", "rooms", "openers", "tracks", "clean", "order", "pick", "most",
     "venue", "title", "public", "refresh", "other"]
)  # fmt: skip
_HOSTILE = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zs"])),
    st.sampled_from(
        ["\x00", "{", "}}", "{0.__class__}", "\ud800", "'; DROP TABLE shows; --", "9" * 400, "-1",
         "1e309", "NaN", "\u0663", "<script>alert(1)</script>", "javascript:alert(1)", "1_0",
         "from 9999-12-31", "0000-00-00", "9999-12-31", ",,,", "- - -", "a" * 10_000, "\u202egnp"]
    ),
)  # fmt: skip


@given(st.lists(st.tuples(_NAMES_OF_FIELDS, _HOSTILE), max_size=8))
def test_whatever_an_address_holds_it_is_a_wish_with_an_address_and_a_recipe(pairs):
    wish, told = wish_from_query(pairs, today=TODAY)
    assert _read(query_of(wish)) == (wish, ())
    assert all(len(one) < 300 for one in told)
    _is_one_with_its_file(wish, Area("WY"))


# The recipe


def _is_one_with_its_file(wish: Wish, place: Place | Area) -> None:
    wish = settled(wish, place)
    recipe = recipe_of(wish, place, name="me-mine", account="me")
    text = recipe_text(recipe)
    again = parse_recipe(text, name="me-mine", source="me-mine.yaml")
    assert again == recipe
    assert wish_of(again) == wish
    assert recipe_text(again) == text
    assert list(yaml.safe_load(text)) == [
        field for field in Recipe.model_fields if field in yaml.safe_load(text)
    ]


@given(_WISHES, st.sampled_from(_PLACES))
def test_form_file_and_form_again_are_one(wish, place):
    is_at = wish.where[:1].isdigit() or wish.where[:1] == "-"
    _is_one_with_its_file(wish.model_copy(update={"where": ""}) if is_at else wish, place)


def test_a_position_is_called_after_the_city_that_is_nearest():
    wish = Wish(where="40.7128, -74.0060", radius=10)
    recipe = recipe_of(wish, Place("New York", "NY", 40.7128, -74.006), name="x", account="me")
    assert (recipe.near[0].city, recipe.near[0].at) == ("New York", "40.71, -74.01")
    _is_one_with_its_file(wish, _NEW_YORK)


def test_the_file_says_only_what_is_wished_in_the_order_of_the_model():
    wish = Wish(
        where="New York", genre=("folk",), price=40, title="Folk: {dates}", refresh="weekly"
    )
    text = recipe_text(recipe_of(wish, _NEW_YORK, name="me-folk", account="me"))
    assert text == (
        "title: 'Folk: {dates}'\n"
        "refresh: weekly\n"
        "near:\n"
        "- city: New York\n"
        "  state: NY\n"
        "price: <= 40\n"
        "genres:\n"
        "  only:\n"
        "  - folk\n"
        "max_tracks: 60\n"
    )


def test_a_zip_is_the_circle_s_middle():
    text = recipe_text(recipe_of(Wish(radius=5), _ZIP, name="x", account="me"))
    assert yaml.safe_load(text)["near"] == [{"zip": "10002", "radius": "5 mi"}]


def test_a_whole_state_has_no_radius():
    recipe = recipe_of(Wish(where="Wyoming", radius=5), Area("WY"), name="x", account="me")
    assert (recipe.states, recipe.near) == (("WY",), ())
    assert wish_of(recipe) == Wish(where="Wyoming (state)")


@pytest.mark.parametrize(
    "text",
    ["10002", "Portland, Oregon", "st louis mo", "02134", *map("{} (state)".format, STATE_CODES)],
)
def test_the_one_spelling_of_a_place_means_that_place_alone(text):
    place = find_places(text)[0]
    wish = settled(Wish(where=text), place)
    assert find_places(wish.where) == (place,)
    assert settled(wish, place) == wish


def test_no_title_is_the_recipe_s_own():
    recipe = recipe_of(Wish(), _NEW_YORK, name="x", account="me")
    assert recipe.title == Recipe.model_fields["title"].default
    assert Wish(title=recipe.title) == Wish()


@pytest.mark.parametrize(
    "more",
    [
        "cover: true",
        "description: mine",
        "festivals: no",
        "calendar: all",
        "mail: me@example.org",
        "least_confidence: 0.5",
        "features: {energy: '<= 0.3'}",
        "features: {energy: '<= 0.4', tempo: 90 to 130}",
        "unknown_features: keep",
        "price: 10 to 40",
        "price: <= 39.5",
        "capacity: <= 800",
        "versions: {never: live}",
        "venues: {never: Cellar}",
        "artists: {only: Ada, first: Tin Owl}",
        "explicit: only",
        "taste: {listener: you}",
        "taste: {minimum: 0.305}",
        "one_artist_once: false",
        "states: [CA]",
        "near: [{city: New York, state: NY}, {city: Portland, state: OR}]",
        "near: {city: New York, state: NY, radius: 40 km}",
        "near: {city: New York, state: NY, radius: 300 mi}",
        "near: {city: New York, state: NY, at: '40.7128, -74.0060'}",
    ],
)
def test_a_recipe_that_says_more_than_the_form_is_no_wish(more):
    circle = "" if more.startswith("near") else "near: {city: New York, state: NY}\n"
    recipe = parse_recipe(f"{circle}{more}\nmax_tracks: 60\n", name="x", source="x.yaml")
    assert wish_of(recipe) is None


def test_two_states_are_no_wish():
    assert wish_of(Recipe(name="x", states=("NY", "NJ"))) is None


# What a wish plays


def _played(*rows: object, **wished: object) -> list[str]:
    recipe = recipe_of(Wish(**wished), Area("NY"), name="x", account="me")
    shows = shows_of(*rows) if rows else pl.DataFrame()
    tracks = plan_playlist(recipe, shows, today=TODAY).tracks
    return list(dict.fromkeys(track.artist_name for track in tracks))


@pytest.mark.parametrize(
    ("loud", "played"),
    [
        ("any", ["Calm", "Lively", "Loud", "Nobody Knows"]),
        ("calm", ["Calm"]),
        ("lively", ["Lively"]),
        ("loud", ["Loud"]),
    ],
)
def test_how_loud_is_told_by_the_energy_that_is_known(loud, played):
    rows = [
        show_row(name, name, energy=energy)
        for name, energy in {"calm": 0.2, "lively": 0.5, "loud": 0.9, "nobody knows": None}.items()
    ]
    assert sorted(_played(*rows, loud=loud)) == played


def test_bands_come_first_or_alone():
    rows = [show_row(name, name) for name in ("ada", "bea", "cleo")]
    assert _played(*rows, bands=("Cleo",))[0] == "Cleo"
    assert len(_played(*rows, bands=("Cleo",))) == 3
    assert _played(*rows, bands=("Cleo",), bands_are="only") == ["Cleo"]


def test_rooms_and_prices_are_at_most():
    recipe = recipe_of(Wish(rooms="small", price=40), Area("NY"), name="x", account="me")
    assert (recipe.capacity, recipe.price) == (Range(high=500), Range(high=40))


@given(st.text())
def test_a_cleaned_text_is_clean(text):
    assert cleaned(cleaned(text)) == cleaned(text)
    assert name_in(name_in(text)) == name_in(text)


def test_only_what_begins_a_line_is_a_bullet():
    pairs = [("bands", "- Florence - Machine\n* A-ha\n\u2022 Sunn O))) * Boris")]
    wish, _ = wish_from_query(pairs)
    assert wish.bands == ("Florence - Machine", "A-ha", "Sunn O))) * Boris")


def test_thousands_of_mistakes_are_told_as_a_few():
    _, once = wish_from_query([("day", "q")] * 9000)
    assert len(once) == 1
    _, many = wish_from_query([("day", f"q{number}") for number in range(300)])
    assert len(many) == 21
    assert many[-1] == "And 280 more of the address cannot be used."
