"""How songs sound: each number of a song as a bar and a word."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# As the form of a wish has them.
_ENERGY: Final = ((0.4, "calm"), (0.7, "lively"), (1.01, "loud"))
_MOOD: Final = ((0.35, "dark"), (0.65, "mixed"), (1.01, "bright"))
_TEMPO: Final = ((90, "slow"), (130, "medium"), (9999, "fast"))
_SLOWEST, _FASTEST = 50.0, 200.0


@dataclass(frozen=True)
class Measure:
    """A number as people read it.

    Attributes:
        name: Of what.
        share: Of the bar, 0 to 1.
        words: What it means.
    """

    name: str
    share: float
    words: str


def energy(value: float | None) -> Measure | None:
    """How loud and busy; None where nobody has measured it."""
    return None if value is None else Measure("Energy", _share(value), _word(_ENERGY, value))


def mood(value: float | None) -> Measure | None:
    """How cheerful."""
    return None if value is None else Measure("Mood", _share(value), _word(_MOOD, value))


def tempo(value: float | None) -> Measure | None:
    """How fast."""
    if value is None:
        return None
    share = _share((value - _SLOWEST) / (_FASTEST - _SLOWEST))
    return Measure("Tempo", share, f"{_word(_TEMPO, value)}, {value:.0f} bpm")


def usual(values: Iterable[float | None]) -> float | None:
    """The median of those that are known."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def measures(
    energies: Iterable[float | None],
    moods: Iterable[float | None],
    tempos: Iterable[float | None],
) -> tuple[Measure, ...]:
    """The usual sound of songs, as far as it is measured."""
    found = (energy(usual(energies)), mood(usual(moods)), tempo(usual(tempos)))
    return tuple(one for one in found if one is not None)


def _share(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 3)


def _word(words: Sequence[tuple[float, str]], value: float) -> str:
    return next(word for limit, word in words if value < limit or limit == words[-1][0])
