"""The audio features of a track, as ReccoBeats and Spotify both name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

_BEYOND_ANY: Final = 1e9


@dataclass(frozen=True, slots=True)
class Features:
    """The eleven audio features of a track; None where undetected.

    Attributes:
        key: Pitch class, 0 = C to 11 = B.
        loudness: Decibels.
        mode: 1 for major, 0 for minor.
        tempo: Beats per minute.
    """

    danceability: float | None = None
    energy: float | None = None
    key: int | None = None
    loudness: float | None = None
    mode: int | None = None
    speechiness: float | None = None
    acousticness: float | None = None
    instrumentalness: float | None = None
    liveness: float | None = None
    valence: float | None = None
    tempo: float | None = None


def features_from(item: dict[str, Any]) -> Features:
    """Features out of an answer of ReccoBeats or of Spotify, which name them alike."""
    numbers = {
        name: _number(item.get(name)) for name in Features.__slots__ if name not in ("key", "mode")
    }
    return Features(**numbers, key=_whole(item.get("key")), mode=_whole(item.get("mode")))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    # Python's JSON also reads NaN and Infinity, which no table should hold.
    return float(value) if abs(value) < _BEYOND_ANY else None


def _whole(value: object) -> int | None:
    """A key or mode; -1 means undetected."""
    number = _number(value)
    return None if number is None or number < 0 else int(number)
