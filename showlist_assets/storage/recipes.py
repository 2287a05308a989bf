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
from pathlib import Path
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.names import normalize
from showlist_assets.domain.playlists.recipe import Recipe, RecipeError, parse_recipe
from showlist_assets.domain.playlists.recipe_text import recipe_text
from showlist_assets.storage.files import LocalFiles, StorageError

if TYPE_CHECKING:
    from collections.abc import Collection

_SUFFIXES: Final = (".yaml", ".yml")
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
    """The YAML files of one folder; a folder that is not there holds none."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).expanduser().absolute()

    def names(self) -> list[str]:
        """The names of all recipes, usable or not, sorted."""
        return sorted({file.stem for file in self._files() if _NAME.fullmatch(file.stem)})

    def strays(self) -> list[str]:
        """What is wrong with each file that is left out: a sentence for each."""
        files = self._files()
        misnamed = [
            f"{file} is left out: use up to 60 small letters, digits, hyphens and underscores in a "
            "recipe's name, such as friday-in-austin.yaml."
            for file in files
            if not _NAME.fullmatch(file.stem)
        ]
        doubled = [
            f"{file} is left out: {file.stem}.yaml beside it is the recipe of that name. Rename or "
            "delete one of them."
            for file in files
            if file.suffix == ".yml" and file.with_suffix(".yaml") in files
        ]
        return misnamed + doubled

    def read(self, name: str) -> Recipe:
        """The recipe called ``name``.

        Raises:
            RecipeError: there is none, or it has mistakes; the message names file and line.
        """
        return parse_recipe(self._text(name), name=name, source=str(self._file(name)))

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
        file = self._file(recipe.name)
        if file.exists():
            self._refuse_others(recipe.name, by)
        text = recipe_text(recipe)
        header = (
            f"# Written by {by} ({_digest(text)}). Change it there; once it is changed here, it is "
            "left to you.\n"
        )
        try:
            LocalFiles(file.parent).write(file.name, (header + text).encode())
        except StorageError as error:
            raise StorageError(
                f"Cannot write {file}: {error.__cause__}. Point SHOWLIST_RECIPES at a folder that "
                "this user may write to; what stood there is untouched."
            ) from error

    def delete(self, name: str, *, by: str = WEB_PAGE) -> None:
        """Delete the file of the recipe ``name``, which ``by`` has written.

        Raises:
            RecipeError: there is none, or it is another's.
            StorageError: it cannot be deleted.
        """
        self._refuse_others(name, by)
        file = self._file(name)
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"Cannot delete {file}: {error.strerror or error}.") from error

    def written_by(self, name: str) -> str | None:
        """The program that wrote the file of ``name``; None where a person did, or has changed it.

        Raises:
            RecipeError: there is no such recipe.
        """
        text = self._text(name)
        header = _HEADER.match(text)
        if not header or header["digest"] != _digest(text[header.end() :]):
            return None
        return header["writer"]

    def is_written_by_hand(self, name: str) -> bool:
        """Whether the recipe ``name`` is a person's, so that no program may change it."""
        return self.written_by(name) is None

    def _refuse_others(self, name: str, by: str) -> None:
        writer = self.written_by(name)
        if writer != by:
            raise RecipeError(
                f"{self._file(name)} was written {f'by {writer}' if writer else 'by hand'}: change "
                "it there, or give this one another name."
            )

    def _text(self, name: str) -> str:
        file = self._file(name)
        if not _NAME.fullmatch(name) or not file.is_file():
            raise self._unknown(name)
        try:
            return file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise RecipeError(f"{file} is not UTF-8 text: save it as UTF-8.") from None
        except OSError as error:
            raise RecipeError(f"Cannot read {file}: {error.strerror or error}.") from None

    def _files(self) -> list[Path]:
        # Hidden ones are no person's: `._mine.yaml` is what macOS leaves on other systems' disks,
        # and editors keep what is being written beside it.
        return sorted(
            file
            for suffix in _SUFFIXES
            for file in self.folder.glob(f"*{suffix}")
            if not file.name.startswith(".") and not file.is_dir()
        )

    def _file(self, name: str) -> Path:
        """Where the recipe ``name`` is, or would be."""
        files = [self.folder / f"{name}{suffix}" for suffix in _SUFFIXES]
        return next((file for file in files if file.is_file()), files[0])

    def _unknown(self, name: str) -> RecipeError:
        return RecipeError(self.no_recipe(name))

    def no_recipe(self, name: str) -> str:
        """That there is no recipe ``name``, and what somebody who wrote it may have meant."""
        return f"There is no recipe {name!r} in {self.folder}. {self._hint(name)}"

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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _either(names: list[str]) -> str:
    *others, last = [repr(name) for name in names]
    return f"{', '.join(others)} or {last}" if others else last
