"""What whoever is alerted was told, and what waits to be: one JSON file in the data root.

Beside the record of ``showlist tick``, because the machine of the next tick may be another one.
What belongs here: the record and its file. What does not: what is worth telling, and how it is sent
(``services.alerts``).
"""

from __future__ import annotations

# pydantic evaluates the annotation.
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from showlist_assets.storage.files import StorageError, change_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from showlist_assets.storage.files import Files

FILE: Final = "alerts.json"


class Waiting(BaseModel):
    """A message that was not sent yet."""

    title: str
    text: str


class AlertRecord(BaseModel):
    """What was told.

    Attributes:
        told: When each thing was, by its key.
        sent: When messages were sent, of the last hour.
        waiting: What is still to be sent, the oldest first.
        not_kept: How many more there were than are kept.
        looked_at: When lasting troubles were looked for last.
    """

    # One of a later version must not be cut down to what this one knows.
    model_config = ConfigDict(extra="allow")

    told: dict[str, datetime] = Field(default_factory=dict)
    sent: list[datetime] = Field(default_factory=list)
    waiting: list[Waiting] = Field(default_factory=list)
    not_kept: int = 0
    looked_at: datetime | None = None


class AlertFile:
    """The record's file, which several processes may change."""

    def __init__(self, files: Files) -> None:
        """Read nothing yet."""
        self._files = files

    def read(self) -> AlertRecord:
        """The record; an empty one where there is none.

        Raises:
            StorageError: it cannot be read, or is no such record.
        """
        return self._record(self._files.read(FILE))

    def change(self, changed: Callable[[AlertRecord], None]) -> None:
        """Have the record ``changed`` and write it; again on what another process has written.

        Raises:
            StorageError: it cannot be read or written.
        """

        def rewritten(content: bytes | None) -> bytes | None:
            record = self._record(content)
            before = record.model_dump_json()
            changed(record)
            if record.model_dump_json() == before:
                return content
            return record.model_dump_json(indent=1).encode()

        change_file(self._files, FILE, rewritten)

    def _record(self, content: bytes | None) -> AlertRecord:
        if content is None:
            return AlertRecord()
        try:
            return AlertRecord.model_validate_json(content)
        except ValidationError as error:
            raise StorageError(
                f"{self._files.uri(FILE)} is not what Showlist has written of its alerts. Delete "
                "it: what lasts is told once more."
            ) from error
