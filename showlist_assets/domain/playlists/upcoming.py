"""Upcoming shows as far as they are the same for every recipe: each once, and none that is off.

What belongs here: what a plan begins with and no recipe changes, so that it may be kept for many
plans. What does not: which shows a recipe lets through (``filters``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import polars as pl

from showlist_assets.domain.places import City, cities
from showlist_assets.domain.playlists.doubles import without_doubles
from showlist_assets.domain.tables.columns import FEATURE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.domain.playlists.show_fates import ShowFates

_SHOW = ["state", "show_id"]
# What differs from song to song of one act on one show; the other columns are kept once.
_OF_A_SONG = (
    "track_id", "track_name", "track_rank", "row_number", "isrc", "release_date", "explicit",
    "duration_ms", *FEATURE_NAMES,
)  # fmt: skip
_SONGS = "songs"
_OF_A_CITY = ["state", "venue_city", "venue_name", "latitude", "longitude"]


@dataclass(frozen=True)
class Upcoming:
    """Rows of ``UpcomingShows``, sorted out.

    Attributes:
        acts: Those with a track, each show once; an act's rows are one here, with the numbers of
            their songs in ``songs``. That takes a sixth of the room, and filtering of the time.
        songs: What differs among an act's rows.
        silent: Those without one, also of shows that are listed twice.
        second: State and id of the listings that are one too many.
        cities: Where shows are.
        venues: Their names, as any listing prints them.
        genres: Of all acts.
        doubles: How many listings were one too many.
        off: How many shows are left out because they are off.
    """

    acts: pl.DataFrame
    songs: pl.DataFrame
    silent: pl.DataFrame
    second: pl.DataFrame
    cities: tuple[City, ...]
    venues: frozenset[str]
    genres: frozenset[str]
    doubles: int
    off: int

    def estimated_size(self) -> int:
        """Bytes of the rows."""
        return sum(map(_size, (self.acts, self.songs, self.silent)))

    def rows_of(self, acts: pl.DataFrame) -> pl.DataFrame:
        """The rows of ``UpcomingShows`` of some of ``acts``."""
        each = acts.explode(_SONGS)
        return pl.concat([each.drop(_SONGS), self.songs[each[_SONGS]]], how="horizontal")


def _size(frame: pl.DataFrame) -> int:
    # Polars counts the letters of a text, and not the 16 bytes that point at them.
    texts = sum(dtype == pl.String for dtype in frame.dtypes)
    return int(frame.estimated_size()) + 16 * texts * len(frame)


def upcoming_of(shows: pl.DataFrame, fates: ShowFates) -> Upcoming:
    """``shows`` (``UpcomingShows``) of one state or several, without those that ``fates`` end.

    Of several states together it is what ``joined`` makes of each.
    """
    count = shows.n_unique(_SHOW)
    if not (gone := fates.off()).is_empty():
        shows = shows.join(gone, on=_SHOW, how="anti", maintain_order="left")
    has_song = pl.col("track_id").is_not_null()
    sung, silent = shows.filter(has_song), shows.filter(~has_song)
    heard, doubles = without_doubles(sung)
    second = sung.select(_SHOW).unique().join(heard.select(_SHOW).unique(), on=_SHOW, how="anti")
    acts, songs = _folded(heard)
    return Upcoming(
        acts=acts,
        songs=songs,
        silent=_apart(silent),
        second=_apart(second),
        cities=tuple(cities(pl.concat([heard.select(_OF_A_CITY), silent.select(_OF_A_CITY)]))),
        venues=frozenset(shows["venue_name"].unique()),
        genres=frozenset(shows["genres"].explode().drop_nulls().unique()),
        doubles=doubles,
        off=count - shows.n_unique(_SHOW),
    )


def _folded(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The acts of ``rows`` with the numbers of their songs, and the songs."""
    acts, songs = rows.drop(_OF_A_SONG), rows.select(_OF_A_SONG)
    lists = pl.col(pl.List(pl.String))
    hashable = acts.with_columns(lists.list.len().name.suffix(" count"), lists.list.join("\n"))
    keys = pl.DataFrame({"act": hashable.hash_rows(), "song": songs.hash_rows()}).with_row_index()
    once = keys.unique("song", keep="first", maintain_order=True).with_row_index("number")
    numbered = keys.join(once.select("song", "number"), on="song", maintain_order="left")
    first = numbered.group_by("act", maintain_order=True).agg(
        pl.col("index").first(), pl.col("number").cast(pl.Int64)
    )
    told = acts[first["index"]].with_columns(first["number"].alias(_SONGS))
    return _apart(told), _apart(songs[once["index"]])


def _apart(rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` alone: Polars would keep all texts of the rows that they were taken from."""
    content = rows.write_ipc(None, compat_level=pl.CompatLevel.oldest())
    content.seek(0)
    return pl.read_ipc(content)


def _renumbered(shows: Upcoming, first: int) -> pl.DataFrame:
    """The acts, where ``first`` songs of others stand before theirs."""
    return shows.acts.with_columns(pl.col(_SONGS) + first)


def joined(parts: Iterable[Upcoming]) -> Upcoming:
    """The shows of several states as one."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    firsts = accumulate((len(part.songs) for part in found), initial=0)
    numbered = list(zip(found, firsts, strict=False))
    return Upcoming(
        acts=pl.concat([_renumbered(part, first) for part, first in numbered]),
        songs=pl.concat([part.songs for part in found]),
        silent=pl.concat([part.silent for part in found]),
        second=pl.concat([part.second for part in found]),
        cities=tuple(
            sorted(
                (city for part in found for city in part.cities),
                key=lambda city: (city.state, city.name),
            )
        ),
        venues=frozenset().union(*(part.venues for part in found)),
        genres=frozenset().union(*(part.genres for part in found)),
        doubles=sum(part.doubles for part in found),
        off=sum(part.off for part in found),
    )
