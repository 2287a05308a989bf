"""The same in two processes at once, and all bytes that lie in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SCRIPT = """
import sys, time
from pathlib import Path
from showlist_assets.services.listeners.accounts import AccountStore
from showlist_assets.services.listeners.invitations import Invitations
from showlist_assets.services.listeners.sessions import Sessions
from showlist_assets_tests.clock import NOW
accounts = AccountStore(Path(sys.argv[1]))
sessions = Sessions(accounts, clock=lambda: NOW)
invitations = Invitations(accounts, clock=lambda: NOW)
print("ready", flush=True)
sys.stdin.readline()
"""


def at_once(statement: str, folder: Path, *, processes: int = 2) -> list[str]:
    """What ``statement`` prints in each of some processes that are let go together."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _SCRIPT + statement, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )
        for _ in range(processes)
    ]
    for each in running:
        assert each.stdout.readline() == "ready\n"
    for each in running:
        each.stdin.write("go\n")
        each.stdin.flush()
    return [each.communicate(timeout=60)[0].strip() for each in running]


def everything_kept(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
