"""One `showlist tick` on a machine whose disk goes with it.

The call store is brought back before, and Litestream copies it meanwhile. The line that a weekly
refresh ended well is looked for by an alert (main.tf).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from showlist_assets.errors import ShowlistError
from showlist_assets.settings import load_settings
from showlist_assets.storage.files import LockTimeout
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from types import FrameType

# The ledger of calls, Spotify's pauses, and answers (docs/upgrade.md).
_COPIED = ("ledger", "notes", "answers", "feeds")


def main() -> int:
    """The exit status: that of the tick, or 1 where nothing could be begun."""
    signal.signal(signal.SIGTERM, _end)
    # The tick's own lock comes too late: a second one would have brought back what the first one
    # goes on to change, and Litestream lets both write.
    try:
        lock = Platform(load_settings()).files.lock("call_store_copies", patience=0.1)
        with lock, TemporaryDirectory() as folder:
            return _tick(Path(folder))
    except LockTimeout:
        print("Another tick is under way; this one does nothing.", flush=True)
        return 0
    except ShowlistError as failure:
        print(failure, file=sys.stderr)
        return 1


def _tick(folder: Path) -> int:
    store = Path(os.environ["SHOWLIST_CALL_STORE"])
    store.mkdir(parents=True, exist_ok=True)
    files = [store / f"{name}.sqlite" for name in _COPIED]
    config, report = _config(folder / "all.yml", files), folder / "tick.json"
    for file in files:
        options = ("-if-db-not-exists", "-if-replica-exists", "-integrity-check", "quick")
        if _run("litestream", "restore", "-config", config, *options, str(file)):
            # Without the ledger a day's calls could be spent twice: rather no tick than that.
            print(f"showlist tick was not begun: {file} could not be brought back", flush=True)
            return 1
    tick = f"showlist tick --json {report}"
    try:
        status = _run("litestream", "replicate", "-config", config, "-exec", tick)
    finally:
        copied = _copied_once(folder, files)
    if not copied:
        print("showlist tick has ended, but its calls were not copied", flush=True)
        return 1
    if status == 0 and _has_refreshed(report):
        print("weekly refresh ended well", flush=True)
    return status


def _copied_once(folder: Path, files: list[Path]) -> bool:
    """Copy what was written in the last second, or into a file made in it: that was left behind."""
    # A file that is not there is a failure to Litestream, here.
    config = _config(folder / "last.yml", [file for file in files if file.exists()])
    command = ["litestream", "replicate", "-config", config, "-once"]
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603


def _config(place: Path, files: list[Path]) -> str:
    """Write Litestream's configuration for these ``files``; where it is."""
    replicas = f"gs://{os.environ['REPLICA_BUCKET']}/litestream"
    databases = [
        {"path": str(file), "replica": {"url": f"{replicas}/{file.stem}"}} for file in files
    ]
    # YAML takes it.
    place.write_text(json.dumps({"logging": {"level": "warn"}, "dbs": databases}))
    return str(place)


def _has_refreshed(report: Path) -> bool:
    steps = json.loads(report.read_text())["steps"]
    return any(step["name"] == "weekly_refresh" and step["due"] and step["ok"] for step in steps)


def _run(*command: str) -> int:
    with subprocess.Popen(command) as process:  # noqa: S603
        try:
            return process.wait()
        except SystemExit:
            # Litestream tells the tick, waits for it, and makes the last copy.
            process.terminate()
            raise


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
