"""What a daemon would do, once: every schedule and sensor in turn, and the runs that they ask for.

For a scheduler without a daemon. The rules are those of ``schedules`` and ``sensors``, evaluated
here. What belongs here: in which order, what was done before (``storage.tick_record``), and what
becomes of a run that died. What does not: how a run is executed and told of (``cli.tick``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

import dagster as dg

# What the daemon asks; Dagster 1.13 has no public way to tell a schedule's times.
from dagster._utils.schedules import schedule_execution_time_iterator

from showlist_assets.defs.jobs import push_playlists, rebuild_warehouse
from showlist_assets.defs.listening_sensor import due_for_listeners, listening_sensor
from showlist_assets.defs.old_runs import purge
from showlist_assets.defs.partitions import states_of
from showlist_assets.defs.schedules import (
    UNFINISHED,
    daily_catch_up,
    daily_purge,
    is_under_way,
    weekly_refresh,
)
from showlist_assets.defs.sensors import due_pushes, playlist_refresh_sensor
from showlist_assets.errors import ShowlistError
from showlist_assets.storage.tick_record import StartedRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from showlist_assets.services.table_changes import TableChanges
    from showlist_assets.storage.tick_record import TickRecord
    from showlist_assets.wiring import Platform

TICK_TAG: Final = "showlist/tick"
"""Tag of a run that a tick has started."""

# Dagster's own (test_upstream_facts.py): the daemon looks for them before it starts a run.
RUN_KEY_TAG: Final = "dagster/run_key"
SCHEDULE_TAG: Final = "dagster/schedule_name"
SENSOR_TAG: Final = "dagster/sensor_name"
PRIORITY_TAG: Final = "dagster/priority"

# A run that dies for want of memory, or of time, would die at each tick.
_MOST_ATTEMPTS: Final = 3
# A sensor asks for what it asked for before only within a slot of half an hour.
_KEYS_ARE_KEPT: Final = timedelta(days=1)
# Asking for what was played is a reason to rank, which may be a reason to find songs.
_ROUNDS_OF_LISTENING: Final = 3


@dataclass(frozen=True)
class RunWanted:
    """A run that is due.

    Attributes:
        job: Its name.
        tags: With what Dagster tells a daemon's runs by.
        partition: A recipe or a listener; None for states, which stand in the tags.
        assets: Only these of the job; None for all.
        states: Codes of those that the tags name.
    """

    job: str
    tags: dict[str, str]
    partition: str | None = None
    assets: list[str] | None = None
    states: list[str] = field(default_factory=list)


@dataclass
class RunDone:
    """What became of a run, as a machine is told of it.

    Attributes:
        job: Its name.
        states: USPS codes that it covered.
        of: The recipe or the listener.
        ok: Whether it succeeded; None where it would be started (a dry run).
        seconds: How long it took.
        spotify_calls: How many were made meanwhile.
        why: What the step that failed said.
        run_id: Dagster's.
    """

    job: str
    states: list[str] = field(default_factory=list)
    of: str | None = None
    ok: bool | None = None
    seconds: float = 0.0
    spotify_calls: int = 0
    why: str = ""
    run_id: str = ""


@dataclass
class StepDone:
    """What became of one thing that a daemon would look after.

    Attributes:
        name: Of the schedule or sensor.
        due: Whether anything was.
        why: Why it was, or why not.
        runs: Those that were started, or would be.
        ok: Whether nothing failed.
    """

    name: str
    due: bool
    why: str
    runs: list[RunDone] = field(default_factory=list)
    ok: bool = True


class Runner(Protocol):
    """Executes a run in this process, or only says which."""

    def __call__(self, wanted: RunWanted) -> RunDone:
        """Execute it to its end; a failure is told and not raised."""


@dataclass(frozen=True)
class _Asked:
    """What a schedule or a sensor has asked for."""

    requests: list[dg.RunRequest]
    why_none: str = ""
    cursor: str | None = None


class Tick:
    """One look at everything; ``steps`` makes it."""

    def __init__(
        self,
        platform: Platform,
        instance: dg.DagsterInstance,
        record: TickRecord,
        changes: TableChanges,
        *,
        run: Runner,
        save: Callable[[], None] | None,
    ) -> None:
        """Do nothing yet.

        Args:
            platform: Whose tables and listeners are looked after.
            instance: Keeps the runs; it may be a new one each time.
            record: What was dealt with; it is changed.
            changes: What recipes and rankings follow.
            run: Executes what is due.
            save: Stores the record; None where nothing may be written.
        """
        self._platform, self._instance, self._changes = platform, instance, changes
        self._record, self._run, self._save = record, run, save

    def steps(self) -> Iterator[StepDone]:
        """Do what is due, one after another; a step that fails ends no other one.

        Raises:
            KeyboardInterrupt: the process was told to end; the run was marked, and the next tick
                goes on with it.
        """
        if self._save:
            end_dead_runs(self._instance)
        for name, step in (
            (weekly_refresh.name, lambda: self._schedule(weekly_refresh)),
            (daily_catch_up.name, lambda: self._schedule(daily_catch_up)),
            (listening_sensor.name, self._listening),
            (playlist_refresh_sensor.name, self._playlists),
            (rebuild_warehouse.name, self._warehouse),
            (daily_purge.name, self._purge),
        ):
            yield self._tried(name, step)

    def _tried(self, name: str, step: Callable[[], StepDone]) -> StepDone:
        try:
            done = step()
        except ShowlistError as failure:
            return StepDone(name, due=True, why=str(failure), ok=False)
        except dg.DagsterUserCodeExecutionError as failure:
            # A schedule's own failure comes wrapped.
            if isinstance(failure.user_exception, ShowlistError):
                return StepDone(name, due=True, why=str(failure.user_exception), ok=False)
            raise
        done.ok = done.ok and all(run.ok is not False for run in done.runs)
        return done

    # Schedules

    def _schedule(self, schedule: dg.ScheduleDefinition) -> StepDone:
        name, at = schedule.name, last_tick(schedule, self._platform.now())
        seen = self._last_seen(name)
        if seen and seen >= at:
            return self._seen_to(schedule, at)
        asked = self._asked_by_schedule(schedule, at)
        fresh = [each for each in asked.requests if not self._is_known(name, each)]
        began = self._platform.now()
        runs = self._started(name, fresh, {SCHEDULE_TAG: name})
        why = f"Due since {_words(at)}." if seen else f"Due since {_words(at)}: none is on record."
        if self._asked_no_source(runs, since=began):
            why += " No source of events could be asked: the next tick tries it again."
            keys = self._record.runs.get(name, {})
            self._record.runs[name] = {key: StartedRun(at=began) for key in keys}
        else:
            # Only now: whoever dies before is asked again, and by its key no run is started twice.
            self._record.schedules[name] = at
            self._record.runs.pop(name, None)
        self._store()
        if not runs:
            why = asked.why_none or "Its runs have been started before."
        return StepDone(name, due=bool(runs), why=why, runs=runs)

    def _asked_no_source(self, runs: Sequence[RunDone], *, since: datetime) -> bool:
        """Whether all runs failed before they asked for an event, as where no key is set.

        The catch-up looks after whoever was asked for in vain; of these it knows nothing.
        """
        # One without an id was not executed: its process had died each time.
        if not runs or not all(run.ok is False and run.run_id for run in runs):
            return False
        states = {state for run in runs for state in run.states}
        known = self._platform.fetch_record.fetches(states)
        return bool(states) and all((one.tried_at or since) < since for one in known)

    def _last_seen(self, name: str) -> datetime | None:
        """The tick of a schedule that was seen through last; none of a clock that was ahead."""
        seen = self._record.schedules.get(name)
        return seen if seen and seen <= self._platform.now() else None

    def _seen_to(self, schedule: dg.ScheduleDefinition, at: datetime) -> StepDone:
        following = next_tick(schedule, self._platform.now())
        why = f"What was due at {_words(at)} was seen to; next {_words(following)}."
        return StepDone(schedule.name, due=False, why=why)

    def _asked_by_schedule(self, schedule: dg.ScheduleDefinition, at: datetime) -> _Asked:
        with dg.build_schedule_context(
            instance=self._instance,
            scheduled_execution_time=at,
            resources={"platform": self._platform},
        ) as context:
            found = schedule.evaluate_tick(context)
        return _Asked(list(found.run_requests or ()), found.skip_message or "")

    def _is_known(self, step: str, request: dg.RunRequest) -> bool:
        """Whether a daemon has started the run, if no tick has."""
        if request.run_key in self._record.runs.get(step, {}):
            return False
        tags = {RUN_KEY_TAG: str(request.run_key), SCHEDULE_TAG: step}
        return bool(self._instance.get_runs(dg.RunsFilter(tags=tags), limit=1))

    # Sensors

    def _listening(self) -> StepDone:
        name = listening_sensor.name
        found = StepDone(name, due=False, why="")
        for _ in range(_ROUNDS_OF_LISTENING):
            asked = self._asked_by_sensor(name, due_for_listeners)
            runs = self._started(name, asked.requests, {SENSOR_TAG: name})
            self._keep_cursor(name, asked)
            found.runs += runs
            found.why = found.why or asked.why_none
            if not runs or not self._save:
                break
        found.due = bool(found.runs)
        if found.due:
            found.why = "Histories to read, or changes to rank by."
        found.why = found.why or "What is due was tried within this half hour."
        return found

    def _playlists(self) -> StepDone:
        name = playlist_refresh_sensor.name
        mistakes: list[str] = []

        def pushes(
            context: dg.SensorEvaluationContext, platform: Platform, changes: TableChanges
        ) -> dg.SensorResult:
            due = due_pushes(context, platform, changes)
            mistakes.extend(due.mistakes)
            return due.result

        asked = self._asked_by_sensor(name, pushes)
        runs = self._started(name, asked.requests, {SENSOR_TAG: name})
        self._record.looked_at = self._platform.now()
        self._keep_cursor(name, asked)
        told = "Shows, songs or recipes have changed." if runs else asked.why_none
        why = " ".join([told, *(each for each in mistakes if each not in told)])
        # Nobody reads the log of a tick that says it went well.
        return StepDone(name, due=bool(runs), why=why, runs=runs, ok=not mistakes)

    def _asked_by_sensor(
        self,
        name: str,
        sensor: Callable[[dg.SensorEvaluationContext, Platform, TableChanges], dg.SensorResult],
    ) -> _Asked:
        # What the steps before have written, too.
        self._changes.look()
        with dg.build_sensor_context(
            instance=self._instance, cursor=self._record.cursors.get(name), sensor_name=name
        ) as context:
            found = sensor(context, self._platform, self._changes)
        if self._save:
            _keep_in_step(self._instance, found.dynamic_partitions_requests or ())
        skip = found.skip_reason
        why = (skip.skip_message if isinstance(skip, dg.SkipReason) else skip) or ""
        return _Asked(list(found.run_requests or ()), why, found.cursor)

    def _keep_cursor(self, name: str, asked: _Asked) -> None:
        """Only after the runs: asked again with the old one, a sensor asks for the same keys."""
        if asked.cursor is not None:
            self._record.cursors[name] = asked.cursor
        oldest = self._platform.now() - _KEYS_ARE_KEPT
        known = self._record.runs.get(name, {})
        self._record.runs[name] = {key: run for key, run in known.items() if run.at > oldest}
        self._store()

    # The warehouse

    def _warehouse(self) -> StepDone:
        """As ``automation.AFTER_THE_SHOWS``, whose event log may be lost: shows have changed."""
        name = rebuild_warehouse.name
        self._changes.look()
        newest = self._changes.newest_shows()
        if newest <= self._record.published:
            unchanged = "No show has changed since it was published."
            return StepDone(name, due=False, why=unchanged if newest else "There is no show yet.")
        if is_under_way(self._instance):
            return StepDone(name, due=False, why="A refresh or a catch-up is under way.")
        run = self._executed(RunWanted(name, {TICK_TAG: name}))
        if run.ok:
            self._record.published = newest
            self._store()
        return StepDone(name, due=True, why="Shows have changed.", runs=[run])

    # Old runs

    def _purge(self) -> StepDone:
        """As ``daily_purge``, and without a run of its own."""
        now, name = self._platform.now(), daily_purge.name
        at, seen = last_tick(daily_purge, now), self._last_seen(name)
        if seen and seen >= at:
            return self._seen_to(daily_purge, at)
        days, dry_run = self._platform.settings.runs_kept_days, not self._save
        done = purge(self._instance, now=now, days=days, dry_run=dry_run)
        self._record.schedules[name] = at
        self._store()
        return StepDone(name, due=bool(done.deleted), why=done.words)

    # Runs

    def _started(
        self, step: str, requests: Iterable[dg.RunRequest], tags: dict[str, str]
    ) -> list[RunDone]:
        """Execute the ``requests`` whose run keys are new, in the order a queue would have."""
        known = self._record.runs.setdefault(step, {})
        runs = []
        for request in sorted(requests, key=_priority, reverse=True):
            key = str(request.run_key)
            before = known.get(key)
            if before and before.ended:
                continue
            attempts = before.attempts if before else 0
            wanted = _wanted(step, request, tags, among=self._platform.states)
            if attempts < _MOST_ATTEMPTS:
                known[key] = StartedRun(at=self._platform.now(), attempts=attempts + 1)
                self._store()
                runs.append(self._executed(wanted))
            else:
                why = f"Its process died {attempts} times; it is not tried again."
                runs.append(RunDone(wanted.job, of=wanted.partition, ok=False, why=why))
            known[key] = StartedRun(at=self._platform.now(), attempts=attempts + 1, ended=True)
            self._store()
        return runs

    def _executed(self, wanted: RunWanted) -> RunDone:
        try:
            return self._run(wanted)
        except dg.DagsterError as failure:
            # Before any step: the others go on.
            return RunDone(wanted.job, wanted.states, wanted.partition, ok=False, why=str(failure))

    def _store(self) -> None:
        if self._save:
            self._save()


def _wanted(
    step: str, request: dg.RunRequest, tags: dict[str, str], *, among: Sequence[str]
) -> RunWanted:
    assets = request.asset_selection
    return RunWanted(
        request.job_name or _JOBS[step],
        {**request.tags, **tags, RUN_KEY_TAG: str(request.run_key), TICK_TAG: step},
        request.partition_key,
        [key.to_user_string() for key in assets] if assets else None,
        states_of(request.tags, among=among),
    )


# Of those whose requests name none.
_JOBS: Final = {
    weekly_refresh.name: weekly_refresh.job_name,
    daily_catch_up.name: daily_catch_up.job_name,
    playlist_refresh_sensor.name: push_playlists.name,
}


def _priority(request: dg.RunRequest) -> int:
    return int(request.tags.get(PRIORITY_TAG, "0"))


def _keep_in_step(
    instance: dg.DagsterInstance,
    requests: Iterable[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest],
) -> None:
    for request in requests:
        if isinstance(request, dg.AddDynamicPartitionsRequest):
            name, keys = request.partitions_def_name, request.partition_keys
            instance.add_dynamic_partitions(name, list(keys))
        else:
            for key in request.partition_keys:
                instance.delete_dynamic_partition(request.partitions_def_name, key)


def end_dead_runs(instance: dg.DagsterInstance) -> int:
    """Mark the runs of ticks whose process died, and free what they hold; returns how many.

    Only for whoever holds the ticks' lock: the run of a tick that is under way is none of these.
    Without a daemon nobody else does it, and the next run would wait for their pools for ever.
    """
    dead = [
        run for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)) if TICK_TAG in run.tags
    ]
    for run in dead:
        instance.report_run_failed(run, "The process of this run died; the next tick goes on.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return len(dead)


def last_tick(schedule: dg.ScheduleDefinition, now: datetime) -> datetime:
    """When ``schedule`` was due last, ``now`` included (UTC)."""
    return _first(schedule, now, ascending=False)


def next_tick(schedule: dg.ScheduleDefinition, now: datetime) -> datetime:
    """When ``schedule`` is due next, after ``now`` (UTC)."""
    return _first(schedule, now + timedelta(microseconds=1), ascending=True)


def _first(schedule: dg.ScheduleDefinition, start: datetime, *, ascending: bool) -> datetime:
    times = schedule_execution_time_iterator(
        start.timestamp(), schedule.cron_schedule, schedule.execution_timezone, ascending
    )
    return next(times).astimezone(UTC)


def _words(moment: datetime) -> str:
    return f"{moment:%a %Y-%m-%d %H:%M} UTC"
