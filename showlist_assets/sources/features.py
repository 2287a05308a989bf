"""The audio features of a track, as ReccoBeats and Spotify both name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from showlist_assets.sources.json_values import number


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
        name: number(item.get(name)) for name in Features.__slots__ if name not in ("key", "mode")
    }
    return Features(**numbers, key=_detected(item.get("key")), mode=_detected(item.get("mode")))


def _detected(value: object) -> int | None:
    # -1 means that no key was found (Spotify's page "Get Track's Audio Features"; ReccoBeats too).
    found = number(value)
    return None if found is None or found < 0 else int(found)
