"""Runs as tasks of Celery workers, and the end of a run whose worker is gone.

Named by ``cli/templates/dagster.workers.yaml``; nothing else imports it, because dagster_celery is
the extra ``celery``.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from dagster._serdes import ConfigurableClassData

_ANSWERS_WITHIN = 2.0


class WatchedCeleryRunLauncher(CeleryRunLauncher):
    """Dagster's launcher, which also asks the worker of a run whether it still executes it.

    Celery takes a task off its queue when it begins and keeps it as started for ever, so that
    upstream's launcher believes in a worker that was killed. Run monitoring asks this one
    (``poll_interval_seconds``, two minutes), and a run that its worker denies, or that has no
    worker any more, for longer than ``worker_lost_after_seconds`` has failed: run retries start it
    again. A broker that does not answer says nothing about a run.
    """

    def __init__(self, worker_lost_after_seconds: int = 60, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._lost_after = worker_lost_after_seconds
        self._missed_since: dict[str, float] = {}

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Upstream's, and how long a worker may be silent."""
        lost_after = dg.Field(
            int,
            is_required=False,
            default_value=60,
            description="A run fails whose worker does not say for so long that it executes it.",
        )
        return {
            **cast("dict[str, Any]", super().config_type()),
            "worker_lost_after_seconds": lost_after,
        }

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> Self:
        """As every configurable class of Dagster's."""
        return cls(inst_data=inst_data, **config_value)

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Upstream's answer, unless it is that a worker is at the run and that one is not."""
        # Forgotten first: whether a broker fails or answers, it says nothing of the time before.
        since = self._missed_since.pop(run.run_id, time.monotonic())
        health = super().check_run_worker_health(run)
        if health.status != WorkerStatus.RUNNING or self._is_executed(run):
            return health
        if time.monotonic() - since >= self._lost_after:
            return CheckRunHealthResult(WorkerStatus.FAILED, "The Celery worker of the run is gone")
        self._missed_since[run.run_id] = since
        return health

    def _is_executed(self, run: dg.DagsterRun) -> bool:
        """Whether the worker that took the run says that it has it; True where none is known."""
        task = run.tags[DAGSTER_CELERY_TASK_ID_TAG]
        begun = self.celery.AsyncResult(task).info
        worker = begun.get("hostname") if isinstance(begun, dict) else None
        if worker is None:
            return True
        # Another worker of the same name, as a container has after its restart, denies it.
        asked = self.celery.control.inspect(destination=[worker], timeout=_ANSWERS_WITHIN)
        answers = asked.query_task(task) or {}
        return any(task in tasks for tasks in answers.values())
