"""kill -9 in the middle of a run: nothing is lost or paid twice, and a re-run makes it good."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from showlist_assets.domain.tables.registry import TABLES
from showlist_assets.sandbox.config import SandboxConfig
from showlist_assets.sandbox.server import run_sandbox
from showlist_assets.settings import Settings
from showlist_assets.storage.tables import open_tables

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import polars as pl

    from showlist_assets.sandbox.server import Sandbox

_STATES = ("SD", "WY")
# Where the killed processes have got to: so many answers of a service.
_MOMENTS = (("seatgeek", 2), ("spotify", 4), ("reccobeats", 1))


def _start(sandbox: Sandbox, root: Path) -> subprocess.Popen[bytes]:
    home = root / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        **sandbox.env(),
        "DAGSTER_HOME": str(home),
        "SHOWLIST_DATA_ROOT": str(root / "data"),
        "SHOWLIST_NOW": "2026-11-21T15:00:00",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "showlist_assets_tests.runs.run_states", *_STATES],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _tables(root: Path) -> dict[str, pl.DataFrame]:
    store = open_tables(str(root / "data"))
    return {table: store.read_all(table) for table in TABLES}


def _wait_until(reached: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not reached():
        assert process.poll() is None, "the process ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)


@pytest.fixture(scope="module")
def slow_sandbox() -> Iterator[Sandbox]:
    """Answers take long enough to be killed between them."""
    noon = datetime(2026, 11, 21, 15, tzinfo=UTC)
    with run_sandbox(SandboxConfig(latency_ms=15, clock=noon)) as sandbox:
        yield sandbox


_PAID = (("spotify", "/v1/search"), ("reccobeats", "/v1/audio-features"))


@pytest.fixture(scope="module")
def undisturbed(
    slow_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, pl.DataFrame], int]:
    """The tables and the calls of a run that nobody killed."""
    root = tmp_path_factory.mktemp("undisturbed")
    assert _start(slow_sandbox, root).wait() == 0
    return _tables(root), _paid(slow_sandbox)


def _paid(sandbox: Sandbox) -> int:
    return sum(sandbox.requests(*endpoint) for endpoint in _PAID)


def test_a_run_killed_again_and_again_is_made_good_by_the_next(slow_sandbox, undisturbed, tmp_path):
    wanted, calls = undisturbed
    slow_sandbox.reset()
    for service, answers in _MOMENTS:
        process = _start(slow_sandbox, tmp_path)
        met = slow_sandbox.requests(service)
        _wait_until(lambda s=service, n=met + answers: slow_sandbox.requests(s) >= n, process)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        _tables(tmp_path)  # whatever was written can be read

    assert _start(slow_sandbox, tmp_path).wait() == 0
    found = _tables(tmp_path)
    for table in TABLES:
        assert wanted[table].height > 0
        assert found[table].equals(wanted[table]), table
    # The answers that were on their way when a process died reached nobody: one a thread.
    lost = Settings.model_fields["lookup_threads"].default * len(_MOMENTS)
    assert calls <= _paid(slow_sandbox) <= calls + lost
