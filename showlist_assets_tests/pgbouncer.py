"""A real PgBouncer, configured as `deploy/container` does; skips where none is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from showlist_assets_tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONFIGURATION = Path(__file__).resolve().parents[1] / "deploy/container/pgbouncer/pgbouncer.ini"


@contextmanager
def running_pgbouncer(postgres: str, password: str) -> Iterator[dict[str, str]]:
    """The environment of a client while the block lasts.

    Args:
        postgres: What ``running_postgres`` gives.
        password: Of its user postgres, for whoever connects.
    """
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed (Debian package pgbouncer)")
    if not _CONFIGURATION.is_file():
        pytest.skip("needs a clone: deploy/ is not part of the package")
    folder = Path(tempfile.mkdtemp(prefix="showlist-pgbouncer-"))
    port = free_port()
    (folder / "userlist.txt").write_text(f'"postgres" "{password}"\n')
    (folder / "pgbouncer.ini").write_text(
        _CONFIGURATION.read_text()
        .replace("dagster = host=postgres port=5432 dbname=dagster", f"postgres = {_at(postgres)}")
        .replace("/tmp/userlist.txt", str(folder / "userlist.txt"))  # noqa: S108
        .replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        .replace("6432", str(port))
    )
    options: dict[str, Any] = {
        "env": {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"},
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    if os.geteuid() == 0:
        # It refuses to run as root.
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "nobody")
        options |= {"user": "nobody", "extra_groups": []}
    server = subprocess.Popen([program, str(folder / "pgbouncer.ini")], **options)
    try:
        _wait_for(port)
        yield {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGUSER": "postgres",
            "PGPASSWORD": password,
            "PGDATABASE": "postgres",
        }
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _at(postgres: str) -> str:
    return f"host={postgres.partition('host=')[2]} dbname=postgres"


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError("pgbouncer did not start")
