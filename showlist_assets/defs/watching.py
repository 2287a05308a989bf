"""The daemon's look at what has ended: failures are told, a good week is, too.

What belongs here: which runs ended since the last look, and what that means. What does not: whom to
tell and how often (``services.alerts``, ``services.heartbeat``). ``showlist tick`` tells of its own
runs (``cli.tick_alerts``) by the functions here.
"""

# Dagster reads the annotation of a resource unevaluated, so annotations are not postponed here.
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import dagster as dg

from showlist_assets.defs.failures import why_step_failed
from showlist_assets.defs.jobs import catch_up_states, push_playlists, refresh_states
from showlist_assets.defs.partitions import states_of
from showlist_assets.defs.schedules import weekly_refresh, weekly_run_keys
from showlist_assets.defs.ticking import RUN_KEY_TAG, SCHEDULE_TAG
from showlist_assets.errors import ShowlistError
from showlist_assets.services.alerts import Alert
from showlist_assets.wiring import Platform

WEEK_ENDED_WELL: Final = "weekly refresh ended well"
"""What is logged once all runs of a week's refresh have succeeded; alerts wait for it."""

_ENDED: Final = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
# Dagster's own (test_upstream_facts.py).
WILL_RETRY_TAG: Final = "dagster/will_retry"
ROOT_RUN_TAG: Final = "dagster/root_run_id"
PARTITION_TAG: Final = "dagster/partition"
# Two machines write when they updated a run, and the one that is late may write the earlier time.
_OVERLAP: Final = timedelta(minutes=1)
_WHAT_TO_DO: Final = {
    refresh_states.name: "What was stored before is kept. The next refresh, or the catch-up within "
    "the hour where a source gave no answer, covers these states again; to have them at once, "
    "re-execute the run in the UI.",
    catch_up_states.name: "Whoever waits goes on waiting until the next catch-up.",
    push_playlists.name: "The playlist stays as it was until something changes, or until "
    "`showlist push`.",
}
_ELSE_TO_DO: Final = "The log of the run has the rest; re-execute it in the UI when it is mended."


@dataclass
class _Seen:
    """What was looked at: the cursor.

    Attributes:
        upto: When the run that was changed last was (seconds since 1970).
        runs: Those of the last minute before.
    """

    upto: float
    runs: list[str] = field(default_factory=list)


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of runs that failed and of what is wrong for longer (SHOWLIST_ALERTS), and "
    "calls the outside watch after each weekly refresh (SHOWLIST_HEARTBEAT). Starts no run.",
)
def failure_watch(
    context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
) -> dg.SensorResult:
    """Every run is looked at once it has ended; those of before the first look are not."""
    instance = context.instance
    seen = _Seen(**json.loads(context.cursor)) if context.cursor else _begun(instance)
    records = _ended_since(instance, seen)
    failed = [each.dagster_run for each in records if each.dagster_run.is_failure]
    final = [run for run in failed if run.tags.get(WILL_RETRY_TAG) != "true"]
    _tell_of_week(context, platform, [each.dagster_run for each in records], final)
    try:
        _tell(platform, [failure_of_run(instance, run, platform) for run in final])
    except ShowlistError as failure:
        # Whoever watches must not stop for that.
        context.log.warning("It could not be told what failed: %s", failure)
    told = f"{len(final)} failed." if final else "No run has failed since the last look."
    return dg.SensorResult(skip_reason=told, cursor=json.dumps(asdict(_later(seen, records))))


def _begun(instance: dg.DagsterInstance) -> _Seen:
    newest = instance.get_run_records(
        dg.RunsFilter(statuses=_ENDED), limit=1, order_by="update_timestamp"
    )
    if not newest:
        return _Seen(0.0)
    upto = newest[0].update_timestamp.timestamp()
    around = _changed_since(instance, upto)
    return _Seen(upto, [each.dagster_run.run_id for each in around])


def _changed_since(instance: dg.DagsterInstance, upto: float) -> list[dg.RunRecord]:
    after = datetime.fromtimestamp(max(upto - _OVERLAP.total_seconds(), 0), UTC)
    return list(
        instance.get_run_records(
            dg.RunsFilter(statuses=_ENDED, updated_after=after),
            order_by="update_timestamp",
            ascending=True,
        )
    )


def _ended_since(instance: dg.DagsterInstance, seen: _Seen) -> list[dg.RunRecord]:
    known = set(seen.runs)
    found = _changed_since(instance, seen.upto)
    return [each for each in found if each.dagster_run.run_id not in known]


def _later(seen: _Seen, records: Iterable[dg.RunRecord]) -> _Seen:
    times = {each.dagster_run.run_id: each.update_timestamp.timestamp() for each in records}
    upto = max((seen.upto, *times.values()))
    edge = upto - _OVERLAP.total_seconds()
    before = seen.runs if seen.upto >= edge else []
    return _Seen(upto, [*before, *(run for run, at in times.items() if at >= edge)])


def _tell(platform: Platform, failures: list[Alert]) -> None:
    alerts = platform.alerts
    if alerts is None:
        return
    lasting = {"standing": platform.troubles()} if alerts.is_time_to_look() else None
    alerts.tell(failures, lasting=lasting)


def _tell_of_week(
    context: dg.SensorEvaluationContext,
    platform: Platform,
    ended: Iterable[dg.DagsterRun],
    failed: Iterable[dg.DagsterRun],
) -> None:
    if any(_week_of(run) for run in failed):
        platform.heartbeat.bad()
    for week in sorted({_week_of(run) for run in ended if run.is_success} - {""}):
        if _has_ended_well(context.instance, week, platform):
            context.log.info(f"{WEEK_ENDED_WELL}: {week}")
            platform.heartbeat.good()


def _week_of(run: dg.DagsterRun) -> str:
    """The week whose refresh the run is a part of; "" for another run."""
    if run.tags.get(SCHEDULE_TAG) != weekly_refresh.name:
        return ""
    return run.tags.get(RUN_KEY_TAG, "").partition("/")[0]


def _has_ended_well(instance: dg.DagsterInstance, week: str, platform: Platform) -> bool:
    wanted = weekly_run_keys(platform, week)
    tags = {SCHEDULE_TAG: weekly_refresh.name}
    good = instance.get_runs(
        dg.RunsFilter(tags=tags, statuses=[dg.DagsterRunStatus.SUCCESS]), limit=3 * len(wanted)
    )
    return wanted <= {run.tags.get(RUN_KEY_TAG, "") for run in good}


def failure_of_run(instance: dg.DagsterInstance, run: dg.DagsterRun, platform: Platform) -> Alert:
    """What to tell of the failed ``run``; whatever is tried again for it has the same key."""
    return failure_alert(
        platform,
        key=f"run {run.tags.get(ROOT_RUN_TAG, run.run_id)}",
        job=run.job_name,
        states=states_of(run.tags, among=platform.states),
        of=run.tags.get(PARTITION_TAG),
        why=_why(instance, run),
        run_id=run.run_id,
    )


def failure_alert(
    platform: Platform,
    *,
    key: str,
    job: str,
    states: list[str],
    of: str | None,
    why: str,
    run_id: str,
) -> Alert:
    """The same in parts, for who has executed the run."""
    whom = of or (states[0] if len(states) == 1 else "")
    if len(states) > 1:
        whom = f"{states[0]} to {states[-1]} ({len(states)} states)"
    ui = platform.settings.dagster_url
    parts = (
        why,
        _WHAT_TO_DO.get(job, _ELSE_TO_DO),
        f"{ui}/runs/{run_id}" if ui and run_id else "",
    )
    title = f"{job} of {whom} failed" if whom else f"{job} failed"
    return Alert(key, title, "\n".join(part for part in parts if part))


def _why(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    said = list(_said_by_steps(instance, run))
    if said:
        return "\n".join(said)
    # Its process died, or it never began.
    for record in instance.get_records_for_run(
        run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE
    ).records:
        message = record.event_log_entry.message or record.event_log_entry.user_message
        if message:
            return message.strip()
    return "Its log does not say why."


def _said_by_steps(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[str]:
    failures = instance.get_records_for_run(
        run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE
    ).records
    for record in failures:
        event = record.event_log_entry.dagster_event
        if event:
            yield why_step_failed(event) or f"{event.step_key} failed."
