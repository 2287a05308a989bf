"""Files of what somebody listened to, added to their history: nobody is asked anything.

What belongs here: which file becomes which import, and the account of every row. What does not:
reading files (``sources.listening_files``), what is new (``history``), and words (``cli``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl

from showlist_assets.domain.listening.reports import as_reports
from showlist_assets.domain.quantities import counted
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listening_imports import ListeningImports
from showlist_assets.services.listening.history import Told
from showlist_assets.sources.listening_files.archives import Refused, files_in
from showlist_assets.sources.listening_files.contents import ListeningFileError
from showlist_assets.sources.listening_files.reading import EXPECTED, is_known, read_plays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from showlist_assets.services.listening.history import ListeningHistory
    from showlist_assets.sources.listening_files.archives import Found, Opened
    from showlist_assets.sources.listening_files.contents import Counted, Liked, Plays

# A clock that is fast by some hours is no reason to lose a play.
_FAST: Final = timedelta(days=1)


@dataclass(frozen=True)
class BadRows:
    """The rows of a file that could not be read: their numbers from 1, and what these count."""

    numbers: tuple[int, ...]
    counted: Counted


@dataclass
class Imported:
    """What came of an import.

    Attributes:
        files: A row of ``ListeningImports`` for each file that was read.
        bad_rows: Of the files in which a row could not be read, by ``import_id``.
        refused: Why something that was named was not read, a sentence each.
        others: Names of files in folders and zips that tell of no plays.
        liked: Artists by name, of whom the listener loves more songs than they hate, or fewer.
        listens: How many plays are known of the listener now.
        new_listens: How many of them were not known before.
    """

    files: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=polars_schema(ListeningImports))
    )
    bad_rows: dict[str, BadRows] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    liked: dict[str, bool] = field(default_factory=dict)
    listens: int = 0
    new_listens: int = 0


def import_files(
    paths: Sequence[Path | Opened],
    account: str,
    history: ListeningHistory,
    *,
    now: datetime,
    report: Callable[[str], None] = lambda _: None,
) -> Imported:
    """Add what the files of ``paths`` tell to the history of ``account``: all of them, or none.

    What cannot be read costs only itself, and is told in what is returned.

    Args:
        paths: Files, zips, folders and open files, in any order.
        account: Whose.
        history: Of all listeners.
        now: When they are read (UTC).
        report: Is called with the name of each file that is read.

    Raises:
        ListeningFileError: nothing of it could be used.
        AccountError, StorageError: the history cannot be read or written.
    """
    came = Imported()
    imports, liked = _read(paths, came, now, report)
    if not imports:
        raise ListeningFileError(
            " ".join(came.refused)
            or f"Nothing there tells of plays: what can be read is {EXPECTED}."
        )
    # Of files that tell the same, the same one is first whatever their order.
    imports.sort(key=lambda one: one[1].import_id)
    with history.alone(account):
        before = history.read(account, "listens").height
        came.files = history.add_all(account, imports).sort("file_name", "import_id")
        imports.clear()
        came.listens = history.rebuild(account).height
    came.new_listens = came.listens - before
    came.liked = _artists_of(liked, history.read(account, "listen_reports")) if liked else {}
    return came


def _read(
    paths: Sequence[Path | Opened], came: Imported, now: datetime, report: Callable[[str], None]
) -> tuple[list[tuple[pl.DataFrame, Told]], list[Liked]]:
    """What the files of ``paths`` tell; what tells nothing is noted in ``came``."""
    imports: list[tuple[pl.DataFrame, Told]] = []
    liked: list[Liked] = []
    for found in (one for path in paths for one in files_in(path, is_known)):
        if isinstance(found, Refused):
            came.refused.append(found.words)
            continue
        plays = None
        if found.content is not None:
            report(found.name)
            plays = read_plays(found.content, now + _FAST)
        if plays is None:
            _note_other(found.name, came, is_named=found.is_named)
        elif told := _told(found, plays, came):
            imports.append((_reports(plays, told, now), told))
            liked += plays.liked
    return imports, liked


def _note_other(name: str, came: Imported, *, is_named: bool) -> None:
    if not is_named:
        came.others.append(name)
        return
    # Once is enough, of however many files.
    is_told = any(EXPECTED in sentence for sentence in came.refused)
    expected = "" if is_told else f": what can be read is {EXPECTED}"
    came.refused.append(f"{name} tells of no plays{expected}.")


def _told(found: Found, plays: Plays, came: Imported) -> Told | None:
    """The account of a file; None, noted in ``came``, where not one row of it could be read."""
    if plays.read and plays.read == len(plays.bad_rows) and not plays.liked:
        rows = counted(plays.read, plays.counted)
        came.refused.append(
            f"{found.name} is damaged: none of its {rows} can be read. Download it again."
        )
        return None
    digest = sha256(found.content or b"").hexdigest()
    import_id = sha256(f"{digest}\n{plays.source}".encode()).hexdigest()[:16]
    if plays.bad_rows:
        came.bad_rows[import_id] = BadRows(plays.bad_rows, plays.counted)
    return Told(
        import_id=import_id,
        source=plays.source,
        rows=plays.read,
        file_name=found.name,
        sha256=digest,
        too_short=plays.too_short,
        not_music=plays.not_music,
        incognito=plays.incognito,
        bad_rows=len(plays.bad_rows),
    )


def _reports(plays: Plays, told: Told, now: datetime) -> pl.DataFrame:
    return as_reports(plays.rows, source=plays.source, import_id=told.import_id, received_at=now)


def _artists_of(liked: Iterable[Liked], reports: pl.DataFrame) -> dict[str, bool]:
    """Of the artists of songs that were played, by name: whether more are loved than hated.

    Of each song the last word counts. ListenBrainz knows verdicts on songs only; as many loved as
    hated say nothing of an artist.
    """
    songs = reports.drop_nulls("recording_mbid").group_by("recording_mbid")
    names = dict(songs.agg(pl.col("artist_name").min()).iter_rows())
    scores: dict[str | None, int] = {}
    for one in sorted(liked, key=lambda one: (one.said_at, one.score)):
        scores[one.recording_mbid] = one.score
    sums: dict[str, int] = {}
    for recording, score in scores.items():
        if recording in names:
            sums[names[recording]] = sums.get(names[recording], 0) + score
    return {artist: score > 0 for artist, score in sorted(sums.items()) if score}
