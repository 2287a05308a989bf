"""Rows that break a rule of their table are set aside with the reason, and counted.

What belongs here: telling good rows from bad ones by the table's schema. What does not: the rules
themselves (each table's own file).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from showlist_assets.domain.states import BY_CODE
from showlist_assets.domain.tables.columns import of_several_states, polars_schema
from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.domain.tables.rejected_rows import UNKNOWN_STATE, RejectedRows

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class CheckedRows:
    """The good rows of a table, and those set aside (a ``RejectedRows`` frame)."""

    good: pl.DataFrame
    rejected: pl.DataFrame


def check_rows(table: str, frame: pl.DataFrame, *, at: datetime) -> CheckedRows:
    """Split ``frame``, rows of ``table`` of any states, into good rows and rejected ones.

    Types are cast where that loses nothing; a value that cannot be cast is a broken rule like any
    other. Rows of a state that share a key are all set aside: nobody can say which of them is
    right.

    Raises:
        dataframely.exc.SchemaError: a column is missing altogether.
        polars.exceptions.InvalidOperationError: no value of a column's type can be cast.
    """
    schema = TABLES[table]
    columns = schema.column_names()
    # Casting and filtering hold every column twice, which a nation's answers would feel.
    fits = dict(frame.schema) == dict(polars_schema(schema))
    if fits and of_several_states(schema).is_valid(frame):
        return CheckedRows(frame.select(columns), no_rejected_rows())
    kept, failure = of_several_states(schema).filter(frame, cast=not fits)
    good, invalid = kept.select(columns), failure.invalid().select(columns)
    if invalid.is_empty():
        return CheckedRows(good, no_rejected_rows())
    broken = failure.details().select(pl.exclude(invalid.columns))
    rows = [
        rejected_row(
            state=row.get("state"),
            table=table,
            reason=_in_words(rules),
            row=row,
            at=at,
        )
        for row, rules in zip(invalid.to_dicts(), broken.to_dicts(), strict=True)
    ]
    return CheckedRows(good, rejected_frame(rows))


def rejected_row(
    *, state: str | None, table: str, reason: str, row: object, at: datetime
) -> dict[str, Any]:
    """One row of ``RejectedRows``."""
    return {
        "state": state if state in BY_CODE else UNKNOWN_STATE,
        "table": table,
        "reason": reason,
        "row": _as_json(row),
        "rejected_at": at,
    }


def _as_json(row: object) -> str:
    # JSON may hold half of a surrogate pair, which no file can.
    return json.dumps(row, default=str, ensure_ascii=False).encode(errors="replace").decode()


def rejected_frame(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """``rows`` as a ``RejectedRows`` frame, typed even when there are none."""
    return pl.DataFrame(list(rows), schema=polars_schema(RejectedRows))


def no_rejected_rows() -> pl.DataFrame:
    """An empty ``RejectedRows`` frame."""
    return rejected_frame([])


# The names are dataframely's own, COLUMN|RULE (stated in test_upstream_facts.py).
_RULES = {
    "nullability": "must not be empty",
    "primary_key": "the key occurs more than once",
    "min": "is too small",
    "max": "is too large",
    "dtype": "has the wrong type",
    "nan": "is not a number",
    "inf": "is infinite",
    "check__not_blank": "must not be blank",
    "check__known_value": "is not one of the allowed values",
}


def _in_words(rules: dict[str, Any]) -> str:
    broken = [name for name, verdict in rules.items() if str(verdict) == "invalid"]
    return "; ".join(_rule_in_words(name) for name in broken) or "breaks the table's schema"


def _rule_in_words(name: str) -> str:
    column, _, rule = name.rpartition("|")
    words = _RULES.get(rule, rule.replace("_", " "))
    return f"{column} {words}" if column else words
