"""One file with what a Showlist cannot make again, written and brought back.

What belongs here: which files these are, how they are checked, and that they come back all or not
at all. What does not: where they lie (``wiring``) and what a person is told (``cli.backup``).

The file is a zip with ``manifest.json``: the version, whose home it is, and a digest of each file.
It holds the tables, too: artists that were looked up cost a Spotify call each, ids of shows outlive
their listings, and the history of shows and pushes comes from nowhere again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from showlist_assets.errors import ShowlistError
from showlist_assets.storage.sqlite_copies import copy_of, merge_into

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_KEY: Final = "accounts.key"
# The zip format begins in 1980; a fixed time makes equal contents equal files.
_OF_OLD: Final = (1980, 1, 1, 0, 0, 0)
_PRIVATE: Final = 0o600
_NAMED: Final = 3
# What ``zipfile`` raises of a file that is none, or not what it was (encrypted: RuntimeError).
_DAMAGED: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, OSError, OverflowError,
    RuntimeError, ValueError,
)  # fmt: skip
# Databases that other processes write: they are merged and never replaced.
_MERGED: Final = "calls/"


class BackupError(ShowlistError):
    """A backup cannot be made or brought back; the message says what to do."""


@dataclass(frozen=True)
class Part:
    """A folder, or a file, of what is kept.

    Attributes:
        name: In the backup; that of a file begins none other.
        place: Where it lies.
        holds: Whether a file below the folder is part of it, by its relative path.
    """

    name: str
    place: Path
    holds: Callable[[PurePosixPath], bool] | None = None

    def files(self) -> Iterator[tuple[str, Path]]:
        """Name in the backup and place of each file, sorted."""
        if self.holds is None:
            if self.place.is_file():
                yield self.name, self.place
            return
        for path in sorted(self.place.rglob("*")):
            relative = PurePosixPath(path.relative_to(self.place).as_posix())
            hidden = any(step.startswith(".") for step in relative.parts)
            if not hidden and self.holds(relative) and path.is_file():
                yield f"{self.name}/{relative}", path

    def place_of(self, name: str) -> Path | None:
        """Where the file ``name`` of a backup goes; None if it is no file of this part."""
        if self.holds is None:
            return self.place if name == self.name else None
        start = f"{self.name}/"
        relative = PurePosixPath(name.removeprefix(start))
        # Whoever made the file wants no others overwritten: `..` and the like are no files of ours.
        strange = relative.is_absolute() or any(step.startswith(".") for step in relative.parts)
        if not name.startswith(start) or strange or "\\" in name or not self.holds(relative):
            return None
        return self.place / relative


def kept_parts(
    *,
    accounts: Path | None,
    data: Path | None,
    calls: Path | None,
    recipes: Path | None,
    feeds: Path | None,
    overrides: Path | None,
    show_decisions: Path | None,
    world: Path | None = None,
) -> tuple[Part, ...]:
    """The parts of a backup; None for what does not lie on this machine, or is not there.

    Left out: the DuckDB file, which is built from the tables; kept answers, which only spare calls;
    Dagster's runs; and ``.env``, because keys belong in no copy.
    """
    return (
        *(_parts_of_accounts(accounts) if accounts else ()),
        *([Part("data", data, lambda path: ".duckdb" not in path.suffixes)] if data else []),
        *(
            [Part("calls", calls, lambda path: path.name in ("ledger.sqlite", "notes.sqlite"))]
            if calls
            else []
        ),
        *([Part("recipes", recipes, _is_of_recipes)] if recipes else []),
        *([Part("feeds", feeds, _is_of_feeds)] if feeds else []),
        *([Part("overrides.yaml", overrides)] if overrides else []),
        *([Part("shows.yaml", show_decisions)] if show_decisions else []),
        *(
            [
                Part(
                    "world",
                    world,
                    lambda path: path.suffix == ".json" and path.name != "running.json",
                )
            ]
            if world
            else []
        ),
    )


def _parts_of_accounts(folder: Path) -> tuple[Part, Part]:
    # Not who is logged in or invited: what has ended since must not hold again.
    return (
        Part(
            "accounts",
            folder,
            lambda path: path.suffix == ".account" or path.name == "feed_links.json",
        ),
        Part(_KEY, folder.with_name(f"{folder.name}.key")),
    )


def _is_of_recipes(path: PurePosixPath) -> bool:
    return path.suffix in (".yaml", ".yml", ".json")


def _is_of_feeds(path: PurePosixPath) -> bool:
    return path.suffix.lower() in (".yaml", ".yml", ".csv", ".ics", ".html", ".htm")


@dataclass
class Tally:
    """What a backup holds, or brought back.

    Attributes:
        files: How many by part.
        size: Bytes of all of them.
        calls_added: Calls that the ledger did not know of.
        made_at: When the backup was made (ISO 8601, UTC).
        version: Of the Showlist that made it.
    """

    files: dict[str, int] = field(default_factory=dict)
    size: int = 0
    calls_added: int = 0
    made_at: str = ""
    version: str = ""

    def add(self, name: str, size: int) -> None:
        """Count the file ``name``."""
        part = name.partition("/")[0]
        self.files[part] = self.files.get(part, 0) + 1
        self.size += size


def write_backup(
    file: Path,
    parts: Iterable[Part],
    *,
    home: str,
    version: str,
    now: datetime,
    with_key: bool = False,
    replace: bool = False,
) -> Tally:
    """Write all of ``parts`` into ``file``, for its owner only (0600), whole or not at all.

    Args:
        file: The zip.
        parts: What is kept.
        home: Whose parts they are, such as live; only such a home takes them back.
        version: Of this Showlist.
        now: The present (UTC).
        with_key: Put the key of the accounts in, too: whoever has the file may then write the
            listeners' playlists.
        replace: Whether a ``file`` that is there is replaced.

    Raises:
        BackupError: there is nothing to keep, or ``file`` is there, or cannot be written.
    """
    file = file.expanduser().absolute()
    if file.exists() and not replace:
        raise BackupError(f"{file} is there already: name another file, or add --force.")
    tally = Tally(made_at=now.isoformat(), version=version)
    temporary = file.with_name(f".{file.name}.{uuid4().hex}")
    found = (
        (name, path)
        for part in parts
        if with_key or part.name != _KEY
        for name, path in part.files()
        # An older backup that is replaced may lie where the tables do.
        if path not in (file, temporary)
    )
    try:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(handle, "w+b") as written:
            with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
                _write_into(archive, found, tally, home=home)
            written.flush()
            os.fsync(written.fileno())
        temporary.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(
            f"Cannot back up to {file}: {getattr(error, 'strerror', None) or error}. Name a file "
            "that this user may write, with room on its disk."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return tally


def _write_into(
    archive: zipfile.ZipFile, found: Iterable[tuple[str, Path]], tally: Tally, *, home: str
) -> None:
    digests: dict[str, str] = {}
    for name, path in found:
        content = _content(name, path)
        # Removed meanwhile; replaced meanwhile is well, because that is done as a whole.
        if content is None:
            continue
        digests[name] = hashlib.sha256(content).hexdigest()
        archive.writestr(_entry(name, private=not path.stat().st_mode & 0o077), content)
        tally.add(name, len(content))
    if not digests:
        raise BackupError("There is nothing to back up: nothing is kept on this machine.")
    manifest = {
        "format": FORMAT,
        "version": tally.version,
        "home": home,
        "made_at": tally.made_at,
        "files": digests,
    }
    archive.writestr(_entry(_MANIFEST, private=True), json.dumps(manifest, indent=1))


def _content(name: str, path: Path) -> bytes | None:
    try:
        return copy_of(path) if name.startswith(_MERGED) else path.read_bytes()
    except FileNotFoundError:
        return None


def _entry(name: str, *, private: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _OF_OLD)
    # A table is compressed already.
    packed = name.endswith(".parquet")
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.external_attr = (_PRIVATE if private else 0o644) << 16
    return entry


class Backup:
    """A backup that was opened and checked; a context manager."""

    def __init__(self, file: Path, parts: Iterable[Part], *, home: str) -> None:
        """Read the manifest.

        Args:
            file: The zip.
            parts: Where its files go.
            home: Which home wants it.

        Raises:
            BackupError: it is no backup, of a newer version, or of another home.
        """
        self._file, self._parts = file.expanduser().absolute(), tuple(parts)
        try:
            self._archive = zipfile.ZipFile(self._file)
        except FileNotFoundError:
            raise BackupError(f"There is no file {self._file}.") from None
        except _DAMAGED as error:
            raise self._unreadable() from error
        self._manifest = self._read_manifest()
        if self._manifest["format"] > FORMAT:
            raise BackupError(
                f"{self._file} was made by Showlist {self._manifest['version']}, which is newer "
                "than this one: upgrade first."
            )
        if self._manifest["home"] != home:
            raise BackupError(
                f"{self._file} is a backup of the home {self._manifest['home']!r}, and this is "
                f"{home!r}: made-up and real artists must not meet. Add or leave out --sandbox or "
                "--world."
            )
        self.tally = Tally(made_at=self._manifest["made_at"], version=self._manifest["version"])

    def __enter__(self) -> Backup:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def restore(self, *, replace: bool = False) -> Tally:
        """Put every file in its place, all or none; what the backup does not hold stays.

        Calls of its ledger are added to those that are known here.

        Args:
            replace: Whether files that are there, and are other ones, are replaced.

        Raises:
            BackupError: damaged, or something else is there already; nothing was changed. Or
                a file cannot be written; what was there before was put back.
        """
        places, others = self._places, self.others()
        if others and not replace:
            named = ", ".join(str(place) for place in others[:_NAMED])
            more = len(others) - _NAMED
            raise BackupError(
                f"{named}{f' and {more} more' if more > 0 else ''} would be overwritten: something "
                "else is there. Nothing was changed. --force replaces them, and first writes what "
                "is there into a backup of its own."
            )
        self._put(places)
        return self.tally

    def others(self) -> list[Path]:
        """Files that are there, and are other ones than those of the backup.

        Raises:
            BackupError: it is damaged, or holds what has no place here.
        """
        return [
            place
            for name, place in _replaced(self._places)
            if place.exists() and _digest(place) != self._manifest["files"][name]
        ]

    @cached_property
    def _places(self) -> dict[str, Path]:
        places: dict[str, Path] = {}
        for name, digest in self._manifest["files"].items():
            found = (part.place_of(name) for part in self._parts)
            place = next((each for each in found if each), None)
            if place is None:
                raise BackupError(
                    f"{self._file} holds {name}, for which there is no place here: the settings "
                    "keep tables or calls elsewhere (SHOWLIST_DATA_ROOT, SHOWLIST_CALL_STORE), or "
                    "it is no backup of Showlist. Nothing was changed."
                )
            content = self._content(name)
            if hashlib.sha256(content).hexdigest() != digest:
                raise self._unreadable()
            self.tally.add(name, len(content))
            # A link to a file kept elsewhere stays a link.
            places[name] = place.expanduser().resolve()
        return places

    def _put(self, places: dict[str, Path]) -> None:
        undo: list[Callable[[], object]] = []
        staged: list[tuple[Path, Path]] = []
        try:
            for name, place in _replaced(places):
                staged.append((self._stage(name, place), place))
            for ready, place in staged:
                _swap_in(ready, place, undo)
            for name in places.keys() - dict(_replaced(places)):
                self.tally.calls_added += merge_into(places[name], self._content(name))
        except BaseException as error:
            for step in reversed(undo):
                step()
            if isinstance(error, (OSError, sqlite3.Error)):
                raise self._cannot(error) from error
            raise
        finally:
            for ready, _ in staged:
                ready.unlink(missing_ok=True)
        for _, place in staged:
            _before(place).unlink(missing_ok=True)

    def _stage(self, name: str, place: Path) -> Path:
        """Write the file under a name beside its place, where a rename is one step."""
        private = not (self._archive.getinfo(name).external_attr >> 16) & 0o077
        place.parent.mkdir(
            parents=True, exist_ok=True, mode=0o700 if name.startswith("accounts/") else 0o777
        )
        ready = place.with_name(f".{place.name}.{uuid4().hex}")
        handle = os.open(
            ready, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE if private else 0o666
        )
        with os.fdopen(handle, "wb") as file:
            file.write(self._content(name))
            file.flush()
            os.fsync(file.fileno())
        return ready

    def _content(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except _DAMAGED as error:
            raise self._unreadable() from error

    def _read_manifest(self) -> dict[str, Any]:
        try:
            manifest = json.loads(self._content(_MANIFEST))
            kinds = {"format": int, "version": str, "home": str, "made_at": str, "files": dict}
            if not all(isinstance(manifest.get(name), kind) for name, kind in kinds.items()):
                raise self._unreadable()
        except (ValueError, AttributeError) as error:
            raise self._unreadable() from error
        return dict(manifest)

    def _cannot(self, error: OSError | sqlite3.Error) -> BackupError:
        why = getattr(error, "strerror", None) or error
        at = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        return BackupError(
            f"Cannot restore {self._file}: {at}{why}. What was there before is there again."
        )

    def _unreadable(self) -> BackupError:
        return BackupError(
            f"{self._file} is no backup of `showlist backup`, or it is damaged. Nothing was "
            "changed."
        )


def _replaced(places: dict[str, Path]) -> list[tuple[str, Path]]:
    return [(name, place) for name, place in places.items() if not name.startswith(_MERGED)]


def _before(place: Path) -> Path:
    return place.with_name(f".{place.name}.before-restore")


def _swap_in(ready: Path, place: Path, undo: list[Callable[[], object]]) -> None:
    """Put ``ready`` in its place; ``undo`` gains what takes it back."""
    before = _before(place)
    if place.exists():
        before.unlink(missing_ok=True)
        undo.append(lambda: before.exists() and before.replace(place))
        try:
            # Whoever reads meanwhile finds the old file or the new one, and never none.
            os.link(place, before)
        except OSError:
            place.replace(before)
    else:
        undo.append(lambda: place.unlink(missing_ok=True))
    ready.replace(place)


def _digest(path: Path) -> str:
    with suppress(OSError):
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return ""
