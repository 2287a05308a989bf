"""The page of recipes lists what each field may hold, and what each word stands for."""

from __future__ import annotations

from typing import Any, get_args

import pytest
import yaml

from showlist_assets.cli.field_values import MEANINGS, nested_models, values_of
from showlist_assets.cli.reference_docs import recipes_page
from showlist_assets.domain.playlists.recipe import Recipe, parse_recipe

PAGE = recipes_page()
MODELS = dict.fromkeys(
    [Recipe, *(m for f in Recipe.model_fields.values() for m in nested_models(f.annotation))]
)
FIELDS = [
    pytest.param(name, field, id=f"{model.__name__}.{name}")
    for model in MODELS
    for name, field in model.model_fields.items()
    if name != "name"
]


def words_of(annotation: Any) -> set[str]:
    """Every word that stands in a ``Literal`` of the annotation."""
    parts = get_args(annotation)
    return {one for one in parts if isinstance(one, str)}.union(*map(words_of, parts))


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_every_field_says_what_it_may_hold(name, field):
    assert values_of(name, field)
    assert f"| `{name}` | {values_of(name, field)} |" in PAGE


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_every_word_that_a_field_may_hold_is_on_the_page(name, field):
    for word in words_of(field.annotation):
        assert f"`{word}`" in PAGE, f"{name}: {word}"


def test_every_word_says_what_it_stands_for_and_no_other_does():
    told = {(field, word) for fields, words in MEANINGS.items() for field in fields.split(", ")
            for word in words}  # fmt: skip
    choices = {
        (name, word)
        for name, field in Recipe.model_fields.items()
        if name != "features"
        for word in words_of(field.annotation)
    }
    assert choices <= told
    for field, word in told:
        where = {} if field == "discover" else {"states": "NY"}
        recipe = yaml.safe_dump({**where, field: word})
        assert parse_recipe(recipe, name="one", source="one.yaml")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("states", "all"), ("states", "New York"), ("states", ["NY", "NJ"]),
        ("weekdays", "fri"), ("weekdays", ["fri", "sat"]),
        ("capacity", ">= 10"), ("capacity", "<= 20"), ("capacity", "10 to 20"),
        ("calendar", "all"), ("calendar", {"alarm": "1 week"}), ("calendar", {"alarm": "no"}),
        ("mail", "me@example.org"), ("mail", {"to": ["me@example.org"], "calendar": True}),
        ("near", {"city": "Albany", "state": "NY", "radius": "1000 km"}),
        ("public", True), ("tracks_per_artist", 10), ("least_confidence", 1),
    ],
)  # fmt: skip
def test_what_the_page_offers_is_accepted(field, value):
    recipe = yaml.safe_dump({"states": "NY", field: value})
    assert parse_recipe(recipe, name="one", source="one.yaml")
