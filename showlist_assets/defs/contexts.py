"""What a step is told of its run, also where the asset is called directly.

An asset is a function: a test calls it with ``dg.build_asset_context()`` and frames. Dagster 1.13's
contexts for that know no run and no retry, and take no metadata of a partition; here is what stands
in for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Dagster 1.13 has no public way to ask how a context was made.
from dagster._core.execution.context.invocation import DirectAssetExecutionContext

if TYPE_CHECKING:
    from collections.abc import Mapping

    import dagster as dg

OF_PARTITIONS = "of_partitions"
"""Where a directly called asset's result holds what is said of each partition."""


def is_called_directly(context: dg.AssetExecutionContext) -> bool:
    """Whether the asset is called as a function, outside any run."""
    return isinstance(context, DirectAssetExecutionContext)


def run_tag(context: dg.AssetExecutionContext, name: str) -> str | None:
    """A tag of the run; None where it has none of that name."""
    if is_called_directly(context):
        return context.op_execution_context.run_tags.get(name)
    return context.run.tags.get(name)


def run_id(context: dg.AssetExecutionContext) -> str:
    """The run's id; words that say so where there is none."""
    # `run` cannot be read outside a run, and `run_id` is deprecated.
    return "called directly" if is_called_directly(context) else context.run.run_id


def attempts_before(context: dg.AssetExecutionContext) -> int:
    """How often the step has been tried before."""
    # A direct context has no attempts: `retry_number` is an AttributeError.
    return 0 if is_called_directly(context) else context.op_execution_context.retry_number


def partition_metadata(
    context: dg.AssetExecutionContext, of_state: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Say ``of_state`` of each partition; returns what the result itself has to say."""
    if is_called_directly(context):
        return {OF_PARTITIONS: of_state}
    for state, metadata in of_state.items():
        context.add_asset_metadata(metadata, partition_key=state)
    return {}
