"""Replacing the published file: a folder for each version, and a link to the newest one.

What belongs here: which version is current, and swapping in another. What does not: what is in it
(``warehouse``), and why it is a link (there, too).
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def new_version(path: Path) -> Iterator[Path]:
    """Where to write another version of ``path``; it is swapped in at the end, if all went well.

    Raises:
        OSError: it cannot be written or swapped in; what was published is untouched.
    """
    versions = path.with_name(f".{path.name}")
    version = versions / uuid4().hex
    try:
        version.mkdir(parents=True)
        yield version / path.name
        _link(path, version / path.name)
    except BaseException:
        shutil.rmtree(version, ignore_errors=True)
        raise
    _discard_old_versions(versions, keep=version)


def _link(path: Path, target: Path) -> None:
    """Make ``path`` a link to ``target``, in one step; relative, so that the folder may move."""
    link = target.with_name("link")
    # Under another name first: no link can be made over a name that exists, but one can be renamed
    # over it, and nobody meets a moment without the file.
    link.symlink_to(target.relative_to(path.parent))
    link.replace(path)


def _discard_old_versions(versions: Path, *, keep: Path) -> None:
    """Remove all but the version ``keep`` and the one before, which somebody may be opening."""
    # Another run may be tidying up as well.
    with suppress(OSError):
        others = [folder for folder in versions.iterdir() if folder != keep]
        others.sort(key=lambda folder: folder.stat().st_mtime)
        for folder in others[:-1]:
            shutil.rmtree(folder, ignore_errors=True)
