"""A recipe as the YAML of its file: only what is not the default, in the order of the model."""

from __future__ import annotations

import re
from typing import Any, Final

from showlist_assets.domain.playlists.recipe import EVERY_STATE, WORDS_WITHOUT_SHOWS, Recipe
from showlist_assets.domain.states import country_of_all

# PyYAML writes these as they are and reads them as the end of a line, or not at all.
_TAKEN_FOR_LINE_ENDS: Final = re.compile("[\x85\u2028\u2029\ufeff]")


def recipe_text(recipe: Recipe) -> str:
    """YAML that ``parse_recipe`` reads as ``recipe``; its name is the file's and not in it."""
    import yaml

    said = recipe.model_dump(mode="json", exclude_defaults=True, exclude={"name"})
    data = {field: value for field, value in said.items() if value not in ({}, [])}
    if recipe.discover:
        # What such a recipe has by itself is another word than the usual one.
        data |= {field: said.get(field, getattr(recipe, field)) for field in WORDS_WITHOUT_SHOWS}
    if "near" in data:
        data["near"] = [_circle(circle) for circle in data["near"]]
        data = _without_what_circles_say(data, recipe)
    if country := country_of_all(data.get("states", ())):
        data["states"] = EVERY_STATE if country.code == "US" else f"{EVERY_STATE} {country.code}"
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
    if _TAKEN_FOR_LINE_ENDS.search(text):
        text = yaml.safe_dump(data, sort_keys=False, allow_unicode=False, width=100)
    return text


def _circle(circle: dict[str, Any]) -> dict[str, Any]:
    # A ZIP says in which city and state it is.
    if circle.get("zip"):
        return {field: value for field, value in circle.items() if field not in ("city", "state")}
    return circle


def _without_what_circles_say(data: dict[str, Any], recipe: Recipe) -> dict[str, Any]:
    """``data`` without its states, where those are what the circles touch."""
    shorter = {field: value for field, value in data.items() if field != "states"}
    same = Recipe.model_validate({**shorter, "name": recipe.name}) == recipe
    return shorter if same else data
