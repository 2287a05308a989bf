"""A world read from a folder of real data: ``events.csv``, and a catalogue beside or above it.

The format is in ``docs/sandbox.md``. What the files lack (tracks of an artist, a track's features)
is made up as in a generated world, so that every service has something to answer.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from showlist_assets.domain.states import BY_CODE
from showlist_assets.sandbox.world import discography
from showlist_assets.sandbox.world.catalog import Catalog
from showlist_assets.sandbox.world.cities import COORDINATES
from showlist_assets.sandbox.world.entities import (
    Album,
    Artist,
    Event,
    Features,
    Performer,
    Track,
    Venue,
)
from showlist_assets.sandbox.world.text import words
from showlist_assets.sandbox.world.world import World, WorldError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_EVENT_COLUMNS = (
    "event_id", "name", "starts_at_utc", "attraction_names", "venue_id", "venue_name",
    "venue_city", "venue_state", "venue_timezone",
)  # fmt: skip
_CATALOG_COLUMNS = ("artist_id", "name", "genres", "popularity", "followers")
_TRACK_COLUMNS = (
    "track_id", "track_name", "artist_id", "artist_name", "album_id", "album_name", "duration_ms",
)  # fmt: skip
_FEATURES = tuple(Features.__dataclass_fields__)
_UNKNOWN_POPULARITY = 12
_Row = dict[str, Any]


def read_world(folder: Path, today: date) -> World:
    """The world of ``folder``, its dates moved by whole weeks so that all lie after ``today``.

    Raises:
        WorldError: a file or a column is missing, or a date cannot be read.
    """
    events = _events_csv(folder)
    tracks = _tracks_parquet(folder)
    artists = _artists(folder, tracks)
    known = _FolderTracks(tracks, artists) if tracks is not None else None
    catalog = Catalog(artists, known, real=True)
    return World(events=_events(folder, events, artists, today), catalog=catalog)


def _events_csv(folder: Path) -> pl.DataFrame:
    path = folder / "events.csv"
    if not path.is_file():
        raise WorldError(
            f"{folder} is no world folder: it has no events.csv. Point --world at a folder with "
            "one, or leave --world out for a generated world; docs/sandbox.md has the format."
        )
    return _read_csv(path, _EVENT_COLUMNS)


def _tracks_parquet(folder: Path) -> pl.DataFrame | None:
    path = folder / "tracks.parquet"
    if not path.is_file():
        return None
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise WorldError(f"{path} cannot be read as Parquet: {error}. Replace the file.") from error
    _require(path, frame, _TRACK_COLUMNS)
    wanted = [*_TRACK_COLUMNS, "popularity", "playlist_count", *_FEATURES]
    return frame.select(one for one in wanted if one in frame.columns)


def _artists(folder: Path, tracks: pl.DataFrame | None) -> list[Artist]:
    for path in (folder / "catalog.csv", folder.parent / "matching" / "catalog.csv"):
        if path.is_file():
            rows = _read_csv(path, _CATALOG_COLUMNS).iter_rows(named=True)
            return [_artist(row) for row in rows]
    if tracks is None:
        raise WorldError(
            f"{folder} has no artists: neither catalog.csv nor tracks.parquet is there. "
            "Add one of them; docs/sandbox.md has the columns."
        )
    named = tracks.unique("artist_id", keep="first", maintain_order=True)
    return [
        Artist(identifier, name, (), _UNKNOWN_POPULARITY, 0)
        for identifier, name in named.select("artist_id", "artist_name").iter_rows()
    ]


def _artist(row: _Row) -> Artist:
    return Artist(
        id=row["artist_id"],
        name=row["name"] or "",
        genres=tuple((row["genres"] or "").split("|")) if row["genres"] else (),
        popularity=int(float(row["popularity"])) if row["popularity"] else _UNKNOWN_POPULARITY,
        followers=int(float(row["followers"])) if row["followers"] else 0,
    )


def _read_csv(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    try:
        # Everything is text: a postal code has leading zeros, and an id may look like a number.
        frame = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise WorldError(f"{path} cannot be read as CSV: {error}. Replace the file.") from error
    _require(path, frame, columns)
    return frame


def _require(path: Path, frame: pl.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise WorldError(
            f"{path} lacks the columns {', '.join(missing)}. "
            "Add them; docs/sandbox.md says what each holds."
        )


class _FolderTracks:
    """The tracks of ``tracks.parquet``, made into objects when their artist is asked for."""

    def __init__(self, frame: pl.DataFrame, artists: list[Artist]) -> None:
        self._names = frame.columns
        self._rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._owners: dict[str, str] = {}
        by_id = {artist.id: artist for artist in artists}
        index = {name: at for at, name in enumerate(self._names)}
        for row in frame.iter_rows():
            owner = row[index["artist_id"]]
            if owner in by_id:
                self._rows[owner].append(row)
                self._owners[row[index["track_id"]]] = owner
                self._owners[row[index["album_id"]]] = owner

    def of_artist(self, artist: Artist) -> tuple[Track, ...]:
        """The artist's tracks, the most popular first; empty where the file has none."""
        rows = [dict(zip(self._names, row, strict=True)) for row in self._rows.get(artist.id, ())]
        rows.sort(key=lambda row: (-_rank(row), row["track_id"]))
        on_album: dict[str, int] = defaultdict(int)
        for row in rows:
            on_album[row["album_id"]] += 1
        albums = {row["album_id"]: _album(row, artist, on_album[row["album_id"]]) for row in rows}
        return tuple(
            _track(row, artist, albums[row["album_id"]], number)
            for number, row in enumerate(rows, 1)
        )

    def artist_of(self, identifier: str) -> str | None:
        """The artist whose track or album has that id."""
        return self._owners.get(identifier)


def _rank(row: _Row) -> int:
    """0 to 100; where no popularity is known, the number of playlists stands in for it."""
    if row.get("popularity") is not None:
        return int(row["popularity"])
    return min(90, 8 * int(math.log2(1 + (row.get("playlist_count") or 0))))


def _album(row: _Row, artist: Artist, held: int) -> Album:
    age = timedelta(days=Random(row["album_id"]).randint(30, 9_000))
    return Album(
        id=row["album_id"],
        name=row["album_name"] or row["track_name"],
        kind="album" if held > 1 else "single",
        artists=(artist,),
        released_on=date(2026, 9, 30) - age,
        total_tracks=held,
    )


def _track(row: _Row, artist: Artist, album: Album, number: int) -> Track:
    rng = Random(row["track_id"])
    return Track(
        id=row["track_id"],
        name=row["track_name"] or "",
        artists=(artist,),
        album=album,
        number=number,
        duration_ms=row["duration_ms"] or 200_000,
        explicit=False,
        isrc=discography.isrc(row["track_id"]),
        popularity=_rank(row),
        features=_known_features(row) or discography.features(rng, artist),
    )


def _known_features(row: _Row) -> Features | None:
    known: _Row = {name: row.get(name) for name in _FEATURES}
    if any(value is None for value in known.values()):
        return None
    return Features(**{**known, "key": int(known["key"]), "mode": int(known["mode"])})


def _events(folder: Path, frame: pl.DataFrame, artists: list[Artist], today: date) -> list[Event]:
    rows = list(frame.iter_rows(named=True))
    starts = [_moment(folder, row) for row in rows]
    # Whole weeks keep each show on its weekday.
    behind = (today - min(starts).date()).days + 1 if starts else 0
    shift = timedelta(weeks=max(0, math.ceil(behind / 7)))
    makers = _Makers(artists)
    return [
        makers.event(number, row, start + shift)
        for number, (row, start) in enumerate(zip(rows, starts, strict=True))
        if row["venue_state"] in BY_CODE
    ]


def _moment(folder: Path, row: _Row) -> datetime:
    try:
        return datetime.fromisoformat(row["starts_at_utc"] or "").replace(tzinfo=None)
    except ValueError:
        raise WorldError(
            f"{folder / 'events.csv'}: event {row['event_id']} has starts_at_utc "
            f"{row['starts_at_utc']!r}. Give it as 2026-12-31 20:00:00+00:00, in UTC."
        ) from None


class _Makers:
    """Makes each venue and performer once, however many events name it."""

    def __init__(self, artists: Iterable[Artist]) -> None:
        self._venues: dict[str, Venue] = {}
        self._performers: dict[str, Performer] = {}
        self._artists: dict[str, Artist] = {}
        for artist in artists:
            name = _plain(artist.name)
            known = self._artists.get(name)
            # Of namesakes the best known is taken for the one who plays; the files do not say.
            if known is None or artist.popularity > known.popularity:
                self._artists[name] = artist

    def event(self, number: int, row: _Row, start: datetime) -> Event:
        """One event; without attractions, its whole title is the performer, as on ticket sites."""
        names = [name for name in (row["attraction_names"] or "").split("|") if name]
        genre = row.get("genre") or ""
        lineup = dict.fromkeys(self._performer(name, genre) for name in names or [row["name"]])
        venue = self._venue(row)
        local = start.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(venue.timezone))
        lowest, highest = row.get("min_price"), row.get("max_price")
        return Event(
            id=5_000_000 + number,
            type="concert",
            title=row["name"],
            venue=venue,
            performers=tuple(lineup),
            starts_at_local=local.replace(tzinfo=None),
            starts_at_utc=start,
            announced_at=start - timedelta(days=90),
            score=max(performer.score for performer in lineup),
            prices=(int(float(lowest)), int(float(highest))) if lowest and highest else None,
        )

    def _performer(self, name: str, genre: str) -> Performer:
        if name not in self._performers:
            artist = self._artists.get(_plain(name))
            self._performers[name] = Performer(
                id=2_000 + 3 * len(self._performers),
                name=name,
                type="band",
                kind="artist",
                # Ticketmaster's words for no genre.
                genres=() if genre in ("", "Undefined", "Other") else (genre,),
                score=round(0.2 + (artist.popularity if artist else 5) / 140, 3),
                artist_id=artist.id if artist else None,
            )
        return self._performers[name]

    def _venue(self, row: _Row) -> Venue:
        key = row["venue_id"]
        if key not in self._venues:
            city, state = row["venue_city"] or "", row["venue_state"]
            latitude, longitude = COORDINATES.get((city, state), (None, None))
            self._venues[key] = Venue(
                id=300 + 11 * len(self._venues),
                name=row["venue_name"] or city,
                address=row.get("venue_street") or "",
                city=city,
                state=state,
                postal_code=row.get("venue_postal_code") or "",
                latitude=latitude,
                longitude=longitude,
                timezone=_timezone(row["venue_timezone"], state),
                capacity=int(float(row.get("venue_capacity") or 0)),
            )
        return self._venues[key]


def _timezone(name: str | None, state: str) -> str:
    try:
        return ZoneInfo(name or "").key
    except (ZoneInfoNotFoundError, ValueError):
        return BY_CODE[state].timezone


def _plain(name: str) -> str:
    return " ".join(words(name)) or name
