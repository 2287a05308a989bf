"""Replacing the published file: a folder for each version, and a link to the newest one.

What belongs here: which version is current, and swapping in another. What does not: what is in it
(``warehouse``), and why it is a link (there, too).
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


@contextmanager
def new_version(path: Path) -> Iterator[Path]:
    """Where to write another version of ``path``; it is swapped in at the end, if all went well.

    Raises:
        OSError: it cannot be written or swapped in; what was published is untouched.
    """
    versions = path.with_name(f".{path.name}")
    version = versions / uuid4().hex
    versions.mkdir(parents=True, exist_ok=True)
    with _alone_in(versions):
        before = path.resolve().parent
        try:
            version.mkdir()
            yield version / path.name
            _link(path, version / path.name)
        except BaseException:
            shutil.rmtree(version, ignore_errors=True)
            raise
        # By name: the folder above may be reached by a link.
        _discard_old_versions(versions, keep={version.name, before.name})


@contextmanager
def _alone_in(versions: Path) -> Iterator[None]:
    """While it lasts, nobody else makes a version: whoever began later has read newer rows.

    Who is killed holds nothing any more.
    """
    folder = os.open(versions, os.O_RDONLY)
    try:
        # A network's file system may know no locks.
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _link(path: Path, target: Path) -> None:
    """Make ``path`` a link to ``target``, in one step; relative, so that the folder may move."""
    link = target.with_name("link")
    # Under another name first: no link can be made over a name that exists, but one can be renamed
    # over it, and nobody meets a moment without the file.
    link.symlink_to(target.relative_to(path.parent))
    link.replace(path)


def _discard_old_versions(versions: Path, *, keep: Collection[str]) -> None:
    """Remove all but the version and the one before, which somebody may be opening."""
    with suppress(OSError):
        for folder in versions.iterdir():
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)
