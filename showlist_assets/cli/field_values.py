"""What each field of a recipe may hold, in words: read off the model, where it can be.

What belongs here: the values of a field as its documentation lists them. What does not: which of
them are valid (the models in ``domain``), and the pages (``reference_docs``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel

from showlist_assets.domain.playlists.ranges import Range
from showlist_assets.domain.playlists.windows import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

_RANGE: Final = "`'>= 10'`, `'<= 20'`, `10 to 20`, with numbers of yours"
# Of what is text to Python: what a validator lets through.
_TEXTS: Final[dict[str, str]] = {
    "title": "text with [fields](#fields-of-a-title-or-description)",
    "description": "text with [fields](#fields-of-a-title-or-description)",
    "account": "a name of `showlist accounts`",
    "listener": "a name of `showlist accounts`",
    "states": "USPS codes or names of states, one or a list; `all`",
    "when": "[a window of days](#days-when)",
    "weekdays": f"{', '.join(f'`{day}`' for day in WEEKDAYS)}, one or a list",
    "city": "text",
    "state": "one USPS code or name of a state",
    "zip": "five digits",
    "radius": "a number with `mi` or `km`, at most 1000 km",
    "at": "`latitude, longitude`",
    "first": "one text or a list",
    "only": "one text or a list",
    "never": "one text or a list",
    "mail": "one mail address or a list",
    "to": "one mail address or a list",
    "alarm": "`30 min`, `3 h`, `2 days` or `1 week`, at most 28 days; `no`",
}
# What a word stands for, where it does not say so itself.
MEANINGS: Final[dict[str, dict[str, str]]] = {
    "festivals, openers, explicit": {
        "yes": "they count like all others",
        "no": "they are left out",
        "only": "all others are left out",
    },
    "pick": {
        "best known": "the artist's tracks in the order of their fame",
        "newest": "by release date, the newest first",
        "surprise": "drawn by lot, anew every week",
    },
    "refresh": {
        "on change": "whenever the shows of its states or the recipe's file change",
        "weekly": "once a week from Monday (New York), when its shows have changed since; and when "
        "the file does",
        "never": "not by itself, only when a person pushes it",
    },
    "prefer": {
        "soonest": "whoever plays first",
        "biggest": "by popularity, else by the size of the venue",
        "surprise": "drawn by lot, anew every week",
        "taste": "whoever fits the listener's taste best; who nobody knows to fit it, last",
    },
    "order": {
        "date": "as the shows come",
        "popularity": "the biggest first, as in `prefer`",
        "energy arc": "rising over two thirds of the playlist, calming over the last",
        "smooth": "small steps in energy, cheer, tempo and acousticness from song to song",
        "shuffle": "drawn by lot, anew every week",
        "taste": "whoever fits the listener's taste best, first; who nobody knows to fit it, last",
    },
    "calendar": {
        "playlist": "the shows behind the playlist's songs",
        "all": "every show that the recipe lets through, with a song or without one",
    },
    "discover": {
        "similar to what I play": "a playlist without shows: songs that people play who play what "
        "the listener played in the last 30 days, none of which the listener played in the last 90",
    },
    "unknown_taste": {
        "leave out": "an act is left out that nothing ties to what the listener plays",
        "keep": "it stays, behind all others in `order: taste` and `prefer: taste`",
    },
    "unknown_features": {
        "leave out": "a track of which nobody knows them is left out",
        "keep": "it stays, unless another rule leaves it out",
    },
}


def values_of(name: str, field: FieldInfo) -> str:
    """The values that ``field`` may hold, in Markdown; empty where nothing is known of them."""
    kind = field.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        # Some are written in one word as well.
        short = (getattr(each, "json_schema_input_type", None) for each in field.metadata)
        kind = next((each for each in short if get_args(each)), kind)
    found = [_TEXTS.get(name, ""), *_values(kind, tuple(field.metadata))]
    return "; ".join(dict.fromkeys(filter(None, found)))


def _values(annotation: Any, limits: tuple[Any, ...] = ()) -> Iterator[str]:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _values(parts[0], parts[1:])
    elif origin is Literal:
        yield ", ".join(f"`{value}`" for value in parts)
    elif origin is dict:
        yield "the [names below](#audio-features-features), each with a range"
    elif origin is tuple:
        yield from (f"one or a list of {words}" for words in _values(parts[0]) if words)
    elif origin is not None:
        for part in parts:
            yield from _values(part)
    else:
        yield from _plain_values(annotation, limits)


def _plain_values(kind: Any, limits: tuple[Any, ...]) -> Iterator[str]:
    if kind is bool:
        yield "`true`, `false`"
    elif kind is Range:
        yield _RANGE
    elif kind in (int, float):
        yield from _bounds(limits)
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield f"the fields {', '.join(f'`{name}`' for name in kind.model_fields)}"


def _bounds(limits: tuple[Any, ...]) -> Iterator[str]:
    low = next((limit.ge for limit in limits if isinstance(limit, Ge)), None)
    high = next((limit.le for limit in limits if isinstance(limit, Le)), None)
    if low is not None and high is not None:
        yield f"{low} to {high}"


def nested_models(annotation: Any) -> list[type[BaseModel]]:
    """The models of which a field of this type is made, in order."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in nested_models(part)]
