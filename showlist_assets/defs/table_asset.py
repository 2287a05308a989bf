"""What all six tables share as Dagster assets, said once: ``@table_asset``, and ``publish``.

What belongs here: partitions, checks, freshness, retries, metadata. What does not: what a table
holds (``domain``) and how it is made (``assets``).

Retries exist at three levels, and they multiply: the HTTP client tries a request a few times
within seconds (``http.session``); the asset is tried again here after 2.5 s, doubling five times
(both are settings); Dagster restarts a run whose process died (``dagster.yaml``). What trying again
cannot mend is raised as a ``dg.Failure`` that allows no retry.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg
import dataframely as dy
import polars as pl

from showlist_assets.defs import checks
from showlist_assets.defs.column_metadata import definition_metadata
from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.partitions import states_partitions
from showlist_assets.defs.previews import preview
from showlist_assets.domain.tables import quality
from showlist_assets.domain.tables.measures import Numbers, measures
from showlist_assets.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from showlist_assets.storage.tables import TableStore

OWNERS = ["team:showlist"]
GROUP = "showlist"

# Refreshed by Monday noon in New York, by a schedule that starts at nine.
WEEKLY = dg.FreshnessPolicy.cron(
    deadline_cron="0 12 * * 1",
    lower_bound_delta=timedelta(hours=12),
    timezone="America/New_York",
)

# Dagster compares a value of an untyped output with `!=`, which a Polars 2 frame refuses.
STATE_FRAME = dg.DagsterType(
    name="StateFrame",
    type_check_fn=lambda _, value: isinstance(value, pl.DataFrame),
    description="A Polars frame with a column `state`.",
)


def table_asset(
    *,
    kinds: set[str],
    code_version: str,
    pool: str | None = None,
    deps: list[dg.AssetKey] | None = None,
) -> Callable[[Callable[..., dg.MaterializeResult]], dg.AssetsDefinition]:
    """An asset whose name is a table of ``domain.tables.schemas``, partitioned by state.

    The docstring of the function is the description in the UI.
    """
    settings = load_settings()

    def decorate(function: Callable[..., dg.MaterializeResult]) -> dg.AssetsDefinition:
        table = function.__name__
        with warnings.catch_warnings():
            # Runs of several states need `backfill_policy`, which is in beta for @asset alone.
            warnings.simplefilter("ignore", dg.BetaWarning)
            return dg.asset(
                partitions_def=states_partitions,
                backfill_policy=dg.BackfillPolicy.multi_run(settings.states_per_run),
                check_specs=checks.check_specs(table),
                code_version=code_version,
                dagster_type=STATE_FRAME,
                deps=deps,
                freshness_policy=WEEKLY,
                group_name=GROUP,
                io_manager_key="tables_io",
                kinds=kinds,
                metadata=definition_metadata(table),
                owners=OWNERS,
                pool=pool,
                retry_policy=dg.RetryPolicy(
                    max_retries=settings.retries,
                    delay=settings.retry_delay_seconds,
                    backoff=dg.Backoff.EXPONENTIAL,
                ),
            )(_with_plain_failures(function))

    return decorate


def _with_plain_failures(
    function: Callable[..., dg.MaterializeResult],
) -> Callable[..., Iterator[dg.AssetCheckResult | dg.MaterializeResult]]:
    """``function``, with a foreseen failure told in its own words instead of a stack trace."""

    @functools.wraps(function)
    def step(*args: Any, **kwargs: Any) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        with as_dagster_failure():
            result = function(*args, **kwargs)
        if result.value is None:
            yield from _refused(result)
        else:
            yield result

    # Dagster reads the annotation of `context` unevaluated, and refuses a string.
    step.__signature__ = inspect.signature(function, eval_str=True)  # type: ignore[attr-defined]
    return step


def _refused(result: dg.MaterializeResult) -> Iterator[dg.AssetCheckResult]:
    """The checks of a table that may not be written; nothing counts as materialized.

    Raises:
        dg.Failure: always, once they are recorded. Trying again would meet the same rows.
    """
    yield from result.check_results or ()
    faults = [
        f"{state}: {fault}"
        for check in result.check_results or ()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
        for state, fault in dict(check.metadata["faults"].value).items()  # type: ignore[arg-type]
    ]
    raise dg.Failure(
        f"The table was refused and the partitions stay as they were. {'; '.join(faults)}. The "
        "source or the code that reads it has changed: see the asset's checks.",
        allow_retries=False,
    )


def publish(
    context: dg.AssetExecutionContext,
    store: TableStore,
    frame: pl.DataFrame,
    *,
    at: datetime,
    rejected: pl.DataFrame | None = None,
    stale: Mapping[str, str] | None = None,
    numbers: Mapping[str, Any] | None = None,
    state_numbers: Mapping[str, Numbers] | None = None,
) -> dg.MaterializeResult:
    """Set bad rows aside, judge the rest, and hand it to the IO manager with its metadata.

    Args:
        context: Of the asset being materialized: names the table and the states.
        store: Takes the rows that are set aside.
        frame: The new rows of all states of the run.
        at: When (UTC).
        rejected: ``RejectedRows`` that were set aside before.
        stale: States whose last good rows are in ``frame``, and why there are no newer ones.
        numbers: Further metadata of the run as a whole; give the same keys every time.
        state_numbers: Further numbers of each state, for its plots and for the expectations.
    """
    table = context.asset_key.path[-1]
    batch = _Batch(table, stale or {})
    before = quality.no_rejected_rows() if rejected is None else rejected
    batch.judge(context.partition_keys, frame, before, at)
    for state, further in (state_numbers or {}).items():
        batch.numbers.setdefault(state, {}).update(further)
    blocked = bool(batch.schema_faults or batch.key_faults)
    context.log.info(batch.in_words())
    if not blocked:
        for state, rows in batch.rejected.items():
            store.write_rejected(table, state, rows)
    for state, values in () if blocked else batch.numbers.items():
        context.add_asset_metadata(
            {
                "dagster/partition_row_count": batch.rows[state],
                "preview": dg.MetadataValue.md(batch.previews[state]),
                "path": dg.MetadataValue.path(store.uri(table, state)),
                **values,
            },
            partition_key=state,
        )
    return dg.MaterializeResult(
        value=None if blocked else batch.good,
        metadata={
            "states": ", ".join(context.partition_keys),
            **(numbers or {}),
            **({"stale_states": dict(batch.stale)} if batch.stale else {}),
        },
        check_results=[
            checks.blocking_result(table, checks.SCHEMA, batch.schema_faults),
            checks.blocking_result(table, checks.KEYS, batch.key_faults),
            *checks.expectation_results(table, batch.numbers),
        ],
    )


class _Batch:
    """The states of one run, judged together: a key counts within its state."""

    def __init__(self, table: str, stale: Mapping[str, str]) -> None:
        self.table, self.stale = table, stale
        self.good: pl.DataFrame | None = None
        self.rejected: dict[str, pl.DataFrame] = {}
        self.numbers: dict[str, Numbers] = {}
        self.rows: dict[str, int] = {}
        self.previews: dict[str, str] = {}
        self.schema_faults: dict[str, str] = {}
        self.key_faults: dict[str, str] = {}

    def in_words(self) -> str:
        """One line for the log: rows, and rows set aside."""
        rejected = sum(frame.height for frame in self.rejected.values())
        aside = f", {rejected} set aside" if rejected else ""
        states = f"{len(self.rows)} states" if len(self.rows) != 1 else next(iter(self.rows))
        return f"{sum(self.rows.values())} rows for {states}{aside}"

    def judge(
        self, states: Sequence[str], frame: pl.DataFrame, before: pl.DataFrame, at: datetime
    ) -> None:
        """Judge the rows of ``states``; ``before`` holds what was set aside earlier."""
        of_states = pl.col("state").is_in(list(states))
        try:
            rows = quality.check_rows(self.table, frame.filter(of_states), at=at)
        except (dy.exc.SchemaError, pl.exceptions.PolarsError) as error:
            self.schema_faults |= dict.fromkeys(states, str(error).splitlines()[0])
            return
        self.good = rows.good
        for state in states:
            here = pl.col("state") == state
            rejected = rows.rejected.filter(here)
            self._count_doubles(state, rejected)
            self._add(state, rows.good.filter(here), pl.concat([before.filter(here), rejected]))

    def _count_doubles(self, state: str, rejected: pl.DataFrame) -> None:
        doubles = rejected.filter(pl.col("reason").str.contains("key occurs more than once"))
        if doubles.height:
            self.key_faults[state] = f"{doubles.height} rows share a key"

    def _add(self, state: str, good: pl.DataFrame, rejected: pl.DataFrame) -> None:
        if not checks.most_rows_hold(good.height, rejected.height):
            reasons = rejected.get_column("reason").unique(maintain_order=True).head(3).to_list()
            self.schema_faults[state] = (
                f"{rejected.height} of {rejected.height + good.height} rows break a rule: "
                + "; ".join(reasons)
            )
        self.rejected[state] = rejected
        self.rows[state] = good.height
        self.previews[state] = preview(self.table, good)
        self.numbers[state] = {
            **measures(self.table, good),
            "rejected_rows": rejected.height,
            "stale": int(state in self.stale),
        }
