"""A real Redis for the tests that need one; skips where none is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def running_redis(port: int = 0) -> Iterator[str]:
    """The URL of an empty server while the block lasts: of a socket, or of a port of 127.0.0.1."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("redis-server is not installed (Debian package redis-server)")
    with tempfile.TemporaryDirectory(prefix="showlist-redis-") as folder:
        socket = Path(folder) / "redis.sock"
        options = ["--port", str(port), "--bind", "127.0.0.1", "--unixsocket", str(socket)]
        process = subprocess.Popen(
            [server, *options, "--dir", folder, "--save", "", "--loglevel", "warning"],
            stdout=subprocess.DEVNULL,
            # A server has its own clock; under a faked one (`make test-dates`) Redis never starts.
            env={name: value for name, value in os.environ.items() if name != "LD_PRELOAD"},
        )
        try:
            deadline = time.monotonic() + 10
            while not socket.exists():
                assert time.monotonic() < deadline, "redis-server did not start"
                time.sleep(0.01)
            yield f"redis://127.0.0.1:{port}" if port else f"unix://{socket}"
        finally:
            process.terminate()
            process.wait()
