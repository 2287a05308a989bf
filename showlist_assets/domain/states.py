"""The states that partitions may be: those of the US, and of other countries (docs/adr/0027).

A state is what a country's event sites divide it into: a Canadian province is one, too. Which of a
country's there are, is data: ``regions/<country>.toml``, one file a country.

What belongs here: reading these files, and looking states up. What does not: which countries a
Showlist covers (``settings``), and where on a map a state lies (``state_outlines``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from showlist_assets.domain.zones import known_zone
from showlist_assets.errors import ShowlistError

_SHIPPED: Final = ("us", "ca")
# In file names, partition keys and addresses; where another country has the code, the country
# stands before it ("DE-BE").
_CODE: Final = re.compile(r"(?:([A-Z]{2})-)?[A-Z0-9]{1,3}")


class CountryError(ShowlistError, ValueError):
    """A country's file cannot be used, or a country is not known; the message says why."""


class UnknownStateError(ShowlistError, ValueError):
    """Somebody asked for a state that is not known."""


class State(NamedTuple):
    """A state or province; ``timezone`` is that of most of its people (a venue's own wins)."""

    code: str
    name: str
    timezone: str
    country: str = "US"

    @property
    def local_code(self) -> str:
        """The code within the country, as event sites have it: "BE" of "DE-BE"."""
        return self.code.rpartition("-")[2]


@dataclass(frozen=True)
class Country:
    """A country and its states, heaviest first.

    Attributes:
        code: Two letters (ISO 3166-1).
        name: In a sentence: "the US".
        of_one: What one of its states is: "US state".
        printed: How event sites and calendars print it, as ``_bare`` leaves it.
        currency: Of its tickets (ISO 4217).
        latitudes: The farthest south and north, in degrees.
        longitudes: The farthest west and east of each part of it.
        states: In the order of their runs.
    """

    code: str
    name: str
    of_one: str
    printed: frozenset[str]
    currency: str
    latitudes: tuple[float, float]
    longitudes: tuple[tuple[float, float], ...]
    states: tuple[State, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Those of its states."""
        return tuple(state.code for state in self.states)

    def is_printed(self, text: str) -> bool:
        """Whether ``text`` is a name of this country."""
        return _bare(text) in self.printed

    def state_printed(self, local_code: str | None) -> str | None:
        """The code of the state that the country's event sites call so; None where none is."""
        if local_code is None:
            return None
        return self._by_local_code.get(local_code)

    @cached_property
    def _by_local_code(self) -> Mapping[str, str]:
        return {code.rpartition("-")[2]: code for code in reversed(self.codes)}

    def may_hold(self, latitude: float, longitude: float) -> bool:
        """Whether a position in degrees may lie in it, to the nearest hundred miles or so.

        A null island, swapped numbers and a lost sign are all elsewhere.
        """
        south, north = self.latitudes
        return south <= latitude <= north and any(
            west <= longitude <= east for west, east in self.longitudes
        )


def read_country(code: str, text: str) -> Country:
    """The country in the content of its file.

    Raises:
        CountryError: something is missing or cannot be used.
    """
    try:
        said = tomllib.loads(text)
        country = _country(code.upper(), said)
    except tomllib.TOMLDecodeError as error:
        raise CountryError(f"The regions of {code!r} are no TOML: {error}.") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise CountryError(
            f"The regions of {code!r} cannot be used: {why} (docs/countries.md)."
        ) from error
    return country


def _country(code: str, said: Mapping[str, Any]) -> Country:
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise ValueError("the file is named after a country's two letters, such as de.toml")
    south, north = map(float, said["latitudes"])
    return Country(
        code=code,
        name=str(said["name"]),
        of_one=str(said["of_one"]),
        printed=frozenset({_bare(code), *map(_bare, said["printed"])}),
        currency=str(said["currency"]),
        latitudes=(south, north),
        longitudes=tuple((float(west), float(east)) for west, east in said["longitudes"]),
        states=tuple(_state(code, name, one) for name, one in said["states"].items()),
    )


def _state(country: str, code: str, said: Mapping[str, Any]) -> State:
    found = _CODE.fullmatch(code)
    if not found or found.group(1) not in (None, country):
        raise ValueError(f"{code!r} is no code such as BE or {country}-BE")
    zone, name = str(said["timezone"]), str(said["name"]).strip()
    # A list of states is read with commas between.
    if not name or "," in name:
        raise ValueError(f"{code} needs a name without a comma")
    return State(code, name, zone, country)


def _bare(text: str) -> str:
    """Small letters alone: APIs print "US", third parties "U.S.A."."""
    return re.sub(r"[\W_]", "", text).lower()


_COUNTRIES: Final[dict[str, Country]] = {}
_STATES: Final[dict[str, State]] = {}
COUNTRIES: Final[Mapping[str, Country]] = MappingProxyType(_COUNTRIES)
"""Every country that is known, by code: those that are shipped, then those that were added."""
BY_CODE: Final[Mapping[str, State]] = MappingProxyType(_STATES)
"""Every state that is known, by code, in the order in which they are read and told."""


def add_country(country: Country) -> None:
    """Make a country known to this process, for good; again, nothing happens.

    Raises:
        CountryError: another country has that code, or one of its states' codes or names.
    """
    if COUNTRIES.get(country.code) == country:
        return
    if country.code in COUNTRIES:
        raise CountryError(f"The regions of {country.name} are known already ({country.code}).")
    names = {state.name.upper(): state for state in BY_CODE.values()}
    for state in country.states:
        taken = BY_CODE.get(state.code) or names.get(state.name.upper())
        if taken:
            raise CountryError(
                f"{state.name} ({state.code}) of {country.name} would be taken for {taken.name} "
                f"({taken.code}) of {COUNTRIES[taken.country].name}: call it "
                f"{country.code}-{state.local_code}, and by a name of its own."
            )
    _COUNTRIES[country.code] = country
    _STATES.update((state.code, state) for state in country.states)


def add_country_file(path: Path) -> None:
    """``add_country`` of a file that is named after the country: ``de.toml``.

    Raises:
        CountryError: it cannot be read or used.
    """
    add_country(country_in_file(path))


def country_in_file(path: Path) -> Country:
    """The country in a file that is named after it.

    Raises:
        CountryError: it cannot be read or used.
    """
    try:
        country = read_country(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise CountryError(f"{path} cannot be read: {error}") from error
    for state in country.states:
        if known_zone(state.timezone) is None:
            raise CountryError(
                f"{path}: {state.timezone!r} of {state.code} is no time zone such as "
                "America/Toronto."
            )
    return country


def _add_shipped() -> None:
    for name in _SHIPPED:
        data = files("showlist_assets.domain") / "regions" / f"{name}.toml"
        add_country(read_country(name, data.read_text(encoding="utf-8")))


_add_shipped()

STATES: Final[tuple[State, ...]] = COUNTRIES["US"].states
"""The fifty states of the US and the District of Columbia."""
STATE_CODES: Final[tuple[str, ...]] = COUNTRIES["US"].codes
"""The partitions, where a Showlist covers the US alone, as it does by default."""


def states_of_countries(codes: Iterable[str]) -> tuple[str, ...]:
    """The states of some countries, in their order.

    Raises:
        CountryError: one is not known.
    """
    wanted = list(codes)
    unknown = [code for code in wanted if code not in COUNTRIES]
    if unknown:
        raise CountryError(
            f"{', '.join(unknown)}: no regions are known; there are those of "
            f"{', '.join(COUNTRIES)}."
        )
    return tuple(state for code in wanted for state in COUNTRIES[code].codes)


def country_of(state: str | None) -> Country:
    """The country of a state by code; the US, where it is not known."""
    known = BY_CODE.get(state or "")
    return COUNTRIES[known.country if known else "US"]


def country_of_all(states: Iterable[str]) -> Country | None:
    """The country of which ``states`` are all there are."""
    wanted = set(states)
    return next((one for one in COUNTRIES.values() if wanted == set(one.codes)), None)


def country_printed(text: str) -> Country | None:
    """The known country that ``text`` is a name of."""
    return next((one for one in COUNTRIES.values() if one.is_printed(text)), None)


def may_be_known(latitude: float, longitude: float) -> bool:
    """Whether a position in degrees may lie in a country that is known."""
    return any(one.may_hold(latitude, longitude) for one in COUNTRIES.values())


def parse_states(text: str) -> list[str]:
    """Codes of states named in ``text`` ("NY, pa" or "New York,ON"), in order, each once.

    Raises:
        UnknownStateError: naming the word that is no state and the nearest one that is.
    """
    names = {state.name.upper(): state.code for state in BY_CODE.values()}
    codes: list[str] = []
    for word in filter(None, (part.strip().upper() for part in text.split(","))):
        code = word if word in BY_CODE else names.get(word)
        if code is None:
            raise UnknownStateError(
                f"{word!r} is not a US state, nor one of "
                f"{_others()}: use two-letter USPS codes "
                f"such as NY or DC, or such as ON for Ontario.{_hint(word, names)}"
            )
        if code not in codes:
            codes.append(code)
    if not codes:
        raise UnknownStateError("No state was named: give one or more codes, such as NY,PA.")
    return codes


def _others() -> str:
    return " or ".join(one.name for one in COUNTRIES.values() if one.code != "US")


def _hint(word: str, names: Mapping[str, str]) -> str:
    near = get_close_matches(word, [*BY_CODE, *names], n=1, cutoff=0.5)
    if not near:
        return ""
    return f" Did you mean {near[0] if near[0] in BY_CODE else near[0].title()}?"
