"""The decisions of before with those of a run, by the way that copies the fewest of the heavy rows.

Apart from ``due``, as whoever reads decisions without the rules of their table needs it too.
"""

from __future__ import annotations

import polars as pl

from showlist_assets.domain.tables.by_state import rows_by_state


def with_decisions(
    decisions: pl.DataFrame, new: pl.DataFrame, *, instead_of: pl.DataFrame | None = None
) -> pl.DataFrame:
    """``MatchedArtists`` of both by state and performer; of a state without news no copy is made.

    Args:
        decisions: The heavy rows, of which those of a state stand together.
        new: Of other performers.
        instead_of: Rows of ``decisions`` that are left out, at least ``state`` and
            ``performer_key``.
    """
    key = ["state", "performer_key"]
    gone = decisions.select(key).clear() if instead_of is None else instead_of.select(key)
    changed = {*gone.get_column("state").unique(), *new.get_column("state").unique()}
    states = sorted(changed.union(decisions.get_column("state").unique()))
    rows, news = rows_by_state(decisions, states), rows_by_state(new, states)
    parts = [decisions.clear()]
    for state in states:
        part = rows[state]
        if state in changed:
            part = pl.concat([part.join(gone, on=key, how="anti"), news[state]])
        is_sorted = part.get_column("performer_key").is_sorted()
        parts.append(part if is_sorted else part.sort("performer_key"))
    return pl.concat(parts)
