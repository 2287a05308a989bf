"""What the benchmark reckons; the parts themselves take longer than a test may."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from showlist_assets_tests.benchmarks.celery_deployment import worker_command
from showlist_assets_tests.benchmarks.process_times import cpu_seconds
from showlist_assets_tests.benchmarks.scale_out import Killed, Measured, report, ways

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux")

# It waits for a child of its own, and lives on.
BUSY = """
import subprocess, sys
spin = "import time\\nwhile time.process_time() < 0.2: pass"
subprocess.run([sys.executable, "-S", "-c", spin], check=True)
print("done", flush=True)
sys.stdin.read()
"""


def test_the_time_of_a_child_that_has_ended_is_its_parents():
    with subprocess.Popen(
        [sys.executable, "-S", "-c", BUSY, "the-worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"done\n"
        used = cpu_seconds({"the-worker": "workers"}, otherwise="others")
        process.stdin.close()
    assert 0.2 <= used["workers"] < 2


def test_its_workers_are_those_of_compose():
    compose = Path(__file__).resolve().parents[2] / "deploy/container/compose.yaml"
    if not compose.is_file():
        pytest.skip("needs a clone: deploy/ is not part of the package")
    command = yaml.safe_load(compose.read_text())["services"]["worker"]["command"]
    ours = [str(part) for part in worker_command(Path("home"), "worker")]
    assert command.strip().rstrip("'").endswith(" ".join(ours[ours.index("-n") :]))


def measured(**changes):
    told = {
        "way": "2 workers",
        "states": 51,
        "wall": 61.4,
        "runs": [12.1, 9.8],
        "failed": 0,
        "cpu": {"workers": 33.3},
        "budget": 150,
        "calls": (150, 150),
        "pending": 0,
        "load": 0.5,
    }
    return Measured(**{**told, **changes})


def test_a_way_is_told_in_one_line():
    (line,) = report([measured()]).splitlines()[2:]
    assert line == (
        "| 2 workers | 51 | 2 (0) | 61 | 10 to 12 | 33 | 0 | 0 | 0 | 0 | 150 (150) | 150 | 0 | "
        "as the first | 0.5 |"
    )


def test_differing_tables_are_told_and_those_of_a_way_without_enough_calls_are_not_compared():
    (line,) = report([measured(differs=["shows: one row"])]).splitlines()[2:]
    assert "| differ: shows |" in line
    (line,) = report([measured(pending=3)]).splitlines()[2:]
    assert "| 3 | - |" in line


def test_of_a_killed_worker_is_told_when_it_was_noticed_and_mended():
    lines = report([measured(killed=Killed(noticed=13.2, done=70.9))]).splitlines()
    assert lines[2].startswith("| 2 workers | 51 | 2 (0) | 61 | 10 to 12 | - |")
    assert lines[-1] == "| 2 workers | 13 | 71 |"


def test_each_way_has_a_name_of_its_own():
    names = [way.name for way in ways(150)]
    assert len(set(names)) == len(names)
