"""A venue's calendar as its operator describes it: the model of ``feeds/*.yaml``.

What belongs here: the fields, their meaning, and what makes a feed valid. What does not: reading
the calendar itself (``sources.feeds``).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from showlist_assets.domain.links import web_address
from showlist_assets.domain.playlists.recipe_mistakes import model_from_text
from showlist_assets.domain.states import BY_CODE, country_of, parse_states
from showlist_assets.domain.zones import known_zone
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Mapping

FeedKind = Literal["ics", "csv", "page"]
# A name is part of every event's id and a file's name.
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?) ?(h|hours?|d|days?)", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_NO_ADDRESS: Final = "is no address of the web: use https://, webcal://, or the path of a file."
# A venue's page is no API: nobody there expects to be asked more often.
_SHORTEST: Final = timedelta(hours=1)
_LONGEST: Final = timedelta(days=30)


class FeedError(ShowlistError):
    """A feed cannot be used; the message names the file, the line, and what would be right."""


def _state(value: Any) -> str:
    codes = parse_states(str(value))
    if len(codes) != 1:
        raise ValueError(f"{value!r} names several states: a venue is in one.")
    return codes[0]


def _every(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    found = _SPAN.fullmatch(str(value).strip())
    if not found:
        raise ValueError(f"{value!r} is no interval: write hours or days, such as 12 hours.")
    by_day = found.group(2).lower().startswith("d")
    # Beyond what a timedelta holds, and beyond what anybody means.
    amount = min(float(found.group(1)), 10_000.0)
    span = timedelta(days=amount) if by_day else timedelta(hours=amount)
    if not _SHORTEST <= span <= _LONGEST:
        raise ValueError(f"{value!r} is out of range: from 1 hour to 30 days.")
    return span


def _zone(text: str) -> str:
    if known_zone(text) is None:
        raise ValueError(f"{text!r} is no time zone: write its IANA name, such as America/Denver.")
    return text


def _source(text: str) -> str:
    """A path as it is; an address with the scheme that it is asked by."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        # "javascript:" and "mailto:" are links too, and "http:/" is a mistake; "C:" is a disk.
        if _SCHEME.match(text):
            raise ValueError(_NO_ADDRESS)
        return text
    scheme = scheme.lower()
    # What "subscribe" buttons say for a calendar that lies at https://.
    address = f"{'https' if scheme in ('webcal', 'webcals') else scheme}://{rest}"
    if not web_address(address):
        # Not quoted: an address may hold the key of a private calendar.
        raise ValueError(_NO_ADDRESS)
    return address


def _link(text: str) -> str:
    if not web_address(text):
        raise ValueError(f"{text!r} is no link: use an address that begins with https://.")
    return text


_NotBlank = Annotated[str, Field(min_length=1)]


class Feed(BaseModel):
    """One calendar: where it is read, and what it does not say itself."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True
    )

    name: _NotBlank = Field(description="The file's name without .yaml.")
    source: Annotated[_NotBlank, AfterValidator(_source)] = Field(
        alias="from",
        # An address may hold the key of a private calendar.
        repr=False,
        description="A calendar (.ics), a table (.csv) or a page: its https:// or webcal:// "
        "address, or the path of a file, which counts from the feeds' folder.",
        examples=["https://venue.example/events.ics"],
    )
    kind: FeedKind | None = Field(
        None,
        description="ics, csv, or page (events in the page's JSON-LD); by default what it looks "
        "like.",
        examples=["ics"],
    )
    venue: _NotBlank | None = Field(
        None, description="The venue's name.", examples=["The Boiler Room"]
    )
    city: _NotBlank | None = Field(None, description="Its city.", examples=["Albany"])
    state: Annotated[str, BeforeValidator(_state)] | None = Field(
        None, description="Its state, such as NY.", examples=["NY"]
    )
    venues: Literal["one", "from entries"] = Field(
        "one",
        description="one: everything is at `venue`, whatever the entries say. from entries: each "
        "names its own venue, city and state, as a promoter's calendar does; what one does not "
        "say is taken from here.",
        examples=["from entries"],
    )
    address: _NotBlank | None = Field(
        None, description="Street and number.", examples=["12 Canal Street"]
    )
    postal_code: _NotBlank | None = Field(None, description="ZIP code.", examples=["12207"])
    latitude: float | None = Field(None, description="Degrees north.", examples=[42.65])
    longitude: float | None = Field(None, description="Degrees east.", examples=[-73.75])
    timezone: Annotated[str, AfterValidator(_zone)] | None = Field(
        None,
        description="IANA name of the venue's zone; by default that of most of the state.",
        examples=["America/New_York"],
    )
    capacity: int | None = Field(
        None, ge=1, le=500_000, description="How many people it holds.", examples=[350]
    )
    tickets: Annotated[_NotBlank, AfterValidator(_link)] | None = Field(
        None,
        description="Where tickets are sold, for entries without a link.",
        examples=["https://venue.example/tickets"],
    )
    every: Annotated[timedelta, BeforeValidator(_every)] = Field(
        timedelta(hours=12),
        description="How long a copy is used before the address is asked again, from 1 hour to 30 "
        "days.",
        examples=["12 hours"],
    )

    @model_validator(mode="after")
    def _says_where(self) -> Feed:
        if self.venues == "one":
            missing = [name for name in ("venue", "city", "state") if not getattr(self, name)]
            if missing:
                raise ValueError(
                    f"needs {_listed(missing)}, or 'venues: from entries' if every entry tells its "
                    "own."
                )
        return self

    @model_validator(mode="after")
    def _has_a_position_or_none(self) -> Feed:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("needs both 'latitude' and 'longitude', or neither.")
        if (
            self.latitude is not None
            and self.longitude is not None
            and not country_of(self.state).may_hold(self.latitude, self.longitude)
        ):
            raise ValueError(
                f"{self.latitude}, {self.longitude} is not in {country_of(self.state).name}: "
                "latitude is degrees north, longitude is degrees east, which is below zero in "
                "America."
            )
        return self

    @property
    def is_remote(self) -> bool:
        """Whether it is asked over the web, not read from a file."""
        return "://" in self.source

    def tells_of(self, state: str) -> bool:
        """Whether it may list shows in ``state``."""
        return self.venues == "from entries" or self.state == state

    def zone_in(self, state: str | None) -> str | None:
        """Name of the zone in which an entry in ``state`` prints its times."""
        code = state or self.state
        if self.timezone and code in (None, self.state):
            return self.timezone
        return BY_CODE[code].timezone if code and code in BY_CODE else self.timezone


class BrokenFeed(NamedTuple):
    """A file that is no feed.

    Attributes:
        name: The file's stem.
        state: The state that it names; None where it may tell of any.
        words: What is wrong with it, in one line.
    """

    name: str
    state: str | None
    words: str

    def tells_of(self, state: str) -> bool:
        """Whether it may have listed shows in ``state``."""
        return self.state in (None, state)


FIELDS: Final = tuple(
    field.alias or name for name, field in Feed.model_fields.items() if name != "name"
)
"""The names that a feed's file may hold, as it spells them."""


def parse_feed(text: str, *, name: str, source: str) -> Feed:
    """The feed in the file's ``text``; ``name`` is the file's stem, ``source`` what to call it.

    Raises:
        FeedError: every mistake on a line of its own, with ``source``, line and what would be
            right.
    """
    return model_from_text(
        Feed,
        text,
        name=name,
        source=source,
        refusal=FeedError,
        known={(): FIELDS},
        by_name=False,
        by_alias=True,
    )


def state_named_in(text: str) -> str | None:
    """The state that the text of a feed names, mistaken as the rest may be; None if it cannot."""
    from showlist_assets.domain.playlists.recipe_yaml import read_yaml

    try:
        data, _ = read_yaml(text)
        return None if data.get("venues") == "from entries" else _state(data.get("state"))
    except ValueError:
        return None


def feed_text(fields: Mapping[str, object]) -> str:
    """The YAML of a feed's file; ``fields`` by the names of ``FIELDS``, None is left out."""
    import yaml

    given = {name: fields[name] for name in FIELDS if fields.get(name) is not None}
    text: str = yaml.safe_dump(given, sort_keys=False, allow_unicode=True, width=1000)
    return text


def _listed(names: list[str]) -> str:
    quoted = [f"{name!r}" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
