"""The folder of recipes: which there are, and what each says.

What belongs here: files and names. What does not: what a recipe means
(``domain.playlists.recipe``).
"""

from __future__ import annotations

import hashlib
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from showlist_assets.domain.playlists.recipe import Recipe, RecipeError, parse_recipe

_SUFFIXES: Final = (".yaml", ".yml")
# A name becomes a partition, a file and part of a playlist's description.
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_NEAREST: Final = 3
_LISTED: Final = 5


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
        return hashlib.sha256(self._text(name).encode()).hexdigest()[:12]

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
            return "`showlist recipes init` writes three to begin with."
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        verb = "is" if len(names) == 1 else "are"
        return f"There {verb} {', '.join(names[:_LISTED])}{more}; `showlist recipes` lists them."


def _either(names: list[str]) -> str:
    *others, last = [repr(name) for name in names]
    return f"{', '.join(others)} or {last}" if others else last
