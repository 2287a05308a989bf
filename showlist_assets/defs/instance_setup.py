"""Making a Dagster instance ready for this version: its storage and a limit for each pool.

What belongs here: changing an instance. What does not: looking at one (``instance_facts``), and
which configuration it has (``cli.templates``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import dagster as dg
import yaml
from dagster._check import CheckError
from sqlalchemy.exc import SQLAlchemyError

from showlist_assets.defs.instance_facts import cannot_open, pools_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


_UNUSABLE: Final = (
    dg.DagsterError,
    CheckError,
    SQLAlchemyError,
    ImportError,
    OSError,
    yaml.YAMLError,
)


@dataclass(frozen=True)
class InstanceSetUp:
    """What was done.

    Attributes:
        storage: The class that keeps events.
        limit: How many assets of one pool may be at work at once.
        newly_limited: The pools that had no limit of their own before.
    """

    storage: str
    limit: int
    newly_limited: tuple[str, ...]


def set_up_instance(home: Path, definitions: dg.Definitions) -> InstanceSetUp:
    """Bring the instance of the Dagster ``home`` up to this version; a second time does nothing.

    A limit that somebody has set stays.

    Raises:
        UnusableInstanceError: it cannot be opened, or its storage does not answer.
    """
    try:
        with dg.DagsterInstance.from_config(str(home)) as instance:
            instance.upgrade()
            limit = instance.global_op_concurrency_default_limit or 1
            newly_limited = _limit_pools(instance, pools_of(definitions), limit)
            storage = type(instance.event_log_storage).__name__
    except _UNUSABLE as error:
        raise cannot_open(home, error) from error
    return InstanceSetUp(storage, limit, newly_limited)


def _limit_pools(
    instance: dg.DagsterInstance, pools: Collection[str], limit: int
) -> tuple[str, ...]:
    """Store the default as each pool's own limit.

    On Postgres, the first two runs that want a pool at once would write it both, and one of them
    fails (dagster-io/dagster#33552).
    """
    storage = instance.event_log_storage
    own = {each.name for each in storage.get_pool_limits() if not each.from_default}
    missing = tuple(sorted(set(pools) - own))
    for pool in missing:
        storage.set_concurrency_slots(pool, limit)
    return missing
