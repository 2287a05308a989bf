"""The section of ``docs/recipes.md`` on the page's form, its address and the file it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import yaml

from showlist_assets.domain.gazetteer import find_places
from showlist_assets.domain.playlists.recipe_text import recipe_text
from showlist_assets.domain.playlists.wish import Wish, recipe_of, wish_from_query
from showlist_assets.domain.playlists.wish_query import FIELD_OF_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION: Final = """\
## The form, the address and the file

The listener's page asks for a few of these fields. What is chosen there stands in the page's
address, to be kept and shared; "keep it up to date" writes it into a recipe's file. The three are
one: the file gives the form back as it was, and an engineer may go on in the file.

- The page's files say in their first line who wrote them. Whatever is changed in such a file, a
  comment too, makes it a person's: the page shows it, but never writes over it or deletes it. A
  file that says more than the form can (two circles, a mail, a cover) is shown, and changed in the
  file only.
- An address is read leniently: what cannot be used counts as not said, and the page says so.
  `from` and `to` are dates such as 2026-12-31 and win over `when`. `bands` is one text with a band
  a line, or with commas, of up to 500 names. Of a field that is given twice the last counts;
  `genre`, `without`, `day`, `not` and `venue` may be given several times.
- A song whose energy nobody knows is neither calm nor lively nor loud: it is left out where one of
  them is asked for, and counted with what was left out. ReccoBeats, which tells the energy, does
  not know every song, and least of all new ones.
- With `refresh: weekly` a playlist follows its shows once a week. The week begins on Monday at nine
  in New York, with the refresh of all states. It is pushed when all of its states have changed in
  the week, and from Tuesday at nine at whatever change there is; a week without a change has no
  push. What changes after the push waits for the next week. A new or edited file is pushed at once,
  which is the push of its week. With `refresh: never` only `showlist push` and the page push it.

| in the address | meaning | in the file |
| --- | --- | --- |"""
# One for each name; where a name needs another before it, that comes first.
_ADDRESSES: Final = (
    "where=10002",
    "radius=10",
    "when=this weekend",
    "day=fri",
    "genre=folk",
    "without=metal",
    "loud=calm",
    "bands=Paper Lantern,Tin Owl",
    "bands=Paper Lantern&only_bands=yes",
    "not=Kiss",
    "price=40",
    "rooms=small",
    "openers=no",
    "tracks=3",
    "clean=yes",
    "order=shuffle",
    "pick=newest",
    "most=30",
    "prefer=taste",
    "fit=70",
    "known=never",
    "unknown_taste=leave out",
    "venue=Bowery Ballroom",
    "title=Folk: {dates}",
    "public=yes",
    "refresh=weekly",
)


def wish_section() -> str:
    """The section, with what each name in an address writes into a file."""
    return "\n".join([_INTRODUCTION, *_rows()])


def _rows() -> Iterator[str]:
    usual = _file("where=New York, NY")
    for address in _ADDRESSES:
        said = parse_qsl(address)
        name, value = said[-1]
        meaning = Wish.model_fields[FIELD_OF_NAME[name]].description
        written = {
            field: text for field, text in _file(address).items() if usual.get(field) != text
        }
        file = yaml.safe_dump(
            written, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000
        )
        # Without the brackets around the whole, which a file does not need.
        yield f"| `{name}={value}` | {meaning} | `{file.strip()[1:-1]}` |"


def _file(address: str) -> dict[str, Any]:
    wish, _ = wish_from_query(parse_qsl(address))
    place, *_others = find_places(wish.where or "New York, NY")
    text = recipe_text(recipe_of(wish, place, name="mine", account="me"))
    data: dict[str, Any] = yaml.safe_load(text)
    return data
