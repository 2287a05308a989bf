"""ListenBrainz' exports: ``listens/YYYY/M.jsonl`` and ``feedback.jsonl``, formerly one array.

What belongs here: the files around the documents. What does not: what a listen's document means
(``sources.listenbrainz.reader``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from showlist_assets.sources.json_values import mapping, whole
from showlist_assets.sources.listenbrainz.reader import mbid, report_of
from showlist_assets.sources.listening_files.contents import Liked, Plays, at_second, gathered
from showlist_assets.sources.listening_files.texts import is_array, json_elements, json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def read_listens(text: str, until: datetime) -> Plays:
    """The plays of a file: an array, or a listen a line."""
    if is_array(text):
        return gathered("listenbrainz", json_elements(text), report_of, until)
    return gathered("listenbrainz", json_lines(text), report_of, until, counted="line")


def read_feedback(text: str, until: datetime) -> Plays:
    """No plays, but what the listener thinks of songs."""
    values = list(_values(text))
    liked = {number: found for number, value in values if (found := _liked(value))}
    bad = tuple(number for number, value in values if number not in liked)
    nothing = gathered("listenbrainz", (), report_of, until, counted="line")
    # What is said of a song is no row of an account of plays.
    return replace(nothing, read=len(bad), bad_rows=bad, liked=tuple(liked.values()))


def _values(text: str) -> Iterator[tuple[int, Any]]:
    return json_elements(text) if is_array(text) else json_lines(text)


def _liked(value: object) -> Liked | None:
    row = mapping(value)
    score, at = whole(row.get("score")), at_second(row.get("created"))
    if score not in (-1, 0, 1):
        return None
    # A recording that ListenBrainz itself does not know stays without a word.
    return Liked(mbid(row.get("recording_mbid")), score, int(at.timestamp()) if at else 0)
