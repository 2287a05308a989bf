"""What to change in a recipe that lets nothing through: the fewest words that would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.playlists.recipe import (
    FirstOnlyOrNever,
    OnlyOrNever,
    Recipe,
    TasteWish,
)
from showlist_assets.domain.quantities import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

# What each field says when it leaves nothing out.
_OPEN: Final[dict[str, Any]] = {
    "near": (),
    "weekdays": (),
    "venues": OnlyOrNever(),
    "capacity": None,
    "price": None,
    "festivals": "yes",
    "artists": FirstOnlyOrNever(),
    "genres": OnlyOrNever(),
    "openers": "yes",
    "least_confidence": 0.0,
    "explicit": "yes",
    "versions": OnlyOrNever(),
    "features": {},
    "taste": TasteWish(),
    "unknown_taste": "keep",
}
_ANY_TIME: Final = "any time"


def nearest_way_out(recipe: Recipe, songs_of: Callable[[Recipe], list[date]]) -> str:
    """Which single field of ``recipe`` stands in the way, in a sentence or two.

    Args:
        recipe: One that lets nothing through.
        songs_of: The day of the show of each song that a recipe would play.
    """
    said = [_without(recipe, songs_of), _later(recipe, songs_of)]
    found = " ".join(words for words in said if words)
    if found:
        return found
    open_wide = recipe.model_copy(update={**_OPEN, "when": _ANY_TIME})
    if open_wide != recipe and (songs := songs_of(open_wide)):
        return (
            f"No single field is to blame: without {_and(_closed(recipe))} it would hold "
            f"{counted(len(songs), 'song')}, so loosen several."
        )
    return ""


def _closed(recipe: Recipe) -> list[str]:
    # Who comes first, and whose taste it is, leaves nobody out.
    asked = recipe.model_copy(
        update={
            "artists": recipe.artists.model_copy(update={"first": ()}),
            "taste": recipe.taste.model_copy(update={"listener": None}),
        }
    )
    return [field for field, said in _OPEN.items() if getattr(asked, field) != said]


def _without(recipe: Recipe, songs_of: Callable[[Recipe], list[date]]) -> str:
    """The field without which most songs come."""
    found = {
        field: len(songs_of(recipe.model_copy(update={field: _OPEN[field]})))
        for field in _closed(recipe)
    }
    best = max(found, key=lambda field: found[field], default=None)
    if best is None or not found[best]:
        return ""
    return f"Without {best!r} it would hold {counted(found[best], 'song')}."


def _later(recipe: Recipe, songs_of: Callable[[Recipe], list[date]]) -> str:
    """How far `when` has to reach for the next show."""
    days = songs_of(recipe.model_copy(update={"when": _ANY_TIME}))
    if not days or recipe.when == _ANY_TIME:
        return ""
    first = min(days)
    return (
        f"The next show that fits is on {first:%a %b} {first.day}: 'when: until "
        f"{first.isoformat()}' reaches it."
    )


def _and(fields: list[str]) -> str:
    *others, last = [*map(repr, fields), "'when'"]
    return f"{', '.join(others)} and {last}" if others else last
