"""What listeners play: counts alone are told here, because Dagster is not theirs alone."""

# Dagster reads the annotation of a resource unevaluated, so annotations are not postponed here.
import dagster as dg

from showlist_assets.defs.failures import as_dagster_failure
from showlist_assets.defs.listening_checks import LISTENS_CHECKS, listens_results
from showlist_assets.defs.partitions import listeners_partitions
from showlist_assets.defs.plain_text import plain_text
from showlist_assets.defs.table_asset import OWNERS
from showlist_assets.domain.listening.accounting import account_for
from showlist_assets.wiring import Platform


@dg.asset(
    partitions_def=listeners_partitions,
    kinds={"polars", "parquet"},
    owners=OWNERS,
    group_name="listening",
    code_version="1",
)
def listen_reports(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult:
    """What each source told of a listener's plays, added to and never changed, and encrypted.

    Asks ListenBrainz and Spotify for what is new, as far as the listener has connected them; a
    source that does not answer costs only what it would have told. Files come in by the command
    showlist import.
    """
    account = context.partition_key
    with as_dagster_failure():
        synced = platform.listening_sync.sync(account)
        reports = platform.listening.read(account, "listen_reports").height
    for source, trouble in synced.troubles.items():
        context.log.warning(f"{source}: {plain_text(trouble)}")
    return dg.MaterializeResult(
        metadata={
            "reports": reports,
            "told": sum(synced.returned.values()),
            "new": sum(synced.added.values()),
            "sources_that_failed": len(synced.troubles),
            "more_is_waiting": synced.unfinished,
        }
    )


@dg.asset(
    partitions_def=listeners_partitions,
    deps=[listen_reports],
    check_specs=LISTENS_CHECKS,
    kinds={"polars", "parquet"},
    owners=OWNERS,
    group_name="listening",
    code_version="1",
)
def listens(
    context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
) -> dg.MaterializeResult:
    """A listener's plays, each once, whoever told of it; made anew of all reports, and encrypted.

    Says where every play ended: known by an id or by its name, not found, not music, too short.
    The songs themselves are told by the command showlist listening alone.
    """
    account = context.partition_key
    with as_dagster_failure():
        plays = platform.listening.rebuild(account)
        looked_up = platform.recording_lookups.ask(account)
        read = platform.listening.read
        ended = account_for(
            plays, read(account, "recording_ids"), read(account, "listening_imports")
        )
        gaps = read(account, "listening_gaps")
    if looked_up.trouble:
        context.log.warning(plain_text(looked_up.trouble))
    by_end = {f"{end.replace(' ', '_')}_share": round(ended.share(end), 4) for end in ended.by}
    return dg.MaterializeResult(
        metadata={
            "plays": ended.plays,
            **by_end,
            "gaps_open": gaps["closed_by"].null_count(),
            "songs_asked_for": looked_up.asked,
            "songs_found": looked_up.found,
            "songs_waiting": looked_up.left,
        },
        check_results=listens_results(plays, ended, platform.now()),
    )
