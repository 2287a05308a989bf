"""Spotify's two kinds of files: the extended streaming history, and the account data.

What belongs here: what a row of either means. What does not: which kind a file is (``reading``).

Of the address, the country, the device and the user name that the extended history tells, nothing
is read.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.sources.json_values import boolean, string
from showlist_assets.sources.listening_files.contents import Plays, sorted_out
from showlist_assets.sources.listening_files.texts import json_elements

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

_PRIVATE: Final = "incognito_mode"
_NOT_PRIVATE: Final = ("", "0", "false", "null")
_EXTENDED: Final[Mapping[str, Any]] = {
    "ts": pl.String,
    "ms_played": pl.Int64,
    "master_metadata_track_name": pl.String,
    "master_metadata_album_artist_name": pl.String,
    "master_metadata_album_album_name": pl.String,
    "spotify_track_uri": pl.String,
    "spotify_episode_uri": pl.String,
    "audiobook_uri": pl.String,
    "audiobook_chapter_uri": pl.String,
    "reason_end": pl.String,
    "skipped": pl.Boolean,
    "offline_timestamp": pl.Int64,
    _PRIVATE: pl.Boolean,
}
_OTHERS: Final = ("spotify_episode_uri", "audiobook_uri", "audiobook_chapter_uri")
_ACCOUNT: Final[Mapping[str, Any]] = {
    "endTime": pl.String,
    "artistName": pl.String,
    "trackName": pl.String,
    "msPlayed": pl.Int64,
}
# The second one is of 2021, when numbers were texts, too.
_TIMES: Final = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%dT%H:%M:%S%.f%#z")
_MINUTES: Final = ("%Y-%m-%d %H:%M",)
# Seconds have ten digits for centuries to come, milliseconds thirteen.
_SURELY_MILLISECONDS: Final = 100_000_000_000
_LAST_MILLISECOND: Final = 4_102_444_800_000
_TRACK: Final = r"^spotify:track:([0-9A-Za-z]{22})$"
# What Spotify prints for a podcast whose name it has lost.
_NAMELESS: Final = "Unknown Artist"
_A_BATCH: Final = 2_000
_MOST_DIGITS: Final = 18


def read_extended(text: str, until: datetime) -> Plays:
    """The plays of a file of the extended streaming history."""
    told, unread = _frame(text, _EXTENDED)
    # Some files of 2021 had no ids at all; else a song without one is a file of the listener's.
    has_ids = told["spotify_track_uri"].is_not_null().any()
    rows = told.select(
        "number",
        "reason_end",
        "skipped",
        ms_played=_heard("ms_played"),
        reported_at=_instant("ts", _TIMES),
        reported_means=pl.lit("end"),
        offline_at=_offline_at(),
        track_name=_name("master_metadata_track_name"),
        artist_name=_name("master_metadata_album_artist_name"),
        album_name=_name("master_metadata_album_album_name"),
        spotify_track_id=pl.col("spotify_track_uri").str.extract(_TRACK),
        is_private=_PRIVATE,
        is_other=pl.any_horizontal(pl.col(_OTHERS).is_not_null()),
    )
    has_no_id = pl.col("spotify_track_id").is_null() & pl.lit(value=has_ids)
    return sorted_out(
        "spotify_export",
        rows,
        until,
        is_incognito=pl.col("is_private").fill_null(value=False),
        is_not_music=_is_nameless() | has_no_id | pl.col("is_other"),
        unread=unread,
    )


def read_account(text: str, until: datetime) -> Plays:
    """The plays of a file of the account data, whose ends are told to the minute."""
    told, unread = _frame(text, _ACCOUNT)
    rows = told.select(
        "number",
        ms_played=_heard("msPlayed"),
        reported_at=_instant("endTime", _MINUTES),
        reported_means=pl.lit("minute_end"),
        track_name=_name("trackName"),
        artist_name=_name("artistName"),
    )
    return sorted_out(
        "spotify_account",
        rows,
        until,
        is_not_music=_is_nameless() | (pl.col("artist_name") == _NAMELESS),
        unread=unread,
    )


def _heard(column: str) -> pl.Expr:
    # Spotify always tells it: a row without it is a bad one, as one of less than nothing.
    return pl.col(column).fill_null(-1)


def _instant(column: str, forms: Sequence[str]) -> pl.Expr:
    # Always UTC (Spotify's page "Understanding my data"); the machine's zone is nobody's business.
    return pl.coalesce(
        pl.col(column).str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
        for form in forms
    )


def _offline_at() -> pl.Expr:
    told = pl.col("offline_timestamp")
    milliseconds = pl.when(told < _SURELY_MILLISECONDS).then(told * 1000).otherwise(told)
    is_told = (told > 0) & (milliseconds < _LAST_MILLISECOND)
    return pl.from_epoch(pl.when(is_told).then(milliseconds), "ms").dt.replace_time_zone("UTC")


def _name(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def _is_nameless() -> pl.Expr:
    return pl.col("track_name").is_null() | pl.col("artist_name").is_null()


def _frame(text: str, fields: Mapping[str, Any]) -> tuple[pl.DataFrame, list[int]]:
    """The columns of ``fields`` and ``number`` of each row, and the numbers of broken rows.

    Read in batches: all rows of a file with all their fields take several times its room.
    """
    frames: list[pl.DataFrame] = []
    unread: list[int] = []
    elements = json_elements(text)
    while batch := list(islice(elements, _A_BATCH)):
        unread += [number for number, row in batch if not isinstance(row, dict)]
        rows = [(number, row) for number, row in batch if isinstance(row, dict)]
        columns = [
            _column(name, [row.get(name) for _, row in rows], dtype)
            for name, dtype in fields.items()
        ]
        numbers = pl.Series("number", [number for number, _ in rows], dtype=pl.UInt32)
        frames.append(pl.DataFrame([numbers, *columns]))
    empty = pl.DataFrame(schema={"number": pl.UInt32, **fields})
    return pl.concat([empty, *frames]), unread


def _column(name: str, values: list[Any], dtype: Any) -> pl.Series:
    try:
        return pl.Series(name, values, dtype=dtype)
    # One odd row is no reason to lose the others.
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        read = _is_private if name == _PRIVATE else _READERS[dtype]
        return pl.Series(name, [read(value) for value in values], dtype=dtype)


def _is_private(value: object) -> bool:
    # Whatever it is that Spotify writes one day: what may have been private is not kept.
    return value.strip().lower() not in _NOT_PRIVATE if isinstance(value, str) else bool(value)


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value) if len(value) <= _MOST_DIGITS else None
    # A program that saved the file again may have written 60000.0.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if abs(value) < 10**_MOST_DIGITS else None


def _flag(value: object) -> bool | None:
    words = {"true": True, "false": False}
    return words.get(value.lower()) if isinstance(value, str) else boolean(value)


_READERS: Final[Mapping[Any, Callable[[object], Any]]] = {
    pl.String: string,
    pl.Int64: _whole,
    pl.Boolean: _flag,
}
