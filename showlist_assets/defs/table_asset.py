"""What all six tables share as Dagster assets, said once: ``@table_asset``.

What belongs here: partitions, checks, freshness, retries, metadata of the definition. What does
not: what a table holds (``domain``), how it is made (``defs.assets``) and what is recorded of it
(``defs.publishing``).

Retries exist at three levels, and they multiply: the HTTP client tries a request a few times
within seconds (``sources.http.session``); the asset is tried again (``defs.failures``), by default
after 2.5 s, doubling five times; Dagster restarts a run whose process died (``dagster.yaml``).
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import dagster as dg
import polars as pl

from showlist_assets.defs import checks
from showlist_assets.defs.column_metadata import definition_metadata
from showlist_assets.defs.failures import tried_again
from showlist_assets.defs.freed_memory import give_back
from showlist_assets.defs.io_managers import COLUMNS
from showlist_assets.defs.partitions import states_partitions
from showlist_assets.defs.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from showlist_assets.defs.publishing import NewRows
    from showlist_assets.wiring import Platform

# Dagster takes a team with this prefix, or an e-mail address.
OWNERS = ["team:showlist"]

# Refreshed by Monday noon in New York, by a schedule that starts at nine.
# Judged by the asset's last materialization, whichever state it was: one fresh state makes it
# green. What is stale of the others, `source_answered` says.
WEEKLY = dg.FreshnessPolicy.cron(
    deadline_cron="0 12 * * 1",
    lower_bound_delta=timedelta(hours=12),
    timezone="America/New_York",
)

# Of a table's rows: for less, a look at all that a run holds costs more than it brings.
_MANY_BYTES: Final = 10_000_000

# Dagster compares a value of an untyped output with `!=`, which a Polars 2 frame refuses.
STATE_FRAME = dg.DagsterType(
    name="StateFrame",
    type_check_fn=lambda _, value: isinstance(value, pl.DataFrame),
    description="A Polars frame with a column named state.",
)


def table_asset(
    *,
    group: str,
    kinds: set[str],
    code_version: str,
    pool: str | None = None,
    deps: list[dg.AssetKey] | None = None,
    columns: Mapping[str, Sequence[str]] | None = None,
) -> Callable[[Callable[..., NewRows]], dg.AssetsDefinition]:
    """An asset whose name is a table of ``domain.tables``, partitioned by state.

    The function takes the context, the frames it is made of by name, and ``platform``; it returns
    the rows of the run's states. Its docstring is the description in the UI. How many states a
    backfill's run covers is a setting, so ``definitions`` says it.

    Args:
        group: Of assets in the UI.
        kinds: What it is made with.
        code_version: Changes where the same frames make other rows.
        pool: Limits how many such steps run at once.
        deps: Assets that are no frames.
        columns: By the name of a frame, the columns of it that are read; of the others, all. A
            state's answers are heavy, and few ask for them.
    """

    def decorate(function: Callable[..., NewRows]) -> dg.AssetsDefinition:
        table = function.__name__
        return dg.asset(
            partitions_def=states_partitions,
            check_specs=checks.check_specs(table),
            code_version=code_version,
            dagster_type=STATE_FRAME,
            deps=deps,
            freshness_policy=WEEKLY,
            group_name=group,
            ins={
                name: dg.AssetIn(metadata={COLUMNS: list(wanted)})
                for name, wanted in (columns or {}).items()
            },
            io_manager_key="tables_io",
            kinds=kinds,
            # At definition: the standard keys of a run are not shown on the overview
            # (dagster#27706).
            metadata=definition_metadata(table),
            owners=OWNERS,
            # Limits to one asset at a time only because dagster.yaml has a default limit: a pool
            # without one limits nothing.
            pool=pool,
        )(_published(function))

    return decorate


def _published(
    function: Callable[..., NewRows],
) -> Callable[..., Iterator[dg.AssetCheckResult | dg.MaterializeResult]]:
    """``function`` as a step: its rows judged and recorded, its failures told in words."""
    signature = inspect.signature(function, eval_str=True)

    @functools.wraps(function)
    def step(*args: Any, **kwargs: Any) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        given = signature.bind(*args, **kwargs).arguments
        context = cast("dg.AssetExecutionContext", given["context"])
        platform = cast("Platform", given["platform"])
        settings = platform.settings
        with tried_again(context, times=settings.retries, after=settings.retry_delay_seconds):
            made = function(*args, **kwargs)
            if made.missing is None:
                missing = platform.fetch_record.missing(context.partition_keys)
                made = dataclasses.replace(made, missing=missing)
            yield from publish(context, made, store=platform.tables, at=platform.now())
        # It would be hundreds of megabytes of the next step's room.
        many = made.frame.estimated_size() > _MANY_BYTES
        del made
        if many:
            give_back()

    # Dagster reads the annotations of `context` and of resources unevaluated, and refuses a string.
    step.__signature__ = signature  # type: ignore[attr-defined]
    step.__annotations__ = {
        name: parameter.annotation for name, parameter in signature.parameters.items()
    }
    return step
