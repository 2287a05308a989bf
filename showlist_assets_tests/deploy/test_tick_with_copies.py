"""The job of Cloud Run: Litestream itself, over an emulated bucket, around a stand-in tick."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from showlist_assets.storage.open_files import open_files
from showlist_assets_tests.deploy.programs import DEPLOY, program

FOLDER = DEPLOY / "google-cloud" / "cloud-run"
CALLS = "CREATE TABLE IF NOT EXISTS calls (at INTEGER); INSERT INTO calls VALUES (1)"
# Spends a call, says what it was told to say, and waits to be ended if it is told to wait.
TICK = """#!{python}
import os, pathlib, sqlite3, sys, time
store = pathlib.Path(os.environ["SHOWLIST_CALL_STORE"])
ledger = sqlite3.connect(store / "ledger.sqlite")
ledger.execute("PRAGMA journal_mode=WAL")
ledger.executescript({calls!r})
ledger.commit()
assert sys.argv[1:3] == ["tick", "--json"]
pathlib.Path(sys.argv[3]).write_text(os.environ["REPORT"])
if os.environ.get("WAITS"):
    pathlib.Path(os.environ["WAITS"]).touch()
    time.sleep(60)
sys.exit(int(os.environ.get("STATUS", "0")))
"""


class Machine:
    """One after another, of which each has a new disk."""

    def __init__(self, folder: Path, bucket: str) -> None:
        self.folder, self.bucket = folder, bucket
        tick = folder / "bin" / "showlist"
        tick.parent.mkdir()
        tick.write_text(TICK.format(python=sys.executable, calls=CALLS))
        tick.chmod(0o755)
        litestream = Path(program("litestream")).parent
        self.environment = {
            "PATH": f"{tick.parent}:{litestream}:{os.environ['PATH']}",
            "HOME": str(folder),
            "STORAGE_EMULATOR_HOST": os.environ["STORAGE_EMULATOR_HOST"],
            "REPLICA_BUCKET": bucket.removeprefix("gs://"),
            "SHOWLIST_DATA_ROOT": f"{bucket}/data",
        }
        self.number = 0

    def start(self, *, ok: bool = True, due: bool = False, **told: str) -> subprocess.Popen:
        self.number += 1
        self.store = self.folder / f"disk{self.number}" / "calls"
        report = {"steps": [{"name": "weekly_refresh", "due": due, "ok": ok}]}
        return subprocess.Popen(
            [sys.executable, str(FOLDER / "tick_with_copies.py")],
            env={
                **self.environment,
                "SHOWLIST_CALL_STORE": str(self.store),
                "REPORT": json.dumps(report),
                **told,
            },
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, **told) -> tuple[int, str]:
        started = self.start(**told)
        said, _ = started.communicate(timeout=60)
        return started.returncode, said

    @property
    def calls(self) -> int:
        if not (self.store / "ledger.sqlite").exists():
            return 0
        with closing(sqlite3.connect(self.store / "ledger.sqlite")) as ledger:
            return ledger.execute("SELECT count(*) FROM calls").fetchone()[0]


@pytest.fixture
def machine(tmp_path, gcs_bucket):
    return Machine(tmp_path, gcs_bucket)


def test_what_one_machine_has_spent_the_next_one_knows(machine):
    status, said = machine.run(due=True)
    assert (status, machine.calls) == (0, 1), said
    assert "weekly refresh ended well" in said
    status, said = machine.run()
    assert (status, machine.calls) == (0, 2), said
    assert "weekly refresh ended well" not in said
    # One that failed is copied, too, and is no good sign.
    status, said = machine.run(due=True, ok=False, STATUS="1")
    assert (status, machine.calls) == (1, 3), said
    assert "weekly refresh ended well" not in said


def test_one_that_is_told_to_end_makes_its_copy(machine, tmp_path):
    waits = tmp_path / "waits"
    started = machine.start(WAITS=str(waits))
    end = time.monotonic() + 30
    while not waits.exists() and time.monotonic() < end:
        time.sleep(0.05)
    started.send_signal(signal.SIGTERM)
    # Cloud Run waits for ten seconds.
    said, _ = started.communicate(timeout=10)
    assert started.returncode == 143, said
    status, said = machine.run()
    assert (status, machine.calls) == (0, 2), said


def test_two_at_once_do_not_write_to_one_copy(machine, tmp_path):
    # In a bucket it takes seconds to see that the other one is alive (storage/test_leases.py).
    root = str(tmp_path / "data")
    with open_files(root).lock("call_store_copies", patience=1):
        status, said = machine.run(SHOWLIST_DATA_ROOT=root)
    assert status == 0
    assert "Another tick is under way" in said
    assert not machine.store.exists()


def test_without_the_copies_nothing_is_begun(machine):
    status, said = machine.run(REPLICA_BUCKET="no-such-bucket-of-anybody")
    assert status == 1
    assert "ledger.sqlite could not be brought back" in said
