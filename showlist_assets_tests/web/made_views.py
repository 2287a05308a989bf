"""Views made of nothing but their types: what each screen prints, at its least and at its most.

A text, an address and a key look alike to a type; what a field is named tells them apart.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints
from urllib.parse import quote, urlencode

import showlist_assets.web
from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

TAG: Final = "<b class=\"evil\" onclick='x()'>"
LONG: Final = f"{TAG}\"'&amp; %s {{{{7*7}}}} שלום עולם 🎸 ".ljust(200, "ü")
_EVIL_ADDRESS: Final = "javascript:alert(1)"
_ID: Final = "1" * 22
# Of what is listed within a list: enough for "and".
_SEVERAL: Final = 2
_QUERIES: Final = ("query", "before", "behind", "more")
_OF_STRANGERS: Final = ("url", "ticket_url")
_IDS_AT_SPOTIFY: Final = ("track_id", "spotify_id", "playlist_id")
_PATHS: Final = ("path", "venue_path", "way_out", "href")
_OPTIONAL_PATHS: Final = ("calendar_path", "undo", "bring_back")
# Made by the page itself, of its own address.
_OWN: Final = {"webcal": "webcal://a.example/calendar/b.ics", "leads_to": "https://a.example/"}
_TOKENS: Final = ("anchor", "id")
_ALWAYS: Final = (*_TOKENS, *_PATHS, *_OWN)


@dataclass(frozen=True)
class Made:
    """How views are made.

    Attributes:
        is_full: Everything that may be missing is there, and texts are long.
        many: How many things a list of the screen holds.
        is_hostile: Addresses and ids of strangers are none.
        prefix: Under which the page lies.
    """

    is_full: bool
    many: int
    is_hostile: bool = False
    prefix: str = ""

    def of(self, kind: Any) -> list[Any]:
        """Views of ``kind``: as many as its first field of few values has values."""
        if kind is NoneType:
            return [None]
        chosen = [name for name, hint in hints(kind).items() if get_origin(hint) is Literal]
        if not chosen:
            return [self._one(kind)]
        return [self._one(kind, **{chosen[0]: value}) for value in get_args(hints(kind)[chosen[0]])]

    def _one(self, kind: Any, **given: Any) -> Any:
        return _Maker(self).view(kind, 0, given)


class _Maker:
    """Makes one view, in which no day and no anchor comes twice."""

    def __init__(self, how: Made) -> None:
        self._how, self._numbers = how, count()

    def view(self, kind: Any, depth: int, given: Mapping[str, Any]) -> Any:
        """One of the dataclass ``kind``, so deep within the view, with what is given."""
        made = {name: self._made(hint, name, depth + 1) for name, hint in hints(kind).items()}
        return kind(**{**made, **given})

    def _made(self, kind: Any, name: str, depth: int) -> Any:
        """A value of ``kind`` for the field ``name``."""
        full, origin, args = self._how.is_full, get_origin(kind), get_args(kind)
        if is_dataclass(kind):
            return self.view(kind, depth, {})
        if origin is UnionType:
            return self._made(args[0], name, depth) if full else None
        if origin is tuple and args[1:] == (...,):
            many = self._how.many if depth == 1 else min(self._how.many, _SEVERAL)
            return tuple(self._made(args[0], name, depth + 1) for _ in range(many))
        if origin is tuple:
            return tuple(self._made(one, name, depth) for one in args)
        if origin is Literal:
            return args[0]
        return self._plain(kind, name)

    def _plain(self, kind: Any, name: str) -> Any:
        full = self._how.is_full
        if kind in (date, datetime):
            moment = NOW + timedelta(days=next(self._numbers))
            return moment if kind is datetime else moment.date()
        if kind is str:
            return self._text(name) if full or name in _ALWAYS else ""
        if kind is float:
            return 0.5 if full else 0.0
        return {bool: full, int: 12345 if full else 0}[kind]

    def _text(self, name: str) -> str:
        if name in _TOKENS:
            return f"{name}{next(self._numbers)}"
        if name in (*_PATHS, *_OPTIONAL_PATHS):
            # Links of a map are finished; all others the template leads below the page's own path.
            before = self._how.prefix if name == "href" else ""
            return f"{before}/things/{quote(LONG, safe='')}"
        if name in _QUERIES:
            return urlencode({"where": LONG, "title": LONG})
        if name in _OF_STRANGERS:
            return _EVIL_ADDRESS if self._how.is_hostile else "https://a.example/b?c=d&e=%22'"
        if name in _IDS_AT_SPOTIFY and not self._how.is_hostile:
            return _ID
        return _OWN.get(name, LONG)


@cache
def hints(kind: Any) -> dict[str, Any]:
    """The types of a dataclass's fields, also of those imported for type checkers only."""
    found = get_type_hints(kind, names_of(inspect.getmodule(kind)))
    return {each.name: found[each.name] for each in fields(kind)}


@cache
def names_of(module: ModuleType | None) -> dict[str, Any]:
    """What a module's annotations may name."""
    assert module is not None
    names = dict(vars(module))
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported = vars(import_module(node.module))
            # What a module has for type checkers only, such as a short name, is in no view.
            names |= {
                each.asname or each.name: imported[each.name]
                for each in node.names
                if each.name in imported
            }
    return names


def pages() -> Iterator[tuple[str, Any]]:
    """Each template that the page answers with, and the type of what it is given."""
    root = Path(showlist_assets.web.__file__).parent
    for file in sorted(root.rglob("*.py")):
        dotted = file.relative_to(root).with_suffix("").parts
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for function in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)):
            for call in (one for one in ast.walk(function) if isinstance(one, ast.Call)):
                if isinstance(call.func, ast.Name) and call.func.id == "Page":
                    module = import_module(".".join(("showlist_assets.web", *dotted)))
                    template = ast.literal_eval(call.args[0])
                    yield template, _type_of(call.args[2], function, names_of(module))


def _type_of(value: ast.expr, function: ast.FunctionDef, names: dict[str, Any]) -> Any:
    """The type of an expression within a function: as its maker, or its annotation, says."""
    if isinstance(value, ast.Constant):
        return type(value.value)
    if isinstance(value, ast.Call):
        made_by = names[ast.unparse(value.func)]
        if isinstance(made_by, type):
            return made_by
        return names_of(inspect.getmodule(made_by))[made_by.__annotations__["return"]]
    if isinstance(value, ast.IfExp):
        return _type_of(value.body, function, names)
    assert isinstance(value, ast.Name), ast.unparse(value)
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.arg == value.id and node.annotation:
            return names[ast.unparse(node.annotation)]
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == value.id:
            return _type_of(node.value, function, names)
    raise AssertionError(f"Nobody says what {value.id} is in {function.name}.")
