"""The schedules. They are off until an operator turns them on in the UI."""

# Dagster reads the annotation of a resource unevaluated, so annotations are not postponed here.
from collections.abc import Iterator

import dagster as dg
import polars as pl

from showlist_assets.defs.jobs import CALLS_TAG, catch_up_states, refresh_states
from showlist_assets.defs.partitions import range_tags, runs_around, state_ranges
from showlist_assets.domain.matching.backlog import pending_performers, share_out
from showlist_assets.wiring import Platform

_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dg.schedule(
    job=refresh_states,
    cron_schedule="0 9 * * 1",
    execution_timezone="America/New_York",
    description="Every Monday at nine in New York: all states, a few runs of several states each.",
)
def weekly_refresh(
    context: dg.ScheduleEvaluationContext, platform: dg.ResourceParam[Platform]
) -> Iterator[dg.RunRequest]:
    """One run per range of states; a tick that is evaluated twice starts nothing twice.

    Each run gets an equal share of the day's lookups, so that no state starves another.
    """
    # The tick's own time: evaluated twice, a schedule starts each of its run keys once.
    week = context.scheduled_execution_time.strftime("%G-W%V")
    ranges = state_ranges(platform.settings.states_per_run)
    share = -(-platform.spotify_allowance.for_purpose("lookup") // len(ranges))
    for first, last in ranges:
        yield dg.RunRequest(
            run_key=f"{week}/{first}-{last}",
            tags={**range_tags(first, last), CALLS_TAG: str(share)},
        )


@dg.schedule(
    job=catch_up_states,
    cron_schedule="30 * * * *",
    execution_timezone="America/New_York",
    description="Goes on with the performers who wait for free Spotify calls, the soonest show of "
    "the country first. Looks every hour and starts once calls are free again, which is once a "
    "day: the budget counts any 24 hours.",
)
def daily_catch_up(
    context: dg.ScheduleEvaluationContext, platform: dg.ResourceParam[Platform]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Runs for the states whose pending shows are nearest, or the reason why there is none."""
    ledger, store = platform.ledger("spotify"), platform.tables
    free = ledger.free() or 0
    # Free calls are allotted, not reserved: another run would be given the same ones.
    if _is_under_way(context.instance):
        yield dg.SkipReason("A refresh or a catch-up is under way.")
        return
    if not free:
        yield dg.SkipReason(f"No Spotify call is free before {ledger.free_at()}.")
        return
    waiting = store.read_all("matched_artists", where=pl.col("outcome") == "pending")
    pending = pending_performers(waiting)
    if pending.is_empty():
        yield dg.SkipReason("Nobody is pending: every performer has been looked up.")
        return
    if free < min(pending.height, platform.spotify_allowance.for_purpose("lookup") // 2):
        yield dg.SkipReason(
            f"Only {free} Spotify calls are free for {pending.height} pending performers; most of "
            "the day's come back later."
        )
        return
    runs = runs_around(
        pending.get_column("state"),
        store.states("matched_artists"),
        platform.settings.states_per_run,
    )
    tick = context.scheduled_execution_time.strftime("%Y-%m-%dT%H:%M")
    for position, share in enumerate(share_out(pending, runs, calls=free)):
        yield dg.RunRequest(
            run_key=f"{tick}/{share.first}-{share.last}",
            tags={
                **range_tags(share.first, share.last),
                CALLS_TAG: str(share.calls),
                # Higher numbers leave the queue first; the share of the soonest show is the first.
                "dagster/priority": str(-position),
            },
        )


def _is_under_way(instance: dg.DagsterInstance) -> bool:
    jobs = {refresh_states.name, catch_up_states.name}
    unfinished = instance.get_runs(filters=dg.RunsFilter(statuses=_UNFINISHED))
    return any(run.job_name in jobs for run in unfinished)


default_schedules = [weekly_refresh, daily_catch_up]
