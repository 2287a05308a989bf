"""What listeners may like of what is on: counts alone are told here."""

# Dagster reads the annotation of a resource unevaluated, so annotations are not postponed here.
from collections.abc import Iterator

import dagster as dg

from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.listening_checks import SHOW_TASTE_CHECKS, show_taste_results
from showlist_assets.defs.partitions import listeners_partitions
from showlist_assets.defs.plain_text import plain_text
from showlist_assets.defs.table_asset import OWNERS
from showlist_assets.wiring import Platform


@dg.multi_asset(
    name="taste_and_show_taste",
    partitions_def=listeners_partitions,
    # Both come of one refresh: what is asked for the one is what the other is made of.
    specs=[
        dg.AssetSpec(
            "taste",
            deps=["listens"],
            description="How much each artist counts for a listener, by what they play and what "
            "they said; encrypted. Nobody is named here.",
            group_name="recommendations",
            kinds={"polars", "parquet"},
            owners=OWNERS,
            code_version="1",
        ),
        dg.AssetSpec(
            "show_taste",
            deps=[
                "taste",
                dg.AssetDep("upcoming_shows", partition_mapping=dg.AllPartitionMapping()),
            ],
            description="How well each performer of an upcoming show fits a listener, and on what "
            "that rests; encrypted. Asks ListenBrainz who is played by the same people, a bounded "
            "number of calls each time.",
            group_name="recommendations",
            kinds={"polars", "parquet"},
            owners=OWNERS,
            code_version="1",
        ),
    ],
    check_specs=SHOW_TASTE_CHECKS,
)
def taste_and_show_taste(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> Iterator[dg.MaterializeResult]:
    """Ask what is due, and write both tables."""
    with as_dagster_failure():
        done = platform.tastes.refresh(context.partition_key)
    for trouble in done.troubles:
        context.log.warning(plain_text(trouble))
    yield dg.MaterializeResult(
        asset_key="taste",
        metadata={"artists": done.artists, "ids_asked": done.ids.asked, "ids_left": done.ids.left},
    )
    yield dg.MaterializeResult(
        asset_key="show_taste",
        metadata={
            "performers": done.performers,
            **{
                f"by_{basis.replace('-', '_')}": done.by_basis.get(basis, 0)
                for basis in ("known", "co-listening", "genre", "none")
            },
            "neighbours_asked": done.neighbours.asked,
            "neighbours_left": done.neighbours.left,
            "troubles": len(done.troubles),
        },
        check_results=show_taste_results(done.by_basis),
    )
