"""The folder of feeds: which there are, and what each says.

What belongs here: files and names. What does not: what a feed means (``domain.feeds.feed``) and
reading the calendar that it names (``sources.feeds``).
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.feeds.feed import (
    NAME,
    BrokenFeed,
    Feed,
    FeedError,
    feed_text,
    parse_feed,
    state_named_in,
)
from showlist_assets.storage.files import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUFFIXES: Final = (".yaml", ".yml")


class FeedsFolder:
    """The YAML files of one folder; a folder that is not there holds none."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).expanduser().absolute()

    def names(self) -> list[str]:
        """The names of all feeds, usable or not, sorted."""
        return sorted({file.stem for file in self._files()})

    def read(self, name: str) -> Feed:
        """The feed called ``name``.

        Raises:
            FeedError: there is none, or it has mistakes; the message names file and line.
        """
        file = self._file(name)
        if name not in self.names():
            near = get_close_matches(name, self.names(), n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "`showlist feeds add` writes one."
            raise FeedError(f"There is no feed {name!r} in {self.folder}. {hint}")
        if not NAME.fullmatch(name):
            raise FeedError(
                f"{file} is left out: use up to 60 small letters, digits, hyphens and underscores "
                "in a feed's name, such as boiler-room.yaml."
            )
        return parse_feed(_text(file), name=name, source=str(file))

    def read_all(self) -> tuple[list[Feed], list[BrokenFeed]]:
        """Every feed, and every file that is none: a mistake costs its own feed only."""
        feeds, broken = [], []
        for name in self.names():
            try:
                feeds.append(self.read(name))
            except FeedError as error:
                words = " ".join(str(error).split())
                broken.append(BrokenFeed(name, self._state_of(name), words))
        return feeds, broken

    def add(self, name: str, fields: Mapping[str, object]) -> Path:
        """Write the feed ``name`` (``fields`` as ``feed_text`` takes them); returns the file.

        Raises:
            FeedError: the fields are no feed, or there is one of that name.
            StorageError: it cannot be written.
        """
        if not NAME.fullmatch(name):
            raise FeedError(
                f"{name!r} cannot be a feed's name: use up to 60 small letters, digits, hyphens "
                "and underscores, such as boiler-room."
            )
        text = feed_text(fields)
        parse_feed(text, name=name, source=name)
        file = self._file(name)
        if file.exists():
            raise FeedError(f"There is a feed {name!r} already: edit or delete {file}.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as new:
                new.write(text)
        except OSError as error:
            raise StorageError(
                f"Cannot write {file}: {error.strerror or error}. Point SHOWLIST_FEEDS at a folder "
                "that this user may write to."
            ) from error
        return file

    def _state_of(self, name: str) -> str | None:
        try:
            return state_named_in(_text(self._file(name)))
        except FeedError:
            return None

    def _files(self) -> list[Path]:
        # Hidden ones are no person's: macOS and editors leave them.
        return sorted(
            file
            for suffix in _SUFFIXES
            for file in self.folder.glob(f"*{suffix}")
            if not file.name.startswith(".") and not file.is_dir()
        )

    def _file(self, name: str) -> Path:
        """Where the feed ``name`` is, or would be."""
        files = [self.folder / f"{name}{suffix}" for suffix in _SUFFIXES]
        return next((file for file in files if file.is_file()), files[0])


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FeedError(f"{file} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise FeedError(f"Cannot read {file}: {error.strerror or error}.") from None
