"""Comparing the keys and types of two JSON documents, whatever their values."""

from __future__ import annotations

from typing import Any


def differences(answer: Any, recorded: Any, path: str = "$") -> list[str]:
    """Where ``answer`` lacks a key of ``recorded``, has one too many, or another type.

    Lists are compared item by item with the first recorded item; ``None`` fits every type, since a
    recording shows one of several possible values.
    """
    if answer is None or recorded is None:
        return []
    if isinstance(recorded, dict) and isinstance(answer, dict):
        found = [f"{path}.{key} is missing" for key in recorded.keys() - answer.keys()]
        found += [f"{path}.{key} is not recorded" for key in answer.keys() - recorded.keys()]
        for key in recorded.keys() & answer.keys():
            found += differences(answer[key], recorded[key], f"{path}.{key}")
        return sorted(found)
    if isinstance(recorded, list) and isinstance(answer, list):
        found = []
        for item in answer if recorded else ():
            found += differences(item, recorded[0], f"{path}[]")
        return sorted(set(found))
    same = _kind(answer) == _kind(recorded)
    return [] if same else [f"{path} is {_kind(answer)}, recorded {_kind(recorded)}"]


def _kind(value: Any) -> str:
    """JSON's types; a recorded 0 may be the integer form of a fraction."""
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def without(document: Any, *keys: str) -> Any:
    """A copy of ``document`` in which no object has any of ``keys``."""
    if isinstance(document, dict):
        return {key: without(value, *keys) for key, value in document.items() if key not in keys}
    if isinstance(document, list):
        return [without(item, *keys) for item in document]
    return document
