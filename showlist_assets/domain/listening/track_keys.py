"""Which reports are about one track, whatever ids their sources know it by.

What belongs here: the key of a track, and what two names of one song have in common. What does not:
which reports are of one play (``merging``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.names import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# No song has a longer name, but a file may: the patterns take the square of the length at worst.
_LONGEST: Final = 300
# "Song (feat. B)", "Song - 2011 Remaster": what a source adds and another leaves out.
_BRACKETS: Final = re.compile(r"[(\[]([^)\]]*+)[)\]]")
_ADDED_IN_BRACKETS: Final = re.compile(
    r"\b(?:feat|ft|featuring|with|remaster(?:ed)?|mono|stereo|version|edit|deluxe)\b",
    re.IGNORECASE,
)
_ADDED: Final = re.compile(
    r"\s-\s[^-]*\b(?:remaster(?:ed)?|mono|stereo|version|edit)\b.*$"
    r"|\s(?:feat|ft|featuring)\b.*$",
    re.IGNORECASE,
)
# "A feat. B", "A & B", "A, B": the first one is whom an album is by.
_OTHERS: Final = re.compile(r"\s(?:feat|ft|featuring)\b.*$|[,;&].*$", re.IGNORECASE)


@lru_cache(maxsize=200_000)
def name_key(artist: str, title: str) -> str:
    """What is left of artist and title when whatever sources add to them is taken off."""
    artist, title = _cut(artist), _cut(title)
    alone = normalize(_OTHERS.sub("", artist)) or normalize(artist)
    song = normalize(_ADDED.sub("", _BRACKETS.sub(_unless_added, title))) or normalize(title)
    return f"{alone}\n{song}"


def _cut(name: str) -> str:
    """``name`` with single blanks, and no longer than a name is."""
    return " ".join(name[: 2 * _LONGEST].split())[:_LONGEST]


def _unless_added(brackets: re.Match[str]) -> str:
    return " " if _ADDED_IN_BRACKETS.search(brackets[1]) else brackets[0]


def name_keys(reports: pl.DataFrame) -> pl.Series:
    """``name_key`` of each row's ``artist_name`` and ``track_name``."""
    names = zip(reports["artist_name"], reports["track_name"], strict=True)
    return pl.Series("name_key", [name_key(*one) for one in names], dtype=pl.String)


def same_tracks(reports: pl.DataFrame, names: pl.Series) -> pl.Series:
    """A number per row, equal for rows that share an id or a name, also by way of other rows.

    Wrong ids may put two songs together; nobody plays two at once, so that ``merging`` parts them.
    """
    keyed = reports.select("spotify_track_id", "isrc", "recording_mbid", name_key=names)
    # A history tells some thousand tracks a hundred thousand times.
    once = keyed.unique(maintain_order=True)
    leaders: dict[str, str] = {}
    for track, isrc, mbid, name in once.iter_rows():
        ids = (("i", track), ("r", isrc), ("m", mbid), ("n", name))
        _unite(leaders, (f"{kind}{key}" for kind, key in ids if key))
    numbers: dict[str, int] = {}
    found = [
        numbers.setdefault(_leader(leaders, f"n{name}"), len(numbers)) for name in once["name_key"]
    ]
    numbered = once.with_columns(track=pl.Series(found, dtype=pl.Int64))
    return keyed.join(
        numbered, on=keyed.columns, how="left", nulls_equal=True, maintain_order="left"
    )["track"]


def _leader(leaders: dict[str, str], key: str) -> str:
    while (above := leaders.get(key, key)) != key:
        leaders[key] = leaders.get(above, above)
        key = above
    return key


def _unite(leaders: dict[str, str], keys: Iterable[str]) -> None:
    found: Iterator[str] = (_leader(leaders, key) for key in keys)
    first = next(found)
    for other in found:
        low, high = sorted((first, other))
        leaders[high] = low
        first = low
