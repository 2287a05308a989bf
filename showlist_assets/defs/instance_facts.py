"""What a Dagster instance is like, as far as a production depends on it.

What belongs here: asking Dagster. What does not: what is wrong with the answers, and what to do
(``cli.doctor_instance``).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import dagster as dg
import yaml
from dagster._check import CheckError
from dagster._core.instance.ref import InstanceRef

from showlist_assets.errors import ShowlistError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONFIGURATION: Final = "dagster.yaml"
# Kubernetes, Docker and Cloud Run are asked about each worker, and so does ours (celery_launcher).
# Celery calls a task started for ever whose worker was killed, which is what CeleryRunLauncher
# believes; the default launcher forgets its runs when the code server ends.
_SEES_DEAD_WORKERS: Final = (
    "K8sRunLauncher",
    "DockerRunLauncher",
    "CloudRunRunLauncher",
    "WatchedCeleryRunLauncher",
)


class UnusableInstanceError(ShowlistError):
    """The instance of a Dagster home cannot be opened; the message says why."""


@dataclass(frozen=True)
class InstanceFacts:
    """An instance, and how what runs on it stands.

    Attributes:
        is_postgres: Whether runs and events are kept in Postgres.
        pools: Those of the assets.
        limited_pools: Those whose limit is stored, and not only the default.
        launcher: The class that starts runs.
        sees_dead_workers: Whether it notices that the process of a run has died.
        monitors: Whether run monitoring is on.
        max_runtime: After how many seconds it ends any run; 0 for never.
        retries: How often a crashed run is started again.
        has_daemon: Whether a daemon has ever run here.
        late_daemons: Those that are needed and have not been heard of lately.
        stopped: Schedules and sensors that do not run.
        outdated: The parts of its storage whose tables are not as this version makes them.
    """

    is_postgres: bool
    pools: frozenset[str]
    limited_pools: frozenset[str]
    launcher: str
    sees_dead_workers: bool
    monitors: bool
    max_runtime: int
    retries: int
    has_daemon: bool
    late_daemons: tuple[str, ...]
    stopped: tuple[str, ...]
    outdated: tuple[str, ...] = ()


def instance_facts(home: Path, definitions: dg.Definitions) -> InstanceFacts:
    """Ask the instance of the Dagster ``home`` about what ``definitions`` need.

    Raises:
        UnusableInstanceError: it cannot be opened, or its storage does not answer.
    """
    with _opened(home) as instance:
        return _asked(instance, definitions)


def outdated_storage(home: Path) -> tuple[str, ...]:
    """The parts of the storage of ``home`` whose tables are not as this version makes them.

    Raises:
        UnusableInstanceError: it cannot be opened, or its storage does not answer.
    """
    with _opened(home) as instance:
        return tuple(_outdated(instance))


@contextmanager
def _opened(home: Path) -> Iterator[dg.DagsterInstance]:
    try:
        with dg.DagsterInstance.from_config(str(home)) as instance:
            yield instance
    # Its parts come from any package, and raise what they like.
    except Exception as error:
        raise cannot_open(home, error) from error


def folders_written(home: Path) -> dict[str, Path]:
    """The folders of this machine that the instance of ``home`` writes, by the part of it.

    Raises:
        UnusableInstanceError: its configuration cannot be read.
    """
    try:
        reference = InstanceRef.from_dir(str(home))
    except (dg.DagsterError, CheckError, OSError, yaml.YAMLError) as error:
        raise UnusableInstanceError(
            f"{home / CONFIGURATION} cannot be read ({why_unusable(error)})."
        ) from None
    parts = {
        "local_artifact_storage": reference.local_artifact_storage_data,
        "compute_logs": reference.compute_logs_data,
        "run storage": reference.run_storage_data,
        "event log storage": reference.event_storage_data,
        "schedule storage": reference.schedule_storage_data,
    }
    folders = {part: data.config_dict.get("base_dir") for part, data in parts.items() if data}
    return {part: Path(folder) for part, folder in folders.items() if isinstance(folder, str)}


def configuration(home: Path) -> Mapping[str, Any]:
    """What dagster.yaml of ``home`` says, references to the environment as they stand there.

    Raises:
        UnusableInstanceError: it cannot be read.
    """
    try:
        said = yaml.safe_load((home / CONFIGURATION).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnusableInstanceError(
            f"{home / CONFIGURATION} cannot be read ({why_unusable(error)})."
        ) from None
    return said if isinstance(said, dict) else {}


def pools_of(definitions: dg.Definitions) -> frozenset[str]:
    """The pools of all assets."""
    assets = definitions.get_repository_def().assets_defs_by_key.values()
    return frozenset(
        pool for asset in assets if asset.is_executable for pool in asset.node_def.pools
    )


def _asked(instance: dg.DagsterInstance, definitions: dg.Definitions) -> InstanceFacts:
    launcher = type(instance.run_launcher).__name__
    limits = instance.event_log_storage.get_pool_limits()
    daemons = instance.get_daemon_statuses()
    retries = instance.get_settings("run_retries")
    return InstanceFacts(
        is_postgres="Postgres" in type(instance.event_log_storage).__name__,
        pools=pools_of(definitions),
        limited_pools=frozenset(limit.name for limit in limits if not limit.from_default),
        launcher=launcher,
        sees_dead_workers=launcher in _SEES_DEAD_WORKERS,
        monitors=instance.run_monitoring_enabled,
        max_runtime=int(instance.run_monitoring_max_runtime_seconds or 0),
        retries=int(retries.get("max_retries", 0)) if instance.run_retries_enabled else 0,
        has_daemon=any(status.last_heartbeat for status in daemons.values()),
        late_daemons=tuple(
            sorted(kind for kind, one in daemons.items() if one.required and not one.healthy)
        ),
        stopped=tuple(_stopped(instance, definitions)),
        outdated=tuple(_outdated(instance)),
    )


def _outdated(instance: dg.DagsterInstance) -> Iterator[str]:
    versions = {
        "runs": instance.run_storage.alembic_version(),
        "events": instance.event_log_storage.alembic_version(),
        "schedules": instance.schedule_storage and instance.schedule_storage.alembic_version(),
    }
    for part, version in versions.items():
        if version and version[0] != version[1]:
            yield part


def _stopped(instance: dg.DagsterInstance, definitions: dg.Definitions) -> Iterator[str]:
    states = {state.instigator_name: state for state in instance.all_instigator_state()}
    repository = definitions.get_repository_def()
    schedules_and_sensors: list[dg.ScheduleDefinition | dg.SensorDefinition] = [
        *repository.schedule_defs,
        *repository.sensor_defs,
    ]
    for each in schedules_and_sensors:
        state = states.get(each.name)
        runs = state.is_running if state else each.default_status.value == "RUNNING"
        if not runs:
            yield each.name


def cannot_open(home: Path, error: BaseException) -> UnusableInstanceError:
    """What to raise where the instance of ``home`` cannot be opened."""
    return UnusableInstanceError(
        f"the instance of {home} cannot be opened ({why_unusable(error)})."
    )


def why_unusable(error: BaseException) -> str:
    """What went wrong with an instance, without any value of its configuration."""
    # Its text can hold what dagster.yaml says, a password included.
    kind = type(error).__name__
    unset = re.search(r'environment variable "(\w+)" which is not set', str(error))
    if unset:
        return f"{kind}: {unset[1]} is not set"
    if isinstance(error, OSError):
        return f"{kind}: {error.strerror} {error.filename or ''}".strip()
    missing = error if isinstance(error, ImportError) else error.__cause__ or error.__context__
    if isinstance(missing, ImportError):
        return f"{kind}: {missing.name} is not installed"
    return kind
