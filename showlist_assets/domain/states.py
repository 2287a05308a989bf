"""The 51 partitions: the fifty US states and the District of Columbia, by USPS code."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from showlist_assets.errors import ShowlistError


class State(NamedTuple):
    """A US state; ``timezone`` is that of most of its people (a venue's own wins where known)."""

    code: str
    name: str
    timezone: str


_ET, _CT, _MT, _PT = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)

# Heaviest first, by resident population: in a wave of runs the slowest one sets the time of the
# whole, so it should not start last.
STATES: tuple[State, ...] = (
    State("CA", "California", _PT),
    State("NY", "New York", _ET),
    State("TX", "Texas", _CT),
    State("FL", "Florida", _ET),
    State("IL", "Illinois", _CT),
    State("PA", "Pennsylvania", _ET),
    State("OH", "Ohio", _ET),
    State("GA", "Georgia", _ET),
    State("NC", "North Carolina", _ET),
    State("MI", "Michigan", "America/Detroit"),
    State("NJ", "New Jersey", _ET),
    State("VA", "Virginia", _ET),
    State("WA", "Washington", _PT),
    State("AZ", "Arizona", "America/Phoenix"),
    State("TN", "Tennessee", _CT),
    State("MA", "Massachusetts", _ET),
    State("IN", "Indiana", "America/Indiana/Indianapolis"),
    State("NV", "Nevada", _PT),
    State("CO", "Colorado", _MT),
    State("MO", "Missouri", _CT),
    State("MD", "Maryland", _ET),
    State("WI", "Wisconsin", _CT),
    State("MN", "Minnesota", _CT),
    State("SC", "South Carolina", _ET),
    State("AL", "Alabama", _CT),
    State("LA", "Louisiana", _CT),
    State("KY", "Kentucky", _ET),
    State("OR", "Oregon", _PT),
    State("OK", "Oklahoma", _CT),
    State("CT", "Connecticut", _ET),
    State("DC", "District of Columbia", _ET),
    State("UT", "Utah", _MT),
    State("IA", "Iowa", _CT),
    State("AR", "Arkansas", _CT),
    State("MS", "Mississippi", _CT),
    State("KS", "Kansas", _CT),
    State("NM", "New Mexico", _MT),
    State("NE", "Nebraska", _CT),
    State("ID", "Idaho", "America/Boise"),
    State("WV", "West Virginia", _ET),
    State("HI", "Hawaii", "Pacific/Honolulu"),
    State("NH", "New Hampshire", _ET),
    State("ME", "Maine", _ET),
    State("RI", "Rhode Island", _ET),
    State("MT", "Montana", _MT),
    State("DE", "Delaware", _ET),
    State("SD", "South Dakota", _CT),
    State("ND", "North Dakota", _CT),
    State("AK", "Alaska", "America/Anchorage"),
    State("VT", "Vermont", _ET),
    State("WY", "Wyoming", _MT),
)

STATE_CODES: tuple[str, ...] = tuple(state.code for state in STATES)
BY_CODE: dict[str, State] = {state.code: state for state in STATES}


class UnknownStateError(ShowlistError, ValueError):
    """Somebody asked for a state that is not one of the 51."""


def parse_states(text: str) -> list[str]:
    """USPS codes named in ``text`` ("NY, pa" or "New York,PA"), in order, each once.

    Raises:
        UnknownStateError: naming the word that is no state and the nearest one that is.
    """
    names = {state.name.upper(): state.code for state in STATES}
    codes: list[str] = []
    for word in filter(None, (part.strip().upper() for part in text.split(","))):
        code = word if word in BY_CODE else names.get(word)
        if code is None:
            near = get_close_matches(word, [*STATE_CODES, *names], n=1, cutoff=0.5)
            hint = (
                f" Did you mean {near[0].title() if len(near[0]) > 2 else near[0]}?" if near else ""
            )
            raise UnknownStateError(
                f"{word!r} is not a US state: use two-letter USPS codes such as NY or DC.{hint}"
            )
        if code not in codes:
            codes.append(code)
    if not codes:
        raise UnknownStateError("No state was named: give one or more USPS codes, such as NY,PA.")
    return codes
