"""``showlist ui`` from its start until it answers, beside ``dagster dev`` of an empty file."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import requests

from showlist_assets_tests.benchmarks.child_processes import (
    ChildFailedError,
    clean_environment,
    stop,
)
from showlist_assets_tests.benchmarks.process_times import tree_seconds
from showlist_assets_tests.benchmarks.suite.figures import Reading
from showlist_assets_tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from showlist_assets_tests.benchmarks.suite.sizes import Size

_QUERY: Final = """{ workspaceOrError { ... on Workspace { locationEntries {
    loadStatus locationOrLoadError { __typename } } } } }"""
_LOADED: Final = {
    "loadStatus": "LOADED",
    "locationOrLoadError": {"__typename": "RepositoryLocation"},
}
_PAUSE: Final = 0.25
_LONGEST: Final = 180.0


@dataclass(frozen=True)
class _Started:
    wall: float
    cpu: float


def measure(size: Size, folder: Path) -> Mapping[str, Reading]:
    """Wall time and the CPU seconds of all processes until the definitions are told by GraphQL."""
    del size
    bare = folder / "bare"
    bare.mkdir()
    (bare / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    (bare / "empty.py").write_text("import dagster as dg\n\ndefs = dg.Definitions()\n")
    command = ("-W", "ignore", "-m", "dagster", "dev", "-h", "127.0.0.1", "-f", "empty.py")
    empty = _until_it_answers(command, bare, {"DAGSTER_HOME": str(bare)})
    ours = _until_it_answers(("-m", "showlist_assets", "ui"), folder, {})
    return {"ui_wall": Reading(ours.wall, empty.wall), "ui_cpu": Reading(ours.cpu, empty.cpu)}


def _until_it_answers(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> _Started:
    port, began = free_port(), time.monotonic()
    with (folder / "output.txt").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, *command, *("--port", str(port))],
            cwd=folder,
            env=clean_environment(folder, environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        while not _is_loaded(port):
            if process.poll() is not None or time.monotonic() - began > _LONGEST:
                said = (folder / "output.txt").read_text()[-2000:]
                raise ChildFailedError(f"{' '.join(command)} does not answer:\n{said}")
            time.sleep(_PAUSE)
        return _Started(time.monotonic() - began, tree_seconds(process.pid))
    finally:
        stop(process.pid)
        process.terminate()
        process.wait()


def _is_loaded(port: int) -> bool:
    try:
        answer = requests.post(
            f"http://127.0.0.1:{port}/graphql", json={"query": _QUERY}, timeout=10
        )
        found: dict[str, Any] = answer.json()
    except (requests.RequestException, ValueError):
        return False
    entries = (found.get("data") or {}).get("workspaceOrError", {}).get("locationEntries")
    return bool(entries) and all(entry == _LOADED for entry in entries)
