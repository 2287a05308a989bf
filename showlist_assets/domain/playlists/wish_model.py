"""What a listener asks for on the page: few fields, each with one spelling.

What belongs here: the fields, what they may hold, and their one spelling, so that equal wishes have
one address and one recipe. What does not: reading an address (``wish_query``), the recipe that a
wish makes (``wish``).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from showlist_assets.domain.names import without_article
from showlist_assets.domain.places import is_position, position
from showlist_assets.domain.playlists.recipe import (
    MOST_TRACKS,
    Known,
    Order,
    Pick,
    Prefer,
    Recipe,
    Refresh,
    UnknownTaste,
)
from showlist_assets.domain.playlists.templates import LONGEST_TITLE, check_template
from showlist_assets.domain.playlists.windows import (
    WEEKDAYS,
    fixed_dates,
    weekday,
    window_days,
    window_of_dates,
)

LONGEST_PLACE: Final = 100
LONGEST_NAME: Final = 200
LONGEST_WINDOW: Final = 40
MOST_NAMES: Final = 500
MOST_KINDS: Final = 50
# A circle reads every state that it touches.
FARTHEST_MILES: Final = 200
DEAREST: Final = 9999

Loudness = Literal["any", "calm", "lively", "loud"]
Rooms = Literal["any", "small", "medium"]
BandsAre = Literal["first", "only"]
Openers = Literal["yes", "no", "only"]

# They turn around what follows, in a page or a log as well as in a name.
_TURNING: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# What begins a line of a pasted list.
_BULLETS: Final = re.compile(r"^(?:[-*\u2022\u00b7]\s+)+")


def cleaned(text: str) -> str:
    """``text`` on one line, without control characters and what a file cannot hold."""
    kinds = ((sign, unicodedata.category(sign)) for sign in text)
    kept = (
        " " if kind == "Cc" else sign
        for sign, kind in kinds
        if kind != "Cs" and sign not in _TURNING
    )
    return " ".join("".join(kept).split())


def name_in(line: str) -> str:
    """The name on a line of a list, without its bullet and the comma behind it; "" for none."""
    return _BULLETS.sub("", cleaned(line), count=1).rstrip(" ,;")


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """``names`` in their order, of those that are spelled alike the first."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(without_article(name), name)
    return tuple(first.values())


def _place(text: str) -> str:
    words = cleaned(text)
    if not is_position(words):
        return words
    # A hundredth of a degree is half a mile: nobody's house.
    latitude, longitude = (round(degrees, 2) + 0.0 for degrees in position(words))
    return f"{latitude:.2f}, {longitude:.2f}"


def _window(text: str) -> str:
    # Whether a text is a window does not depend on the day.
    window_days(text, today=date(2026, 1, 1))
    if dates := fixed_dates(text):
        return window_of_dates(*dates)
    return " ".join(text.lower().split())


def _days(texts: tuple[str, ...]) -> tuple[str, ...]:
    days = {weekday(text) for text in texts}
    # Every day is what is meant where nothing is said.
    return () if len(days) == len(WEEKDAYS) else tuple(sorted(days, key=WEEKDAYS.index))


def _kinds(texts: tuple[str, ...]) -> tuple[str, ...]:
    kinds = {cleaned(part).lower() for text in texts for part in text.split(",")}
    return tuple(sorted(kinds - {""}))


def _names(lines: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(map(name_in, lines))
    if not all(names):
        raise ValueError("a name cannot be blank.")
    return each_once(names)


def _title(text: str) -> str:
    title = check_template(cleaned(text), longest=LONGEST_TITLE)
    return "" if title == Recipe.model_fields["title"].default else title


_Name = Annotated[str, Field(max_length=LONGEST_NAME)]
_Kinds = Annotated[tuple[_Name, ...], Field(max_length=MOST_KINDS), AfterValidator(_kinds)]
_Names = Annotated[tuple[_Name, ...], Field(max_length=MOST_NAMES), AfterValidator(_names)]


class Wish(BaseModel):
    """What a listener asks for; a field that is left alone asks for nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    where: Annotated[str, Field(max_length=LONGEST_PLACE), AfterValidator(_place)] = Field(
        "", description="A ZIP code, a city, a state, or latitude and longitude."
    )
    radius: int = Field(25, ge=1, le=FARTHEST_MILES, description="Miles around the place.")
    when: Annotated[str, Field(max_length=LONGEST_WINDOW), AfterValidator(_window)] = Field(
        "next 14 days", description="Which days, as a recipe's `when` says them."
    )
    days: Annotated[tuple[str, ...], AfterValidator(_days)] = Field(
        (), description="Days of the week; none means every day."
    )
    genre: _Kinds = Field((), description="Genres that count; none means all.")
    without: _Kinds = Field((), description="Genres that do not.")
    loud: Loudness = Field(
        "any",
        description="By the songs' energy: calm up to 0.4, lively from 0.4 to 0.7, loud from 0.7. "
        "A song whose energy nobody knows is left out, unless any is asked for.",
    )
    bands: _Names = Field((), description="Bands that the listener knows, one a line.")
    bands_are: BandsAre = Field(
        "first", description="Whether these bands come first, or alone count."
    )
    never: _Names = Field((), description="Bands that are left out.")
    price: int | None = Field(
        None, ge=0, le=DEAREST, description="Dollars that the cheapest ticket may cost."
    )
    rooms: Rooms = Field(
        "any", description="Small rooms hold up to 500 people, medium ones up to 2,000."
    )
    openers: Openers = Field("yes", description="Acts that are not the headliner.")
    tracks: int = Field(2, ge=1, le=10, description="At most so many songs of each band.")
    clean: bool = Field(False, description="Whether songs marked explicit are left out.")
    order: Order = Field("date", description="In which order the songs stand.")
    pick: Pick = Field("best known", description="Which of a band's songs.")
    most: int = Field(
        60,
        ge=1,
        le=MOST_TRACKS,
        description="At most so many songs; a file that does not say has 100.",
    )
    prefer: Prefer = Field("soonest", description="Who stays when there are too many bands.")
    fit: int = Field(
        0,
        ge=0,
        le=100,
        description="Percent of the acts there that a band must fit the listener's taste at least "
        "as well as.",
    )
    known: Known = Field("any", description="Bands that the listener plays already.")
    unknown_taste: UnknownTaste = Field(
        "keep", description="Bands of which nobody knows how they fit the listener's taste."
    )
    venue: _Names = Field((), description="Only these venues.")
    title: Annotated[str, AfterValidator(_title)] = Field(
        "", description="The playlist's title, as in a recipe; none means the usual one."
    )
    public: bool = Field(False, description="Whether it shows on the listener's profile.")
    refresh: Refresh = Field("on change", description="When it is kept up to date.")

    @model_validator(mode="before")
    @classmethod
    def _needs_bands_to_say_what_they_are(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("bands"):
            return {name: value for name, value in data.items() if name != "bands_are"}
        return data
