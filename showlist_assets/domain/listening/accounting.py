"""What became of every play that was ever told: known by an id or a name, not found, not music.

What belongs here: the account. What does not: the ids (``services.listening.recordings``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from showlist_assets.domain.tables.listening.listens import IDENTIFIED_BY

NOT_FOUND: Final = "not found"
ENDS: Final = (*IDENTIFIED_BY, NOT_FOUND, "not music", "too short")
"""Where a play ends: Spotify's id, ISRC, MBID, a name that nobody was asked about yet, a name that
ListenBrainz does not know, or no play of a song at all."""
_MOST_PLAYED: Final = 20


@dataclass(frozen=True)
class Accounting:
    """Where the plays of a listener ended.

    Attributes:
        plays: Of songs, each once.
        by: How many ended where, in the order of ``ENDS``; all of them are there.
        unknown: Artist, title and number of plays of those not found, the most played first.
    """

    plays: int
    by: dict[str, int]
    unknown: tuple[tuple[str, str, int], ...]

    @property
    def told(self) -> int:
        """All rows that any source told and that were read, each play once."""
        return sum(self.by.values())

    def share(self, end: str) -> float:
        """Which share of ``told`` ended so; 0 where nothing was told."""
        return self.by[end] / self.told if self.told else 0.0


def account_for(
    listens: pl.DataFrame, recording_ids: pl.DataFrame, imports: pl.DataFrame
) -> Accounting:
    """The account of ``Listens``, with ``RecordingIds`` and ``ListeningImports``."""
    asked = recording_ids.select("track_key", found="recording_mbid", was_asked=pl.lit(value=True))
    by_name = pl.col("identified_by") == "name"
    ended = listens.join(asked, on="track_key", how="left", maintain_order="left").with_columns(
        end=pl.when(by_name & pl.col("found").is_not_null())
        .then(pl.lit("mbid"))
        .when(by_name & pl.col("was_asked"))
        .then(pl.lit(NOT_FOUND))
        .otherwise("identified_by")
    )
    counts = dict(ended.group_by("end").len().iter_rows())
    by = {end: counts.get(end, 0) for end in ENDS}
    by["not music"] = int(imports["not_music"].sum())
    by["too short"] = int(imports["too_short"].sum())
    return Accounting(len(listens), by, _most_played_unknown(ended))


def _most_played_unknown(ended: pl.DataFrame) -> tuple[tuple[str, str, int], ...]:
    plays = (
        ended.filter(pl.col("end") == NOT_FOUND)
        .group_by("track_key")
        .agg(pl.col("artist_name", "track_name").first(), plays=pl.len())
        .sort("plays", "track_key", descending=[True, False])
        .head(_MOST_PLAYED)
    )
    return tuple(plays.select("artist_name", "track_name", "plays").iter_rows())
