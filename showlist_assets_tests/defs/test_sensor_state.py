"""Whether the sensor that pushes is on, told to whoever is no part of Dagster."""

from __future__ import annotations

import subprocess
import sys

from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    InProcessCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from showlist_assets.defs.sensor_state import SENSOR, pushes_by_itself
from showlist_assets_tests.platform_under_test import instance_on_disk


def test_it_is_off_until_an_operator_turns_it_on(filled_platform, tmp_path):
    with instance_on_disk(tmp_path / "instance") as instance:
        assert pushes_by_itself(instance) is False
        definitions = filled_platform.definitions
        sensor = definitions.get_repository_def().get_sensor_def(SENSOR)
        off = _started(instance, definitions, sensor)
        assert pushes_by_itself(instance) is True
        instance.update_instigator_state(off)
        assert pushes_by_itself(instance) is False


def _started(instance, definitions, sensor):
    """Turn the sensor on, as a person does in Dagster; returns the state in which it is off."""
    target = LoadableTargetOrigin(executable_path=sys.executable)
    location = InProcessCodeLocationOrigin(target, location_name="here")
    repository = RemoteRepositoryOrigin(location, definitions.get_repository_def().name)
    origin = RemoteInstigatorOrigin(repository, sensor.name)
    on = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING)
    instance.add_instigator_state(on)
    return on.with_status(InstigatorStatus.STOPPED)


def test_without_an_instance_nobody_knows_and_dagster_is_not_loaded(monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    assert pushes_by_itself() is None
    code = (
        "import sys; from showlist_assets.defs.sensor_state import pushes_by_itself; "
        "assert pushes_by_itself() is None; assert 'dagster' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_instance_that_cannot_be_opened_is_no_fault_of_the_pages(monkeypatch, tmp_path):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "nowhere"))
    assert pushes_by_itself() is None
