"""Stretches in which plays may have been missed, and which imports cover them.

What belongs here: when a look has come too late. What does not: when to look (``polling``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from showlist_assets.domain.listening.polling import LATEST, WALL
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listening_gaps import ListeningGaps

if TYPE_CHECKING:
    from collections.abc import Iterator

Reason = Literal["wall", "away", "consent", "delayed"]

# Looks that were due and were late by less are nobody's fault.
_LATE: Final = timedelta(hours=1)
# A file that tells of a play this near to either end of a gap was not cut off inside of it.
_COVERS: Final = timedelta(days=1)


@dataclass(frozen=True)
class Look:
    """One look at the recently played tracks.

    Attributes:
        at: When (UTC).
        returned: How many plays were told.
        new: Those that were not known.
        oldest_at: Of what was told.
        was_refused: Whether Spotify refused for want of a permission since the look before.
    """

    at: datetime
    returned: int
    new: int
    oldest_at: datetime | None = None
    was_refused: bool = False


def gap_after(
    look: Look,
    *,
    newest_known: datetime | None,
    last_look: datetime | None,
    due_at: datetime | None,
) -> pl.DataFrame:
    """The gap (``ListeningGaps``) that ``look`` tells of; no row where there is none.

    Args:
        look: The look.
        newest_known: The newest play that was known before it.
        last_look: When the one before was; None of the first, which misses nothing that was ours.
        due_at: When ``look`` was due.
    """
    is_wall = look.returned >= WALL and look.new >= look.returned
    if not is_wall or newest_known is None or last_look is None or look.oldest_at is None:
        return ListeningGaps.create_empty()
    reason: Reason = "wall"
    if look.was_refused:
        reason = "consent"
    elif due_at is not None and look.at - max(due_at, last_look) > max(_LATE, LATEST):
        reason = "away"
    return _gap(newest_known, max(look.oldest_at, newest_known), reason)


def delayed(polls: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """The gaps (``ListeningGaps``) of times in which Spotify was late to tell what was played.

    Two looks in a row or more told nothing new, and by now a play is known that had ended before
    the last but one of them: told by a later look, or by another source as one of Spotify's. What
    else was played then may have left the fifty untold. A silence counts once it has ended, so
    that it is one gap.

    Args:
        polls: ``ListeningPolls``, as far back as anything may still be told.
        reports: ``ListenReports``.
    """
    of_spotify = pl.col("spotify_track_id").is_not_null() | (pl.col("source") == "spotify_poll")
    told = reports.filter(of_spotify)["reported_at"]
    gaps = [
        _gap(spoke, silent[-1], "delayed")
        for spoke, silent in _silences(polls)
        if (told.is_between(spoke, silent[-2], closed="right")).any()
    ]
    return pl.concat(gaps) if gaps else ListeningGaps.create_empty()


def _silences(polls: pl.DataFrame) -> Iterator[tuple[datetime, list[datetime]]]:
    """Looks without anything new between two that had some, two at least, and the look before."""
    spoke: datetime | None = None
    silent: list[datetime] = []
    for polled_at, new in polls.sort("polled_at").select("polled_at", "new").iter_rows():
        if new == 0:
            silent.append(polled_at)
            continue
        if spoke is not None and len(silent) > 1:
            yield spoke, silent
        spoke, silent = polled_at, []


def _gap(since: datetime, until: datetime, reason: Reason) -> pl.DataFrame:
    text = f"{since.isoformat()}|{until.isoformat()}|{reason}"
    row = {
        "from_at": since,
        "gap_id": sha256(text.encode()).hexdigest(),
        "until_at": until,
        "reason": reason,
        "closed_by": None,
    }
    return pl.DataFrame([row], schema=polars_schema(ListeningGaps))


def closed(gaps: pl.DataFrame, imports: pl.DataFrame) -> pl.DataFrame:
    """``gaps`` with the first import that covers each: of a file or service without such a wall.

    Args:
        gaps: ``ListeningGaps``.
        imports: ``ListeningImports``.
    """
    whole = imports.filter(pl.col("source") != "spotify_poll").drop_nulls(["from_at", "until_at"])
    found = (
        gaps.select("gap_id", "from_at", "until_at")
        .join(
            whole.select("import_id", "imported_at", first="from_at", last="until_at"), how="cross"
        )
        .filter(
            pl.col("first") <= pl.col("from_at") + _COVERS,
            pl.col("last") >= pl.col("until_at") - _COVERS,
            # What was told before it was over cannot tell all of it.
            pl.col("imported_at") >= pl.col("until_at"),
        )
        .sort("imported_at", "import_id")
        .unique("gap_id", keep="first", maintain_order=True)
        .select("gap_id", covers="import_id")
    )
    return (
        gaps.join(found, on="gap_id", how="left", maintain_order="left")
        .with_columns(closed_by=pl.coalesce("closed_by", "covers"))
        .drop("covers")
    )
