"""A country that is made up, as an operator would add it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from showlist_assets.domain import states

if TYPE_CHECKING:
    from pathlib import Path

MADE_UP: Final = """
name = "Quizland"
of_one = "Quizland canton"
printed = ["Quizland"]
currency = "EUR"
latitudes = [47.0, 55.0]
longitudes = [[5.0, 15.5]]

[states]
QZ-NB = { name = "New Bridges", timezone = "Europe/Berlin" }
QZ-MF = { name = "Middle Fields", timezone = "Europe/Berlin" }
"""


def in_file(folder: Path, text: str = MADE_UP) -> Path:
    """The file of the country."""
    path = folder / "qz.toml"
    path.write_text(text)
    return path


def forget() -> None:
    """What no process does but that of the tests, for which a country is not known for good."""
    country = states._COUNTRIES.pop("QZ", None)
    for state in country.states if country else ():
        del states._STATES[state.code]
