"""Recipe files: read, refused with line and nearest word, and described by a JSON Schema."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from showlist_assets.domain.playlists.ranges import Range
from showlist_assets.domain.playlists.recipe import (
    Near,
    Recipe,
    RecipeError,
    parse_recipe,
    recipe_schema,
)
from showlist_assets.domain.tables.columns import FEATURE_NAMES

_EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "recipes").glob("*.yaml"))


def _parsed(text: str) -> Recipe:
    return parse_recipe(text, name="mine", source="recipes/mine.yaml")


def test_a_state_is_all_that_a_recipe_needs():
    recipe = _parsed("states: New York")
    assert (recipe.name, recipe.states, recipe.account, recipe.public) == (
        "mine",
        ("NY",),
        "me",
        False,
    )


def test_a_circle_brings_its_own_state():
    recipe = _parsed("states: NJ\nnear: {city: New York, state: NY, radius: 40 km}")
    assert recipe.states[:2] == ("NJ", "NY")
    assert recipe.near[0].kilometres == 40


@pytest.mark.parametrize(
    ("near", "states"),
    [
        ("{city: New York, state: NY}", ("NY", "NJ", "CT")),
        ("{zip: 10002, radius: 5 mi}", ("NY", "NJ")),
        ('{city: Anywhere, state: NY, at: "40.76, -73.98"}', ("NY", "NJ", "CT")),
        ("{city: Syracuse, state: NY}", ("NY",)),
        ("{city: Washington, state: DC, radius: 8 mi}", ("DC", "VA", "MD")),
        ("{city: Memphis, state: TN}", ("TN", "AR", "MS")),
        ("[{city: Syracuse, state: NY}, {city: Gary, state: IN}]", ("NY", "IN", "IL")),
        # Its own comes first, wherever the position lies.
        ('{city: New York, state: NY, radius: 1 mi, at: "40.73, -74.17"}', ("NY", "NJ")),
        # Nobody knows where it is.
        ("{city: Atlantis, state: NY}", ("NY",)),
    ],
)
def test_a_circle_reads_the_states_that_it_touches_its_own_first(near, states):
    assert _parsed(f"near: {near}").states == states


def test_every_state_stays_every_state_with_a_circle():
    assert len(_parsed("states: all\nnear: {city: New York, state: NY}").states) == 51


@pytest.mark.parametrize("code", ["02134", "'02134'", "02134-1234", '" 02134 "'])
def test_a_zip_code_says_the_city_and_its_state_in_quotes_or_without(code):
    (near,) = _parsed(f"near: {{zip: {code}}}").near
    assert (near.zip, near.city, near.state) == ("02134", "Allston", "MA")
    assert near.position == pytest.approx((42.354, -71.133), abs=0.01)


def test_a_zip_code_that_lost_its_zeros_on_the_way_is_refused():
    with pytest.raises(ValidationError, match="in quotes, such as '02134'"):
        Recipe.model_validate({"name": "mine", "near": {"zip": 2134}})


@pytest.mark.parametrize("near", ["{zip: 02134}", "{zip: '10002', radius: 5 km}"])
def test_editors_take_a_zip_code_as_we_do(near):
    text = f"near: {near}"
    assert _parsed(text).near
    jsonschema.validate(yaml.safe_load(text), recipe_schema())


@pytest.mark.parametrize("near", ["{city: Troy}", "{state: NY}", "{radius: 5 mi}"])
def test_editors_refuse_a_circle_without_a_place(near):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(f"near: {near}"), recipe_schema())


def test_every_state_can_be_meant():
    assert len(_parsed("states: all").states) == 51


@pytest.mark.parametrize("no", ["no", "No", "false", "off", '"no"'])
def test_no_may_be_written_in_every_way_of_yaml(no):
    assert _parsed(f"states: NY\nopeners: {no}").openers == "no"


def test_names_that_look_like_something_else_in_yaml_stay_names():
    recipe = _parsed("states: NY\ntitle: 2026\nartists: {only: [No, 311, null-set, 12:30, 1e3]}")
    assert recipe.title == "2026"
    assert recipe.artists.only == ("No", "311", "null-set", "12:30", "1e3")


@pytest.mark.parametrize(
    ("text", "to", "calendar"),
    [
        ("me@example.org", ("me@example.org",), False),
        ("[a@b.c, d@e.f]", ("a@b.c", "d@e.f"), False),
        ("{to: a@b.c, calendar: yes}", ("a@b.c",), True),
        ("[]", (), False),
    ],
)
def test_whom_to_mail_may_be_one_address_or_several(text, to, calendar):
    wish = _parsed(f"states: NY\nmail: {text}").mail
    assert (wish.to, wish.calendar) == (to, calendar)


def test_ranges_read_as_they_are_written():
    recipe = _parsed("states: NY\nfeatures: {energy: '>= 0.6', tempo: 90 to 130}\nprice: <= 40")
    assert recipe.features == {"energy": Range(0.6, None), "tempo": Range(90, 130)}
    assert recipe.price == Range(None, 40)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("states: NY\nweekdys: fri", ["line 2", "'weekdys'", "'weekdays'"]),
        ("states: [NY,\n  XX]", ["line 1", "'XX'", "USPS"]),
        ("states: NY\n\nwhen: nxt weekend", ["line 3", "when", "'next weekend'"]),
        ("states: NY\nweekdays:\n  - frydai", ["line 2", "'friday'"]),
        ("states: NY\nfeatures:\n  enrgy: '>= 1'", ["line 3", "'energy'"]),
        ("states: NY\nfeatures:\n  energy: loud", ["line 3", "energy", "'loud'", "'>= 0.6'"]),
        ("states: NY\nfeatures:\n  energy: 0.8 to 0.2", ["line 3", "0.2 to 0.8"]),
        ("states: NY\nprice: {low: 3}", ["line 2", "price", "no range"]),
        ("states: NY\nvenues:\n  onyl: X", ["line 3", "'only'"]),
        ("states: NY\norder: energy_arc", ["line 2", "'energy arc'"]),
        ("states: NY\nopeners: nope", ["line 2", "'no'"]),
        ("states: NY\nmax_tracks: 0", ["line 2", "greater than or equal to 1"]),
        ("states: NY\nmax_tracks: many", ["line 2", "'many'"]),
        ("states: NY\ntitle: '{plces}'", ["line 2", "{places}"]),
        (f"states: NY\ntitle: {'x' * 101}", ["line 2", "101 characters", "100"]),
        ("states: NY\ngenres:", ["line 2", "no value"]),
        ("states: NY\nname: x", ["line 2", "'name'"]),
        ("states: NY\nstates: NJ", ["line 2", "line 1"]),
        ("near:\n  - city: Troy\n    sate: NY", ["line 3", "'sate'", "'state'"]),
        ("near:\n  - city: Troy", ["line 2", "needs 'state'"]),
        ("near:\n  - city: Troy\n    state: NY\n    radius: 25", ["line 4", "mi or km"]),
        ("near: New York", ["line 1", "names with values"]),
        ("near:\n  - radius: 5 mi\n    zip: 1002", ["line 3", "'1002'", "five digits"]),
        ("near:\n  - zip: 00000", ["line 2", "'00000'", "in use"]),
        ("near: {zip: [10002]}", ["line 1", "zip", "in quotes"]),
        ("near: {zip: 10002, city: Troy, state: NY}", ["line 1", "New York, NY", "remove"]),
        ("near: {zip: 10002, state: NJ}", ["line 1", "New York, NY", "remove"]),
        ('near: {zip: 10002, at: "40.7, -74"}', ["line 1", "'zip' and 'at'"]),
        ("states: NY\ncalendar: al", ["line 2", "'al'", "'all'"]),
        ("states: NY\ncalendar:\n  alarm: 3 moons", ["line 3", "3 h"]),
        ("states: NY\ncalendar:\n  alrm: 3 h", ["line 3", "'alrm'", "'alarm'"]),
        ("title: X", ["line 1", "'states' or 'near'"]),
        ("", ["line 1", "'states' or 'near'"]),
        ("- states: NY", ["line 1", "mapping"]),
        ("states: [NY", ["not valid YAML"]),
        ("states: &a [NY]\nweekdays: *a", ["line 2", "*a"]),
        ("states: NY\ntitle: \x07", ["line 2", "U+0007"]),
        ("states: NY\nmail: nobody", ["line 2", "'nobody'", "me@example.org"]),
        ("states: NY\nmail:\n  to: 'a@b.c, d@e.f'", ["line 3", "no mail address"]),
        ("states: NY\nmail: 'a@b.c\u2028Bcc:d@e.f'", ["line 2", "no mail address"]),
        ("states: NY\nmail:\n  too: a@b.c", ["line 3", "'too'", "'to'"]),
        ("states: " + "[" * 99, ["line 1", "nested"]),
    ],
)
def test_a_mistake_is_told_with_file_line_and_what_would_be_right(text, words):
    with pytest.raises(RecipeError) as refused:
        _parsed(text)
    for word in ["recipes/mine.yaml", *words]:
        assert word in str(refused.value)


def test_every_mistake_is_told_at_once_from_the_top():
    with pytest.raises(RecipeError) as refused:
        _parsed("stats: NY\nnear: {city: X, state: NY}\norder: sideways\npick: oldest")
    assert [line.split(": ")[0] for line in str(refused.value).splitlines()] == [
        f"recipes/mine.yaml, line {line}" for line in (1, 3, 4)
    ]


@given(st.text())
def test_any_text_is_a_recipe_or_a_recipe_error(text):
    _is_taken_or_refused_with_a_line(text)


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers() | st.booleans(),
        lambda part: (
            st.lists(part, max_size=3)
            | st.dictionaries(st.sampled_from([*Recipe.model_fields, *Near.model_fields]), part)
        ),
    )
)
def test_any_yaml_is_a_recipe_or_a_recipe_error(data):
    _is_taken_or_refused_with_a_line(yaml.safe_dump(data))


def _is_taken_or_refused_with_a_line(text: str) -> None:
    refused = ""
    try:
        recipe = _parsed(text)
    except RecipeError as error:
        refused = str(error)
    assert refused.startswith("recipes/mine.yaml, line ") if refused else recipe.states


@pytest.mark.parametrize("place", ["city: Troy, state: NY", "zip: 10002"])
def test_a_recipe_survives_being_written_as_json(place):
    recipe = _parsed(f"near: {{{place}}}\nfeatures: {{energy: <= 0.5}}\ncapacity: 1 to 9")
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


@pytest.mark.parametrize(
    ("calendar", "shows", "hours"),
    [
        ("all", "all", None),
        ("playlist", "playlist", None),
        ("{alarm: 3 h}", "playlist", 3),
        ("{shows: all, alarm: 2 days}", "all", 48),
        ("{alarm: no}", "playlist", None),
    ],
)
def test_a_calendar_is_chosen_in_a_word_or_with_an_alarm(calendar, shows, hours):
    text = f"states: NY\ncalendar: {calendar}"
    found = _parsed(text).calendar
    reminds = found.reminds_before
    assert (found.shows, reminds and reminds / timedelta(hours=1)) == (shows, hours)
    jsonschema.validate(yaml.safe_load(text), recipe_schema())


@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda path: path.stem)
def test_each_example_is_valid_for_us_and_for_editors(path):
    text = path.read_text()
    assert parse_recipe(text, name=path.stem, source=path.name).follows
    jsonschema.validate(yaml.safe_load(text), recipe_schema())


@pytest.mark.parametrize("field", [name for name in Recipe.model_fields if name != "name"])
def test_the_example_of_each_field_is_valid_for_us_and_for_editors(field):
    (example,) = Recipe.model_fields[field].examples
    where = {} if field == "discover" else {"states": "NY"}
    recipe = {**where, field: example}
    jsonschema.validate(recipe, recipe_schema())
    assert getattr(_parsed(yaml.safe_dump(recipe)), field) == getattr(
        Recipe(name="mine", **recipe), field
    )


def test_the_schema_knows_no_name_and_refuses_unknown_fields():
    schema = recipe_schema()
    assert "name" not in schema["properties"]
    with pytest.raises(jsonschema.ValidationError, match="weekdys"):
        jsonschema.validate({"states": "NY", "weekdys": "fri"}, schema)


def test_every_audio_feature_can_be_asked_for():
    key_type = get_args(Recipe.model_fields["features"].annotation)[0]
    assert get_args(key_type) == FEATURE_NAMES
