"""What recipes and rankings follow: shows of states, songs that were found for a listener.

What belongs here: what a sensor must be told of changes, and the event log that tells a daemon.
What does not: what follows from a change (``sensors``, ``listening_sensor``), and the changes of
whoever has no lasting event log (``services.table_changes``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import dagster as dg
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOWS: Final = dg.AssetKey("upcoming_shows")
_SUGGESTIONS: Final = dg.AssetKey("track_suggestions")
_PAGE: Final = 200


class Changes(Protocol):
    """When what is followed was last written; a number that grows with time."""

    def newest(self) -> int:
        """The number of the newest change of all; 0 where there is none."""

    def newest_shows(self) -> int:
        """The number of the newest change of shows; 0 where there is none."""

    def since(self, after: int) -> Mapping[str, int]:
        """The newest number beyond ``after`` of each state, and of each ``listener NAME``."""


class EventLog(Changes):
    """The changes that an instance was told of, each by the storage id of its materialization."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        """Read nothing yet."""
        self._instance = instance

    @override
    def newest(self) -> int:
        return max(self._newest(_SHOWS), self._newest(_SUGGESTIONS))

    @override
    def newest_shows(self) -> int:
        return self._newest(_SHOWS)

    @override
    def since(self, after: int) -> Mapping[str, int]:
        songs = self._partitions(_SUGGESTIONS, after)
        return self._partitions(_SHOWS, after) | {
            f"listener {account}": storage_id for account, storage_id in songs.items()
        }

    def _newest(self, key: dg.AssetKey) -> int:
        found = self._instance.fetch_materializations(key, limit=1).records
        return found[0].storage_id if found else 0

    def _partitions(self, key: dg.AssetKey, after: int) -> dict[str, int]:
        """The newest storage id of each partition that was materialized after ``after``."""
        changed: dict[str, int] = {}
        cursor: int = after
        while True:
            # By storage id, which only grows: a time may be shared by two events, or set back.
            found = self._instance.fetch_materializations(
                dg.AssetRecordsFilter(asset_key=key, after_storage_id=cursor),
                limit=_PAGE,
                ascending=True,
            ).records
            for record in found:
                cursor = record.storage_id
                if record.partition_key:
                    changed[record.partition_key] = record.storage_id
            if len(found) < _PAGE:
                return changed
