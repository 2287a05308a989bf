"""Changes of what recipes and rankings follow, as the stored files tell them.

For whoever has no event log that lasts (``showlist tick`` on a machine that is made anew each
time): a file that was written has another version, whoever wrote it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.storage.files import Files
    from showlist_assets.storage.listening import ListeningStore
    from showlist_assets.storage.tick_record import TickRecord

_SHOWS: Final = "upcoming_shows"
_SONGS: Final = "track_suggestions"
# Beside states, as ``Recipe.follows`` calls them.
_LISTENER: Final = "listener "


class TableChanges:
    """The changes that a record has numbered; ``look`` finds new ones."""

    def __init__(self, record: TickRecord, files: Files, listening: ListeningStore) -> None:
        """Read nothing yet.

        Args:
            record: Numbers the changes.
            files: Hold the tables.
            listening: Holds the songs that were found for listeners.
        """
        self._record, self._files, self._listening = record, files, listening

    def look(self) -> None:
        """Find what was written since the last look.

        Raises:
            StorageError: the files cannot be listed or read.
        """
        songs = {
            f"{_LISTENER}{account}": version
            for account in self._listening.accounts()
            if (version := self._listening.version(account, _SONGS))
        }
        self._record.look({**self._shows(), **songs})

    def newest(self) -> int:
        """The number of the newest change of all; 0 where there is none."""
        return self._record.number

    def newest_shows(self) -> int:
        """The number of the newest change of shows; 0 where there is none."""
        changes = self._record.changes.items()
        shows = (each.number for thing, each in changes if not thing.startswith(_LISTENER))
        return max(shows, default=0)

    def since(self, after: int) -> Mapping[str, int]:
        """The number of each state and of each ``listener NAME`` that changed after ``after``."""
        changes = self._record.changes.items()
        return {thing: change.number for thing, change in changes if change.number > after}

    def _shows(self) -> dict[str, str]:
        stamps = self._files.stamps(_SHOWS)
        return {Path(name).stem: stamp for name, stamp in stamps.items() if stamp}
