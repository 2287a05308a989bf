"""The schedules. They are off until an operator turns them on in the UI."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from showlist_assets.jobs import refresh_states
from showlist_assets.partitions import range_tags, state_ranges
from showlist_assets.settings import load_settings


@dg.schedule(
    job=refresh_states,
    cron_schedule="0 9 * * 1",
    execution_timezone="America/New_York",
    description="Every Monday at nine in New York: all states, a few runs of several states each.",
)
def weekly_refresh(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """One run per range of states; a tick that is evaluated twice starts nothing twice."""
    week = context.scheduled_execution_time.strftime("%G-W%V")
    for first, last in state_ranges(load_settings().states_per_run):
        yield dg.RunRequest(run_key=f"{week}/{first}-{last}", tags=range_tags(first, last))


default_schedules = [weekly_refresh]
