"""Materialize a range of states in a process of its own, so that a test can kill it.

python -m showlist_assets_tests.runs.run_states FIRST LAST
"""

from __future__ import annotations

import sys

import showlist_assets_tests.sqlite_engines  # noqa: F401

# isort: split
import dagster as dg

from showlist_assets.definitions import defs
from showlist_assets.defs.partitions import range_tags

if __name__ == "__main__":
    with dg.DagsterInstance.get() as instance:
        defs.resolve_job_def("refresh_states").execute_in_process(
            instance=instance, tags=range_tags(*sys.argv[1:])
        )
