"""From the rows that an asset made to what Dagster records of them.

What belongs here: judging rows, setting bad ones aside, check results, metadata, and that a table
which may not be written is a failure and no materialization. What does not: how the rows are made
(``defs.assets``) and written (``defs.io_managers``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dagster as dg
import dataframely as dy
import polars as pl

from showlist_assets.defs import checks
from showlist_assets.defs.contexts import partition_metadata
from showlist_assets.defs.previews import previews
from showlist_assets.domain.quantities import counted
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.by_state import rows_by_state
from showlist_assets.domain.tables.expectations import most_rows_hold
from showlist_assets.domain.tables.measures import Numbers, measures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from showlist_assets.storage.tables import TableStore


@dataclass(frozen=True)
class NewRows:
    """What an asset made for the states of a run.

    Attributes:
        frame: The new rows of all states.
        rejected: ``RejectedRows`` that were set aside before.
        stale: States whose last good rows are in ``frame``, and why there are no newer ones.
        missing: States whose events were never fetched: their nothing is not "no shows". None: as
            is known of them from before the run.
        of_state: Further metadata of each state's partition; numbers are plotted, and expectations
            look at them. Give the same keys every time.
        of_run: What can only be said of the run as a whole, such as calls spent.
        once_written: Called when the rows are stored; never where they are refused.
    """

    frame: pl.DataFrame
    rejected: pl.DataFrame | None = None
    stale: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] | None = None
    of_state: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    of_run: Mapping[str, Any] = field(default_factory=dict)
    once_written: Callable[[], None] | None = None


def publish(
    context: dg.AssetExecutionContext, made: NewRows, *, store: TableStore, at: datetime
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
    """Set bad rows aside, judge the rest, and hand it to the IO manager with its metadata.

    Metadata of a partition speak of that partition alone. What is said of the run is an observation
    of the asset, which stands in the run's log.

    Args:
        context: Of the asset being materialized: names the table and the states.
        made: The new rows.
        store: Takes the rows that are set aside.
        at: When (UTC).

    Raises:
        dg.Failure: the table is refused. The failed checks are recorded; nothing else is.
    """
    table, states = context.asset_key.path[-1], context.partition_keys
    judged = _Judgement(table, made, states, at)
    context.log.info(judged.in_words())
    # An output's own metadata would be repeated for every partition of the run.
    if made.of_run:
        context.log_event(
            dg.AssetObservation(
                asset_key=context.asset_key,
                description=f"Of the whole run ({counted(len(states), 'state')})",
                metadata=dict(made.of_run),
            )
        )
    blocking = checks.blocking_results(
        context.instance,
        table,
        states,
        schema_faults=judged.schema_faults,
        key_faults=judged.key_faults,
    )
    if judged.frame is None or judged.schema_faults or judged.key_faults:
        yield from blocking
        # Raised, without a value: nothing is recorded as materialized (docs/adr/0015).
        raise _refusal(judged)
    # Only now: a refused table leaves the rows set aside before as they were, too.
    store.write_rejected(table, judged.rejected)
    of_partitions = {
        state: {
            # Of the partition: `dagster/row_count` would claim to be the table's.
            "dagster/partition_row_count": judged.rows[state],
            "preview": dg.MetadataValue.md(judged.previews[state]),
            # What a person reads comes before what the UI plots: it shows them in this order.
            **judged.to_read(state),
            **_why_old(made.stale.get(state)),
            # The same keys each time, as numbers: the UI draws a line per key.
            **judged.numbers[state],
            "path": dg.MetadataValue.path(store.uri(table, state)),
        }
        for state in states
    }
    yield dg.MaterializeResult(
        value=judged.frame, metadata=partition_metadata(context, of_partitions)
    )
    # Dagster comes back for the next result when it has stored this one.
    if made.once_written:
        made.once_written()
    # All of them at once, so that they are stored at once.
    yield from [*blocking, *checks.expectation_results(context.instance, table, judged.numbers)]


def _refusal(judged: _Judgement) -> dg.Failure:
    """What is told of a table that may not be written; trying again would meet the same rows."""
    faults = {**judged.key_faults, **judged.schema_faults}
    told = "; ".join(f"{state}: {fault}" for state, fault in faults.items())
    return dg.Failure(
        f"The table was refused and its partitions stay as they were. {told}. The source, or the "
        "code that reads it, has changed: see the asset's checks and the rows set aside.",
        allow_retries=False,
    )


class _Judgement:
    """The rows of one run by state, judged together: a key counts within its state."""

    def __init__(self, table: str, made: NewRows, states: Sequence[str], at: datetime) -> None:
        self._table, self._made = table, made
        self.frame: pl.DataFrame | None = None
        self.rejected: dict[str, pl.DataFrame] = {}
        self.numbers: dict[str, Numbers] = {}
        self.rows: dict[str, int] = {}
        self.previews: dict[str, str] = {}
        self.schema_faults: dict[str, str] = {}
        self.key_faults: dict[str, str] = {}
        self._judge(states, at)

    def in_words(self) -> str:
        """One line for the log: rows, and rows set aside."""
        rejected = sum(frame.height for frame in self.rejected.values())
        aside = f", {rejected} set aside" if rejected else ""
        states = next(iter(self.rows)) if len(self.rows) == 1 else counted(len(self.rows), "state")
        return f"{counted(sum(self.rows.values()), 'row')} for {states}{aside}"

    def to_read(self, state: str) -> dict[str, Any]:
        """What the asset says of the state beside numbers."""
        further = self._made.of_state.get(state, {})
        return {name: value for name, value in further.items() if not _is_number(value)}

    def _judge(self, states: Sequence[str], at: datetime) -> None:
        of_states = pl.col("state").is_in(list(states))
        before = self._made.rejected
        before = quality.no_rejected_rows() if before is None else before
        try:
            rows = quality.check_rows(self._table, _only(self._made.frame, of_states), at=at)
        except (dy.exc.SchemaError, pl.exceptions.PolarsError) as error:
            self.schema_faults |= dict.fromkeys(states, str(error).splitlines()[0])
            return
        self.frame = rows.good
        self.previews = previews(self._table, rows.good, states)
        good, earlier = rows_by_state(rows.good, states), rows_by_state(before, states)
        for state, rejected in rows_by_state(rows.rejected, states).items():
            self._count_doubles(state, rejected)
            self._add(state, good[state], pl.concat([earlier[state], rejected]))

    def _count_doubles(self, state: str, rejected: pl.DataFrame) -> None:
        if rejected.is_empty():
            return
        doubles = rejected.filter(pl.col("reason").str.contains("key occurs more than once"))
        if doubles.height:
            self.key_faults[state] = f"{counted(doubles.height, 'row shares', 'rows share')} a key"

    def _add(self, state: str, good: pl.DataFrame, rejected: pl.DataFrame) -> None:
        if not most_rows_hold(good.height, rejected.height):
            reasons = rejected.get_column("reason").unique(maintain_order=True).head(3).to_list()
            self.schema_faults[state] = (
                f"{rejected.height} of {rejected.height + good.height} rows break a rule: "
                + "; ".join(reasons)
            )
        self.rejected[state] = rejected
        self.rows[state] = good.height
        further = self._made.of_state.get(state, {})
        self.numbers[state] = {
            **measures(self._table, good),
            **{name: value for name, value in further.items() if _is_number(value)},
            "rejected_rows": rejected.height,
            "kept_from_earlier_answers": int(state in self._made.stale),
            "never_fetched": int(state in (self._made.missing or ())),
        }


def _only(frame: pl.DataFrame, wanted: pl.Expr) -> pl.DataFrame:
    """The rows that are ``wanted``; ``frame`` itself where all are, as a filter copies them."""
    return frame if frame.select(wanted.all()).item() else frame.filter(wanted)


def _why_old(reason: str | None) -> dict[str, str]:
    return {"why_kept_from_earlier_answers": reason} if reason is not None else {}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))
