"""Dagster's webserver, daemon and code server as three processes, from their start to their end.

``dagster dev`` starts two more, one after the other: each imports Dagster, which is most of what a
person waits for. These are the commands of a deployment (``deploy/container/compose.yaml``).

What belongs here: starting, watching and stopping them. What does not: what they are to serve, and
what is printed before (``ui``).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Ctrl-C, the same again for whoever was busy with the first one, and what nobody can ignore.
_STOPPING: Final = ((signal.SIGINT, 15.0), (signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))
_LOOKED_AT_EVERY: Final = 0.1


class _Terminated(BaseException):
    """Somebody stopped this process by ``kill``."""


def serve_dagster(environment: Mapping[str, str], folder: Path, port: int) -> int:
    """Serve the UI on 127.0.0.1; returns the exit status of whichever process ends by itself.

    That of ``kill`` is 0.

    Args:
        environment: Of all processes.
        folder: Where they work, and read ``.env``.
        port: Of the UI.

    Raises:
        KeyboardInterrupt: somebody pressed Ctrl-C; all have ended.
    """
    # Dagster's commands are named by module: the scripts may not be on PATH.
    python = [sys.executable, "-W", "ignore", "-m"]
    # What the services do each minute is of no interest; what runs say is (dagster.yaml).
    quiet = ["--log-level", "warning"]
    _listen_to_signals()
    with TemporaryDirectory(prefix="showlist-") as temporary, suppress(_Terminated):
        address = str(Path(temporary) / "code")
        workspace = Path(temporary) / "workspace.yaml"
        server = {"socket": address, "location_name": "showlist"}
        # JSON is YAML, too.
        workspace.write_text(json.dumps({"load_from": [{"grpc_server": server}]}), encoding="utf-8")
        code = [*python, "dagster", "code-server", "start", "--socket", address, *quiet]
        code += ["--module-name", "showlist_assets.definitions", "--location-name", "showlist"]
        code += ["--use-python-environment-entry-point", "--inject-env-vars-from-instance"]
        web = [*python, "dagster_webserver", "-w", str(workspace), "--dagster-log-level", "warning"]
        web += ["-h", "127.0.0.1", "-p", str(port)]
        daemon = [*python, "dagster._daemon", "run", "-w", str(workspace), *quiet]
        with _running(code, environment, folder) as loading:
            # Whoever asks it too early tells of an error, and asks again only seconds later.
            while loading.poll() is None and not _answers(address):
                time.sleep(_LOOKED_AT_EVERY)
            with (
                _running(daemon, environment, folder) as scheduling,
                _running(web, environment, folder) as serving,
            ):
                return _first_status(loading, scheduling, serving)
    return 0


def _listen_to_signals() -> None:
    """Ctrl-C, ``kill`` and the end of the terminal are all told, so that no process goes on."""

    def stop(*_: object) -> None:
        raise _Terminated

    # A shell starts what it leaves in the background deaf to Ctrl-C; Dagster would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` meanwhile; Ctrl-C reaches it from here alone, so that they end in order."""
    process = subprocess.Popen(  # noqa: S603
        command, env=dict(environment), cwd=folder, start_new_session=True
    )
    try:
        yield process
    finally:
        # A second Ctrl-C would leave processes behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End it with what it has started, as Ctrl-C in a terminal would."""
    for kind, patience in _STOPPING:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)
            return


def _answers(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(address) == 0


def _first_status(*processes: subprocess.Popen[bytes]) -> int:
    while True:
        for process in processes:
            status = process.poll()
            if status is not None:
                return status
        time.sleep(_LOOKED_AT_EVERY)
