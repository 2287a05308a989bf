"""Neighbours of artists from co-listening that an operator may lawfully use.

What belongs here: reading the files, and keeping what was learnt. What does not: the model
(``domain.recommendations.models``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from showlist_assets.domain.quantities import counted
from showlist_assets.domain.recommendations.models.artist_model import fit_artist_model
from showlist_assets.domain.recommendations.show_scores import LOCAL
from showlist_assets.domain.tables.columns import polars_schema
from showlist_assets.domain.tables.similarity.artist_factors import ArtistFactors
from showlist_assets.domain.tables.similarity.artist_neighbours import ArtistNeighbours
from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from showlist_assets.domain.recommendations.local_scores import ArtistModel
    from showlist_assets.services.taste.shared_tables import SharedTables

LEAST_LISTENERS: Final = 20
"""Of fewer, a list of neighbours would be one person's records."""
MOST_ARTISTS: Final = 30_000
"""So that a listener's scores take seconds, and a gigabyte at most."""
_COLUMNS: Final = {"listener": pl.String, "artist_mbid": pl.String}


class TrainingError(ShowlistError):
    """The files cannot be learnt from; the words say which and why."""


@dataclass(frozen=True)
class Trained:
    """What was learnt from.

    Attributes:
        listeners: How many people.
        artists: How many artists the model knows now.
        unreadable: Lines of JSON that are no listens, or tell no artist.
    """

    listeners: int
    artists: int
    unreadable: int


class LocalModel:
    """Learns from files, and keeps what it learnt beside what a service told."""

    def __init__(self, tables: SharedTables, *, clock: Callable[[], datetime]) -> None:
        """Read nothing yet."""
        self._tables, self._clock = tables, clock

    def train(self, files: Sequence[Path]) -> Trained:
        """Learn from all of ``files`` together; what was learnt before is replaced.

        Raises:
            TrainingError: a file cannot be read, or there are too few listeners.
            MissingExtraError: the extra "recommendations" is not installed.
            StorageError: the model cannot be kept.
        """
        read = [co_listening_of(file) for file in files]
        plays = pl.concat([frame for frame, _ in read]).unique()
        listeners = plays["listener"].n_unique()
        if listeners < LEAST_LISTENERS:
            raise TrainingError(
                f"The files tell of {counted(listeners, 'listener')}: at least {LEAST_LISTENERS} "
                "are needed to learn who is played together with whom."
            )
        model = fit_artist_model(_best_known(plays.rename({"artist_mbid": "artist"})))
        at = self._clock()
        # Each fit has points of its own: those of another mean nothing beside them.
        self._tables.overwrite("artist_factors", _factors(model, at))
        self._tables.replace("artist_neighbours", _neighbours(model, at), on="algorithm")
        return Trained(listeners, len(model.factors), sum(lost for _, lost in read))


def co_listening_of(file: Path) -> tuple[pl.DataFrame, int]:
    """Listener and artist_mbid of a file, and how many of its lines could not be read.

    Parquet and CSV have these two columns; every other file is taken for listens of ListenBrainz,
    as its dumps have them, one JSON object a line.

    Raises:
        TrainingError: it cannot be read, or is something else.
    """
    try:
        if file.suffix == ".parquet":
            return _typed(pl.scan_parquet(file), file), 0
        if file.suffix == ".csv":
            return _typed(pl.scan_csv(file, infer_schema=False), file), 0
        return _of_listens(file)
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise TrainingError(f"{file} cannot be read: {error}") from None


def _typed(frame: pl.LazyFrame, file: Path) -> pl.DataFrame:
    missing = [name for name in _COLUMNS if name not in frame.collect_schema()]
    if missing:
        raise TrainingError(f"{file} has no column {' and no column '.join(missing)}.")
    named = frame.select(pl.col(name).cast(dtype) for name, dtype in _COLUMNS.items())
    return named.drop_nulls().unique().collect()


def _of_listens(file: Path) -> tuple[pl.DataFrame, int]:
    rows: set[tuple[str, str]] = set()
    lost = 0
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            found = set(_artists_of(line))
            lost += not found and bool(line.strip())
            rows |= found
    if not rows:
        raise TrainingError(
            f"{file} has no listens of known artists: Parquet or CSV with the columns listener and "
            "artist_mbid is expected, or unpacked JSON lines of ListenBrainz."
        )
    return pl.DataFrame(sorted(rows), schema=_COLUMNS, orient="row"), lost


def _artists_of(line: str) -> Iterator[tuple[str, str]]:
    """Listener and artist, of each artist of one listen; none where it cannot be read."""
    try:
        listen: Any = json.loads(line)
        told = listen["track_metadata"]
        listener = listen.get("user_id", listen.get("user_name"))
        mapped = told.get("mbid_mapping") or {}
        submitted = told.get("additional_info") or {}
        artists = mapped.get("artist_mbids") or submitted.get("artist_mbids") or []
        if listener is not None and isinstance(artists, list):
            yield from ((str(listener), one) for one in artists if isinstance(one, str) and one)
    except (ValueError, KeyError, TypeError, AttributeError):
        return


def _best_known(plays: pl.DataFrame) -> pl.DataFrame:
    """``plays`` of at most ``MOST_ARTISTS``, those whom most listeners play.

    An artist of a single listener stays: of who plays in a small room often nobody knows more.
    """
    known = plays.group_by("artist").len().sort("len", "artist", descending=[True, False])
    return plays.join(known.head(MOST_ARTISTS), on="artist", how="semi")


def _neighbours(model: ArtistModel, at: datetime) -> pl.DataFrame:
    schema = polars_schema(ArtistNeighbours)
    told = model.neighbours.select(
        "score",
        artist_mbid="artist",
        neighbour_mbid="neighbour",
        neighbour_name=pl.lit(None, pl.String),
        algorithm=pl.lit(LOCAL),
        fetched_at=pl.lit(at).cast(schema["fetched_at"]),
    )
    return told.select(schema.names()).cast(schema)


def _factors(model: ArtistModel, at: datetime) -> pl.DataFrame:
    schema = polars_schema(ArtistFactors)
    told = model.factors.select("factors", artist_mbid="artist", fitted_at=pl.lit(at))
    return told.select(schema.names()).cast(schema)
