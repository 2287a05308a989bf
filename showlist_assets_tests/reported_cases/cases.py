"""Reported faults as files: cases, each an input with the right value, and what became of them.

A JSON file is one case, or ``cases`` with what they share beside it (``call``, ``now``); what
stands under ``also`` is another case of the same file. A CSV file has a case a row. Inputs and
right values are the keys of a case; nothing is told by a file's name.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RIGHT: Final = "right"
WRONG: Final = "WRONG"
CANNOT_TELL: Final = "cannot tell"
_NO_INPUT: Final = ("cases", "also", "note", "why")


class UnreadableCasesError(Exception):
    """A file of cases cannot be read; the message says which and why."""


@dataclass(frozen=True)
class Case:
    """One input with the right value.

    Attributes:
        given: The case's own keys, ``right`` among them.
        around: The keys of the file, or of the case that this one stands under.
    """

    file: str
    number: str
    given: dict[str, Any]
    around: dict[str, Any] = field(default_factory=dict)

    @property
    def right(self) -> Any:
        return self.given.get("right")

    @property
    def call(self) -> str:
        """The functions that the report names, and under which conditions."""
        return str(self.given.get("call") or self.around.get("call") or "")

    def __getitem__(self, key: str) -> Any:
        return self.given[key]

    def __contains__(self, key: str) -> bool:
        return key in self.given

    def get(self, key: str) -> Any:
        """What the case says, or else what stands around it."""
        return self.given.get(key, self.around.get(key))


@dataclass(frozen=True)
class Found:
    """What a handler saw, and whether the right value is that; None where it cannot tell."""

    seen: Any
    is_right: bool | None

    @property
    def verdict(self) -> str:
        if self.is_right is None:
            return CANNOT_TELL
        return RIGHT if self.is_right else WRONG


def unclear(why: str) -> Found:
    """No verdict: the handler does not understand the case."""
    return Found(why, None)


def read_cases(file: Path) -> list[Case]:
    """Every case of a JSON or CSV file.

    Raises:
        UnreadableCasesError: there is no such file, or it holds neither.
    """
    try:
        return _cases_of(file, file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UnreadableCasesError(f"Cannot read {file}: {error.strerror}.") from None
    except ValueError as error:
        raise UnreadableCasesError(f"Cannot read the cases of {file}: {error}.") from None


def _cases_of(file: Path, text: str) -> list[Case]:
    if file.suffix.lower() == ".csv":
        rows = [row for row in csv.DictReader(text.splitlines()) if any(row.values())]
        return [Case(file.name, str(number), dict(row)) for number, row in enumerate(rows, 1)]
    document = json.loads(text)
    whole = {"cases": document} if isinstance(document, list) else document
    if not isinstance(whole, dict):
        raise UnreadableCasesError(f"{file} holds neither a case nor a list of cases.")
    around = {key: value for key, value in whole.items() if key not in _NO_INPUT}
    found = []
    if set(around) - {"call", "now"}:
        found += list(_with_more(Case(file.name, "1", around), whole))
    for number, given in enumerate(whole.get("cases", ()), start=len(found) + 1):
        found += list(_with_more(Case(file.name, str(number), given, around), given))
    return found


def _with_more(case: Case, given: dict[str, Any]) -> Iterator[Case]:
    if "right" in case.given:
        yield case
    more = given.get("also", ())
    # What else is to be right is asked under the same conditions as the first.
    above = {**case.around, **{key: case.given[key] for key in case.given if key != "right"}}
    for letter, one in enumerate([more] if isinstance(more, dict) else more):
        yield Case(case.file, f"{case.number}{chr(ord('b') + letter)}", one, above)
