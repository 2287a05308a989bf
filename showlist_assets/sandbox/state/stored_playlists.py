"""A playlist as the sandbox keeps it: its items, and what each snapshot of it held.

Who may change it and what a request looks like is not decided here (``playlists``).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class PlaylistError(ValueError):
    """A change that cannot be made: Spotify's text for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One item at its place; two of the same track are two entries."""

    uri: str
    added_at: datetime
    added_by: str


@dataclass(slots=True, eq=False)
class StoredPlaylist:
    """A playlist; every change makes a new snapshot."""

    id: str
    owner_id: str
    name: str
    description: str = ""
    public: bool = True
    collaborative: bool = False
    cover: bytes | None = None
    entries: tuple[Entry, ...] = ()
    _version: int = 0
    _snapshots: dict[str, frozenset[Entry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.changed()

    @property
    def uri(self) -> str:
        """What a library and a link call it."""
        return f"spotify:playlist:{self.id}"

    @property
    def uris(self) -> list[str]:
        """Its items, in order."""
        return [entry.uri for entry in self.entries]

    @property
    def snapshot_id(self) -> str:
        """Its version: opaque, 32 characters, another after every change."""
        digest = hashlib.blake2b(f"{self.id}{self._version}".encode(), digest_size=20).digest()
        return base64.b64encode(self._version.to_bytes(4, "big") + digest).decode()

    def insert(self, entries: Sequence[Entry], position: int | None = None) -> str:
        """Puts ``entries`` before ``position``, or at the end.

        Returns:
            The new snapshot, as every method here that changes something.

        Raises:
            PlaylistError: there is no such position.
        """
        index = len(self.entries) if position is None else position
        self._check(0 <= index <= len(self.entries))
        self.entries = (*self.entries[:index], *entries, *self.entries[index:])
        return self.changed()

    def replace(self, entries: Sequence[Entry]) -> str:
        """Holds ``entries`` and nothing else."""
        self.entries = tuple(entries)
        return self.changed()

    def remove(self, uris: Sequence[str], snapshot_id: str | None = None) -> str:
        """Takes every entry of ``uris`` out; with a snapshot, only those that it held.

        Raises:
            PlaylistError: the playlist never had that snapshot.
        """
        if snapshot_id is not None and snapshot_id not in self._snapshots:
            # The real service refuses old ones, too (spotify/web-api#460); here all stay good.
            raise PlaylistError("Invalid snapshot_id")
        held = self._snapshots[snapshot_id or self.snapshot_id]
        # By URI, so every copy goes; none can be named alone.
        self.entries = tuple(
            entry for entry in self.entries if entry.uri not in uris or entry not in held
        )
        return self.changed()

    def move(self, start: int, length: int, before: int) -> str:
        """Moves ``length`` entries from ``start`` to before the one that is now at ``before``.

        Raises:
            PlaylistError: one of the positions does not exist.
        """
        end = start + length
        self._check(0 <= start < end <= len(self.entries) and 0 <= before <= len(self.entries))
        # Into itself: nothing moves, and there is a new snapshot all the same.
        if start <= before <= end:
            return self.changed()
        moved = self.entries[start:end]
        if before < start:
            order = (*self.entries[:before], *moved, *self.entries[before:start])
            self.entries = (*order, *self.entries[end:])
        else:
            order = (*self.entries[:start], *self.entries[end:before])
            self.entries = (*order, *moved, *self.entries[before:])
        return self.changed()

    def changed(self) -> str:
        """Makes a new snapshot of what the playlist holds now."""
        self._version += 1
        self._snapshots[self.snapshot_id] = frozenset(self.entries)
        return self.snapshot_id

    def kept(self) -> dict[str, Any]:
        """All that ``from_kept`` needs; of its snapshots, only the present one."""
        return {
            "id": self.id,
            "owner_id": self.owner_id,
            "name": self.name,
            "description": self.description,
            "public": self.public,
            "collaborative": self.collaborative,
            "cover": None if self.cover is None else base64.b64encode(self.cover).decode(),
            "version": self._version,
            "entries": [
                {"uri": one.uri, "added_at": one.added_at.isoformat(), "added_by": one.added_by}
                for one in self.entries
            ],
        }

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any]) -> StoredPlaylist:
        """The playlist that ``kept`` was made of, with the same snapshot."""
        fields = dict(kept)
        cover, version = fields.pop("cover"), fields.pop("version")
        entries = tuple(
            Entry(one["uri"], datetime.fromisoformat(one["added_at"]), one["added_by"])
            for one in fields.pop("entries")
        )
        # Making it counts as one change.
        return cls(
            **fields,
            cover=None if cover is None else base64.b64decode(cover),
            entries=entries,
            _version=version - 1,
        )

    def _check(self, exists: bool) -> None:
        if not exists:
            raise PlaylistError("Index out of bounds.")
