"""What is wrong with a recipe, in words: the line, the value, and the nearest valid one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.domain.playlists.recipe_yaml import Location

_Model = TypeVar("_Model", bound=BaseModel)


def model_from_text(
    model: type[_Model],
    text: str,
    *,
    name: str,
    source: str,
    refusal: type[Exception],
    known: Mapping[Location, tuple[str, ...]],
    by_alias: bool | None = None,
    by_name: bool | None = None,
) -> _Model:
    """What a file's ``text`` says, as a ``model`` whose name is the file's.

    Args:
        model: Has a field ``name``, which the text may not give.
        text: YAML.
        name: The file's stem.
        source: What to call the file.
        refusal: Raised, with every mistake on a line of its own: ``source``, line and what would
            be right.
        known: As ``mistakes`` takes it.
        by_alias: As pydantic's ``model_validate`` takes it, and so ``by_name``.
        by_name: Whether a field may stand there under its own name, too.
    """
    # PyYAML, which whoever finds no file to read need not load.
    from showlist_assets.domain.playlists.recipe_yaml import RecipeYamlError, read_yaml

    try:
        data, lines = read_yaml(text)
    except RecipeYamlError as error:
        raise refusal(f"{source}, line {error.line}: {error}") from None
    if "name" in data:
        line = lines["name",]
        raise refusal(f"{source}, line {line}: remove 'name': the file's name is the name.")
    try:
        return model.model_validate({**data, "name": name}, by_alias=by_alias, by_name=by_name)
    except ValidationError as error:
        found = mistakes(error, model, lines, known=known)
    raise refusal("\n".join(f"{source}, line {line}: {words}" for line, words in found))


def mistakes(
    error: ValidationError,
    model: type[BaseModel],
    lines: Mapping[Location, int],
    *,
    known: Mapping[Location, tuple[str, ...]],
) -> list[tuple[int, str]]:
    """Each mistake with its line, in the order of the lines.

    ``known`` holds the valid names below a location, where they are not the fields of ``model``.
    """
    return sorted(_mistake(details, model, lines, known) for details in error.errors())


def _mistake(
    details: Any,
    model: type[BaseModel],
    lines: Mapping[Location, int],
    known: Mapping[Location, tuple[str, ...]],
) -> tuple[int, str]:
    # Pydantic adds "[key]" to the location of a dictionary's key that is refused.
    where: Location = tuple(part for part in details["loc"] if part != "[key]")
    # What is missing, or a default, stands on no line: that of what surrounds it, then.
    line = next((lines[where[:n]] for n in range(len(where), -1, -1) if where[:n] in lines), 1)
    if details["type"] == "extra_forbidden":
        return line, _unknown_name(str(where[-1]), _names(where[:-1], model, known))
    if details["type"] == "missing":
        return line, f"{_path(where[:-1])}needs {where[-1]!r}."
    if details["type"] == "literal_error":
        # Pydantic tells the choices as one text, "'a', 'b' or 'c'".
        options = details["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        if details["loc"][-1:] == ("[key]",):
            return line, _unknown_name(str(details["input"]), tuple(options))
        return line, f"{_path(where)}{_not_one_of(details['input'], options)}"
    return line, f"{_path(where)}{_sentence(details)}"


def _path(where: Location) -> str:
    return "".join(f"{part}: " for part in where if isinstance(part, str))


def _names(
    where: Location, model: type[BaseModel], known: Mapping[Location, tuple[str, ...]]
) -> tuple[str, ...]:
    names = tuple(part for part in where if isinstance(part, str))
    return known.get(names, tuple(name for name in model.model_fields if name != "name"))


def _unknown_name(name: str, names: tuple[str, ...]) -> str:
    near = get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}."
    return f"{name!r} is not known here; {hint}"


def _not_one_of(value: Any, options: list[str]) -> str:
    near = get_close_matches(str(value).lower(), options, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"use {', '.join(options)}."
    return f"{value!r} is not known here; {hint}"


def _sentence(details: Any) -> str:
    if details["input"] is None:
        return "has no value: give one, or remove the line."
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    if details["type"] in ("model_type", "dict_type"):
        return f"{details['input']!r} must be names with values, each on a line of its own."
    message = str(details["msg"])
    return f"{details['input']!r}: {message[0].lower()}{message[1:]}."
