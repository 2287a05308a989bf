"""Which files of tests begin: what takes longest, so that no core is idle while the last one ends.

A worker of ``make test`` takes whole files, in this order and then as they are collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

LONGEST_FIRST: Final = (
    "test_commands_of_docs.py",
    "cli/test_demo.py",
    "web/browser/test_every_screen.py",
    "web/browser/test_saving.py",
    "web/test_preview_is_push.py",
    "drill/test_drill.py",
    "cli/test_demo_story.py",
    "cli/test_web.py",
    "web/browser/test_taste.py",
    "web/browser/test_the_form.py",
    "runs/test_kill.py",
    "cli/test_app.py",
    "test_definitions.py",
    "cli/test_home_sandbox.py",
    "benchmarks/test_two_sources.py",
    "services/playlists/test_push.py",
    "runs/test_strict_run.py",
    "runs/test_pipeline.py",
    "defs/test_schedules.py",
    "domain/events/test_show_changes.py",
    "domain/playlists/test_way_out.py",
    "domain/playlists/test_calendar_entries.py",
)


def longest_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests of the longest files, then the others as they came."""
    rank = {name: place for place, name in enumerate(LONGEST_FIRST)}

    def place(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0].partition("showlist_assets_tests/")[2]
        return rank.get(file, len(rank))

    return sorted(items, key=place)
