"""Where the real data lies that some tests and benchmarks measure against.

It may not be shipped with the project (its licences do not allow it), so every test that needs it
skips, with this module's reason, where it is absent. Point ``SHARED_TEST_DATA`` at another copy.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(
    os.environ.get("SHARED_TEST_DATA", Path(__file__).resolve().parents[2] / "shared")
).resolve()


def shared(path: str) -> Path:
    """The file or folder ``path`` below the shared data; skips the test where it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"real data not here: {found} (set SHARED_TEST_DATA to a folder that has it)")
    return found
