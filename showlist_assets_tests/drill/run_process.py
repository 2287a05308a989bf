"""What Dagster's daemon does, in a process of its own: evaluate a schedule, run a job.

The processes are forked from a server that has imported Dagster, so that they start fast and can be
killed like any other.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableJob

from showlist_assets.definitions import build_definitions
from showlist_assets.defs import jobs, schedules
from showlist_assets.settings import load_settings
from showlist_assets.sources.http.cache import ResponseCache
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from multiprocessing.connection import Connection

_processes: Final = multiprocessing.get_context("forkserver")
# Not Polars, nor what imports it: its threads do not survive a fork.
_processes.set_forkserver_preload([f"{__package__}.no_waiting", "dagster"])

Moment = Literal["answer kept", "file renamed"]


@dataclass(frozen=True)
class Kill:
    """kill -9 at a moment that comes about again.

    Attributes:
        moment: The instruction after an answer was kept, or the one before a file takes its place.
        times: At the how manyth of them.
    """

    moment: Moment
    times: int

    def __str__(self) -> str:
        return f"{self.moment} {self.times}"


@dataclass(frozen=True)
class Request:
    """A run that a schedule asks for."""

    job: str
    tags: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a run ended: ``failed`` has the words of each failed step."""

    killed: bool = False
    failed: dict[str, str] = field(default_factory=dict)


class Daemon:
    """A process that evaluates schedules and runs jobs, and a new one where it was killed."""

    def __init__(self) -> None:
        self._process: Any = None
        self._line: Connection[Any, Any] | None = None

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_: object) -> None:
        if self._line:
            self._line.send(None)
            self._process.join()

    def requests_of(
        self, schedule: str, environment: Mapping[str, str], *, at: datetime
    ) -> list[Request]:
        """The runs that the schedule of that name asks for at a moment."""
        found: list[Request] = self._ask(_evaluate, environment, schedule, at)
        return found

    def run(
        self,
        request: Request,
        environment: Mapping[str, str],
        *,
        kill: Kill | None = None,
        goes_on: bool = False,
    ) -> Outcome:
        """Run a job to its end, or to its death.

        Args:
            request: Which job, with which tags.
            environment: The settings.
            kill: When to kill it; a moment that never comes kills nothing.
            goes_on: Begin where the last run died, as Dagster's run retries do.
        """
        try:
            failed = self._ask(_execute, environment, request, kill, goes_on)
        except EOFError:
            self._process.join()
            self._line = None
            self._ask(_bury, environment)
            return Outcome(killed=True)
        return Outcome(failed=failed)

    def _ask(
        self, work: Callable[..., Any], environment: Mapping[str, str], *arguments: object
    ) -> Any:
        """What ``work`` returns.

        Raises:
            EOFError: the process died first.
        """
        if self._line is None:
            self._line, there = _processes.Pipe()
            self._process = _processes.Process(target=_serve, args=(there,), daemon=True)
            self._process.start()
            there.close()
        self._line.send((work, dict(environment), arguments))
        return self._line.recv()


def _serve(line: Connection[Any, Any]) -> None:
    while (asked := line.recv()) is not None:
        work, environment, arguments = asked
        os.environ.update(environment)
        line.send(work(_instance(), *arguments))


@cache
def _instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.get()


def _evaluate(instance: dg.DagsterInstance, name: str, at: datetime) -> list[Request]:
    schedule: dg.ScheduleDefinition = getattr(schedules, name)
    with dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=at,
        resources={"platform": Platform(load_settings())},
    ) as context:
        requests = schedule.evaluate_tick(context).run_requests or []
    return [
        # What waits for Spotify takes a part of the schedule's job, which is the other job.
        Request(
            "catch_up_states" if request.asset_selection else schedule.job_name, dict(request.tags)
        )
        for request in requests
    ]


def _execute(
    instance: dg.DagsterInstance, request: Request, kill: Kill | None, goes_on: bool
) -> dict[str, str]:
    _countdown().begin(kill)
    _forget_definitions()
    again = None
    if goes_on:
        (dead,) = instance.get_runs(limit=1)
        again = dg.ReexecutionOptions.from_failure(dead.run_id, instance)
    result = dg.execute_job(
        dg.reconstructable(_JOBS[request.job]),
        instance,
        tags=request.tags,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        reexecution_options=again,
    )
    with result:
        events = [event for event in result.all_events if event.is_step_failure]
        return {str(event.step_key): _words_of(event) for event in events}


def _forget_definitions() -> None:
    """A process of Dagster's keeps what it loaded; here another day's settings count each time."""
    ReconstructableJob.get_definition.cache_clear()
    ReconstructableJob.get_repository_definition.cache_clear()


def _words_of(event: dg.DagsterEvent) -> str:
    """What a failed step said."""
    data = event.step_failure_data
    told = data.user_failure_data.description if data.user_failure_data else None
    return told or f"unforeseen: {data.error.to_string() if data.error else ''}"


def refresh_states() -> dg.JobDefinition:
    """The job as this process is set up."""
    return build_definitions().resolve_job_def(jobs.refresh_states.name)


def catch_up_states() -> dg.JobDefinition:
    """The job as this process is set up."""
    return build_definitions().resolve_job_def(jobs.catch_up_states.name)


_JOBS: Final = {job.__name__: job for job in (refresh_states, catch_up_states)}


def _bury(instance: dg.DagsterInstance) -> None:
    """Note the death of a run, as Dagster's run monitoring does when its process is gone."""
    for dead in instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        instance.report_run_failed(dead)


class _Countdown:
    """Kills this very process when the moment has come so many times."""

    def __init__(self) -> None:
        self.kill: Kill | None = None
        self._seen = 0
        sys.addaudithook(self._hear)
        keep = ResponseCache.keep

        def keep_and_count(answers: ResponseCache, service: str, response: Any) -> None:
            keep(answers, service, response)
            self._count("answer kept")

        ResponseCache.keep = keep_and_count  # type: ignore[assignment, method-assign]

    def _hear(self, event: str, _: object) -> None:
        if event == "os.rename":
            self._count("file renamed")

    def _count(self, moment: Moment) -> None:
        if self.kill and self.kill.moment == moment:
            self._seen += 1
            if self._seen == self.kill.times:
                os.kill(os.getpid(), signal.SIGKILL)

    def begin(self, kill: Kill | None) -> None:
        """Count anew for a run; None kills nothing."""
        self.kill, self._seen = kill, 0


@cache
def _countdown() -> _Countdown:
    return _Countdown()
