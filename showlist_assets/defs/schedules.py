"""The schedules.

Those that ask an API are off until an operator turns them on in the UI.
"""

# Dagster reads the annotation of a resource unevaluated, so annotations are not postponed here.
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

import dagster as dg
import polars as pl

from showlist_assets.defs.jobs import CALLS_TAG, catch_up_states, purge_runs, refresh_states
from showlist_assets.defs.old_runs import purge
from showlist_assets.defs.partitions import (
    range_tags,
    ranges_covering,
    runs_around,
    state_ranges,
    states_between,
)
from showlist_assets.domain.matching.backlog import Share, share_out, soonest_first
from showlist_assets.domain.matching.songs import waits_for_songs
from showlist_assets.wiring import Platform

# What ``catch_up_states`` makes.
_CATCH_UP: Final = [
    dg.AssetKey(table)
    for table in ("matched_artists", "top_tracks", "audio_features", "upcoming_shows")
]
# A little less than the hour between two looks: a run begins some minutes after its tick.
_BETWEEN_TRIES: Final = timedelta(minutes=45)
UNFINISHED: Final = [
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
    ranges = state_ranges(platform.settings.states_per_run, among=platform.states)
    share = -(-platform.spotify_allowance.for_purpose("lookup") // len(ranges))
    for first, last in ranges:
        yield dg.RunRequest(
            run_key=_run_key(week, first, last),
            tags={**range_tags(first, last), CALLS_TAG: str(share)},
        )


def weekly_run_keys(platform: Platform, week: str) -> set[str]:
    """The run keys of all runs of a week's refresh (``week`` as 2026-W47)."""
    ranges = state_ranges(platform.settings.states_per_run, among=platform.states)
    return {_run_key(week, first, last) for first, last in ranges}


def _run_key(week: str, first: str, last: str) -> str:
    return f"{week}/{first}-{last}"


@dg.schedule(
    # A schedule has one job; who only waits for Spotify takes a part of it (``_CATCH_UP``).
    job=refresh_states,
    cron_schedule="30 * * * *",
    execution_timezone="America/New_York",
    description="Goes on with the performers who wait for free Spotify calls, the soonest show of "
    "the country first. Looks every hour and starts once calls are free again, which is once a "
    "day: the budget counts any 24 hours. States that an event source did not answer for are "
    "fetched again every hour.",
)
def daily_catch_up(
    context: dg.ScheduleEvaluationContext, platform: dg.ResourceParam[Platform]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Runs for the states whose pending shows are nearest, or the reason why there is none.

    And runs for the states that are missing or stale, apart from those of the other runs: two
    runs of one state would overwrite each other's decisions.
    """
    # Free calls are allotted, not reserved: another run would be given the same ones.
    if is_under_way(context.instance):
        yield dg.SkipReason("A refresh or a catch-up is under way.")
        return
    tick = context.scheduled_execution_time.strftime("%Y-%m-%dT%H:%M")
    shares, why_none = _shares_of_the_pending(platform)
    for position, share in enumerate(shares):
        yield _catch_up_run(tick, share, position)
    again = _fetched_again(platform, shares)
    for first, last in again:
        yield dg.RunRequest(
            run_key=f"{tick}/fetch/{first}-{last}",
            # Whoever is new there waits for the next catch-up, which asks for the soonest show of
            # the country first.
            tags={**range_tags(first, last), CALLS_TAG: "0"},
        )
    if not shares and not again:
        yield dg.SkipReason(why_none)


def _catch_up_run(tick: str, share: Share, position: int) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=f"{tick}/{share.first}-{share.last}",
        asset_selection=_CATCH_UP,
        tags={
            **range_tags(share.first, share.last),
            CALLS_TAG: str(share.calls),
            # Higher numbers leave the queue first; the share of the soonest show is the first.
            "dagster/priority": str(-position),
        },
    )


def _shares_of_the_pending(platform: Platform) -> tuple[list[Share], str]:
    """What each run of a catch-up may spend, or why there is none."""
    ledger, store = platform.ledger("spotify"), platform.tables
    free = ledger.free() or 0
    if not free:
        return [], f"No Spotify call is free before {ledger.free_at()}."
    waits = pl.col("outcome") == "pending"
    if platform.settings.spotify_mode == "development":
        waits |= waits_for_songs()
    # Tables of a country that is no longer covered lie there still.
    waits &= pl.col("state").is_in(list(platform.states))
    pending = soonest_first(store.read_all("matched_artists", where=waits))
    if pending.is_empty():
        return [], "Nobody is pending: every performer that is known has been looked up."
    if free < min(pending.height, platform.spotify_allowance.for_purpose("lookup") // 2):
        return [], (
            f"Only {free} Spotify calls are free for {pending.height} pending performers; most of "
            "the day's come back later."
        )
    runs = runs_around(
        pending.get_column("state"),
        store.states("matched_artists"),
        platform.settings.states_per_run,
        among=platform.states,
    )
    return share_out(pending, runs, calls=free), ""


def _fetched_again(platform: Platform, shares: Iterable[Share]) -> list[tuple[str, str]]:
    """The ranges of states to fetch again: nobody else's, and not tried within the hour."""
    covered = platform.states
    taken = {
        state
        for share in shares
        for state in states_between(share.first, share.last, among=covered)
    }
    tried_before = platform.now() - _BETWEEN_TRIES
    due = [
        state
        for state, failed in platform.fetch_record.unanswered().items()
        if state in covered and state not in taken and failed.tried_at <= tried_before
    ]
    return ranges_covering(due, at_most=platform.settings.states_per_run, among=covered)


def is_under_way(instance: dg.DagsterInstance) -> bool:
    """Whether a run of ``instance`` that changes states has not ended."""
    jobs = {refresh_states.name, catch_up_states.name}
    unfinished = instance.get_runs(filters=dg.RunsFilter(statuses=UNFINISHED))
    return any(run.job_name in jobs for run in unfinished)


@dg.schedule(
    job=purge_runs,
    cron_schedule="45 4 * * *",
    execution_timezone="America/New_York",
    # Needs no operator: who has to turn it on learns of it from a full disk.
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Deletes runs older than SHOWLIST_RUNS_KEPT_DAYS, every night when there are any.",
)
def daily_purge(
    context: dg.ScheduleEvaluationContext, platform: dg.ResourceParam[Platform]
) -> dg.RunRequest | dg.SkipReason:
    """One run, or why there is nothing to do."""
    days = platform.settings.runs_kept_days
    found = purge(context.instance, now=platform.now(), days=days, dry_run=True)
    if found.deleted:
        return dg.RunRequest(run_key=context.scheduled_execution_time.strftime("%Y-%m-%d"))
    return dg.SkipReason(found.words)


default_schedules = [weekly_refresh, daily_catch_up, daily_purge]
