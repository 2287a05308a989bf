"""Where a person says they are: ZIP codes, cities, states and positions, read from a text.

What belongs here: the packaged table of places (``scripts/gazetteer`` writes it; its sources stand
in ``gazetteer_data/NOTICE``) and how a text is read. What does not: cities as the shows name them
(``places``), and which states a circle touches (``state_outlines``).

Nothing is asked of anybody: what a person types stays on this machine (docs/adr/0021).
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.names import normalize
from showlist_assets.domain.places import PlaceError, city_key, position
from showlist_assets.domain.state_outlines import states_touched
from showlist_assets.domain.states import BY_CODE, STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl

__all__ = [
    "Area",
    "Place",
    "city_in",
    "every_zip",
    "find_places",
    "place_at",
    "states_touched",
    "suggestions",
]

# The longest name of a city, a state and a country; what is longer is no place.
_LONGEST: Final = 100
# "10002", "10002-1234", "New York, NY 10002", "10002 (New York, NY)".
_ZIP: Final = re.compile(r"(?:[^0-9]*[\s,])?([0-9]{5})(?:-[0-9]{4})?(?:\s\(.*\))?")
_AREA_LABEL: Final = re.compile(r"(.+) \(state\)", re.IGNORECASE)
_COUNTRIES: Final = frozenset({"us", "usa", "unitedstates", "unitedstatesofamerica"})
_WORDS_OF_A_STATE: Final = 3
# As many ZIP codes has a city that is meant before the state of its name: New York and Washington
# are, the Californias, Kansases and Nevadas of other states are not.
_STATE_RANKS_AS: Final = 50
# So far off the coast a position still counts.
_OFF_THE_COAST_KM: Final = 25.0
_LEAST_LIKENESS: Final = 70.0
# What is hardly less alike goes by size.
_LIKENESS_STEP: Final = 8.0
_PLACES_OF_A_NAME: Final = 3
# Thousandths of a degree are packaged.
_PER_DEGREE: Final = 1e3
_POSITION: Final = ("latitude", "longitude")


@dataclass(frozen=True)
class Place:
    """A city, a ZIP code, or a position called after the nearest city; degrees north and east."""

    name: str
    state: str
    latitude: float
    longitude: float
    zip: str | None = None

    @property
    def label(self) -> str:
        """In words that ``find_places`` reads: "New York, NY" or "10002 (New York, NY)"."""
        city = f"{self.name}, {self.state}"
        return f"{self.zip} ({city})" if self.zip else city


@dataclass(frozen=True)
class Area:
    """A whole state, by code."""

    state: str

    @property
    def label(self) -> str:
        """In words that ``find_places`` reads: "New York (state)"."""
        return f"{BY_CODE[self.state].name} (state)"


def place_key(name: str) -> str:
    """Equal for one place however it is spelled; the post writes "Mc Lean" and "O Fallon"."""
    return city_key(name).replace(" ", "")


STATE_KEYS: Final = {
    key: state.code for state in STATES for key in (state.code.lower(), place_key(state.name))
}


def find_places(text: str) -> tuple[Place | Area, ...]:
    """What ``text`` may mean: one is clear, several are for the reader to choose, none is unknown.

    Read are "10002", "Portland", "Portland, OR", "Portland Oregon", "OR", "Oregon" and
    "45.52, -122.68". Cities of one name come largest first, by their number of ZIP codes.
    """
    # What is only read to its end to be refused is not worth reading.
    words = " ".join(text[: _LONGEST * 2].split())
    if not words or len(words) > _LONGEST:
        return ()
    if code := _ZIP.fullmatch(words):
        return _of_zip(code[1])
    with suppress(PlaceError):
        return _of_position(*position(words))
    if area := _AREA_LABEL.fullmatch(words):
        return _of_state(area[1]) or _abroad(area[1])
    # The tables know the US: elsewhere it is states alone, and none that is called like a US place.
    return _of_name(words) or _abroad(words)


def suggestions(text: str, limit: int = 8) -> tuple[str, ...]:
    """Labels of the places nearest to an unknown ``text``, the likeliest first; none if none is."""
    words = " ".join(text[: _LONGEST * 2].split())
    if not words or len(words) > _LONGEST:
        return ()
    if words.isascii() and words.isdigit():
        return _next_codes(words, limit)
    name, state = _name_and_state(words)
    return tuple(place.label for place in _alike(place_key(name), state, limit))


def place_at(latitude: float, longitude: float) -> Place:
    """The position, called after the city of the nearest ZIP code.

    Of a position within a state that is one of the state's own, also where another's is nearer.
    """
    import polars as pl

    codes = every_zip()
    if home := states_touched(latitude, longitude, 0.0)[:1]:
        codes = codes.filter(pl.col("state") == home[0])
    north = pl.col("latitude") - latitude
    # Across the date line the long way round is none.
    turned = (pl.col("longitude") - longitude + 540) % 360 - 180
    squared = north**2 + (turned * math.cos(math.radians(latitude))) ** 2
    nearest = codes.row(codes.select(squared.arg_min()).item(), named=True)
    return Place(nearest["name"], nearest["state"], latitude, longitude)


def city_in(name: str, state: str) -> Place | None:
    """The city of that name in ``state`` (USPS code), however it is spelled."""
    return next((_city_place(row) for row in _cities_of(place_key(name), state)), None)


# Reading


def _of_zip(code: str) -> tuple[Place, ...]:
    import polars as pl

    found = every_zip().filter(pl.col("zip") == int(code)).rows(named=True)
    return tuple(_zip_place(row) for row in found)


def _of_position(latitude: float, longitude: float) -> tuple[Place, ...]:
    if not states_touched(latitude, longitude, _OFF_THE_COAST_KM):
        return ()
    return (place_at(latitude, longitude),)


def _of_state(words: str) -> tuple[Area, ...]:
    code = _state_code(words)
    return (Area(code),) if code else ()


def _abroad(words: str) -> tuple[Area, ...]:
    """The state of another country that is called so, by code or by name."""
    key = place_key(words)
    return tuple(
        Area(state.code)
        for state in BY_CODE.values()
        if state.country != "US" and key in (place_key(state.code), place_key(state.name))
    )


def _state_code(words: str) -> str | None:
    # As it stands first: MT is Montana, and short for a mount in the name of a city.
    return STATE_KEYS.get(normalize(words).replace(" ", "")) or STATE_KEYS.get(place_key(words))


def _of_name(words: str) -> tuple[Place | Area, ...]:
    words = _without_country(words)
    if whole := _ranked(_cities_of(place_key(words)), _of_state(words)):
        return whole
    name, state = _name_and_state(words)
    return _ranked(_cities_of(place_key(name), state), ()) if state else ()


def _without_country(words: str) -> str:
    head, comma, last = words.rpartition(",")
    return head.strip() if comma and place_key(last) in _COUNTRIES else words


def _name_and_state(text: str) -> tuple[str, str | None]:
    """A city's name and the USPS code behind it, with a comma or without; None: no state's."""
    words = _without_country(text).replace(",", " ").split()
    # Of the most words first: West Virginia before Virginia.
    for count in range(min(_WORDS_OF_A_STATE, len(words) - 1), 0, -1):
        if code := _state_code(" ".join(words[-count:])):
            return " ".join(words[:-count]), code
    return text, None


def _cities_of(key: str, state: str | None = None) -> list[dict[str, Any]]:
    import polars as pl

    of_name = pl.col("key") == key
    found = _cities().filter(of_name if state is None else of_name & (pl.col("state") == state))
    return found.rows(named=True)


def _ranked(rows: Iterable[dict[str, Any]], areas: Iterable[Area]) -> tuple[Place | Area, ...]:
    ranks: list[tuple[int, Place | Area]] = [(row["codes"], _city_place(row)) for row in rows]
    ranks += [(_STATE_RANKS_AS, area) for area in areas]
    return tuple(place for _, place in sorted(ranks, key=lambda one: (-one[0], one[1].state)))


def _city_place(row: dict[str, Any]) -> Place:
    return Place(row["name"], row["state"], row["latitude"], row["longitude"])


def _zip_place(row: dict[str, Any]) -> Place:
    return Place(row["name"], row["state"], row["latitude"], row["longitude"], f"{row['zip']:05d}")


# Suggesting


def _next_codes(digits: str, limit: int) -> tuple[str, ...]:
    """The ZIP codes of the same three digits, nearest in number; zeros that were lost stand."""
    import polars as pl

    code = int(digits.zfill(5)[:5])
    away = (pl.col("zip") - code).abs()
    found = every_zip().filter(pl.col("zip") // 100 == code // 100).sort(away, "zip").head(limit)
    return tuple(_zip_place(row).label for row in found.rows(named=True))


def _alike(key: str, state: str | None, limit: int) -> list[Place | Area]:
    """The places whose keys are most like ``key``; of ``state`` alone where one is named."""
    import polars as pl
    from rapidfuzz import fuzz, process

    pool = _cities() if state is None else _cities().filter(pl.col("state") == state)
    keys = pool["key"].to_list() if state else _keys()
    likest = process.extract(
        key, keys, scorer=fuzz.ratio, limit=limit, score_cutoff=_LEAST_LIKENESS
    )
    ranks = [
        (-(likeness // _LIKENESS_STEP), -size, place.label, place)
        for name, likeness, _ in likest
        for size, place in _of_key(name, pool, areas=state is None)
    ]
    return list(dict.fromkeys(place for *_, place in sorted(ranks, key=lambda rank: rank[:3])))[
        :limit
    ]


def _of_key(key: str, pool: pl.DataFrame, *, areas: bool) -> Iterator[tuple[int, Place | Area]]:
    """The largest cities of ``pool`` with that key, with their size; and the state."""
    import polars as pl

    cities = pool.filter(pl.col("key") == key).sort("codes", "state", descending=[True, False])
    for row in cities.head(_PLACES_OF_A_NAME).rows(named=True):
        yield row["codes"], _city_place(row)
    if areas and key in STATE_KEYS:
        yield _STATE_RANKS_AS, Area(STATE_KEYS[key])


# The packaged tables


@lru_cache(maxsize=1)
def _cities() -> pl.DataFrame:
    """Every name of a city: state, key, name, position in degrees, and its number of ZIP codes."""
    import polars as pl

    key = pl.coalesce("key", plain_key())
    return _packaged("cities").with_columns(key, pl.col(_POSITION) / _PER_DEGREE)


@lru_cache(maxsize=1)
def _keys() -> list[str]:
    """Of every city and every state's name, each once; codes of two letters are like anything."""
    return sorted({*_cities()["key"], *(key for key in STATE_KEYS if len(key) > len("NY"))})


@lru_cache(maxsize=1)
def every_zip() -> pl.DataFrame:
    """Every ZIP code with its position in degrees, and the city's name and state."""
    import polars as pl

    # Packaged are steps: from code to code, from city to city, and from the city's position.
    codes = _packaged("zips").with_columns(pl.col("zip", "city").cum_sum())
    city = _cities().select("name", "state", "latitude", "longitude")[codes["city"]]
    return city.with_columns(
        codes["zip"], *((city[way] + codes[way] / _PER_DEGREE).round(3) for way in _POSITION)
    )


def plain_key() -> pl.Expr:
    """The key of a name without any mark or short form: most, so it is not packaged."""
    import polars as pl

    return pl.col("name").str.to_lowercase().str.replace_all(" ", "", literal=True)


def _packaged(name: str) -> pl.DataFrame:
    import polars as pl

    data = files("showlist_assets.domain") / "gazetteer_data" / f"{name}.parquet"
    return pl.read_parquet(data.read_bytes())
