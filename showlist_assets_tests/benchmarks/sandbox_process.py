"""A sandbox in a process of its own, so that a benchmark measures the platform alone."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from showlist_assets_tests.clock import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def serving(*flags: str) -> Iterator[str]:
    """The URL of a sandbox started with ``flags`` of ``showlist sandbox``, on a free port.

    Its clock begins at ``NOW`` and runs, so that its limits pass in real seconds.
    """
    command = [sys.executable, "-m", "showlist_assets.cli.app", "sandbox", "--port", "0"]
    command += ["--clock", f"{NOW:%Y-%m-%dT%H:%M:%S}", "--running", *flags]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert found, "the sandbox did not start"
        yield found.group()
    finally:
        process.terminate()
        process.wait()
