"""A recipe that is written as a file is read as the same recipe."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.recipe import Recipe, parse_recipe
from showlist_assets.domain.playlists.recipe_text import recipe_text
from showlist_assets.domain.states import COUNTRIES, STATE_CODES
from showlist_assets.errors import ShowlistError

_EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "recipes").glob("*.yaml"))


def _read(text: str) -> Recipe:
    return parse_recipe(text, name="mine", source="mine.yaml")


@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda path: path.stem)
def test_each_example_survives(path):
    recipe = _read(path.read_text())
    assert _read(recipe_text(recipe)) == recipe


@pytest.mark.parametrize("field", [name for name in Recipe.model_fields if name != "name"])
def test_each_field_survives(field):
    (example,) = Recipe.model_fields[field].examples
    where = {} if field == "discover" else {"states": "NY"}
    recipe = Recipe(name="mine", **{**where, field: example})
    assert _read(recipe_text(recipe)) == recipe


@pytest.mark.parametrize("refresh", ["on change", "weekly", "never"])
def test_a_playlist_without_shows_keeps_the_word_on_when_it_is_made_anew(refresh):
    recipe = _read(f"discover: similar to what I play\nrefresh: {refresh}\n")
    assert recipe.refresh == refresh
    assert _read(recipe_text(recipe)) == recipe


def test_states_stand_there_only_where_the_circles_do_not_say_them():
    circle = "near: {city: New York, state: NY}\n"
    assert "states" not in yaml.safe_load(recipe_text(_read(circle)))
    more = yaml.safe_load(recipe_text(_read(f"{circle}states: [TX]")))
    assert more["states"][0] == "TX"
    assert yaml.safe_load(recipe_text(_read("states: all"))) == {"states": "all"}


@given(st.lists(st.text(min_size=1).filter(str.strip), max_size=3))
@example(["0\x850", "a\u2028b", "c\u2029d", "\ufeffe"])
def test_any_name_survives(names):
    recipe = Recipe(name="mine", states="NY", artists={"first": names, "never": names})
    assert _read(recipe_text(recipe)) == recipe


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("all CA", COUNTRIES["CA"].codes),
        ("[VT, all Canada]", ("VT", *COUNTRIES["CA"].codes)),
        ("[ON, Quebec]", ("ON", "QC")),
        ("all", STATE_CODES),
        ("all US", STATE_CODES),
    ],
)
def test_the_states_of_a_country_are_named_by_it(text, states):
    recipe = _read(f"states: {text}\n")
    assert recipe.states == states
    assert _read(recipe_text(recipe)).states == states


def test_all_of_a_country_that_is_not_known_is_refused():
    with pytest.raises(ShowlistError, match="'ALL NARNIA' is not a US state"):
        _read("states: all Narnia\n")
