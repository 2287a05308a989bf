"""Other machines: processes with homes of their own, which share what lies in a bucket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# A statement at a time; it leaves what is told in ``told``.
_MACHINE = """
import json, sys
from showlist_assets.settings import load_settings
from showlist_assets.wiring import Platform
import showlist_assets.services.listeners.accounts, showlist_assets.services.playlists.push
import google.cloud.storage
print(json.dumps("started"), flush=True)
for line in sys.stdin:
    variables, statement = json.loads(line)
    known = {"platform": Platform(load_settings(**variables)), "told": None}
    try:
        exec(statement, known)
        print(json.dumps(known["told"]), flush=True)
    except Exception as error:
        print(json.dumps(f"{type(error).__name__}: {error}"), flush=True)
"""


class Machine:
    """One process in ``home``, a folder of its own."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _MACHINE],
            cwd=home,
            env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, variables: dict[str, str], statement: str) -> None:
        """Run ``statement`` with a platform of ``variables``; ``told`` comes from ``answer``."""
        self._process.stdin.write(json.dumps([variables, statement]) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def at_once(machines: Iterable[Machine], variables: dict[str, str], statement: str) -> list[Any]:
    """What each of ``machines`` tells after the same ``statement``, begun together.

    In the statement, ``machine`` is its number.
    """
    running = list(machines)
    for number, machine in enumerate(running):
        machine.start(variables, f"machine = {number}\n{statement}")
    return [machine.answer() for machine in running]
