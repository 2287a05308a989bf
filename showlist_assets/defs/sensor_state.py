"""Whether the sensor that pushes playlists is turned on, for whoever is no part of Dagster.

Nothing here imports Dagster before it is needed: the page's process may never.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import dagster as dg

_log = logging.getLogger(__name__)

# ``sensors.playlist_refresh_sensor``, whose module would load every asset.
SENSOR: Final = "playlist_refresh_sensor"


def pushes_by_itself(instance: dg.DagsterInstance | None = None) -> bool | None:
    """Whether the sensor is on; None where there is no instance to ask.

    Args:
        instance: Whom to ask; by default that of DAGSTER_HOME.
    """
    if instance is None and not os.environ.get("DAGSTER_HOME"):
        return None
    try:
        import dagster as dg

        if instance is not None:
            return _is_on(instance)
        with dg.DagsterInstance.get() as found:
            return _is_on(found)
    except Exception as failure:  # noqa: BLE001
        _log.warning("Whether playlists are kept up to date could not be asked: %r", failure)
        return None


def _is_on(instance: dg.DagsterInstance) -> bool:
    states = instance.all_instigator_state()
    # It is off until an operator turns it on, and unknown to an instance before that.
    return any(state.instigator_name == SENSOR and state.is_running for state in states)
