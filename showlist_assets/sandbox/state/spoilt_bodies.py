"""Answers that are valid JSON and wrong all the same: other types, odd items, emptied lists.

Each function takes the body of a good answer and returns the body of a bad one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_NONSENSE: Final[dict[str, Any]] = {
    "id": None,
    "url": "https://[odd\nhost/",
    "venue": {"timezone": "America", "state": ["DE", {"of": None}], "location": "nowhere"},
    "performers": {"name": [[{"deep": [None]}]]},
}
_NO_ITEMS: Final[list[Any]] = [None, "odd", 17, [], [[{"id": 1}]], {}, {"deep": {"deeper": [[]]}}]
_ABROAD: Final = {"country": "Germany", "city": "Berlin", "timezone": "America"}


def wrong_types(body: bytes) -> bytes:
    """Lists are strings now, and numbers objects."""
    return _changed(body, _of_other_types)


def malformed_item(body: bytes) -> bytes:
    """The first object of each list has no field of the type that it should have."""
    return _changed(body, _with_odd_first_items)


def odd_items(body: bytes) -> bytes:
    """What is no item stands among the items of each list of objects; none of them is missing.

    SeatGeek's total counts them, as if every page of the list had as many.
    """
    good = json.loads(body)
    odd = _among_odd_items(good)
    if isinstance(odd, dict) and isinstance(odd.get("meta"), dict):
        meta = odd["meta"]
        added = sum(len(odd[name]) - len(one) for name, one in good.items() if _is_list(one))
        meta["total"] += added * -(-meta["total"] // meta["per_page"])
    return json.dumps(odd).encode()


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


def _among_odd_items(value: Any) -> Any:
    """Lists within lists, too."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        first, *rest = (_among_odd_items(item) for item in value)
        return [*_NO_ITEMS, first, *_none_of_ours(value[0]), *rest, None]
    if not isinstance(value, dict):
        return value
    return {name: _among_odd_items(field) for name, field in value.items()}


def _none_of_ours(item: dict[str, Any]) -> list[dict[str, Any]]:
    """An item without any value, and for an event one in another country."""
    nulls = dict.fromkeys(item)
    if not isinstance(item.get("venue"), dict):
        return [nulls]
    elsewhere = {**item["venue"], **_ABROAD}
    return [
        nulls,
        {**item, **_NONSENSE},
        {**item, "id": f"{item['id']}00", "venue": elsewhere, "url": "https://[abroad/\n"},
    ]


def _without_items(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_items(field) for name, field in value.items()}
    return [] if isinstance(value, list) else value


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
