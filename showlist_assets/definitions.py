"""The single entry point for Dagster: ``defs``, and ``build_definitions`` for tests and the CLI.

Loading it does no I/O beyond reading the settings. Every asset in ``defs/assets`` is picked up,
also a new one; jobs, schedules and sensors are listed in their modules.
"""

from __future__ import annotations

import gc
import warnings
from typing import TYPE_CHECKING, Any

import dagster as dg

from showlist_assets.defs import assets
from showlist_assets.defs.jobs import default_jobs
from showlist_assets.defs.partitions import states_partitions
from showlist_assets.defs.resources import default_resources, gcs_client
from showlist_assets.defs.schedules import default_schedules
from showlist_assets.defs.sensors import default_sensors
from showlist_assets.defs.watching import failure_watch
from showlist_assets.domain.states import STATE_CODES
from showlist_assets.settings import Settings, load_settings
from showlist_assets.wiring import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping


def build_definitions(
    settings: Settings | None = None,
    *,
    platform: Platform | None = None,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """Everything Dagster needs to know, honouring ``settings`` and no others.

    Args:
        settings: By default those of the process.
        platform: Made of the settings, if another one than theirs is wanted.
        loggers: Beside Dagster's own.
    """
    chosen = platform or Platform(settings or load_settings(), gcs_client=gcs_client)
    return dg.Definitions(
        assets=_assets(chosen.settings.states_per_run, chosen.states),
        jobs=default_jobs,
        schedules=default_schedules,
        sensors=[*default_sensors, failure_watch],
        resources=default_resources(chosen),
        executor=dg.in_process_executor,
        loggers=loggers,
    )


def _assets(states_per_run: int, states: tuple[str, ...]) -> list[Any]:
    """The assets of ``defs/assets``; a backfill's run covers ``states_per_run`` of ``states``."""
    with warnings.catch_warnings():
        # Runs of several states need a backfill policy, which is in beta for @asset alone.
        warnings.simplefilter("ignore", dg.BetaWarning)
        loaded = dg.load_assets_from_package_module(
            assets,
            backfill_policy=dg.BackfillPolicy.multi_run(states_per_run),
            include_specs=True,
        )
    if states == STATE_CODES:
        return list(loaded)
    partitions = dg.StaticPartitionsDefinition(states)
    return [_partitioned(asset, partitions) for asset in loaded]


def _partitioned(asset: Any, partitions: dg.StaticPartitionsDefinition) -> Any:
    """``asset`` with ``partitions``, if it has one a state."""
    if not isinstance(asset, dg.AssetsDefinition) or asset.partitions_def != states_partitions:
        return asset
    return asset.map_asset_specs(lambda spec: spec.replace_attributes(partitions_def=partitions))


def _of_this_process() -> dg.Definitions:
    settings = load_settings()
    if settings.log_format == "json":
        from showlist_assets.defs.run_logging import log_all_as_json

        log_all_as_json()
    return build_definitions(settings)


defs = _of_this_process()
# All that is loaded by now lives as long as the process: no collection need look at it again.
gc.freeze()
