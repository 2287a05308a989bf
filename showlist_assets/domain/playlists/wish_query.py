"""A wish as an address, and what an address wishes: whatever it holds, never a refusal.

What belongs here: the names in the address, and what is said of what cannot be used. What does not:
what a field may hold (``wish_model``).
"""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, get_args
from urllib.parse import urlencode

from pydantic import ValidationError

from showlist_assets.domain.places import PlaceError, is_position, position
from showlist_assets.domain.playlists.recipe import (
    MOST_TRACKS,
    Known,
    Order,
    Pick,
    Prefer,
    Refresh,
    UnknownTaste,
)
from showlist_assets.domain.playlists.templates import LONGEST_TITLE, TemplateError, check_template
from showlist_assets.domain.playlists.windows import (
    WindowError,
    fixed_dates,
    weekday,
    window_days,
    window_of_dates,
)
from showlist_assets.domain.playlists.wish_model import (
    DEAREST,
    FARTHEST_MILES,
    LONGEST_NAME,
    LONGEST_PLACE,
    LONGEST_WINDOW,
    MOST_KINDS,
    MOST_NAMES,
    BandsAre,
    Loudness,
    Openers,
    Rooms,
    Wish,
    cleaned,
    each_once,
    name_in,
)
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

# What a form's choice "pick days" sends: its two dates say the rest.
PICKED_DATES: Final = "dates"
_MOST_TOLD: Final = 20
_SHOWN: Final = 40
_NUMBER: Final = re.compile(r"\$? ?(-?[0-9]{1,9})(?:\.0+)? ?(?:mi|miles?|dollars?)?", re.IGNORECASE)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES: Final = {"yes": True, "on": True, "true": True, "1": True}
_NO: Final = {"no": False, "off": False, "false": False, "0": False}
_ALONE: Final = {"yes": "only", "on": "only", "true": "only", "no": "first", "off": "first"}
_SAFE: Final = ",:"
_WHEN: Final[str] = Wish.model_fields["when"].default

if TYPE_CHECKING:
    # What the texts of a field say; what is of no use in them is told in the second list.
    _Reader = Callable[[list[str], list[str]], Any]


class _Unusable(ValueError):
    """What an address says of one field is of no use; the message is for the listener."""


def wish_from_query(
    pairs: Iterable[tuple[str, str]], *, today: date | None = None
) -> tuple[Wish, tuple[str, ...]]:
    """The wish in the names and values of an address or a form, and what of them was of no use.

    A name that is none of a wish's is passed over. What cannot be used is as if it were not said;
    each gets a sentence, of plain text that a page has yet to escape. Of dates that are over it
    says so where it is told what day ``today`` is.
    """
    given = _given(pairs)
    told: list[str] = []
    said: dict[str, Any] = {}
    for name, (field, read) in _READERS.items():
        if texts := given.get(name):
            said |= _usable(field, read, texts, told)
    said |= _picked_dates(given, told)
    if today and "when" in said and window_days(said["when"], today=today).last < today:
        told.append(f"{_shown(said.pop('when'))} is over. {_otherwise('when')}")
    return Wish(**said), _told_once(told)


def _told_once(told: Iterable[str]) -> tuple[str, ...]:
    """Each sentence once, and no more of them than somebody reads."""
    once = list(dict.fromkeys(told))
    more = len(once) - _MOST_TOLD
    rest = [f"And {more:,} more of the address cannot be used."] if more > 0 else []
    return (*once[:_MOST_TOLD], *rest)


def query_of(wish: Wish) -> str:
    """The one address of ``wish``, percent-encoded, in the form's order; defaults are left out."""
    said = wish.model_dump(exclude_defaults=True)
    pairs = [
        pair
        for name, (field, _) in _READERS.items()
        if field in said
        for pair in _written(name, field, said[field])
    ]
    return urlencode(pairs, safe=_SAFE)


def _written(name: str, field: str, value: Any) -> Iterator[tuple[str, str]]:
    if field == "when" and (dates := fixed_dates(value)):
        yield from ((end, f"{day}") for end, day in zip(("from", "to"), dates, strict=True) if day)
    elif field == "bands":
        yield name, _pasted(value)
    elif field == "bands_are":
        yield name, "yes"
    elif isinstance(value, tuple):
        yield from ((name, one) for one in value)
    else:
        yield name, "yes" if value is True else str(value)


def _pasted(bands: tuple[str, ...]) -> str:
    """``bands`` as one text: with commas, unless a name holds one."""
    if not any("," in band for band in bands):
        return ",".join(bands)
    # A break at the end, or a single name would be taken for several.
    return "\n".join(bands) + "\n"


def _given(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The texts of each name that are not blank."""
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        if cleaned(text):
            given.setdefault(name, []).append(text)
    return given


def _usable(field: str, read: _Reader, texts: list[str], told: list[str]) -> dict[str, Any]:
    """The field with what it is to hold; nothing where that cannot be used."""
    try:
        value = read(texts, told)
        Wish.model_validate({field: value})
    except _Unusable as error:
        told.append(f"{error} {_otherwise(field)}")
    except ValidationError:
        told.append(f"{_shown(texts[-1])} is of no use here. {_otherwise(field)}")
    else:
        return {field: value}
    return {}


def _otherwise(field: str) -> str:
    """What counts instead."""
    default = Wish.model_fields[field].default
    return _INSTEAD.get(field, f"So it is {default}.")


def _shown(text: str) -> str:
    words = cleaned(text)
    return f"'{words}'" if len(words) <= _SHOWN else f"'{words[: _SHOWN - 1]}…'"


def _last(texts: list[str], what: str, told: list[str]) -> str:
    if len(set(texts)) > 1:
        told.append(f"{what} is given {len(texts)} times; the last one counts.")
    return cleaned(texts[-1])


def _place(texts: list[str], told: list[str]) -> str:
    text = _last(texts, "The place", told)
    if len(text) > LONGEST_PLACE:
        raise _Unusable(f"A place has at most {LONGEST_PLACE} characters, not {len(text):,}.")
    try:
        return text if not is_position(text) or position(text) else ""
    except PlaceError as error:
        raise _Unusable(f"{error}") from None


def _window(texts: list[str], told: list[str]) -> str:
    text = _last(texts, "When", told)
    if text == PICKED_DATES:
        return _WHEN
    if len(text) > LONGEST_WINDOW:
        raise _Unusable(f"{_shown(text)} is no window of days.")
    try:
        # Whether a text is a window does not depend on the day.
        window_days(text, today=date(2026, 1, 1))
    except WindowError as error:
        raise _Unusable(f"{error}") from None
    return text


def _picked_dates(given: Mapping[str, list[str]], told: list[str]) -> dict[str, str]:
    """The window between the two dates of a form: they count, whatever else is chosen."""
    first, last = (_date(given.get(name, []), name, told) for name in ("from", "to"))
    if first and last and last < first:
        told.append("The two dates were the wrong way round; they are swapped.")
        first, last = last, first
    return {"when": window_of_dates(first, last)} if first or last else {}


def _date(texts: list[str], name: str, told: list[str]) -> date | None:
    if not texts:
        return None
    text = _last(texts, f"The date '{name}'", told)
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    told.append(f"{_shown(text)} is no date: it is left out. Write it as 2026-12-31.")
    return None


def _weekdays(texts: list[str], told: list[str]) -> tuple[str, ...]:
    days = []
    for text in _parts(texts):
        try:
            days.append(weekday(text))
        except WindowError:
            told.append(f"{_shown(text)} is no day of the week: it is left out.")
    return tuple(days)


def _parts(texts: list[str]) -> list[str]:
    return list(filter(None, (cleaned(part) for text in texts for part in text.split(","))))


def _lines(texts: list[str]) -> list[str]:
    # Not `splitlines`, for which other signs, too, end a line.
    lines = (line for text in texts for line in re.split(r"[\r\n]", text))
    return list(filter(None, map(name_in, lines)))


def _kinds(texts: list[str], told: list[str]) -> tuple[str, ...]:
    kinds = dict.fromkeys(part.lower() for part in _parts(texts))
    return _so_many(list(kinds), "genre", MOST_KINDS, told)


def _names(noun: str) -> _Reader:
    def read(texts: list[str], told: list[str]) -> tuple[str, ...]:
        return _so_many(_lines(texts), noun, MOST_NAMES, told)

    return read


def _bands(texts: list[str], told: list[str]) -> tuple[str, ...]:
    """A pasted list: a band a line; on a single line, commas part them."""
    only = texts[0]
    if len(texts) == 1 and not re.search(r"[\r\n]", only):
        texts = only.split(",")
    return _so_many(_lines(texts), "band", MOST_NAMES, told)


def _so_many(names: list[str], noun: str, most: int, told: list[str]) -> tuple[str, ...]:
    short = [name for name in names if len(name) <= LONGEST_NAME]
    if gone := len(names) - len(short):
        told.append(
            f"{counted(gone, noun)} of more than {LONGEST_NAME} characters: no name is so long, so "
            "left out."
        )
    once = each_once(tuple(short))
    if len(once) > most:
        told.append(f"{counted(len(once), noun)} are too many at once; the first {most} count.")
    return once[:most]


def _number(what: str, low: int, high: int) -> _Reader:
    def read(texts: list[str], told: list[str]) -> int:
        text = _last(texts, what, told)
        found = _NUMBER.fullmatch(text)
        if not found or not low <= (number := int(found.group(1))) <= high:
            raise _Unusable(f"{what} is a whole number from {low} to {high:,}, not {_shown(text)}.")
        return number

    return read


def _choice(what: str, choices: Any, also: Mapping[str, Any] | None = None) -> _Reader:
    words = {**{word: word for word in get_args(choices)}, **(also or {})}
    named = list(dict.fromkeys(get_args(choices)))

    def read(texts: list[str], told: list[str]) -> Any:
        text = _last(texts, what, told).lower()
        if text in words:
            return words[text]
        near = get_close_matches(text[:_SHOWN], words, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(named)}."
        raise _Unusable(f"{what} cannot be {_shown(text)}; {hint}")

    return read


def _yes_or_no(what: str) -> _Reader:
    def read(texts: list[str], _told: list[str]) -> bool:
        # A form may send no and yes for one box that is ticked.
        text = cleaned(texts[-1]).lower()
        if text not in {**_YES, **_NO}:
            raise _Unusable(f"{what} is yes or no, not {_shown(text)}.")
        return text in _YES

    return read


def _title(texts: list[str], told: list[str]) -> str:
    text = _last(texts, "The title", told)
    try:
        return check_template(text, longest=LONGEST_TITLE)
    except TemplateError:
        # No fields, then, but what somebody likes to call it.
        literal = text[:LONGEST_TITLE].rstrip().replace("{", "{{").replace("}", "}}")
    if len(text) > LONGEST_TITLE:
        told.append(f"A title has at most {LONGEST_TITLE} characters: the rest is cut off.")
    if "{" in literal or "}" in literal:
        told.append("The title's braces name no field that there is: they stand as they are.")
    return literal


# By the name in the address, in the form's order: the field, and how it is read.
_READERS: Final[dict[str, tuple[str, _Reader]]] = {
    "where": ("where", _place),
    "radius": ("radius", _number("The radius", 1, FARTHEST_MILES)),
    "when": ("when", _window),
    "day": ("days", _weekdays),
    "genre": ("genre", _kinds),
    "without": ("without", _kinds),
    "loud": ("loud", _choice("How loud", Loudness)),
    "bands": ("bands", _bands),
    "only_bands": ("bands_are", _choice("What the bands are", BandsAre, _ALONE)),
    "not": ("never", _names("band")),
    "price": ("price", _number("The price", 0, DEAREST)),
    "rooms": ("rooms", _choice("The size of the rooms", Rooms)),
    "openers": ("openers", _choice("Openers", Openers)),
    "tracks": ("tracks", _number("The number of songs of each band", 1, 10)),
    "clean": ("clean", _yes_or_no("Whether lyrics are clean")),
    "order": ("order", _choice("The order", Order)),
    "pick": ("pick", _choice("Which songs", Pick)),
    "most": ("most", _number("The number of songs", 1, MOST_TRACKS)),
    "prefer": ("prefer", _choice("Who stays", Prefer)),
    "fit": ("fit", _number("How well a band fits your taste, in percent,", 0, 100)),
    "known": ("known", _choice("What becomes of bands that you play", Known)),
    "unknown_taste": ("unknown_taste", _choice("What becomes of unknown taste", UnknownTaste)),
    "venue": ("venue", _names("venue")),
    "title": ("title", _title),
    "public": ("public", _yes_or_no("Whether it is public")),
    "refresh": ("refresh", _choice("When it is kept up to date", Refresh)),
}
FIELD_OF_NAME: Final = {name: field for name, (field, _) in _READERS.items()}
"""The field of a wish that each name in an address speaks of; `from` and `to` are the window."""
# What counts where something cannot be used, if its default does not say it.
_INSTEAD: Final = {
    "where": "So no place is given.",
    "price": "So the price does not count.",
    "clean": "So it is no.",
    "public": "So it is no.",
    "bands_are": "So they come first.",
    "radius": f"So it is {Wish.model_fields['radius'].default} miles.",
    "when": f"So it is the {_WHEN}.",
}
