"""Where ``deploy/`` lies, and the programs that look at it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def program(name: str) -> str:
    """Its path; skips the test where there is none."""
    beside = Path(sys.executable).parent
    # What does not go together with Showlist's own packages has an environment of its own.
    places = (str(beside), str(beside.parent / "checkov" / "bin"), os.environ["PATH"])
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        pytest.skip(f"{name} is not installed (make deploy-check)")
    return found
