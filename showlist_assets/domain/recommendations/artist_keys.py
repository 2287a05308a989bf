"""Which mentions of artists in a listener's data are one artist.

A source tells an artist by MBID, by Spotify's id or by name alone. Equal ids are one artist; so are
equal names, unless two MBIDs say otherwise.

What belongs here: uniting within one listener, and finding performers among those artists. What
does not: asking anybody for ids (``services.taste.artist_ids``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.names import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

MENTION: Final = {
    "artist_mbid": pl.String,
    "spotify_artist_id": pl.String,
    "artist_name": pl.String,
}
"""The columns that tell an artist; the name is never null."""
_SPOTIFY_ID: Final = re.compile(r"[0-9A-Za-z]{22}")
_MBID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class _Groups:
    """Mentions by number, united without ever joining two MBIDs."""

    def __init__(self, mbids: list[str | None]) -> None:
        self._parent = list(range(len(mbids)))
        self.mbid = dict(enumerate(mbids))

    def find(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def unite(self, one: int, other: int) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        ours, theirs = self.mbid[first], self.mbid[second]
        if first != second and (ours is None or theirs is None or ours == theirs):
            self._parent[second] = first
            self.mbid[first] = ours or theirs


def unite(mentions: pl.DataFrame, artist_ids: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every distinct mention with the artist it means.

    Args:
        mentions: The columns of ``MENTION`` and plays; the order of rows does not matter.
        artist_ids: spotify_artist_id, artist_mbid, as far as anybody was asked.

    Returns:
        The columns of ``MENTION`` as they were given, and key (mbid:ID, spotify:ID or name:NAME, by
        the best id of the whole group), mbid, spotify_id and name of the artist.
    """
    distinct = mentions.group_by(*MENTION).agg(pl.col("plays").sum())
    # The most played first: where ids contradict each other, more plays are right more often.
    rows = distinct.sort("plays", *MENTION, descending=[True, False, False, False]).rows()
    linked = _links(artist_ids)
    groups = _Groups([mbid or linked.get(spotify or "") for mbid, spotify, *_ in rows])
    _unite_equal(groups, (groups.mbid[number] for number in range(len(rows))))
    _unite_equal(groups, (row[1] for row in rows))
    _unite_names(groups, [normalize(row[2]) for row in rows])
    return _told(rows, groups)


def _links(artist_ids: pl.DataFrame | None) -> dict[str, str]:
    if artist_ids is None:
        return {}
    known = artist_ids.filter(pl.col("artist_mbid").is_not_null())
    return dict(known.select("spotify_artist_id", "artist_mbid").iter_rows())


def _unite_equal(groups: _Groups, values: Iterable[str | None]) -> None:
    first: dict[str, int] = {}
    # A list: uniting changes what ``values`` may be computed from.
    for number, value in enumerate(list(values)):
        if value is not None:
            groups.unite(first.setdefault(value, number), number)


def _unite_names(groups: _Groups, names: list[str]) -> None:
    namesakes: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        namesakes[name].append(number)
    for numbers in namesakes.values():
        mbids = {groups.mbid[groups.find(number)] for number in numbers} - {None}
        # Of two artists of one name, nobody can tell whom a bare name means.
        united = (
            numbers
            if len(mbids) < 2
            else [number for number in numbers if groups.mbid[groups.find(number)] is None]
        )
        for number in united:
            groups.unite(united[0], number)


def _told(rows: list[tuple[str | None, str | None, str, int]], groups: _Groups) -> pl.DataFrame:
    members: dict[int, list[int]] = defaultdict(list)
    for number in range(len(rows)):
        members[groups.find(number)].append(number)
    told: list[tuple[str | None, ...]] = []
    for root, numbers in members.items():
        mbid = groups.mbid[root]
        spotify = next((rows[number][1] for number in numbers if rows[number][1]), None)
        name = rows[numbers[0]][2]
        key = artist_key(mbid, spotify, name)
        told += [(*rows[number][:3], key, mbid, spotify, name) for number in numbers]
    columns = [*MENTION, "key", "mbid", "spotify_id", "name"]
    return pl.DataFrame(told, schema=dict.fromkeys(columns, pl.String), orient="row")


def artist_key(mbid: str | None, spotify_id: str | None, name: str) -> str:
    """The key of an artist, by the best id that is known."""
    if mbid:
        return f"mbid:{mbid}"
    return f"spotify:{spotify_id}" if spotify_id else f"name:{normalize(name)}"


def ids_of(key: str) -> tuple[str | None, str | None]:
    """MBID and Spotify's id in a key of ``artist_key``; neither where it tells a name alone."""
    kind, _, found = key.partition(":")
    if kind == "spotify":
        # Rows of earlier versions hold a track's mbid:ID as if it were Spotify's.
        return ids_of_track(found)
    return (found if kind == "mbid" else None), None


def ids_of_track(artist_id: str) -> tuple[str | None, str | None]:
    """MBID and Spotify's id of a track's artist: a playlist without shows knows mbid:ID alone."""
    kind, _, found = artist_id.rpartition(":")
    if kind == "mbid":
        return (found if _MBID.fullmatch(found) else None), None
    return None, (artist_id if _SPOTIFY_ID.fullmatch(artist_id) else None)


def with_right_keys(feedback: pl.DataFrame) -> pl.DataFrame:
    """``TasteFeedback`` whose keys are those of ``artist_key``, a row each: the last word stays."""
    rows = feedback.select("artist_key", "artist_name").iter_rows()
    keys = [artist_key(*ids_of(key), name) for key, name in rows]
    told = feedback.with_columns(artist_key=pl.Series(keys, dtype=pl.String))
    if told["artist_key"].is_unique().all():
        return told
    return told.sort("said_at", maintain_order=True).unique(
        "artist_key", keep="last", maintain_order=True
    )


def known_performers(performers: pl.DataFrame, artists: pl.DataFrame) -> pl.DataFrame:
    """Which performers are artists of the listener: performer_key, artist_key.

    By MBID, else by Spotify's id, else by name where neither id says otherwise and no two artists
    of the listener bear it.

    Args:
        performers: performer_key, performer_name, spotify_artist_id, artist_mbid.
        artists: artist_key, artist_name, spotify_artist_id, artist_mbid.
    """
    found = pl.DataFrame(schema={"performer_key": pl.String, "artist_key": pl.String})
    for on in ("artist_mbid", "spotify_artist_id"):
        rest = performers.join(found, on="performer_key", how="anti")
        equal = rest.join(artists.unique(on, keep="first"), on=on, how="inner")
        found = pl.concat([found, equal.select("performer_key", "artist_key")])
    rest = performers.join(found, on="performer_key", how="anti")
    return pl.concat([found, _same_named(rest, artists)]).sort("performer_key")


def _same_named(performers: pl.DataFrame, artists: pl.DataFrame) -> pl.DataFrame:
    alone = _with_name(artists, "artist_name").filter(pl.len().over("key") == 1)
    pairs = _with_name(performers, "performer_name").join(
        alone, on="key", how="inner", suffix="_played"
    )
    agree = [
        pl.col(name).eq_missing(pl.col(f"{name}_played"))
        | pl.col(name).is_null()
        | pl.col(f"{name}_played").is_null()
        for name in ("artist_mbid", "spotify_artist_id")
    ]
    return pairs.filter(*agree).select("performer_key", "artist_key")


def _with_name(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    names = [normalize(name) for name in frame[column]]
    return frame.with_columns(key=pl.Series(names, dtype=pl.String))
