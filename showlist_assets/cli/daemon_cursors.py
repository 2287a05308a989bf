"""Where Dagster's daemon begins to follow the ends of runs, in an instance that is new to it.

The daemon that retries crashed runs begins behind whatever was there before it, and warns of that
twice ("No cursor for event type ..., ignoring older events"): in a new home, of nothing at all.
What it would begin with is written here beforehand. Dagster has no public way to say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import dagster as dg


def begin_after_runs_so_far(instance: dg.DagsterInstance) -> None:
    """Let the daemon follow the runs that end from now on, unless it follows them already."""
    from dagster._daemon.auto_run_reexecution.event_log_consumer import (
        DAGSTER_EVENT_TYPES,
        _create_cursor_key,
    )

    keys = {_create_cursor_key(each) for each in DAGSTER_EVENT_TYPES}
    store = instance.daemon_cursor_storage
    missing = keys - set(store.get_cursor_values(keys))
    if missing:
        newest = instance.event_log_storage.get_maximum_record_id() or 0
        store.set_cursor_values(dict.fromkeys(missing, str(newest)))


def begin_in_new_home(dagster_home: Path) -> None:
    """The same for a home that no process of Dagster has used yet; any other is left alone."""
    if (dagster_home / "history").exists():
        return
    import dagster as dg

    with dg.DagsterInstance.from_config(str(dagster_home)) as instance:
        begin_after_runs_so_far(instance)
