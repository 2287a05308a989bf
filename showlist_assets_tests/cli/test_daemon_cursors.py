"""Where Dagster's daemon begins: it is silent about a new home, and old runs stay old."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import dagster as dg
import pytest
from dagster._daemon.auto_run_reexecution.event_log_consumer import EventLogConsumerDaemon

from showlist_assets.cli.daemon_cursors import begin_after_runs_so_far, begin_in_new_home
from showlist_assets.cli.homes import Home

_WARNING = "No cursor for event type"


@pytest.fixture
def home(tmp_path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def _one_round(home: Home, caplog: pytest.LogCaptureFixture) -> str:
    """What the daemon says in one round over the home."""
    daemon = EventLogConsumerDaemon()
    daemon._logger = logging.getLogger("test.daemon")
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance, caplog.at_level("WARNING"):
        list(daemon.run_iteration(SimpleNamespace(instance=instance)))
    return caplog.text


def test_dagster_warns_of_a_new_home_by_itself(home, caplog):
    """If not, this module has no reason any more."""
    assert _one_round(home, caplog).count(_WARNING) == 2


def test_in_a_new_home_it_has_nothing_to_warn_of(home, caplog):
    begin_in_new_home(home.dagster)
    assert _WARNING not in _one_round(home, caplog)


def test_after_runs_it_begins_behind_them_and_goes_on_from_where_it_is(home, caplog):
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        _run(instance)
        begin_after_runs_so_far(instance)
        newest = str(instance.event_log_storage.get_maximum_record_id())
        assert set(_cursors(instance)) == {newest}
        _run(instance)
        begin_after_runs_so_far(instance)
        assert set(_cursors(instance)) == {newest}
    assert _WARNING not in _one_round(home, caplog)


def test_a_home_that_dagster_has_used_is_left_alone(home):
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        _run(instance)
    begin_in_new_home(home.dagster)
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        assert not _cursors(instance)


def _run(instance: dg.DagsterInstance) -> None:
    @dg.op
    def nothing() -> None:
        pass

    @dg.job
    def empty() -> None:
        nothing()

    assert empty.execute_in_process(instance=instance).success


def _cursors(instance: dg.DagsterInstance) -> list[str]:
    keys = {f"EVENT_LOG_CONSUMER_CURSOR-{end}" for end in ("PIPELINE_SUCCESS", "PIPELINE_FAILURE")}
    return list(instance.daemon_cursor_storage.get_cursor_values(keys).values())
