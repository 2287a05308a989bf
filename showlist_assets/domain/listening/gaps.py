"""Stretches in which plays may have been missed, and which imports cover them.

What belongs here: when a look has come too late. What does not: when to look (``polling``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

import polars as pl

from showlist_assets.domain.listening.polling import LATEST, WALL
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.listening.listening_gaps import ListeningGaps

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


def delayed(since: datetime, until: datetime) -> pl.DataFrame:
    """The gap of a time in which Spotify told nothing while the listener played."""
    return _gap(since, until, "delayed")


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
