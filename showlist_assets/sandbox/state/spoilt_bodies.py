"""Answers that are valid JSON and wrong all the same: other types, odd items, emptied lists.

Each function takes the body of a good answer and returns the body of a bad one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def wrong_types(body: bytes) -> bytes:
    """Lists are strings now, and numbers objects."""
    return _changed(body, _of_other_types)


def malformed_item(body: bytes) -> bytes:
    """The first object of each list has no field of the type that it should have."""
    return _changed(body, _with_odd_first_items)


def empty_page(body: bytes) -> bytes:
    """Every list is empty, whatever total stands beside it."""
    return _changed(body, _without_items)


def _changed(body: bytes, change: Callable[[Any], Any]) -> bytes:
    return json.dumps(change(json.loads(body))).encode()


def _of_other_types(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _of_other_types(field) for name, field in value.items()}
    if isinstance(value, list):
        return json.dumps(value)
    return {"value": value} if _is_number(value) else value


def _with_odd_first_items(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_odd_first_items(field) for name, field in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [{name: _odd(field) for name, field in value[0].items()}, *value[1:]]
    return value


def _odd(value: Any) -> Any:
    if isinstance(value, str):
        return len(value)
    return {"value": value} if value is None or _is_number(value) else json.dumps(value)


def _without_items(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_items(field) for name, field in value.items()}
    return [] if isinstance(value, list) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
