"""What a listener wants on a playlist: the model of ``recipes/*.yaml``, read with its mistakes.

What belongs here: the fields, their meaning, and what makes a recipe valid. What does not: choosing
tracks (``planner``).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from showlist_assets.domain.gazetteer import Place, city_in, find_places
from showlist_assets.domain.places import city_key, position, radius_km
from showlist_assets.domain.playlists.durations import duration
from showlist_assets.domain.playlists.ranges import Range, parse_range
from showlist_assets.domain.playlists.recipe_mistakes import model_from_text
from showlist_assets.domain.playlists.templates import (
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    check_template,
)
from showlist_assets.domain.playlists.windows import WEEKDAYS, weekday, window_days
from showlist_assets.domain.state_outlines import states_touched
from showlist_assets.domain.states import BY_CODE, STATE_CODES, country_printed, parse_states
from showlist_assets.errors import ShowlistError

EVERY_STATE: Final = "all"
# Spotify takes 10,000 tracks; nobody hears a thousand, and each hundred costs a call.
MOST_TRACKS: Final = 1000
_NO_SHOWS_ZONE: Final = "America/New_York"
# What asks for shows, or for what nobody tells of suggested songs.
_NOT_OF_SUGGESTIONS: Final = (
    "states", "near", "when", "weekdays", "venues", "capacity", "price", "festivals", "genres",
    "openers", "least_confidence", "explicit", "features", "unknown_features", "pick",
    "one_artist_once", "prefer", "unknown_taste", "calendar", "mail",
)  # fmt: skip
_ORDERS_WITHOUT_SHOWS: Final = ("date", "taste", "shuffle")
WORDS_WITHOUT_SHOWS: Final = {
    "title": "Made for you, {dates}",
    "description": "{track_count} like what you play: {artists}.",
    # Another song each day would be no playlist to get to know.
    "refresh": "weekly",
}
"""What a recipe with `discover` has where it does not say otherwise."""
# One address and nothing that would end it, and begin another or a header of the mail.
_ADDRESS: Final = re.compile(
    r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+"
)
_ZIP: Final = re.compile(r"([0-9]{5})(?:-[0-9]{4})?")


class RecipeError(ShowlistError):
    """A recipe cannot be used; the message names file, line, and what would be right."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, (str, dict, BaseModel)) else value


def _states(value: Any) -> Any:
    words = _listed(value)
    if not isinstance(words, (list, tuple)):
        return value
    named = [part.strip() for word in words for part in str(word).split(",") if part.strip()]
    if any(word.lower() == EVERY_STATE for word in named):
        return STATE_CODES
    found = [state for word in named for state in _all_of(word) or parse_states(word)]
    return tuple(dict.fromkeys(found)) if named or not words else tuple(parse_states(""))


def _all_of(word: str) -> tuple[str, ...]:
    """The states of the country in "all CA" or "all Canada"; none where it says something else."""
    first, _, rest = word.partition(" ")
    country = country_printed(rest) if rest and first.lower() == EVERY_STATE else None
    return country.codes if country else ()


def _state(value: Any) -> str:
    codes = parse_states(str(value))
    if len(codes) != 1:
        raise ValueError(f"{value!r} names several states: give each city an entry of its own.")
    return codes[0]


def _weekdays(value: Any) -> Any:
    words = _listed(value)
    if not isinstance(words, (list, tuple)):
        return value
    days = {weekday(part) for word in words for part in str(word).split(",")}
    return tuple(sorted(days, key=WEEKDAYS.index))


def _window(text: str) -> str:
    # Whether a text is a window does not depend on the day.
    window_days(text, today=date(2026, 1, 1))
    return " ".join(text.lower().split())


def _radius(text: str) -> str:
    radius_km(text)
    return text.strip()


def _position(text: str) -> str:
    position(text)
    return text


def _zip(value: Any) -> Any:
    """The five digits of a ZIP code; a number has lost its zeros, or was read as octal."""
    if value is None:
        return None
    code = _ZIP.fullmatch(value.strip()) if isinstance(value, str) else None
    if not code:
        raise ValueError(
            f"{value!r} is no ZIP code: write its five digits, in quotes, such as '02134'."
        )
    if _place_of_zip(code[1]) is None:
        raise ValueError(
            f"{value!r} is no ZIP code that is in use: give a neighbour's, or 'city' and 'state'."
        )
    return code[1]


def _place_of_zip(code: str) -> Place | None:
    return next((place for place in find_places(code) if isinstance(place, Place)), None)


def _alarm(value: Any) -> Any:
    # YAML reads `no` as false.
    return None if value is False or str(value).strip().lower() in ("no", "off") else value


def _duration(text: str) -> str:
    duration(text)
    return " ".join(text.split())


def _calendar(value: Any) -> Any:
    return {"shows": value} if isinstance(value, str) else value


def _mail(value: Any) -> Any:
    return {"to": value} if isinstance(value, (str, list, tuple)) else value


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is no mail address: write it as me@example.org.")
    return text


def _range(value: Any) -> Any:
    return value if value is None or isinstance(value, Range) else parse_range(str(value))


def _choice(value: Any) -> Any:
    """YAML writes yes and no in many ways, and JSON Schema editors in others."""
    words = {"true": "yes", "false": "no", "on": "yes", "off": "no"}
    word = str(value).strip().lower()
    return words.get(word, word)


def _title(text: str) -> str:
    return check_template(text, longest=LONGEST_TITLE)


def _description(text: str) -> str:
    return check_template(text, longest=LONGEST_DESCRIPTION)


# A misspelled field would otherwise be left out in silence.
_WRITTEN: Final = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
_TextOrList = str | list[str]

_NotBlank = Annotated[str, Field(min_length=1)]
_Names = Annotated[
    tuple[_NotBlank, ...], BeforeValidator(_listed, json_schema_input_type=_TextOrList)
]
_Range = Annotated[
    Range,
    BeforeValidator(_range, json_schema_input_type=str),
    PlainSerializer(str, return_type=str),
]
_FeatureName = Literal[
    "danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness",
    "instrumentalness", "liveness", "valence", "tempo",
]  # fmt: skip
Choice = Annotated[
    Literal["yes", "no", "only"],
    BeforeValidator(_choice, json_schema_input_type=Literal["yes", "no", "only"] | bool),
]


def _city_or_zip(schema: dict[str, Any]) -> None:
    """A JSON Schema leaves validators out; this is ``Near._takes_place_from_zip``."""
    schema.pop("required", None)
    schema["anyOf"] = [{"required": ["city", "state"]}, {"required": ["zip"]}]


class Near(BaseModel):
    """A circle around a city or a ZIP code in which a show counts."""

    model_config = ConfigDict(**_WRITTEN, json_schema_extra=_city_or_zip)

    city: _NotBlank = Field(
        description="The city's name, as venues print it; not needed with `zip`.",
        examples=["New York"],
    )
    state: Annotated[str, BeforeValidator(_state)] = Field(
        description="Its state, such as NY; not needed with `zip`.", examples=["NY"]
    )
    zip: Annotated[
        Annotated[str, Field(pattern=r"^[0-9]{5}$")] | None,
        # Editors read digits without quotes as a number; we read them as they are written.
        BeforeValidator(_zip, json_schema_input_type=str | int | None),
    ] = Field(
        None,
        description="A ZIP code instead of city and state: its middle is that of the circle.",
        examples=["10002"],
    )
    radius: Annotated[str, AfterValidator(_radius)] = Field(
        "25 mi",
        description="How far from the middle, in mi or km; a city's is that of its venues, or its "
        "own where it has none. It may cross into other states.",
        examples=["40 km"],
    )
    at: Annotated[str, AfterValidator(_position)] | None = Field(
        None,
        description="The middle as latitude, longitude in degrees, in quotes: for a place of your "
        "own.",
        examples=["37.77, -122.42"],
    )

    @model_validator(mode="before")
    @classmethod
    def _takes_place_from_zip(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("zip") is None:
            return data
        try:
            place = _place_of_zip(_zip(data["zip"]))
        except ValueError:
            # What is wrong is told of `zip`; that `city` is missing would be beside the point.
            place = None
        known = (place.name, place.state) if place else ("unknown", STATE_CODES[0])
        return {"city": known[0], "state": known[1], **data}

    @model_validator(mode="after")
    def _has_one_place(self) -> Near:
        if not (place := _place_of_zip(self.zip) if self.zip else None):
            return self
        if self.at:
            raise ValueError("has 'zip' and 'at': keep one of them.")
        # A recipe that is written out has all three.
        if (city_key(self.city), self.state) != (city_key(place.name), place.state):
            raise ValueError(
                f"'zip' {self.zip} is in {place.name}, {place.state}: remove 'city' and 'state', "
                "or 'zip'."
            )
        return self

    @property
    def position(self) -> tuple[float, float] | None:
        """Degrees north and east of ``at`` or ``zip``; None where the venues decide."""
        if self.zip and (place := _place_of_zip(self.zip)):
            return place.latitude, place.longitude
        return position(self.at) if self.at else None

    @property
    def known_position(self) -> tuple[float, float] | None:
        """``position``, or else that of the city by the gazetteer; None where it knows none."""
        if found := self.position:
            return found
        city = city_in(self.city, self.state)
        return (city.latitude, city.longitude) if city else None

    @property
    def states(self) -> tuple[str, ...]:
        """Those that the circle touches: its own first, the nearest next."""
        middle = self.known_position
        touched = states_touched(*middle, self.kilometres) if middle else ()
        return tuple(dict.fromkeys((self.state, *touched)))

    @property
    def kilometres(self) -> float:
        """The radius in kilometres."""
        return radius_km(self.radius)


class OnlyOrNever(BaseModel):
    """Names that alone count, and names that never do; the latter win."""

    model_config = _WRITTEN

    only: _Names = Field((), description="Nothing else counts; empty means everything.")
    never: _Names = Field((), description="What is left out whatever else is said.")


class FirstOnlyOrNever(OnlyOrNever):
    """The same, and names that come first and leave nobody else out."""

    first: _Names = Field(
        (),
        description="Who comes first: they stay when there are too many artists, whatever `prefer` "
        "says, and stand before all others; nobody is left out for it.",
        examples=[["Paper Lantern", "Tin Owl"]],
    )


CalendarShows = Literal["playlist", "all"]
Refresh = Literal["on change", "weekly", "never"]
Pick = Literal["best known", "newest", "surprise"]
Order = Literal["date", "popularity", "energy arc", "smooth", "shuffle", "taste"]
Prefer = Literal["soonest", "biggest", "surprise", "taste"]
Known = Literal["any", "only", "never", "prefer"]
Discover = Literal["similar to what I play"]
UnknownTaste = Literal["keep", "leave out"]


class CalendarWish(BaseModel):
    """Which shows the recipe's calendar holds, and whether it reminds of them."""

    model_config = _WRITTEN

    shows: CalendarShows = Field(
        "playlist",
        description="The shows behind the playlist's songs, or all that the recipe lets through, "
        "also those of acts without a song.",
        examples=["all"],
    )
    alarm: Annotated[
        Annotated[str, AfterValidator(_duration)] | None,
        BeforeValidator(_alarm, json_schema_input_type=str | Literal[False] | None),
    ] = Field(
        None,
        description="How long before each show it reminds, in min, h, days or weeks; of a show "
        "without an announced time, before its day begins.",
        examples=["3 h"],
    )

    @property
    def reminds_before(self) -> timedelta | None:
        """How long before each show it reminds; None: it does not."""
        return duration(self.alarm) if self.alarm else None


class MailWish(BaseModel):
    """Who is sent the recipe's digest, and what comes with it."""

    model_config = _WRITTEN

    to: Annotated[
        tuple[Annotated[str, AfterValidator(_address)], ...],
        BeforeValidator(_listed, json_schema_input_type=_TextOrList),
    ] = Field(
        (), description="Mail addresses; each gets a mail of its own.", examples=["me@example.org"]
    )
    calendar: bool = Field(
        False, description="Whether the calendar file is attached.", examples=[True]
    )
    taste: bool = Field(
        False,
        description="Whether the mail, too, says what the listener plays; of use where the mail is "
        "theirs alone.",
        examples=[True],
    )


class TasteWish(BaseModel):
    """Whose taste counts, and how well an act must fit it."""

    model_config = _WRITTEN

    listener: _NotBlank | None = Field(
        None,
        description="Whose taste: another account than the playlist's.",
        examples=["you"],
    )
    minimum: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Which share of the acts that play where and when the recipe looks an act must "
        "fit at least as well as, 0 to 1; 0.7 keeps the best three of ten.",
        examples=[0.7],
    )
    known: Known = Field(
        "any",
        description="Acts that the listener plays already: any says nothing of them, with only "
        "nobody else counts, with never they are left out, with prefer they stay when there are "
        "too many.",
        examples=["never"],
    )


class Recipe(BaseModel):
    """One playlist: whose it is, which shows it follows, which tracks it plays, in which order."""

    model_config = _WRITTEN

    # Not in the schema, or editors would offer a field that is refused in a file.
    name: SkipJsonSchema[_NotBlank] = Field(description="The file's name without .yaml.")
    title: Annotated[_NotBlank, AfterValidator(_title)] = Field(
        "Live in {places}",
        description="The playlist's title, at most 100 characters; may hold {fields}.",
        examples=["New York this weekend: {dates}"],
    )
    description: Annotated[str, AfterValidator(_description)] = Field(
        "{show_count}, {dates}: {artists}.",
        description="The playlist's description, at most 300 characters; may hold {fields}.",
        examples=["{artist_count} on {show_count}: {artists}."],
    )
    account: _NotBlank = Field(
        "me", description="Whose playlist: an account of `showlist login`.", examples=["me"]
    )
    # Sent in any case: left out, Spotify takes it for true (its OpenAPI description).
    public: bool = Field(
        False, description="Whether it shows on the account's profile.", examples=[True]
    )
    cover: bool = Field(False, description="Whether a drawn cover is uploaded.", examples=[True])
    refresh: Refresh = Field(
        "on change",
        description="When `playlist_refresh_sensor` pushes it by itself; a command does at any "
        "time.",
        examples=["weekly"],
    )
    calendar: Annotated[
        CalendarWish,
        BeforeValidator(_calendar, json_schema_input_type=CalendarShows | CalendarWish),
    ] = Field(
        default_factory=CalendarWish,
        description="The calendar file: playlist for the shows behind its songs, all for every "
        "show that the recipe lets through; or with an alarm.",
        examples=[{"shows": "all", "alarm": "3 h"}],
    )

    mail: Annotated[
        MailWish, BeforeValidator(_mail, json_schema_input_type=_TextOrList | MailWish)
    ] = Field(
        default_factory=MailWish,
        description="Who is sent the digest when there is news, as an address or a list of them; "
        "or with the calendar attached. Needs `SHOWLIST_SMTP_URL`.",
        examples=[{"to": ["me@example.org", "you@example.org"], "calendar": True}],
    )

    discover: Discover | None = Field(
        None,
        description="A playlist without shows: songs that people play who play what the listener "
        "played in the last 30 days, and which the listener did not play in the last 90.",
        examples=["similar to what I play"],
    )
    states: Annotated[
        tuple[str, ...], BeforeValidator(_states, json_schema_input_type=_TextOrList)
    ] = Field(
        (),
        validate_default=True,
        description="States whose shows count, or all of the US; `all CA` is all of Canada. Those "
        "that `near` touches do anyway.",
        examples=[["NY", "NJ"]],
    )
    near: Annotated[
        tuple[Near, ...], BeforeValidator(_listed, json_schema_input_type=Near | list[Near])
    ] = Field(
        (),
        description="Circles around cities or ZIP codes, also across a state line; if given, a "
        "show must lie in one of them.",
        examples=[{"city": "New York", "state": "NY", "radius": "25 mi"}],
    )
    when: Annotated[str, AfterValidator(_window)] = Field(
        "next 14 days",
        description="Which days: next 14 days, this weekend, 2026-12-01 to 2026-12-31, any time.",
        examples=["this weekend"],
    )
    weekdays: Annotated[
        tuple[str, ...], BeforeValidator(_weekdays, json_schema_input_type=_TextOrList)
    ] = Field(
        (),
        description="Days of the week, such as [fri, sat]; empty means every day.",
        examples=[["fri", "sat"]],
    )
    venues: OnlyOrNever = Field(
        default_factory=OnlyOrNever,
        description="Venues by name, however spelled.",
        examples=[{"only": ["Bowery Ballroom", "Baby's All Right"]}],
    )
    capacity: _Range | None = Field(
        None,
        description="How many people the venue holds, such as <= 800; unknown is left out.",
        examples=["<= 800"],
    )
    price: _Range | None = Field(
        None,
        description="Cheapest ticket in US dollars, such as <= 40; unknown is left out.",
        examples=["<= 40"],
    )
    festivals: Choice = Field(
        "yes", description="Music festivals: yes, no or only.", examples=["no"]
    )

    artists: FirstOnlyOrNever = Field(
        default_factory=FirstOnlyOrNever,
        description="Artists by name, however spelled, or by Spotify link.",
        examples=[{"never": ["Kiss", "https://open.spotify.com/artist/6vWDO969PvNqNYHsOW5v0A"]}],
    )
    genres: OnlyOrNever = Field(
        default_factory=OnlyOrNever,
        description="Genres; rock stands for indie rock and hard rock too.",
        examples=[{"only": ["rock", "folk"], "never": ["hard rock"]}],
    )
    openers: Choice = Field(
        "yes", description="Acts that are not the headliner: yes, no or only.", examples=["no"]
    )
    least_confidence: float = Field(
        0.0,
        ge=0,
        le=1,
        description="How sure the match with Spotify must be, 0 to 1.",
        examples=[0.9],
    )

    explicit: Choice = Field(
        "yes", description="Tracks marked explicit: yes, no or only.", examples=["no"]
    )
    versions: OnlyOrNever = Field(
        default_factory=OnlyOrNever,
        description="Versions by a word in brackets or after a dash, as in `Song - Live at Home`.",
        examples=[{"never": ["live", "remix", "karaoke"]}],
    )
    features: dict[_FeatureName, _Range] = Field(
        default_factory=dict,
        description="Ranges of audio features, such as energy: '>= 0.6'; all must hold.",
        examples=[{"energy": ">= 0.6", "tempo": "90 to 130"}],
    )
    unknown_features: Literal["leave out", "keep"] = Field(
        "leave out",
        description="What becomes of a track whose asked-for features nobody knows.",
        examples=["keep"],
    )
    # Nobody has more: the table of tracks holds ten of an artist.
    tracks_per_artist: int = Field(
        2, ge=1, le=10, description="At most so many tracks each.", examples=[3]
    )
    pick: Pick = Field(
        "best known",
        description="Which of an artist's tracks; a surprise changes every week.",
        examples=["newest"],
    )
    one_artist_once: bool = Field(
        True,
        description="An artist on tour is heard for the soonest show only.",
        examples=[False],
    )
    # Up to 100 items a push is one atomic request (docs/adr/0009).
    max_tracks: int = Field(
        100, ge=1, le=MOST_TRACKS, description="At most so many tracks.", examples=[50]
    )
    taste: TasteWish = Field(
        default_factory=TasteWish,
        description="What the listener plays, and what people play who play the same: asked for "
        "here, or by `order`, `prefer` or `unknown_taste`, each song says how it fits. Whoever the "
        "listener has blocked is left out of every playlist.",
        examples=[{"minimum": 0.3, "known": "never"}],
    )
    unknown_taste: UnknownTaste = Field(
        "keep",
        description="What becomes of an act of which nobody knows how it fits the taste.",
        examples=["leave out"],
    )
    prefer: Prefer = Field(
        "soonest",
        description="Who stays when there are too many artists; biggest as in `order`.",
        examples=["biggest"],
    )
    order: Order = Field(
        "date",
        description="By show date; biggest first by popularity, else by size of the venue; rising "
        "and calming; with small steps from song to song; by taste; or shuffled anew every week.",
        examples=["energy arc"],
    )

    @property
    def timezone(self) -> str:
        """Where the recipe's shows are; of several zones, that of its first state."""
        # A playlist without shows turns the page with the rest of the platform (``refresh``).
        return BY_CODE[self.states[0]].timezone if self.states else _NO_SHOWS_ZONE

    @property
    def follows(self) -> tuple[str, ...]:
        """What it is made of, and made anew when that changes: its states, or its listener."""
        return (f"listener {self.listener}",) if self.discover else self.states

    @property
    def listener(self) -> str:
        """The account whose taste counts."""
        return self.taste.listener or self.account

    @property
    def asks_for_taste(self) -> bool:
        """Whether a plan tells how acts fit the listener's taste."""
        return (
            self.taste != TasteWish()
            or "taste" in (self.order, self.prefer)
            or self.unknown_taste != "keep"
        )

    @model_validator(mode="before")
    @classmethod
    def _takes_states_from_circles(cls, data: Any) -> Any:
        circles = _listed(data.get("near")) if isinstance(data, dict) else None
        listed = _listed(data.get("states") or []) if circles else None
        if not isinstance(circles, (list, tuple)) or not isinstance(listed, (list, tuple)):
            return data
        found = [near for circle in circles if (near := _circle(circle))]
        # Their own come first: the first one's time is the recipe's.
        own, touched = ([n.state for n in found], [state for n in found for state in n.states])
        return {**data, "states": [*listed, *own, *touched]}

    @model_validator(mode="before")
    @classmethod
    def _is_worded_without_shows(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not data.get("discover"):
            return data
        return {**WORDS_WITHOUT_SHOWS, **data}

    @model_validator(mode="after")
    def _says_where(self) -> Recipe:
        if self.discover:
            return self._knows_no_shows()
        if not self.states and not self.near:
            raise ValueError("needs 'states' or 'near': say where the shows are.")
        return self

    def _knows_no_shows(self) -> Recipe:
        fields = type(self).model_fields
        beside = [
            name
            for name in _NOT_OF_SUGGESTIONS
            if getattr(self, name) != fields[name].get_default(call_default_factory=True)
        ]
        if self.order not in _ORDERS_WITHOUT_SHOWS:
            beside.append("order")
        if beside:
            *others, last = [repr(name) for name in beside]
            named = f"{', '.join(others)} and {last}" if others else last
            raise ValueError(
                f"has 'discover', which makes a playlist without shows, of songs of which nobody "
                f"tells more than their names: remove {named}."
            )
        return self


def _circle(value: Any) -> Near | None:
    """The circle; None of one that is mistaken, which is told where it stands."""
    try:
        return Near.model_validate(value)
    except ValidationError:
        return None


_KNOWN: Final[dict[tuple[str | int, ...], tuple[str, ...]]] = {
    ("near",): tuple(Near.model_fields),
    ("calendar",): tuple(CalendarWish.model_fields),
    ("mail",): tuple(MailWish.model_fields),
    ("taste",): tuple(TasteWish.model_fields),
    ("features",): get_args(_FeatureName),
    ("artists",): tuple(FirstOnlyOrNever.model_fields),
    **{(field,): tuple(OnlyOrNever.model_fields) for field in ("venues", "genres", "versions")},
}


def parse_recipe(text: str, *, name: str, source: str) -> Recipe:
    """The recipe in the file's ``text``; ``name`` is the file's stem, ``source`` what to call it.

    Raises:
        RecipeError: every mistake on a line of its own, with ``source``, line and what would be
            right.
    """
    return model_from_text(
        Recipe, text, name=name, source=source, refusal=RecipeError, known=_KNOWN
    )


def recipe_schema() -> dict[str, Any]:
    """The JSON Schema of a recipe file, for editors."""
    schema = Recipe.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Recipe of a playlist",
        # A JSON Schema leaves validators out; this is `_says_where`.
        "anyOf": [{"required": ["states"]}, {"required": ["near"]}, {"required": ["discover"]}],
    }
