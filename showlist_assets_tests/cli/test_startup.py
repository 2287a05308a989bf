"""What a command costs before it does anything: nobody waits for a library that it does not use."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

from showlist_assets.settings import setting_names
from showlist_assets_tests.clock import PINNED

_LIGHT = ["--help", "status", "accounts", "recipes", "feeds", "plan", "history", "cache"]
_HEAVY = {
    "--help": ("pydantic", "polars", "requests", "yaml"),
    "accounts": ("polars", "requests", "duckdb", "cryptography"),
    "cache": ("polars", "requests", "redis", "duckdb", "cryptography"),
    "feeds": ("polars", "requests", "duckdb", "icalendar", "yaml"),
    "history": ("polars", "requests", "duckdb", "yaml"),
    "plan": ("polars", "requests", "duckdb", "yaml"),
    "recipes": ("polars", "requests", "duckdb", "yaml"),
    "status": ("polars", "requests_cache", "redis", "duckdb", "yaml", "filelock"),
}
# About 0.2 to 0.4 on a quiet machine; with Dagster, 1.7 and more.
_CPU_SECONDS = 1.2


def _run(command: str, folder) -> set[str]:
    """Runs ``showlist COMMAND`` where nothing is yet; returns what it has imported."""
    clean = {name: value for name, value in os.environ.items() if name not in setting_names()}
    script = (
        "import sys; from showlist_assets.cli.app import app; sys.argv = ['showlist', "
        f"{command!r}]; app(standalone_mode=False); print(*sys.modules, file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder, env={**clean, **PINNED}, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return set(found.stderr.split())


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("command", _LIGHT)
def test_a_command_that_needs_no_dagster_does_not_load_it(command, tmp_path):
    modules = _run(command, tmp_path)
    assert "showlist_assets.cli.app" in modules
    unwanted = {"dagster", "dataframely", "spotipy", *_HEAVY[command]}
    assert unwanted & modules == set()


@pytest.mark.parametrize("command", _LIGHT)
def test_a_light_command_takes_little_time(command, tmp_path):
    before = _cpu_seconds()
    _run(command, tmp_path)
    assert _cpu_seconds() - before < _CPU_SECONDS


def test_status_needs_no_rules_of_a_table_to_read_it(platform, tmp_path):
    platform.must_run("WY")
    (tmp_path / ".env").write_text(f"SHOWLIST_DATA_ROOT={platform.root}\n")
    modules = _run("status", tmp_path)
    assert "polars" in modules
    assert {"dagster", "dataframely", "requests_cache"} & modules == set()
