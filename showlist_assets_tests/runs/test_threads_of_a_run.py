"""Runs over a sandbox that answers slowly: the same tables with one thread and with several."""

from __future__ import annotations

import pytest

from showlist_assets_tests.platform_under_test import PlatformUnderTest

_STATE = "WA"


def _run(sandbox, folder, threads, **settings):
    folder.mkdir()
    platform = PlatformUnderTest(sandbox, folder)
    platform.set(SHOWLIST_LOOKUP_THREADS=str(threads), **settings)
    platform.must_run(_STATE)
    return platform


def _files(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.parquet")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "settings"),
    [
        ("extended", {}),
        # Spent in the middle of the lookups.
        ("development", {"SHOWLIST_CALLS_PER_RUN": "18"}),
    ],
)
def test_tables_and_calls_are_those_of_one_thread(start_sandbox, tmp_path, mode, settings):
    sandbox = start_sandbox(mode=mode, latency_ms=5)
    one = _run(sandbox, tmp_path / "one", 1, **settings)
    alone = sandbox.requests("spotify")
    several = _run(sandbox, tmp_path / "several", 4, **settings)
    assert sandbox.requests("spotify") - alone == alone
    assert _files(several.root) == _files(one.root)
    assert several.of_run("matched_artists") == one.of_run("matched_artists")
    outcomes = set(one.table("matched_artists")["outcome"])
    assert "matched" in outcomes
    assert ("pending" in outcomes) == bool(settings)
