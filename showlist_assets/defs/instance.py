"""The Dagster instance of a home: Dagster's own, with what it writes written in fewer steps.

``instance_class`` of a ``dagster.yaml`` names it. Without that line, or by another version, the
same home is opened by Dagster's classes; the files are the same.

What belongs here: what an instance is made of where its ``dagster.yaml`` says nothing else. What
does not: how events are stored (``defs.sqlite_storage``).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import dagster as dg
import yaml
from dagster._core.instance.ref import InstanceRef
from dagster._serdes import ConfigurableClassData

if TYPE_CHECKING:
    from collections.abc import Mapping

# As many as a run of all states has of one asset.
_EVENTS_AT_ONCE: Final = 100


class BatchingInstance(dg.DagsterInstance):
    """Stores events of partitions together, and SQLite by ``defs.sqlite_storage``.

    A ``storage`` of the ``dagster.yaml`` counts as ever.
    """

    @classmethod
    def config_schema(cls) -> dict[str, Any]:
        """Nothing further in ``dagster.yaml``."""
        return {}

    @staticmethod
    def config_defaults(base_dir: str) -> Mapping[str, ConfigurableClassData | None]:
        """What holds where ``dagster.yaml`` says nothing, for the home ``base_dir``."""
        storage = ConfigurableClassData(
            "showlist_assets.defs.sqlite_storage",
            "SqliteStorage",
            yaml.dump({"base_dir": base_dir}),
        )
        return {**InstanceRef.config_defaults(base_dir), "storage": storage}

    def _get_event_batch_size(self) -> int:
        return int(os.environ.get("DAGSTER_EVENT_BATCH_SIZE", _EVENTS_AT_ONCE))


AS_CONFIGURED: Final = {"module": __name__, "class": BatchingInstance.__name__}
"""What ``instance_class`` says of it."""
