"""In which order the parts of a line stand, where it mixes scripts of both directions.

The Unicode bidirectional algorithm (UAX 9, rules W1 to L2) for one line without explicit
directions. What belongs here: which way each character is read. What does not: drawing it.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_RIGHT_TO_LEFT: Final = ("R", "AL")
_NEUTRAL: Final = ("B", "S", "WS", "ON", "BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI",
                   "FSI", "PDI", "ES", "ET", "CS")  # fmt: skip
_BRACKETS: Final = dict(zip("([{", ")]}", strict=True))
_Part = TypeVar("_Part")


def base_level(text: str) -> int:
    """1 if ``text`` reads from right to left, by its first letter; else 0 (UAX 9, P2 and P3)."""
    for kind in map(unicodedata.bidirectional, text):
        if kind == "L" or kind in _RIGHT_TO_LEFT:
            return int(kind != "L")
    return 0


def levels(text: str, base: int) -> list[int]:
    """The embedding level of each character: what has an odd one reads from right to left."""
    kinds = _weak_types([unicodedata.bidirectional(sign) for sign in text], base)
    kinds = _without_neutrals(_with_brackets(text, kinds, base))
    kinds = [kind or ("R" if base else "L") for kind in kinds]
    found = [_level(kind, base) for kind in kinds]
    # L1: blanks at the end stand at the end of the line.
    for index in range(len(text.rstrip()), len(text)):
        found[index] = base
    return found


def _level(kind: str, base: int) -> int:
    if base:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)


def _weak_types(kinds: list[str], base: int) -> list[str]:
    """W1 to W7: numbers, what belongs to them, and marks take the type of what they stand with."""
    edge = "R" if base else "L"
    kinds = _with_marks(kinds, edge)
    strong = edge
    for index, kind in enumerate(kinds):
        strong = kind if kind == "L" or kind in _RIGHT_TO_LEFT else strong
        if kind == "EN" and strong == "AL":
            kinds[index] = "AN"
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for index in range(1, len(kinds) - 1):
        before, kind, after = kinds[index - 1 : index + 2]
        if before == after and (before == "EN" and kind in ("ES", "CS")):
            kinds[index] = "EN"
        if before == after == "AN" and kind == "CS":
            kinds[index] = "AN"
    kinds = _with_signs_of_numbers(kinds)
    strong = edge
    for index, kind in enumerate(kinds):
        strong = kind if kind in ("L", "R") else strong
        if kind == "EN" and strong == "L":
            kinds[index] = "L"
    return kinds


def _with_marks(kinds: list[str], edge: str) -> list[str]:
    found: list[str] = []
    for kind in kinds:
        found.append((found[-1] if found else edge) if kind == "NSM" else kind)
    return found


def _with_signs_of_numbers(kinds: list[str]) -> list[str]:
    """W5: currency signs and the like beside a number are of it."""
    found: list[str] = []
    runs = [(kind, len(list(run))) for kind, run in groupby(kinds)]
    for index, (kind, length) in enumerate(runs):
        beside = [runs[near][0] for near in (index - 1, index + 1) if 0 <= near < len(runs)]
        found += ["EN" if kind == "ET" and "EN" in beside else kind] * length
    return found


def _with_brackets(text: str, kinds: list[str], base: int) -> list[str]:
    """N0: both brackets of a pair go the way of what they hold."""
    ours = "R" if base else "L"
    kinds = list(kinds)
    for first, last in _pairs(text, kinds):
        inside = {_side(kind) for kind in kinds[first + 1 : last] if kind not in _NEUTRAL}
        before = next((kind for kind in reversed(kinds[:first]) if kind not in _NEUTRAL), ours)
        if inside:
            kinds[first] = kinds[last] = ours if ours in inside else _side(before)
    return kinds


def _pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    """Where brackets open and close (BD16)."""
    pairs, opened = [], list[tuple[str, int]]()
    for index, sign in enumerate(text):
        if kinds[index] != "ON":
            continue
        if sign in _BRACKETS:
            opened.append((_BRACKETS[sign], index))
            continue
        at = next((n for n in reversed(range(len(opened))) if opened[n][0] == sign), None)
        if at is not None:
            pairs.append((opened[at][1], index))
            del opened[at:]
    return sorted(pairs)


def _without_neutrals(kinds: list[str]) -> list[str]:
    """N1: neutrals between two of one direction take it; the others are ""."""
    runs = [
        ("" if is_neutral else kind, list(run))
        for (is_neutral, kind), run in groupby(
            kinds, lambda kind: (kind in _NEUTRAL, "" if kind in _NEUTRAL else kind)
        )
    ]
    found: list[str] = []
    for index, (kind, run) in enumerate(runs):
        if kind:
            found += run
            continue
        sides = [_side(runs[near][0]) for near in (index - 1, index + 1) if 0 <= near < len(runs)]
        is_between = len(sides) == 2 and sides[0] == sides[1]
        found += [sides[0] if is_between else ""] * len(run)
    return found


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"


def in_visual_order(parts: Sequence[_Part], of: Sequence[int]) -> list[_Part]:
    """``parts`` from left to right, where ``of`` is the level of each (L2)."""
    order = list(range(len(parts)))
    for level in range(max(of, default=0), 0, -1):
        runs = [(is_in, list(run)) for is_in, run in groupby(order, _is_at_least(level, of))]
        order = [at for is_in, run in runs for at in (run[::-1] if is_in else run)]
    return [parts[at] for at in order]


def _is_at_least(level: int, of: Sequence[int]) -> Callable[[int], bool]:
    return lambda at: of[at] >= level
