"""A real PostgreSQL for the tests that need one; skips where none is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def _program(name: str) -> str:
    # Debian keeps them out of the way, a folder for each version.
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(installed[-1]) if installed else None)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian package postgresql)")
    return found


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of an empty server, as SQLAlchemy takes it, while the block lasts."""
    initdb, postgres = _program("initdb"), _program("postgres")
    # Not pytest's own folder: the server may not run as root, and nobody else may enter that.
    folder = Path(tempfile.mkdtemp(prefix="showlist-postgres-"))
    # A server has its own clock; under a faked one (`make test-dates`) it never starts.
    options: dict[str, Any] = {
        "env": {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"},
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        options |= {"user": "nobody", "extra_groups": []}
    data = folder / "data"
    new = ["-A", "trust", "-U", "postgres", "--no-sync", "--locale=C", "-E", "UTF8"]
    subprocess.run([initdb, "-D", str(data), *new], check=True, **options)
    quiet = ["-c", "listen_addresses=", "-c", "fsync=off"]
    server = subprocess.Popen([postgres, "-D", str(data), "-k", str(folder), *quiet], **options)
    try:
        deadline = time.monotonic() + 20
        while not (folder / ".s.PGSQL.5432").exists():
            assert time.monotonic() < deadline, "postgres did not start"
            time.sleep(0.02)
        yield f"postgresql+psycopg2://postgres@/postgres?host={folder}"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
