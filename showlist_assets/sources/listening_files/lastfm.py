"""Last.fm's plays, as others save them: it has no export of its own.

Read are the CSV and JSON of lastfm.ghan.nl, the CSV of benjaminbenben.com, pages of
``user.getRecentTracks`` as its API gives them, and the ``.scrobbler.log`` of portable players. The
time is the start of the play, in UTC; for how long it was heard nobody tells.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.sources.json_values import mapping, printed, text
from showlist_assets.sources.listenbrainz.reader import mbid
from showlist_assets.sources.listening_files.contents import (
    LONGEST_MS,
    Plays,
    at_second,
    gathered,
)
from showlist_assets.sources.listening_files.texts import (
    BROKEN,
    csv_rows,
    elements_of,
    is_array,
    json_elements,
    json_value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LOG_BEGINNING: Final = "#AUDIOSCROBBLER/"

_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
# Not by strptime: its months are those of the machine's language.
_DAY: Final = re.compile(r"(\d{1,2}) ([A-Za-z]{3}) (\d{4}),? (\d{1,2}):(\d{2})", re.ASCII)
_HEADER: Final = frozenset({"uts", "artist", "track"})
_FIELDS_WITHOUT_HEADER: Final = 4
_MOST_DIGITS: Final = 20
_LOG_FIELDS: Final = 7


def is_header(row: list[str]) -> bool:
    """Whether ``row`` is the first one of ``read_csv``'s tables."""
    return {name.strip().lower() for name in row} >= _HEADER


def is_bare_row(row: list[str]) -> bool:
    """Whether ``row`` is one of ``read_csv_without_header``'s tables."""
    return len(row) == _FIELDS_WITHOUT_HEADER and _day(row[3]) is not None


def read_csv(text_: str, until: datetime) -> Plays:
    """The plays of a table with a header: uts, artist, track, and what else there is."""
    rows = csv_rows(text_)
    _, header = next(rows, (0, []))
    names = [name.strip().lower() for name in header]

    def read(fields: list[str]) -> dict[str, Any] | None:
        if len(fields) != len(names):
            return None
        row = dict(zip(names, fields, strict=True))
        return _play(
            _at(row["uts"]),
            row["artist"],
            row["track"],
            album=row.get("album"),
            recording=row.get("track_mbid"),
            artist_mbid=row.get("artist_mbid"),
        )

    return gathered("lastfm", rows, read, until, counted="line")


def read_csv_without_header(text_: str, until: datetime) -> Plays:
    """The plays of a table of artist, album, title, day."""
    return gathered("lastfm", csv_rows(text_), _bare_row, until, counted="line")


def read_json(text_: str, until: datetime) -> Plays:
    """The plays of pages of ``user.getRecentTracks``, however they were put together."""
    return gathered("lastfm", enumerate(_tracks(text_), start=1), _track, until)


def read_log(text_: str, until: datetime) -> Plays:
    """The plays of a ``.scrobbler.log``; what was skipped was not heard for long.

    Where the player did not know its zone (``#TZ/UNKNOWN``), its times are taken as UTC.
    """
    lines = (
        (number, line.rstrip("\r").split("\t"))
        for number, line in enumerate(text_.split("\n"), start=1)
        if line.strip() and not line.startswith("#")
    )
    return gathered("lastfm", lines, _log_row, until, counted="line")


def _bare_row(fields: list[str]) -> dict[str, Any] | None:
    if len(fields) != _FIELDS_WITHOUT_HEADER:
        return None
    artist, album, title, day = fields
    return _play(_day(day), artist, title, album=album, means="minute_start")


def _log_row(fields: list[str]) -> dict[str, Any] | None:
    if not _LOG_FIELDS <= len(fields) <= _LOG_FIELDS + 1:
        return None
    artist, album, title, _, seconds, rating, at, *recording = fields
    row = _play(_at(at), artist, title, album=album, recording=next(iter(recording), None))
    if row is None or rating not in ("L", "S"):
        return None
    length = int(seconds[:9]) * 1000 if seconds.isascii() and seconds.isdigit() else 0
    row["duration_ms"] = length if 0 < length <= LONGEST_MS else None
    return {**row, "ms_played": 0} if rating == "S" else row


def _tracks(text_: str) -> Iterator[Any]:
    """Single tracks of an array of them, of an array of pages, or of a page."""
    if is_array(text_):
        for _, value in json_elements(text_):
            yield from _of_page(value)
    elif (page := json_value(text_)) is not BROKEN:
        yield from _of_page(page)
    else:
        for _, value in elements_of(text_, "track"):
            yield from _of_page(value)


def _of_page(value: object) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _of_page(one)
        return
    page = mapping(value)
    page = mapping(page.get("recenttracks")) or page
    tracks = page.get("track")
    if isinstance(tracks, (list, dict)):
        # A page of one track has the track itself.
        found = tracks if isinstance(tracks, list) else [tracks]
        yield from (one for one in found if not _plays_now(one))
    elif not _plays_now(page):
        yield page


def _plays_now(track: object) -> bool:
    return "date" not in mapping(track) and bool(
        mapping(mapping(track).get("@attr")).get("nowplaying")
    )


def _track(value: object) -> dict[str, Any] | None:
    track = mapping(value)
    artist = mapping(track.get("artist"))
    return _play(
        _at(mapping(track.get("date")).get("uts")),
        artist.get("#text") or artist.get("name") or track.get("artist"),
        track.get("name"),
        album=mapping(track.get("album")).get("#text"),
        recording=track.get("mbid"),
        artist_mbid=artist.get("mbid"),
    )


def _play(
    at: datetime | None,
    artist: object,
    title: object,
    *,
    album: object = None,
    recording: object = None,
    artist_mbid: object = None,
    means: str = "start",
) -> dict[str, Any] | None:
    artist_name, track_name = (text(artist) or "").strip(), (text(title) or "").strip()
    if at is None or not artist_name or not track_name:
        return None
    known = mbid(artist_mbid)
    return {
        "reported_at": at,
        "reported_means": means,
        "track_name": track_name,
        "artist_name": artist_name,
        "album_name": text(album),
        "recording_mbid": mbid(recording),
        "artist_mbids": [known] if known else [],
    }


def _at(value: object) -> datetime | None:
    found = printed(value) or ""
    return (
        at_second(int(found))
        if found.isascii() and found.isdigit() and len(found) < _MOST_DIGITS
        else None
    )


def _day(value: str) -> datetime | None:
    found = _DAY.fullmatch(value.strip())
    if found is None or found[2].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(found[2].lower()) + 1
    day, year, hour, minute = (int(found[number]) for number in (1, 3, 4, 5))
    try:
        return datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None
