"""The instance that ``dagster.yaml`` names: Dagster's own, which another may open as well."""

from __future__ import annotations

import subprocess
import sys

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef
from dagster._serdes import deserialize_value, serialize_value

from showlist_assets.cli.templates import dagster_configuration
from showlist_assets.defs.instance import BatchingInstance
from showlist_assets.defs.instance_facts import folders_written
from showlist_assets.defs.sqlite_storage import EventLog


@pytest.fixture
def home(tmp_path):
    for name, content in dagster_configuration("sqlite").items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_home_is_opened_by_it_wherever_its_folder_is_named(home, monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert isinstance(instance, BatchingInstance)
        assert isinstance(instance.event_log_storage, EventLog)
        assert (home / "history" / "runs" / "index.db").is_file()
        # As a run's process is told of it.
        told = deserialize_value(serialize_value(instance.get_ref()), InstanceRef)
    with dg.DagsterInstance.from_ref(told) as again:
        assert isinstance(again.event_log_storage, EventLog)
    assert folders_written(home)["event log storage"] == home / "history" / "runs"


def test_a_home_without_it_goes_on_as_it_was_and_comes_back(home):
    @dg.asset
    def numbers() -> None: ...

    with dg.DagsterInstance.from_config(str(home)) as instance:
        run_id = dg.materialize([numbers], instance=instance).run_id
    configured = (home / "dagster.yaml").read_text()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as before:
        assert not isinstance(before, BatchingInstance)
        assert len(before.fetch_materializations(numbers.key, limit=9).records) == 1
        dg.materialize([numbers], instance=before)
    (home / "dagster.yaml").write_text(configured)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert len(instance.fetch_materializations(numbers.key, limit=9).records) == 2
        assert instance.get_run_by_id(run_id).is_success


@pytest.mark.parametrize("storage", ["postgres", "workers"])
def test_postgres_is_configured_beside_it(storage, tmp_path):
    (tmp_path / "dagster.yaml").write_bytes(dagster_configuration(storage)["dagster.yaml"])
    reference = InstanceRef.from_dir(str(tmp_path))
    assert reference.storage_data.class_name == "DagsterPostgresStorage"
    assert reference.custom_instance_class is BatchingInstance


@pytest.mark.parametrize(("said", "size"), [(None, 100), ("7", 7), ("0", 0)])
def test_how_many_events_are_stored_at_once_can_be_said(said, size, home, monkeypatch):
    monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
    if said:
        monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", said)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance._get_event_batch_size() == size


def test_to_open_a_home_loads_nothing_of_the_platform(home):
    """The daemon, the UI and every run do, before they know of any asset."""
    script = (
        "import sys, dagster as dg; dg.DagsterInstance.from_config(sys.argv[1]).dispose();"
        "print([name for name in ('polars', 'pydantic_settings') if name in sys.modules],"
        "[name for name in sys.modules if name.startswith('showlist_assets.')])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, str(home)], capture_output=True, text=True, check=True
    )
    ours = ["defs", "defs.instance", "defs.sqlite_storage"]
    assert found.stdout.strip() == f"[] {[f'showlist_assets.{name}' for name in ours]}"
