"""The folder of recipes: which there are, what each says, and the files that a program may write.

What belongs here: files and names. What does not: what a recipe means
(``domain.playlists.recipe``).

A file of a program says so in its first line, with a digest of the rest: whatever a person changes
makes it theirs, and no program writes over it or deletes it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.names import normalize
from showlist_assets.domain.playlists.recipe import Recipe, RecipeError, parse_recipe
from showlist_assets.domain.playlists.recipe_text import recipe_text
from showlist_assets.storage.files import StorageError
from showlist_assets.storage.operator_files import (
    YAML_SUFFIXES,
    OperatorFolder,
    decoded,
    reason_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

# A name becomes a partition, a file and part of a playlist's description.
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_LONGEST_NAME: Final = 60
_NEAREST: Final = 3
_LISTED: Final = 5
# A field of a title.
_FIELD: Final = re.compile(r"\{[^{}]*\}")
WEB_PAGE: Final = "the web page"
_HEADER: Final = re.compile(
    r"# Written by (?P<writer>[^\n(]+) \((?P<digest>[0-9a-f]{12})\)[^\n]*\n"
)


class RecipesFolder:
    """The YAML files of one folder; a folder that is not there holds none.

    Attributes:
        uri: Where it lies.
        folder: The same on this machine; None where it lies in a bucket.
    """

    def __init__(self, address: str | Path, *, gcs_client: Callable[[], Any] | None = None) -> None:
        """Read nothing yet; ``address`` is a path, or gs://bucket/prefix."""
        self._files = OperatorFolder(address, setting="SHOWLIST_RECIPES", gcs_client=gcs_client)
        self.uri, self.folder = self._files.uri, self._files.path

    def names(self) -> list[str]:
        """The names of all recipes, usable or not, sorted.

        Raises:
            StorageError: the bucket cannot be listed.
        """
        return sorted({stem for file in self._found() if _NAME.fullmatch(stem := file.stem)})

    def strays(self) -> list[str]:
        """What is wrong with each file that is left out: a sentence for each."""
        files = self._found()
        misnamed = [
            f"{self._files.uri_of(file.name)} is left out: use up to 60 small letters, digits, "
            "hyphens and underscores in a recipe's name, such as friday-in-austin.yaml."
            for file in files
            if not _NAME.fullmatch(file.stem)
        ]
        doubled = [
            f"{self._files.uri_of(file.name)} is left out: {file.stem}.yaml beside it is the "
            "recipe of that name. Rename or delete one of them."
            for file in files
            if file.suffix == ".yml" and file.with_suffix(".yaml") in files
        ]
        return misnamed + doubled

    def read(self, name: str) -> Recipe:
        """The recipe called ``name``.

        Raises:
            RecipeError: there is none, or it has mistakes; the message names file and line.
            StorageError: the bucket cannot be read.
        """
        return parse_recipe(self._text(name), name=name, source=self.uri_of(name))

    def digest(self, name: str) -> str:
        """What changes whenever the recipe's file does."""
        # Of the content and not its time, which a checkout or a copy changes.
        return _digest(self._text(name))

    def write(self, recipe: Recipe, *, by: str = WEB_PAGE) -> None:
        """Put ``recipe`` into its file, new or in the place of one that the same program wrote.

        Raises:
            RecipeError: its name cannot be one, or its file is another's; the message says whose.
            StorageError: it cannot be written.
        """
        if not _NAME.fullmatch(recipe.name):
            raise RecipeError(
                f"{recipe.name!r} cannot be a recipe's name: use up to {_LONGEST_NAME} small "
                "letters, digits, hyphens and underscores."
            )
        text = recipe_text(recipe)
        header = (
            f"# Written by {by} ({_digest(text)}). Change it there; once it is changed here, it is "
            "left to you.\n"
        )

        def written(before: bytes | None) -> bytes:
            if before is not None:
                self._refuse_others(recipe.name, by, self._decoded(recipe.name, before))
            return (header + text).encode()

        self._files.look_again()
        self._files.change(self._file(recipe.name), written)

    def write_new(self, file: str, content: bytes) -> bool:
        """Write ``file``, a recipe or what belongs to it, unless it is there; returns whether.

        Raises:
            StorageError: it cannot be written.
        """
        return self._files.write_new(file, content)

    def delete(self, name: str, *, by: str = WEB_PAGE) -> None:
        """Delete the file of the recipe ``name``, which ``by`` has written.

        Raises:
            RecipeError: there is none, or it is another's.
            StorageError: it cannot be deleted.
        """
        self._files.look_again()

        def deleted(before: bytes | None) -> None:
            if before is None:
                raise self._unknown(name)
            self._refuse_others(name, by, self._decoded(name, before))

        if not _NAME.fullmatch(name):
            raise self._unknown(name)
        self._files.change(self._file(name), deleted)

    def written_by(self, name: str) -> str | None:
        """The program that wrote the file of ``name``; None where a person did, or has changed it.

        Raises:
            RecipeError: there is no such recipe.
        """
        return _writer_of(self._text(name))

    def is_written_by_hand(self, name: str) -> bool:
        """Whether the recipe ``name`` is a person's, so that no program may change it."""
        return self.written_by(name) is None

    def uri_of(self, name: str) -> str:
        """Where the file of the recipe ``name`` is, or would be."""
        return self._files.uri_of(self._file(name))

    def _refuse_others(self, name: str, by: str, text: str) -> None:
        writer = _writer_of(text)
        if writer != by:
            raise RecipeError(
                f"{self.uri_of(name)} was written {f'by {writer}' if writer else 'by hand'}: "
                "change it there, or give this one another name."
            )

    def _text(self, name: str) -> str:
        if name not in self.names():
            raise self._unknown(name)
        try:
            content = self._files.read(self._file(name))
        except StorageError as error:
            # One file of a folder costs its own recipe; a bucket that cannot be read, all of them.
            if self.folder is None:
                raise
            words = f"Cannot read {self.uri_of(name)}: {reason_of(error)}."
            raise RecipeError(words) from None
        if content is None:
            raise self._unknown(name)
        return self._decoded(name, content)

    def _decoded(self, name: str, content: bytes) -> str:
        try:
            return decoded(content)
        except UnicodeDecodeError:
            words = f"{self.uri_of(name)} is not UTF-8 text: save it as UTF-8."
            raise RecipeError(words) from None

    def _found(self) -> list[PurePosixPath]:
        names = map(PurePosixPath, self._files.names())
        return [name for name in names if name.suffix in YAML_SUFFIXES]

    def _file(self, name: str) -> str:
        """What the file of the recipe ``name`` is called, or would be."""
        files = [f"{name}{suffix}" for suffix in YAML_SUFFIXES]
        there = self._files.names()
        return next((file for file in files if file in there), files[0])

    def _unknown(self, name: str) -> RecipeError:
        return RecipeError(self.no_recipe(name))

    def no_recipe(self, name: str) -> str:
        """That there is no recipe ``name``, and what somebody who wrote it may have meant."""
        return f"There is no recipe {name!r} in {self.uri}. {self._hint(name)}"

    def _hint(self, name: str) -> str:
        names = self.names()
        near = get_close_matches(name.lower(), names, n=_NEAREST)
        near += [each for each in names if name.lower() in each and each not in near]
        if near:
            return f"Did you mean {_either(near[:_NEAREST])}?"
        if not names:
            return "`showlist recipes init` writes four to begin with."
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        verb = "is" if len(names) == 1 else "are"
        return f"There {verb} {', '.join(names[:_LISTED])}{more}; `showlist recipes` lists them."


def recipe_name(account: str, title: str, taken: Collection[str]) -> str:
    """A name for a recipe of ``account`` that is none of ``taken``: "me-new-york-this-weekend"."""
    stem = f"{_slug(account) or 'somebody'}-{_slug(_FIELD.sub(' ', title)) or 'playlist'}"
    name, number = stem[:_LONGEST_NAME].rstrip("-"), 1
    while name in taken:
        number += 1
        name = f"{stem[: _LONGEST_NAME - len(f'-{number}')].rstrip('-')}-{number}"
    return name


def _slug(text: str) -> str:
    """The words of ``text`` in small letters without accents; "" where it has no Latin letter."""
    plain = unicodedata.normalize("NFKD", normalize(text)).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


def _writer_of(text: str) -> str | None:
    header = _HEADER.match(text)
    if not header or header["digest"] != _digest(text[header.end() :]):
        return None
    return header["writer"]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _either(names: list[str]) -> str:
    *others, last = [repr(name) for name in names]
    return f"{', '.join(others)} or {last}" if others else last
