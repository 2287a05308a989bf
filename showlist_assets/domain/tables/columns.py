"""What the tables' columns are made of, declared once: the kinds of column that tables share.

What belongs here: kinds of column, and what any table's schema tells. What does not: a single
table's columns (a file each beside this one) and the list of all tables (``registry``).

Conventions: ``*_at`` is an instant in UTC; ``*_local`` is the wall clock at the venue, without a
zone, beside ``venue_timezone``; prices are US dollars, fees as the source tells them; a null means
that the source does not know. ``metadata={"from": [...]}`` names the upstream columns
(``table.column``) from which a column is made: column lineage derives from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import dataframely as dy
import polars as pl

from showlist_assets.domain.states import BY_CODE


def made_from(*columns: str) -> dict[str, Any]:
    """Metadata of a column: the upstream columns (``table.column``) that it is made from."""
    return {"from": list(columns)}


def before_it_came(value: Any) -> dict[str, Any]:
    """Metadata of a column that came later: what rows have that were written before."""
    return {"from": [], "before": value}


def one_of(allowed: Iterable[str]) -> dict[str, Any]:
    """The check of a column that holds only words of ours; ``allowed`` is read at each check."""
    return {"known_value": lambda col: col.is_in(list(allowed))}


def _not_blank(col: pl.Expr) -> pl.Expr:
    return col.str.strip_chars().str.len_chars() > 0


def utc(description: str, *upstream: str, nullable: bool = False) -> dy.Datetime:
    """An instant."""
    return dy.Datetime(
        nullable=nullable,
        # DuckDB's timestamp with a time zone has no finer unit.
        time_unit="us",
        time_zone="UTC",
        description=description,
        metadata=made_from(*upstream),
    )


def state_code(*upstream: str) -> dy.String:
    """The column that every table begins with."""
    return dy.String(
        nullable=False,
        check=one_of(BY_CODE),
        description="The state (USPS code, or a code of another country's) whose partition the row "
        "belongs to.",
        metadata=made_from(*upstream),
    )


def unit_interval(description: str, *upstream: str) -> dy.Float64:
    """A share or a score, 0 to 1; may be unknown."""
    return dy.Float64(
        nullable=True, min=0.0, max=1.0, description=description, metadata=made_from(*upstream)
    )


def text(
    description: str, *upstream: str, nullable: bool = True, primary_key: bool = False
) -> dy.String:
    """A text, which may not be blank either where it may not be null."""
    return dy.String(
        nullable=nullable and not primary_key,
        primary_key=primary_key,
        check=None if nullable and not primary_key else {"not_blank": _not_blank},
        description=description,
        metadata=made_from(*upstream),
    )


def price(description: str, *upstream: str) -> dy.Float64:
    """An amount in US dollars; may be unknown."""
    return dy.Float64(
        nullable=True, min=0.0, description=description, metadata=made_from(*upstream)
    )


_FEATURES: Final[dict[str, tuple[str, float, float]]] = {
    "danceability": ("How fit for dancing, 0 to 1.", 0, 1),
    "energy": ("Perceived intensity and activity, 0 to 1.", 0, 1),
    # ReccoBeats says -1 where it detects none; its reader makes that null.
    "key": ("Pitch class of the key, 0 = C to 11 = B; null where undetected.", 0, 11),
    "loudness": ("Average loudness in decibels, usually -60 to 0.", -100, 20),
    "mode": ("1 for major, 0 for minor.", 0, 1),
    "speechiness": ("Share of spoken words, 0 to 1.", 0, 1),
    "acousticness": ("Confidence that the track is acoustic, 0 to 1.", 0, 1),
    "instrumentalness": ("Likelihood of no vocals, 0 to 1.", 0, 1),
    "liveness": ("Likelihood of a live audience, 0 to 1.", 0, 1),
    "valence": ("Musical positiveness, 0 (sad) to 1 (cheerful).", 0, 1),
    "tempo": ("Estimated beats per minute.", 0, 400),
}
FEATURE_NAMES: Final = tuple(_FEATURES)


def feature(name: str, table: str) -> dy.Column:
    """The column of one audio feature; ``table`` is the one it comes from."""
    description, low, high = _FEATURES[name]
    metadata = made_from(f"{table}.{name}")
    if name in ("key", "mode"):
        return dy.Int8(
            nullable=True, min=int(low), max=int(high), description=description, metadata=metadata
        )
    return dy.Float64(nullable=True, min=low, max=high, description=description, metadata=metadata)


@cache
def of_several_states(table: type[dy.Schema]) -> type[dy.Schema]:
    """The schema of a frame that holds several partitions of ``table``: keys count per state.

    Judging 17 states in one go costs a tenth of judging them one by one. The column ``state`` comes
    last.
    """
    # The same track, artist or performer may stand in several states.
    state = dy.String(primary_key=True, check=one_of(BY_CODE))
    return type(f"{table.__name__}OfStates", (table,), {"state": state})


@cache
def polars_schema(table: type[dy.Schema]) -> pl.Schema:
    """Column names and Polars types of ``table``, in order: what an empty frame of it has."""
    return table.create_empty().schema
