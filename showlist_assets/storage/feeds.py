"""The folder of feeds: which there are, and what each says.

What belongs here: files and names. What does not: what a feed means (``domain.feeds.feed``) and
reading the calendar that it names (``sources.feeds``).
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

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
from showlist_assets.storage.operator_files import (
    YAML_SUFFIXES,
    OperatorFolder,
    decoded,
    reason_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


class FeedsFolder:
    """The YAML files of one folder; a folder that is not there holds none.

    Attributes:
        uri: Where it lies.
        folder: The same on this machine; None where it lies in a bucket.
    """

    def __init__(self, address: str | Path, *, gcs_client: Callable[[], Any] | None = None) -> None:
        """Read nothing yet; ``address`` is a path, or gs://bucket/prefix."""
        self._files = OperatorFolder(address, setting="SHOWLIST_FEEDS", gcs_client=gcs_client)
        self.uri, self.folder = self._files.uri, self._files.path

    def names(self) -> list[str]:
        """The names of all feeds, usable or not, sorted.

        Raises:
            StorageError: the bucket cannot be listed.
        """
        files = map(PurePosixPath, self._files.names())
        return sorted({file.stem for file in files if file.suffix in YAML_SUFFIXES})

    def read(self, name: str) -> Feed:
        """The feed called ``name``.

        Raises:
            FeedError: there is none, or it has mistakes; the message names file and line.
        """
        file = self._file(name)
        if name not in self.names():
            near = get_close_matches(name, self.names(), n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "`showlist feeds add` writes one."
            raise FeedError(f"There is no feed {name!r} in {self.uri}. {hint}")
        if not NAME.fullmatch(name):
            raise FeedError(
                f"{self._files.uri_of(file)} is left out: use up to 60 small letters, digits, "
                "hyphens and underscores in a feed's name, such as boiler-room.yaml."
            )
        return parse_feed(self._text(file), name=name, source=self._files.uri_of(file))

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

    def add(self, name: str, fields: Mapping[str, object]) -> str:
        """Write the feed ``name`` (``fields`` as ``feed_text`` takes them); returns where.

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
        self._files.look_again()
        file = self._file(name)
        uri = self._files.uri_of(file)
        if name in self.names() or not self._files.write_new(file, text.encode()):
            raise FeedError(f"There is a feed {name!r} already: edit or delete {uri}.")
        return uri

    def beside(self, name: str) -> bytes | None:
        """The calendar ``name`` that lies in the folder; None where there is none.

        Raises:
            StorageError: it cannot be read.
        """
        return self._files.read(name)

    def _state_of(self, name: str) -> str | None:
        try:
            return state_named_in(self._text(self._file(name)))
        except FeedError:
            return None

    def _text(self, file: str) -> str:
        uri = self._files.uri_of(file)
        try:
            return decoded(self._files.read(file) or b"", "utf-8-sig")
        except UnicodeDecodeError:
            raise FeedError(f"{uri} is not UTF-8 text: save it as UTF-8.") from None
        except StorageError as error:
            # One file of a folder costs its own feed; a bucket that cannot be read, all of them.
            if self.folder is None:
                raise
            raise FeedError(f"Cannot read {uri}: {reason_of(error)}.") from None

    def _file(self, name: str) -> str:
        """What the file of the feed ``name`` is called, or would be."""
        files = [f"{name}{suffix}" for suffix in YAML_SUFFIXES]
        there = self._files.names()
        return next((file for file in files if file in there), files[0])
