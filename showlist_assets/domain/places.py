"""Where a recipe's shows are: cities found among the shows themselves, and circles around them.

Polars is imported where it is needed: reading a recipe, which asks for a radius only, needs none.
"""

from __future__ import annotations

import math
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple

from showlist_assets.domain.names import normalize
from showlist_assets.domain.states import COUNTRIES

if TYPE_CHECKING:
    import polars as pl

KILOMETRES_PER_MILE: Final = 1.609344
# Mean radius of the earth (IUGG). A sphere is off by 0.5 % at most: 200 m in 25 miles.
EARTH_RADIUS_KM: Final = 6371.0088
_LARGEST_RADIUS_KM: Final = 1000.0
_RADIUS: Final = re.compile(
    r"(\d+(?:\.\d+)?) ?(mi|mile|miles|km|kilomet(?:er|re)s?)", re.IGNORECASE
)
_POSITION: Final = re.compile(r"(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)")


# "St. Louis", "ST LOUIS" and "Saint Louis" are one city; only at the beginning is "N" a direction.
_SHORT_FORMS: Final = {
    "st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "mtn": "mountain",
    "hts": "heights", "spgs": "springs",
}  # fmt: skip
_DIRECTIONS: Final = {"n": "north", "s": "south", "e": "east", "w": "west"}


class PlaceError(ValueError):
    """A radius or a city cannot be used; the message says what would be right."""


class City(NamedTuple):
    """A city with shows; the position is the median of its venues' positions, in degrees.

    The position is null where no venue of the city has one. A median, since one venue put down
    elsewhere moves a mean by miles.
    """

    name: str
    state: str
    latitude: float | None
    longitude: float | None


def radius_km(text: str) -> float:
    """Kilometres in "25 mi" or "40 km".

    Raises:
        PlaceError: no number with a unit, or not between 0 and 1000 km.
    """
    found = _RADIUS.fullmatch(text.strip())
    if not found:
        raise PlaceError(f"{text!r} is no radius: write a number with mi or km, such as 25 mi.")
    miles = found.group(2).lower().startswith("mi")
    kilometres = float(found.group(1)) * (KILOMETRES_PER_MILE if miles else 1)
    if not 0 < kilometres <= _LARGEST_RADIUS_KM:
        raise PlaceError(
            f"{text!r} is out of range: a radius is more than 0 and at most "
            f"{_LARGEST_RADIUS_KM:.0f} km."
        )
    return kilometres


def is_position(text: str) -> bool:
    """Whether ``text`` is written as a position, on the globe or not."""
    return bool(_POSITION.fullmatch(text.strip()))


def position(text: str) -> tuple[float, float]:
    """Degrees north and east in "37.77, -122.42".

    Raises:
        PlaceError: no two numbers, or not on the globe.
    """
    found = _POSITION.fullmatch(text.strip())
    if not found:
        raise PlaceError(f"{text!r} is no position: write latitude, longitude in degrees.")
    latitude, longitude = float(found.group(1)), float(found.group(2))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise PlaceError(f"{text!r} is not on the globe: latitude comes first, then longitude.")
    return latitude, longitude


def is_in_the_us(latitude: float, longitude: float) -> bool:
    """Whether a position in degrees may lie in the US, to the nearest hundred miles or so.

    A null island, swapped numbers and a lost sign are all elsewhere.
    """
    return COUNTRIES["US"].may_hold(latitude, longitude)


def city_key(name: str | None) -> str:
    """Equal for one city however it is spelled: "St. Louis", "ST LOUIS", "Saint Louis"."""
    first, *rest = normalize(name or "").split() or [""]
    words = [_DIRECTIONS.get(first, first) if rest else first, *rest]
    return " ".join(_SHORT_FORMS.get(word, word) for word in words)


def city_keys() -> pl.Expr:
    """``city_key`` of each row's city; "" where it is not known."""
    import polars as pl

    return pl.col("venue_city").fill_null("").map_batches(_keys_of, return_dtype=pl.String)


def _keys_of(names: pl.Series) -> pl.Series:
    import polars as pl

    return names.replace_strict(
        {name: city_key(name) for name in names.unique()}, return_dtype=pl.String
    )


def distance_km(latitude: float, longitude: float) -> pl.Expr:
    """Kilometres along the sphere (haversine) from each row's venue to a position in degrees."""
    import polars as pl

    lat, lon = pl.col("latitude").radians(), pl.col("longitude").radians()
    to_lat, to_lon = pl.lit(latitude).radians(), pl.lit(longitude).radians()
    squared = ((lat - to_lat) / 2).sin() ** 2 + (
        lat.cos() * to_lat.cos() * ((lon - to_lon) / 2).sin() ** 2
    )
    # Rounding may push the sine of opposite points a little over 1.
    return 2 * EARTH_RADIUS_KM * squared.sqrt().clip(0, 1).arcsin()


def miles_between(latitude: float, longitude: float, to_lat: float, to_lon: float) -> float:
    """Miles along the sphere between two positions in degrees."""
    lat, lon, to_lat, to_lon = map(math.radians, (latitude, longitude, to_lat, to_lon))
    squared = (
        math.sin((lat - to_lat) / 2) ** 2
        + math.cos(lat) * math.cos(to_lat) * math.sin((lon - to_lon) / 2) ** 2
    )
    kilometres = 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(squared)))
    return kilometres / KILOMETRES_PER_MILE


def cities(shows: pl.DataFrame) -> list[City]:
    """Every city that ``shows`` (``UpcomingShows``) name, each venue counted once.

    A city that is spelled in several ways has the name that most of its venues print.
    """
    import polars as pl

    venues = (
        shows.filter(pl.col("venue_city").is_not_null())
        .with_columns(city=city_keys())
        .group_by("state", "city", "venue_city", "venue_name")
        .agg(pl.col("latitude", "longitude").median())
    )
    names = (
        venues.group_by("state", "city", "venue_city")
        .len()
        .sort("len", "venue_city", descending=[True, False])
        .unique(["state", "city"], keep="first", maintain_order=True)
    )
    middles = venues.group_by("state", "city").agg(pl.col("latitude", "longitude").median())
    found = middles.join(names, on=["state", "city"]).sort("state", "venue_city")
    return [
        City(row["venue_city"], row["state"], row["latitude"], row["longitude"])
        for row in found.iter_rows(named=True)
    ]


def find_city(name: str, state: str, among: list[City]) -> City:
    """The city of that ``name`` and ``state``, however it is spelled.

    Raises:
        PlaceError: no such city; the message names the nearest ones, or where there are any.
    """
    wanted = city_key(name)
    for city in among:
        if city.state == state and city_key(city.name) == wanted:
            return city
    near = _nearest(name, state, among)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Shows are in {_some(among, state)}."
    raise PlaceError(
        f"no show is known in {name}, {state}. {hint} For a place without venues of its own, say "
        "where it is, such as 'at: 37.77, -122.42'."
    )


def _nearest(name: str, state: str, among: list[City]) -> list[str]:
    """Up to three cities spelled like ``name``, those of the same state first."""
    at_home = {city_key(city.name): city for city in among if city.state == state}
    elsewhere = {city_key(city.name): city for city in among if city.state != state}
    found = [
        pool[word]
        for pool in (at_home, elsewhere)
        for word in get_close_matches(city_key(name), pool, n=3, cutoff=0.6)
    ]
    return [f"{city.name}, {city.state}" for city in found[:3]]


def _some(among: list[City], state: str) -> str:
    names = [city.name for city in among if city.state == state]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def is_within(city: City, kilometres: float) -> pl.Expr:
    """Whether a row's venue lies in ``city`` or at most ``kilometres`` from its middle.

    A venue without a position counts where it is in the city itself.
    """
    import polars as pl

    in_city = (pl.col("state") == city.state) & (city_keys() == city_key(city.name))
    if city.latitude is None or city.longitude is None:
        return in_city
    return in_city | (distance_km(city.latitude, city.longitude) <= kilometres).fill_null(
        value=False
    )
