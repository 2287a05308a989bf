"""Reports of several sources become plays, each once: the interval rule.

A source that tells an end and a length tells an interval. Two intervals of one track are one play
if they overlap by more than half, or have one length and overlap at all, or have one length and
ends of a minute, of which one is told to the minute only; every other source tells a point, which
belongs to the interval of its track that holds it. Points without one open their own. The rule and
its figures: docs/taste.md.

What belongs here: which reports are one play, and what is said of it. What does not: which reports
are about one track (``track_keys``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from hashlib import sha256
from heapq import heappop, heappush
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.listening.track_keys import name_keys, same_tracks
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listens import Listens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Milliseconds. What the rule allows clocks to differ by, and a minute that was cut off.
_NEAR: Final = 20_000
_SAME_LENGTH_NEAR: Final = 61_000
_MINUTE: Final = 60_000
# Ends are told in whole seconds: two plays in a row may seem to overlap by as much.
_ROUNDED: Final = 2_000
# Nobody plays a song twice, for thirty seconds each, within less.
_TOLD_TWICE: Final = 30_000
_USUAL_LENGTH: Final = 210_000
# Nobody hears more songs within forty seconds.
_MOST_AT_ONCE: Final = 50
_A_BATCH: Final = 20_000
# Whose word on ids and lengths counts first: who knows the track itself, and who has it from whom.
_SOURCES: Final = (
    "spotify_export", "spotify_poll", "spotify_account", "listenbrainz", "lastfm", "maloja",
)  # fmt: skip
# Spotify's files name the album's artist, which may be nobody.
_NOBODY: Final = "various artists"
# Of a report, in no play.
_NEVER_SAID: Final = ("import_id", "received_at", "reason_end")
_ONE_WORD: Final = (
    "spotify_track_id", "isrc", "recording_mbid", "duration_ms", "track_name", "album_name",
    "context_uri", "skipped",
)  # fmt: skip


@dataclass(slots=True)
class _Row:
    """A report in milliseconds; ``again`` are those that tell the same once more."""

    row: int
    at: int
    end: int
    ms_played: int | None
    length: int
    late: int
    source: str
    means: str
    again: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Play:
    """Milliseconds since 1970; ``told`` are the sources that told a point within it.

    ``late`` is by how much it may have ended later than told; ``minute_end`` is the end that a
    source tells to the minute, also where another tells it exactly; ``ends_firmly`` is of a point
    that tells the end, so that the start is what was assumed.
    """

    start: int
    end: int
    length: int
    is_exact: bool
    late: int = 0
    minute_end: int | None = None
    ends_firmly: bool = False
    rows: list[int] = field(default_factory=list)
    told: tuple[str, ...] = ()

    @property
    def latest(self) -> int:
        return self.end + self.late


def merge_reports(reports: pl.DataFrame) -> pl.DataFrame:
    """The plays (``Listens``) of which ``reports`` (``ListenReports``) tell, in order of time.

    Neither the order of the rows nor the imports that they came with make a difference.
    """
    if reports.is_empty():
        return Listens.create_empty()
    rows = reports.drop(_NEVER_SAID).sort("source", "source_key", "occurrence")
    # Where nobody else holds them: there may be hundreds of thousands.
    del reports
    names = name_keys(rows)
    plays = _plays(_timed(rows, same_tracks(rows, names)), names)
    named = rows.with_columns(name_key=names)
    # All at once they take several times the room of the plays.
    batches = (plays[start : start + _A_BATCH] for start in range(0, len(plays), _A_BATCH))
    listens = pl.concat([_listens(named, batch) for batch in batches])
    if listens["listen_id"].n_unique() == len(listens):
        return listens
    return listens.unique("listen_id", keep="first", maintain_order=True)


def _timed(rows: pl.DataFrame, tracks: pl.Series) -> pl.DataFrame:
    """Per row: number, track, source, start and end (where told), at, length, and means."""
    at = pl.col("reported_at").dt.epoch("ms")
    offline = pl.col("offline_at").dt.epoch("ms")
    first, last = rows["reported_at"].min(), rows["reported_at"].max()
    # Sources write zeros and nonsense there, also of plays that were not offline; of those that
    # were, `reported_at` is the upload.
    heard_ms = pl.col("ms_played").fill_null(0)
    was_offline = pl.col("offline_at").is_between(pl.lit(first), pl.lit(last)) & ~(
        offline.is_between(at - heard_ms - _MINUTE, at + _MINUTE)
    )
    # Nobody says which instant of the play it is.
    late = pl.when(was_offline).then(heard_ms).when(pl.col("reported_means") == "minute_end")
    is_interval = pl.col("source").is_in(["spotify_export", "spotify_account"])
    length = pl.col("duration_ms").fill_null(pl.col("ms_played"))
    usual = length.median().over("track").fill_null(_USUAL_LENGTH).cast(pl.Int64)
    return (
        rows.with_columns(tracks)
        .with_row_index("row")
        .with_columns(
            end=pl.when(was_offline).then(offline).otherwise(at),
            late=late.then(_MINUTE).otherwise(0).cast(pl.Int64),
            at=at,
            is_interval=is_interval & pl.col("ms_played").is_not_null(),
            length=length.fill_null(usual),
        )
        .select(
            "row", "track", "source", "end", "at", "is_interval", "length", "ms_played", "late",
            means=pl.col("reported_means"),
        )
    )  # fmt: skip


def _plays(timed: pl.DataFrame, names: pl.Series) -> list[_Play]:
    """Every play, with the numbers of its rows."""
    intervals = dict(
        _by_track(timed.filter("is_interval").sort("track", "end", "ms_played", "row"))
    )
    # A poll knows the length of what it tells; what it opens, others' points may join.
    rank = pl.col("source").replace_strict({one: at for at, one in enumerate(_SOURCES)})
    points = dict(_by_track(timed.filter(~pl.col("is_interval")).sort("track", rank, "at", "row")))
    del timed
    plays: list[_Play] = []
    for track in sorted({*intervals, *points}):
        # What is not needed any more goes at once: there may be hundreds of thousands.
        found = _united(intervals.pop(track, ()))
        plays += _with_points(found, points.pop(track, ()))
    return _one_after_another(_with_renamed(plays, names))


def _by_track(timed: pl.DataFrame) -> Iterator[tuple[int, list[_Row]]]:
    columns = ("row", "at", "end", "ms_played", "length", "late", "source", "means")
    for track, *lists in timed.group_by("track", maintain_order=True).agg(*columns).iter_rows():
        yield track, [_Row(*each) for each in zip(*lists, strict=True)]


def _united(rows: Iterable[_Row]) -> list[_Play]:
    """The plays of the intervals of one track, which come in the order of their ends."""
    plays: list[_Play] = []
    for row in rows:
        length = row.ms_played or 0
        same = _same_play(plays, row, length)
        if same is None:
            same = _Play(row.end - length, row.end, length, is_exact=True, late=row.late)
            plays.append(same)
        elif row.late < same.late:
            same.start, same.end, same.length = row.end - length, row.end, length
            same.late = row.late
        if row.means == "minute_end" and same.minute_end is None:
            same.minute_end = row.end
        same.rows.append(row.row)
    return plays


def _same_play(plays: list[_Play], row: _Row, length: int) -> _Play | None:
    for play in reversed(plays):
        if _is_same(play, row, length):
            return play
        if play.end < row.end - length - _SAME_LENGTH_NEAR:
            return None
    return None


def _is_same(play: _Play, row: _Row, length: int) -> bool:
    end = play.end
    if row.means == "minute_end" and play.minute_end is not None:
        # A file tells each play once: its own minutes tell them apart.
        end = play.minute_end
    elif (
        play.length == length
        # One of them does not say when exactly it ended.
        and play.late != row.late
        and abs(end - row.end) <= _SAME_LENGTH_NEAR
    ):
        return True
    overlap = min(end, row.end) - max(end - play.length, row.end - length)
    # Spotify's files repeat rows within a minute; a song on repeat begins when it has ended.
    is_repeated = play.length == length and not play.late and not row.late and overlap > _ROUNDED
    return is_repeated or 2 * overlap > min(play.length, length)


def _with_points(plays: list[_Play], rows: Iterable[_Row]) -> list[_Play]:
    """The plays of one track, with the points of each source, in the order of time."""
    for source, told in groupby(rows, key=attrgetter("source")):
        plays.sort(key=attrgetter("latest", "start"))
        held: dict[str, _Held] = {}
        opened: list[_Play] = []
        for point in _told_once(told):
            # The means, too: a listener may have two clients that tell one service.
            if point.means not in held:
                # A start to the minute may be of a play that began later in it.
                early = _MINUTE if point.means == "minute_start" else 0
                held[point.means] = _Held(plays, early)
            play = held[point.means].first_to_end(point.at)
            if play is None:
                play = _opened(point)
                opened.append(play)
            play.told = (*play.told, f"{source} {point.means}")
            play.rows += (point.row, *point.again)
        plays += opened
    return plays


class _Held:
    """Which of ``plays``, in the order of their ends, hold an instant: each is given once.

    Instants come in order of time; a play holds those that are ``early`` milliseconds before it.
    """

    def __init__(self, plays: list[_Play], early: int) -> None:
        self._plays, self._before = plays, _NEAR + early
        self._begun: list[int] = []
        self._to_begin = sorted(
            range(len(plays)), key=lambda number: plays[number].start, reverse=True
        )

    def first_to_end(self, at: int) -> _Play | None:
        """The first to end of those that hold ``at`` and were not given yet."""
        plays, begun, to_begin = self._plays, self._begun, self._to_begin
        while to_begin and plays[to_begin[-1]].start - self._before <= at:
            heappush(begun, to_begin.pop())
        while begun:
            play = plays[heappop(begun)]
            if play.latest >= at - _NEAR:
                return play
        return None


def _told_once(rows: Iterable[_Row]) -> list[_Row]:
    """The points of one source, in order; one that it tells again is the same."""
    kept: dict[str, _Row] = {}
    found: list[_Row] = []
    for row in rows:
        before = kept.get(row.means)
        if before is not None and row.at - before.at < _TOLD_TWICE:
            before.again.append(row.row)
            continue
        kept[row.means] = row
        found.append(row)
    return found


def _opened(point: _Row) -> _Play:
    length = max(point.length, _TOLD_TWICE)
    is_end = point.means in ("end", "minute_end") or point.source == "spotify_poll"
    start = point.at - length if is_end else point.at
    late = _MINUTE if point.means == "minute_start" else 0
    return _Play(start, start + length, length, is_exact=False, late=late, ends_firmly=is_end)


def _with_renamed(plays: list[_Play], names: pl.Series) -> list[_Play]:
    """Plays, in order, each point of another name of the song with the play that it is of.

    A source may know a song by a title that no rule foresees. Nobody plays two songs at once, so
    the artist and the time are enough; a play of which the source tells already is another one.
    """
    exact = _Exact([one for one in plays if one.is_exact])
    kept = list(exact.plays)
    rest = (one for one in plays if not one.is_exact)
    for play in sorted(rest, key=attrgetter("start", "end", "rows")):
        other = _under_another_name(play, exact, names)
        if other is None:
            kept.append(play)
            continue
        other.rows += play.rows
        other.told = (*other.told, *play.told)
    return sorted(kept, key=attrgetter("start", "end", "rows"))


class _Exact:
    """Plays of whatever tracks, in the order of their ends, by either end."""

    def __init__(self, plays: list[_Play]) -> None:
        self.plays = sorted(plays, key=attrgetter("end", "start", "rows"))
        self._ends = [play.end for play in self.plays]
        self._by_start = sorted(range(len(plays)), key=lambda number: self.plays[number].start)
        self._starts = [self.plays[number].start for number in self._by_start]

    def near(self, at: int) -> Iterator[_Play]:
        """Those that begin or end near ``at``."""
        ending = range(*_near(self._ends, at))
        first, last = _near(self._starts, at)
        for number in sorted({*ending, *self._by_start[first:last]}):
            yield self.plays[number]


def _near(times: list[int], at: int) -> tuple[int, int]:
    first = bisect_left(times, at - _NEAR)
    return first, min(bisect_right(times, at + _NEAR), first + _MOST_AT_ONCE)


def _under_another_name(play: _Play, exact: _Exact, names: pl.Series) -> _Play | None:
    is_start = any(teller.endswith(("start", "unsure")) for teller in play.told)
    for other in exact.near(play.start if is_start else play.end):
        if not set(other.told) & set(play.told) and _are_related(play, other, names):
            return other
    return None


def _one_after_another(plays: list[_Play]) -> list[_Play]:
    """``plays``, in order, of which those of an assumed length end where the next begins.

    Two that a source told exactly may overlap still: the checks of the table tell.
    """
    before: _Play | None = None
    for play in plays:
        if before is not None and before.end > play.start:
            _part(before, play)
        if before is None or play.end > before.end:
            before = play
    return sorted(plays, key=attrgetter("start", "end", "rows"))


def _part(before: _Play, after: _Play) -> None:
    cuts_before = not before.is_exact and not (before.ends_firmly and after.ends_firmly)
    if cuts_before and (after.is_exact or not before.ends_firmly):
        before.end = max(after.start, before.start + _TOLD_TWICE)
    elif not after.is_exact:
        after.start = min(before.end, after.end - _TOLD_TWICE)


def _are_related(play: _Play, other: _Play, names: pl.Series) -> bool:
    one, two = (names[each.rows[0]].partition("\n") for each in (play, other))
    return bool(one[0] == two[0] or one[2] == two[2])


def _listens(rows: pl.DataFrame, plays: list[_Play]) -> pl.DataFrame:
    """What is said of each play: of every column, the word of whoever knows best."""
    numbered = pl.DataFrame(
        {
            "play": [number for number, play in enumerate(plays) for _ in play.rows],
            "row": [row for play in plays for row in play.rows],
        },
        schema={"play": pl.Int64, "row": pl.UInt32},
    )
    rank = pl.col("source").replace_strict({one: at for at, one in enumerate(_SOURCES)})
    told = (
        rows[numbered["row"]]
        .with_columns(numbered["play"])
        .sort("play", rank, "reported_at", "source_key", "occurrence")
    )
    best = told.group_by("play", maintain_order=True).agg(
        *(pl.col(name).drop_nulls().first() for name in _ONE_WORD),
        *(
            pl.col(name).filter(pl.col(name).list.len() > 0).first().fill_null([])
            for name in ("artist_mbids", "spotify_artist_ids")
        ),
        pl.col("ms_played").max(),
        artist_name=_named_artist(),
        sources=pl.col("source").unique(maintain_order=True),
        name_key=pl.col("name_key").first(),
    )
    times = pl.DataFrame(
        {
            "play": range(len(plays)),
            "started_at": [play.start for play in plays],
            "ended_at": [play.end for play in plays],
            "exact": ["interval" if play.is_exact else "point" for play in plays],
        },
        schema={
            "play": pl.Int64, "started_at": pl.Int64, "ended_at": pl.Int64, "exact": pl.String,
        },
    )  # fmt: skip
    instants = pl.from_epoch(pl.col("started_at", "ended_at"), "ms").dt.replace_time_zone("UTC")
    return _identified(best.join(times.with_columns(instants), on="play"))


def _named_artist() -> pl.Expr:
    name = pl.col("artist_name")
    somebody = name.filter(name.str.to_lowercase() != _NOBODY)
    return pl.coalesce(somebody.first(), name.first())


def _identified(plays: pl.DataFrame) -> pl.DataFrame:
    by = (
        pl.when(pl.col("spotify_track_id").is_not_null())
        .then(pl.lit("id"))
        .when(pl.col("isrc").is_not_null())
        .then(pl.lit("isrc"))
        .when(pl.col("recording_mbid").is_not_null())
        .then(pl.lit("mbid"))
        .otherwise(pl.lit("name"))
    )
    known = pl.coalesce("spotify_track_id", "isrc", "recording_mbid", "name_key")
    keyed = plays.with_columns(identified_by=by).with_columns(
        track_key=pl.concat_str("identified_by", known, separator=":")
    )
    ids = [
        sha256(f"{key}|{start.isoformat()}".encode()).hexdigest()
        for key, start in keyed.select("track_key", "started_at").iter_rows()
    ]
    listens = keyed.with_columns(listen_id=pl.Series(ids, dtype=pl.String))
    return listens.select(
        pl.col(name).cast(dtype) for name, dtype in polars_schema(Listens).items()
    )
