"""The files in what a person names: a file, a folder, a zip, a zip in a folder, or an open file.

What belongs here: coming by a file's bytes, and refusing what would fill the memory. What does not:
what they mean (``reading``). Nothing is unpacked to the disk, so that no name in a zip can lead
anywhere.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from showlist_assets.sources.listening_files.reading import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_A_READ: Final = 1 << 20
_LONGEST_NAME: Final = 80
_LOCKED: Final = 0x1
_ZIP_MAGIC: Final = b"PK\x03\x04"
# What a zip that was tampered with, cut off or packed in a way that Python cannot read raises.
_ZIP_FAILURES: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError,
    RuntimeError, ValueError, OSError,
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What no history exceeds: Spotify cuts its files at 13 MB, ListenBrainz has one a month.

    Attributes:
        file: Bytes of one file, unpacked.
        total: Bytes that are unpacked of one zip.
        files: Files in one zip.
    """

    file: int = 300_000_000
    total: int = 4_000_000_000
    files: int = 20_000


LIMITS: Final = Limits()


@dataclass(frozen=True)
class Found:
    """A file.

    Attributes:
        name: Within the folder or the zip, and fit for a terminal.
        content: All of it; None where its beginning is not wanted.
        is_named: Whether a person named this very file, and so expects something in it.
    """

    name: str
    content: bytes | None
    is_named: bool


@dataclass(frozen=True)
class Opened:
    """A file that somebody sent, which may have no place in any folder."""

    name: str
    file: IO[bytes]


@dataclass(frozen=True)
class Refused:
    """Why something is not read, in a sentence that names it."""

    words: str


def files_in(
    path: Path | Opened, is_wanted: Callable[[bytes], bool], *, limits: Limits = LIMITS
) -> Iterator[Found | Refused]:
    """Each file at ``path``; one at a time is in memory.

    Args:
        path: A file, a zip or a folder; an opened one is read from its beginning, and stays open.
        is_wanted: By the first bytes of a file, which are all that is read of the others.
        limits: Beyond them nothing is read.
    """
    reader, name = _Reader(is_wanted, limits), shown(path.name or str(path))
    if isinstance(path, Opened):
        path.file.seek(0)
        yield from reader.in_file(path.file, name, is_named=True)
    elif path.is_dir():
        try:
            # A link may lead around in a circle.
            inside = sorted(
                one for one in path.rglob("*") if one.is_file() and not one.is_symlink()
            )
        except OSError as failure:
            yield Refused(f"{name} cannot be read: {failure.strerror}.")
            return
        for each in inside:
            within = shown(each.relative_to(path).as_posix())
            yield from reader.on_disk(each, within, is_named=False)
    elif path.is_file():
        yield from reader.on_disk(path, name, is_named=True)
    else:
        yield Refused(f"There is no {shown(str(path))}.")


def shown(name: str) -> str:
    """``name`` in one line, whoever made it up."""
    flat = "".join(letter if letter.isprintable() else "?" for letter in name)
    if len(flat) <= _LONGEST_NAME:
        return flat
    return f"{flat[: _LONGEST_NAME // 2]}...{flat[-_LONGEST_NAME // 2 :]}"


class _Reader:
    """Reads what is wanted, within limits; ``is_named`` as in ``Found``."""

    def __init__(self, is_wanted: Callable[[bytes], bool], limits: Limits) -> None:
        self._is_wanted, self._limits = is_wanted, limits

    def on_disk(self, path: Path, name: str, *, is_named: bool) -> Iterator[Found | Refused]:
        try:
            with path.open("rb") as file:
                yield from self.in_file(file, name, is_named=is_named)
        except OSError as failure:
            yield Refused(f"{name} cannot be read: {failure.strerror or failure}.")

    def in_file(self, file: IO[bytes], name: str, *, is_named: bool) -> Iterator[Found | Refused]:
        head = file.read(HEAD)
        if head.startswith(_ZIP_MAGIC):
            yield from self._in_zip(file, name, is_named=is_named)
        else:
            yield self._plain(file, head, name, self._limits.file, is_named=is_named)

    def _in_zip(self, file: IO[bytes], name: str, *, is_named: bool) -> Iterator[Found | Refused]:
        try:
            archive = zipfile.ZipFile(file)
        except _ZIP_FAILURES:
            yield Refused(f"{name} is a damaged zip: download it again.")
            return
        with archive:
            members = sorted(
                (one for one in archive.infolist() if not one.is_dir()),
                key=lambda one: one.filename,
            )
            if len(members) > self._limits.files:
                yield Refused(f"{name} holds {len(members):,} files: no history does.")
                return
            left, has_any = self._limits.total, False
            for member in members:
                found = self._member(archive, member, min(self._limits.file, left))
                if isinstance(found, Found) and found.content is not None:
                    left -= len(found.content)
                has_any = has_any or not isinstance(found, Found) or found.content is not None
                yield found
        if is_named and not has_any:
            # To whoever named the zip, it is what lacks plays.
            yield Found(name, None, is_named=True)

    def _member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int
    ) -> Found | Refused:
        name = shown(member.filename)
        if member.flag_bits & _LOCKED:
            return Refused(f"{name} is locked with a password: unpack it and name the folder.")
        try:
            with archive.open(member) as file:
                head = file.read(HEAD)
                if head.startswith(_ZIP_MAGIC):
                    return Refused(f"{name} is a zip within a zip: unpack the outer one first.")
                # What a zip declares is only a word: reading stops at the limit, whatever it says.
                return self._plain(file, head, name, limit, is_named=False)
        except _ZIP_FAILURES:
            return Refused(f"{name} is damaged in its zip: download it again.")

    def _plain(
        self, file: IO[bytes], head: bytes, name: str, limit: int, *, is_named: bool
    ) -> Found | Refused:
        """The file that begins with ``head``; its content only where it is wanted."""
        if not self._is_wanted(head):
            return Found(name, None, is_named)
        content = _rest(file, head, limit)
        if content is None:
            return Refused(_too_large(name, limit))
        return Found(name, content, is_named)


def _rest(file: IO[bytes], head: bytes, limit: int) -> bytes | None:
    """The whole content that begins with ``head``; None where it is larger than ``limit``."""
    content = bytearray(head)
    while len(content) <= limit:
        more = file.read(_A_READ)
        if not more:
            return bytes(content)
        content += more
    return None


def _too_large(name: str, limit: int) -> str:
    return f"{name} has more than {limit // 1_000_000:,} MB: no history's file does."
