"""The command line as a test types it: in a process of its own, or, faster, in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from showlist_assets.cli.app import app
from showlist_assets.settings import setting_names
from showlist_assets_tests.clock import PINNED

if TYPE_CHECKING:
    from subprocess import CompletedProcess

_WIDE = {"COLUMNS": "300"}
_PATIENCE = 300.0


def showlist_process(*arguments: str, cwd: Path, **environment: str) -> CompletedProcess[str]:
    """What a process says and how it ends, for a person without settings or keys."""
    clean = {name: value for name, value in os.environ.items() if name not in setting_names()}
    return subprocess.run(
        [sys.executable, "-m", "showlist_assets", *arguments],
        cwd=cwd,
        env={**clean, **PINNED, **_WIDE, **environment},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )


def showlist_here(*arguments: str, cwd: Path, **environment: str) -> CompletedProcess[str]:
    """The same without a process: what is no foreseen failure is raised as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        for name in setting_names():
            patch.delenv(name, raising=False)
        for name, value in {**PINNED, **_WIDE, **environment}.items():
            patch.setenv(name, value)
        ended = CliRunner().invoke(app, list(arguments), prog_name="showlist")
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return subprocess.CompletedProcess(arguments, ended.exit_code, ended.stdout, ended.stderr)


@dataclass(frozen=True)
class FinishedDemo:
    """A folder in which a demo has run, for all tests of a suite: to be looked at, or copied."""

    folder: Path

    @cached_property
    def ran(self) -> CompletedProcess[str]:
        """What the process said and how it ended."""
        return subprocess.CompletedProcess(**json.loads(self._record.read_text()))

    @property
    def summary(self) -> dict[str, Any]:
        """What it told a machine."""
        summary: dict[str, Any] = json.loads((self.folder / "1.json").read_text())
        return summary

    @property
    def _record(self) -> Path:
        return self.folder.with_suffix(".json")

    def make_once(self) -> None:
        """Run the demo, unless another worker of this run of the suite has."""
        with FileLock(self.folder.with_suffix(".lock")):
            if self._record.exists():
                return
            self.folder.mkdir()
            ran = showlist_process("demo", "--states", "VT,NY", "--json", "1.json", cwd=self.folder)
            self._record.write_text(json.dumps(vars(ran)))


def demo_of_the_suite(base: Path) -> FinishedDemo:
    """The one demo of this run of the suite; ``base`` is the folder of this process's tests."""
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    demo = FinishedDemo(shared / "finished_demo")
    demo.make_once()
    return demo
