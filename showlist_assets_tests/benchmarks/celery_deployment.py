"""Every part of ``deploy/container`` with the profile ``workers``, as processes of this machine.

Postgres behind PgBouncer, Redis, a bucket, the sandbox, a code server, the daemon and workers, all
on loopback at free ports and with the configuration that ``showlist migrate`` writes. Skips, as a
test does, where a program is not installed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import dagster as dg
import yaml

from showlist_assets.sandbox.server import services_environment
from showlist_assets_tests.benchmarks.sandbox_process import serving
from showlist_assets_tests.clock import PINNED
from showlist_assets_tests.pgbouncer import running_pgbouncer
from showlist_assets_tests.ports import free_port
from showlist_assets_tests.postgres import running_postgres
from showlist_assets_tests.redis import running_redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

BESIDE_PYTHON: Final = Path(sys.executable).parent
_STARTS_WITHIN: Final = 120


@dataclass
class Deployment:
    """What runs.

    Attributes:
        environment: Of every process of it; this one has it, too, while it lasts.
        instance: Dagster's.
        sandbox: Its URL.
        workers: Their processes, by the name that Celery knows them by.
    """

    environment: dict[str, str]
    instance: dg.DagsterInstance
    sandbox: str
    home: Path
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def workspace(self) -> Path:
        return self.home / "workspace.yaml"

    def kill(self, worker: str) -> None:
        """As a machine dies: the worker with the process that executes its run."""
        process = self.workers.pop(worker)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def deployed(
    bucket: str,
    settings: Mapping[str, str],
    *,
    storage: str,
    workers: int,
    changed: Mapping[str, Mapping[str, Any]],
) -> Iterator[Deployment]:
    """All parts, ready for runs, while the block lasts.

    Args:
        bucket: Where the tables go; the emulator's address is in STORAGE_EMULATOR_HOST.
        settings: Showlist's, beside those that name the parts.
        storage: As ``showlist migrate --configure`` takes it.
        workers: How many Celery workers.
        changed: What else stands in the sections of dagster.yaml.
    """
    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="showlist-deployment-")))
        redis = stack.enter_context(running_redis(free_port()))
        postgres = stack.enter_context(running_postgres())
        database = stack.enter_context(running_pgbouncer(postgres, "of-the-benchmark"))
        flags = ("--quota", "100000", "--window-limit", "100000")
        sandbox = stack.enter_context(serving(*flags))
        environment = {
            **PINNED,
            **database,
            **services_environment(sandbox),
            "DAGSTER_HOME": str(home),
            "DAGSTER_EVENT_BATCH_SIZE": "100",
            "CELERY_BROKER_URL": f"{redis}/0",
            "CELERY_RESULT_BACKEND": f"{redis}/0",
            "SHOWLIST_DATA_ROOT": f"{bucket}/data",
            "SHOWLIST_CALL_STORE": f"{redis}/1",
            "SHOWLIST_SPOTIFY_WINDOW": "100000",
            **settings,
        }
        stack.enter_context(_environment(environment))
        _configure(home, storage, changed)
        port = free_port()
        server = {"host": "127.0.0.1", "port": port, "location_name": "showlist"}
        (home / "workspace.yaml").write_text(
            yaml.safe_dump({"load_from": [{"grpc_server": server}]})
        )
        instance = stack.enter_context(dg.DagsterInstance.from_config(str(home)))
        deployment = Deployment(environment, instance, sandbox, home)
        _start(stack, deployment, port, workers)
        yield deployment


def _configure(home: Path, storage: str, changed: Mapping[str, Mapping[str, Any]]) -> None:
    output_of(sys.executable, "-m", "showlist_assets.cli.app", "migrate", "--configure", storage)
    if changed:
        file = home / "dagster.yaml"
        sections = yaml.safe_load(file.read_text())
        for name, values in changed.items():
            sections[name] = {**sections.get(name, {}), **values}
        file.write_text(yaml.safe_dump(sections))


def _start(stack: ExitStack, deployment: Deployment, port: int, workers: int) -> None:
    from dagster._grpc.client import DagsterGrpcClient

    def started(name: str, *command: str | Path) -> subprocess.Popen[bytes]:
        return stack.enter_context(_process(deployment.home / f"{name}.log", *command))

    module = ("-m", "showlist_assets.definitions")
    started("code", BESIDE_PYTHON / "dagster", "api", "grpc", "-p", str(port), *module)
    for number in range(workers):
        deployment.workers[f"worker{number}"] = started(
            f"worker{number}", *worker_command(deployment.home, f"worker{number}")
        )
    client = DagsterGrpcClient(port=port, host="127.0.0.1")
    _wait("the code server", lambda: client.ping("") is not None)
    started("daemon", BESIDE_PYTHON / "dagster-daemon", "run", "-w", deployment.workspace)
    _wait("the daemon", lambda: "BACKFILL" in deployment.instance.get_daemon_heartbeats())
    if workers:
        launcher: Any = deployment.instance.run_launcher
        _wait("a worker", lambda: len(launcher.celery.control.ping(limit=workers)) == workers)


def worker_command(home: Path, name: str) -> list[str | Path]:
    """As deploy/container/compose.yaml has it."""
    return [
        BESIDE_PYTHON / "dagster-celery", "worker", "start", "-A", "dagster_celery.app",
        "-y", home / "celery.yaml", "-n", name, "--",
        "--concurrency=1", "--disable-prefetch", "--without-gossip", "--without-mingle",
    ]  # fmt: skip


@contextmanager
def _process(log: Path, *command: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of its own, ended with all of its children."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    # The programs that Dagster starts by name are those beside this Python.
    path = f"{BESIDE_PYTHON}{os.pathsep}{os.environ['PATH']}"
    os.environ.update({**variables, "PATH": path})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def output_of(*command: str | Path) -> str:
    """What a command prints.

    Raises:
        RuntimeError: it failed; with the end of what it printed.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return done.stdout


def _wait(for_what: str, is_ready: Callable[[], bool]) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            if is_ready():
                return
        except dg.DagsterError:
            # Not there yet.
            pass
        if time.monotonic() > until:
            raise RuntimeError(f"{for_what} did not start")
        time.sleep(0.2)
