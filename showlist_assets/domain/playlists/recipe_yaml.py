"""A recipe's YAML as plain data, with the line on which each part of it stands.

Scalars stay text: the model of a recipe says what a number or a yes is, so that a playlist may be
titled ``2026`` and a band be called ``No``.
"""

from __future__ import annotations

from typing import Any, Final

import yaml

Location = tuple[str | int, ...]
# A recipe nests three deep; far below what would exhaust the stack.
_DEEPEST: Final = 20


class RecipeYamlError(ValueError):
    """The text is no YAML, or YAML that a recipe does not need; ``line`` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_yaml(text: str) -> tuple[dict[str, Any], dict[Location, int]]:
    """The mapping that ``text`` writes, and the line of each of its parts by their location.

    A location is the keys and indices that lead to a part; a mapping's entry stands on the line of
    its key.

    Raises:
        RecipeYamlError: not YAML, not a mapping, a key twice, or an alias.
    """
    root = _compose(text)
    lines: dict[Location, int] = {(): 1}
    if root is None:
        return {}, lines
    if not isinstance(root, yaml.MappingNode):
        raise RecipeYamlError(1, "must be a mapping: begin each line with a name and a colon.")
    return _mapping(root, (), lines), lines


def _compose(text: str) -> yaml.Node | None:
    try:
        _refuse_riddles(text)
        # Composed and not loaded: nodes know their lines, and scalars stay text.
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RecipeYamlError(line, f"not valid YAML, {error.problem}.") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RecipeYamlError(
            line, f"holds a character that YAML does not allow (U+{int(error.character):04X})."
        ) from None


def _refuse_riddles(text: str) -> None:
    """Nesting that exhausts the stack, and aliases: they stand for parts of any size."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        # Aliases of aliases grow without bound (the "billion laughs" attack).
        if isinstance(event, yaml.AliasEvent):
            raise RecipeYamlError(line, f"write the values of '*{event.anchor}' out in full.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise RecipeYamlError(line, "is nested too deeply.")


def _value(node: yaml.Node, where: Location, lines: dict[Location, int]) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, where, lines)
    if isinstance(node, yaml.SequenceNode):
        for index, part in enumerate(node.value):
            lines[*where, index] = part.start_mark.line + 1
        return [_value(part, (*where, index), lines) for index, part in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _mapping(node: yaml.MappingNode, where: Location, lines: dict[Location, int]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise RecipeYamlError(line, "a name must be a single word.")
        if key.value in data:
            first = lines[*where, key.value]
            raise RecipeYamlError(line, f"{key.value!r} already stands in line {first}. Keep one.")
        lines[*where, key.value] = line
        data[key.value] = _value(value, (*where, key.value), lines)
    return data
