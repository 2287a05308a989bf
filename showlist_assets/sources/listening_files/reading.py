"""Which kind of file it is, told by its content: names change from year to year.

What belongs here: telling the kinds apart. What does not: what a row means (a file per kind beside
this one) and opening files (``archives``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from showlist_assets.sources.listening_files import lastfm, listenbrainz, maloja, spotify
from showlist_assets.sources.listening_files.texts import beginning, csv_rows, decoded

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from showlist_assets.sources.listening_files.contents import Plays

EXPECTED: Final = (
    "Spotify's extended streaming history or account data, ListenBrainz' export, Last.fm's plays "
    "as CSV, JSON or .scrobbler.log, or Maloja's export"
)
"""What can be read, in a person's words."""

HEAD: Final = 65_536
"""How many of a file's first bytes tell what it is."""

# The first row may be one that cannot be read, or a name for the columns.
_FIRST_ROWS: Final = 5


@dataclass(frozen=True)
class _Json:
    """A kind of JSON: what it has near its beginning, and who reads it."""

    keys: tuple[str, ...]
    read: Callable[[str, datetime], Plays]


_KINDS: Final = (
    _Json(("ts", "ms_played"), spotify.read_extended),
    _Json(("endTime", "msPlayed"), spotify.read_account),
    _Json(("listened_at", "track_metadata"), listenbrainz.read_listens),
    _Json(("score", "recording_msid"), listenbrainz.read_feedback),
    _Json(("score", "recording_mbid"), listenbrainz.read_feedback),
    _Json(("scrobbles", "time", "track"), maloja.read),
    _Json(("date", "uts", "artist"), lastfm.read_json),
)


def is_known(head: bytes) -> bool:
    """Whether a file with these first bytes is of a kind that tells of plays."""
    return _reader_of(head) is not None


def read_plays(content: bytes, until: datetime) -> Plays | None:
    """The plays of a file before ``until``; None where it is of no kind that tells of any."""
    read = _reader_of(content[:HEAD])
    return read(decoded(content), until) if read else None


def _reader_of(head: bytes) -> Callable[[str, datetime], Plays] | None:
    begin = beginning(head)
    if begin.startswith(("[", "{")):
        kinds = (one for one in _KINDS if all(_has_key(begin, key) for key in one.keys))
        return next((one.read for one in kinds), None)
    if begin.startswith(lastfm.LOG_BEGINNING):
        return lastfm.read_log
    rows = [row for _, row in islice(csv_rows(begin), _FIRST_ROWS)]
    if rows and lastfm.is_header(rows[0]):
        return lastfm.read_csv
    return lastfm.read_csv_without_header if any(map(lastfm.is_bare_row, rows)) else None


def _has_key(text: str, key: str) -> bool:
    # Within a string, a quote has a backslash.
    return re.search(rf'(?<!\\)"{key}"\s*:', text) is not None
