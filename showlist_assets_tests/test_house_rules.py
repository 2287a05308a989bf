"""The import contracts of pyproject.toml: each is broken by what it forbids."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Where each contract is broken on purpose, and by which line.
VIOLATIONS = {
    "Floors": ("domain/names.py", "from showlist_assets.storage import tables"),
    "Only the top reads the settings": (
        "services/playlists/push.py",
        "import showlist_assets.settings",
    ),
    "Dagster stays in defs": ("storage/files.py", "import dagster"),
    "Pure domain": ("domain/shows.py", "import requests"),
    "Services have no console": ("services/playlists/page.py", "import rich"),
    "Sources do not know each other": (
        "sources/seatgeek/client.py",
        "from showlist_assets.sources.spotify import catalog",
    ),
    "Only the command line knows the sandbox": (
        "defs/jobs.py",
        "from showlist_assets.sandbox import config",
    ),
    "Floors of the sandbox": (
        "sandbox/world/text.py",
        "from showlist_assets.sandbox.state import clock",
    ),
    "No circles": ("domain/tables/columns.py", "from showlist_assets.domain.matching import types"),
    "The platform knows no test": ("definitions.py", "from showlist_assets_tests import clock"),
}  # fmt: skip


def _linted(folder: Path) -> dict[str, bool]:
    """Whether each contract is kept, by its name up to the colon or comma."""
    found = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()",
         "--no-cache", "--no-logo"],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
    )  # fmt: skip
    lines = re.findall(r"^(.+?)(?:[:,].*)? (KEPT|BROKEN)", found.stdout, re.MULTILINE)
    assert lines, found.stdout + found.stderr
    return {name: verdict == "KEPT" for name, verdict in lines}


@pytest.fixture
def copy(tmp_path):
    for package in ("showlist_assets", "showlist_assets_tests"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_each_contract_is_broken_by_what_it_forbids(copy):
    for file, line in VIOLATIONS.values():
        with (copy / "showlist_assets" / file).open("a") as source:
            source.write(f"\n{line}\n")
    assert _linted(copy) == dict.fromkeys(VIOLATIONS, False)


def test_a_module_in_the_root_that_the_house_does_not_know_breaks_its_floors(copy):
    (copy / "showlist_assets" / "helpers.py").write_text("")
    assert not _linted(copy)["Floors"]


def test_the_root_holds_what_the_house_says_and_nothing_else():
    modules = {path.stem for path in (ROOT / "showlist_assets").glob("*.py")}
    assert modules == {"__init__", "__main__", "definitions", "settings", "errors", "wiring"}
