"""With a real Redis and a real Celery worker, which executes a task that only waits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import dagster as dg
import pytest

from showlist_assets_tests.ports import free_port
from showlist_assets_tests.redis import running_redis

# Without Dagster, which takes seconds to import: the launcher asks for the state of tasks alone.
WORKER = """
import sys, time
from celery import Celery
app = Celery("dagster", broker=sys.argv[1], backend=sys.argv[1])
app.conf.task_default_queue = "dagster"
@app.task(name="waits", track_started=True)
def waits():
    time.sleep(30)
app.worker_main(["worker", "-n", "only@here", "--concurrency=1", "--without-gossip",
                 "--without-mingle", "--without-heartbeat", "--loglevel=ERROR"])
"""


@pytest.fixture(scope="module")
def broker():
    pytest.importorskip("dagster_celery", reason="the extra celery is not installed")
    with running_redis(free_port()) as url:
        yield url


@contextmanager
def worker(broker):
    process = subprocess.Popen([sys.executable, "-c", WORKER, broker], start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            kill(process)


def kill(process):
    """As a machine dies: the worker together with the process of its pool."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def launcher(broker, lost_after=0):
    from showlist_assets.defs.celery_launcher import WatchedCeleryRunLauncher

    return WatchedCeleryRunLauncher(
        default_queue="dagster", broker=broker, backend=broker, worker_lost_after_seconds=lost_after
    )


def begun(launcher):
    """A run whose task a worker has begun."""
    task = launcher.celery.send_task("waits", queue="dagster")
    end = time.monotonic() + 20
    while task.state != "STARTED":
        assert time.monotonic() < end, task.state
        time.sleep(0.02)
    return dg.DagsterRun("any", tags={"dagster-celery/task_id": task.id})


def health(launcher, run):
    return launcher.check_run_worker_health(run).status.value


@pytest.mark.slow
def test_a_run_whose_worker_was_killed_is_told_from_one_that_is_executed(broker, monkeypatch):
    monkeypatch.setattr("showlist_assets.defs.celery_launcher._ANSWERS_WITHIN", 0.5)
    watched = launcher(broker)
    with worker(broker) as first:
        run = begun(watched)
        assert [health(watched, run) for _ in range(2)] == ["RUNNING", "RUNNING"]
        kill(first)
        assert health(watched, run) == "FAILED"
        # One that was just missed may be back in a moment, as after a restart of the broker.
        patient = launcher(broker, lost_after=3600)
        assert [health(patient, run) for _ in range(2)] == ["RUNNING", "RUNNING"]
    with worker(broker):
        # The same name, as a container has after its restart.
        other = begun(watched)
        assert health(watched, other) == "RUNNING"
        assert health(watched, run) == "FAILED"


def test_nothing_is_said_of_a_run_while_the_broker_is_gone():
    pytest.importorskip("dagster_celery", reason="the extra celery is not installed")
    watched = launcher(f"redis://127.0.0.1:{free_port()}/0")
    run = dg.DagsterRun("any", tags={"dagster-celery/task_id": "one"})
    # Run monitoring reports it and looks again.
    with pytest.raises(Exception, match=r"connect|Connection"):
        health(watched, run)
