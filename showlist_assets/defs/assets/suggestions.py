"""Which songs listeners may like: counts alone are told here, because Dagster is not theirs."""

# Dagster reads the annotation of a resource unevaluated, so annotations are not postponed here.
import dagster as dg

from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.partitions import listeners_partitions
from showlist_assets.defs.plain_text import plain_text
from showlist_assets.defs.table_asset import OWNERS
from showlist_assets.wiring import Platform


@dg.asset(
    partitions_def=listeners_partitions,
    deps=["listens", "taste"],
    kinds={"polars", "parquet"},
    owners=OWNERS,
    group_name="recommendations",
    code_version="1",
)
def track_suggestions(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult:
    """Songs that people play who play what a listener played of late, encrypted.

    Asks ListenBrainz, a bounded number of calls each time, and for the songs' ids on Spotify, too;
    Spotify itself is asked nothing. A recipe with the field discover makes a playlist of them.
    """
    with as_dagster_failure():
        done = platform.suggestions.refresh(context.partition_key)
    for trouble in filter(None, (done.asked.trouble, done.trouble)):
        context.log.warning(plain_text(trouble))
    counts = {
        f"{status.replace(' ', '_')}_songs": done.by_status.get(status, 0)
        for status in ("id", "no id", "heard", "blocked")
    }
    return dg.MaterializeResult(
        metadata={
            "seeds": done.seeds,
            **counts,
            "neighbours_asked": done.asked.asked,
            "neighbours_left": done.asked.left,
        }
    )
