"""What ``showlist tick`` has dealt with: one JSON file in the data root.

What a daemon keeps in its instance (cursors, the last tick of a schedule, run keys) is kept here,
because the machine of the next tick may be another one. What belongs here: the record and its file.
What does not: what is due (``defs.ticking``).
"""

from __future__ import annotations

# pydantic evaluates the annotation.
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.storage.files import Files

FILE: Final = "tick.json"
# A scheduler that ticks once a day, and misses one.
_GIVEN_UP: Final = timedelta(days=2, hours=1)


class StartedRun(BaseModel):
    """A run that was asked for by its key.

    Attributes:
        at: When it was started last.
        attempts: How often; more than once where the process died.
        ended: Whether it came to an end, good or bad.
    """

    at: datetime
    attempts: int = 0
    ended: bool = False


class Change(BaseModel):
    """A thing that recipes or rankings follow.

    Attributes:
        version: What its file was known by when it was looked at last.
        number: Grows with each look that found it changed.
    """

    version: str
    number: int


class TickRecord(BaseModel):
    """What was dealt with.

    Attributes:
        schedules: The time of each schedule's tick that was seen through last.
        cursors: Of each sensor.
        runs: By step, those of its run keys that may be asked for again.
        number: Of the newest change; only grows.
        changes: Of each state ``XX`` and ``listener NAME``.
        published: Number of the newest change that is in the warehouse.
        looked_at: When playlists were looked after last.
    """

    # One of a later version must not be cut down to what this one knows.
    model_config = ConfigDict(extra="allow")

    schedules: dict[str, datetime] = Field(default_factory=dict)
    cursors: dict[str, str] = Field(default_factory=dict)
    runs: dict[str, dict[str, StartedRun]] = Field(default_factory=dict)
    number: int = 0
    changes: dict[str, Change] = Field(default_factory=dict)
    published: int = 0
    looked_at: datetime | None = None

    def goes_on(self, now: datetime) -> bool:
        """Whether ticks look after playlists, as far as can be told ``now``."""
        # A clock that was ahead has looked in the future.
        return self.looked_at is not None and abs(now - self.looked_at) < _GIVEN_UP

    def look(self, versions: Mapping[str, str]) -> None:
        """Number whatever has another version than at the last look; what is gone is forgotten."""
        changed = {
            thing: Change(version=version, number=self.number + 1)
            for thing, version in versions.items()
            if thing not in self.changes or self.changes[thing].version != version
        }
        self.number += bool(changed)
        self.changes = {thing: self.changes[thing] for thing in versions if thing not in changed}
        self.changes |= changed


class TickFile:
    """The record's file; written only by whoever has read what it replaces."""

    def __init__(self, files: Files) -> None:
        """Read nothing yet."""
        self._files, self._version = files, ""

    def read(self) -> TickRecord:
        """The record; an empty one where there is none.

        Raises:
            StorageError: it cannot be read, or is not what a tick has written.
        """
        content, self._version = self._files.read_versioned(FILE)
        if content is None:
            return TickRecord()
        try:
            return TickRecord.model_validate_json(content)
        except ValidationError as error:
            raise StorageError(
                f"{self._files.uri(FILE)} is not what `showlist tick` has written. Move it away: "
                "without it the next tick is like the first one, which refreshes all states."
            ) from error

    def write(self, record: TickRecord) -> None:
        """Replace the record that was read or written last.

        Raises:
            StorageError: somebody else has replaced it (``Changed``), or it cannot be written.
        """
        content = record.model_dump_json(indent=1).encode()
        self._version = self._files.write_if(FILE, content, self._version)
