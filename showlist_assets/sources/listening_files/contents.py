"""What was read of one file of plays, whoever wrote it.

What belongs here: what all kinds of files share, and why a row is no play. What does not: the
fields of any one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from showlist_assets.domain.listening.reports import SHORTEST_PLAY_MS
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listen_reports import ListenReports
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Counted = Literal["row", "line"]

LONGEST_MS: Final = 86_400_000
"""No play is longer than a day."""

# Last.fm's forerunner began then: nobody wrote down earlier what they played.
_FIRST: Final = datetime(2002, 1, 1, tzinfo=UTC)
_A_BATCH: Final = 20_000
_FROM_ELSEWHERE: Final = ("source", "source_key", "occurrence", "import_id", "received_at")
_COLUMNS: Final = {
    "number": pl.UInt32(),
    **{
        name: dtype
        for name, dtype in polars_schema(ListenReports).items()
        if name not in _FROM_ELSEWHERE
    },
}


class ListeningFileError(ShowlistError):
    """Nothing of what was named can be used; the message names it and says what was expected."""


@dataclass(frozen=True)
class Liked:
    """What the listener thinks of a song, as ListenBrainz keeps it.

    Attributes:
        recording_mbid: The song; None where ListenBrainz does not know it.
        score: 1 loved, -1 hated, 0 neither any more.
        said_at: Seconds since 1970.
    """

    recording_mbid: str | None
    score: int
    said_at: int


@dataclass(frozen=True, kw_only=True)
class Plays:
    """The plays of one file. Every row that was read is in ``rows`` or in one of the counts.

    Attributes:
        source: As ``ListenReports.source``.
        rows: For ``as_reports``: plays of songs of at least thirty seconds.
        read: All rows.
        too_short: Plays of less than thirty seconds.
        not_music: Podcasts, audiobooks, videos and the listener's own files.
        incognito: Plays in a private session.
        bad_rows: The numbers of rows that could not be read, from 1.
        counted: What ``bad_rows`` counts.
        liked: Songs that the listener said something of.
    """

    source: str
    rows: pl.DataFrame
    read: int
    too_short: int = 0
    not_music: int = 0
    incognito: int = 0
    bad_rows: tuple[int, ...] = ()
    counted: Counted = "row"
    liked: tuple[Liked, ...] = ()


def at_second(value: object) -> datetime | None:
    """The instant ``value`` seconds after 1970; None where that is none within any calendar."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def gathered(
    source: str,
    values: Iterable[tuple[int, Any]],
    read: Callable[[Any], Mapping[str, Any] | None],
    until: datetime,
    *,
    counted: Counted = "row",
) -> Plays:
    """What ``read`` makes of each of the numbered ``values``: columns of a report, or None."""
    frames: list[pl.DataFrame] = []
    rows: list[dict[str, Any]] = []
    unread: list[int] = []
    for number, value in values:
        row = read(value)
        if row is None:
            unread.append(number)
            continue
        rows.append({"number": number, **row})
        if len(rows) == _A_BATCH:
            frames.append(_frame(rows))
            rows = []
    told = pl.concat([*frames, _frame(rows)])
    return replace(sorted_out(source, told, until, unread=unread), counted=counted)


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    columns = {name: [row.get(name) for row in rows] for name in _COLUMNS}
    return pl.DataFrame(columns, schema=_COLUMNS)


def sorted_out(
    source: str,
    rows: pl.DataFrame,
    until: datetime,
    *,
    is_incognito: pl.Expr | None = None,
    is_not_music: pl.Expr | None = None,
    unread: Iterable[int] = (),
) -> Plays:
    """``rows`` with those that are no play taken off, each counted for its first reason.

    Args:
        source: As ``ListenReports.source``.
        rows: Columns of ``ListenReports``, and ``number``, that of the row in its file.
        until: Nobody can have played anything later.
        is_incognito: Whether it was played in a private session.
        is_not_music: Whether it is no song.
        unread: Numbers of rows that are not among ``rows`` because nothing of them could be read.
    """
    nothing = pl.lit(value=False)
    is_possible = pl.col("reported_at").is_between(pl.lit(_FIRST), pl.lit(until)) & pl.col(
        "ms_played"
    ).is_between(0, LONGEST_MS).fill_null(value=True)
    why = (
        pl.when(is_incognito if is_incognito is not None else nothing)
        .then(pl.lit("incognito"))
        .when(is_not_music if is_not_music is not None else nothing)
        .then(pl.lit("not music"))
        .when(~is_possible.fill_null(value=False))
        .then(pl.lit("bad"))
        .when(pl.col("ms_played") < SHORTEST_PLAY_MS)
        .then(pl.lit("too short"))
    )
    told = rows.with_columns(why=why)
    counts = dict(told.group_by("why").len().iter_rows())
    bad = {*told.filter(pl.col("why") == "bad")["number"], *unread}
    return Plays(
        source=source,
        rows=told.filter(pl.col("why").is_null()).drop("why", "number"),
        read=len(rows) + len(bad) - counts.get("bad", 0),
        too_short=counts.get("too short", 0),
        not_music=counts.get("not music", 0),
        incognito=counts.get("incognito", 0),
        bad_rows=tuple(sorted(bad)),
    )
