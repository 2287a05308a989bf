"""The secret addresses under which calendars and other feeds read a playlist's shows.

A program that reads a feed cannot log in, so its address is the secret. ``feed_links.json`` lies
beside the accounts and holds no address, only what each hashes to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.services.listeners.private_file import PrivateFile
from showlist_assets.services.listeners.secret_links import hash_of, is_same, new_token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showlist_assets.storage.files import Files


class FeedLinks:
    """One secret a recipe; every method raises ``AccountError`` where their file fails it."""

    def __init__(self, files: Files) -> None:
        """Read and write nothing yet; ``files`` are those of the accounts."""
        self._file = PrivateFile(files, "feed_links.json")

    def make(self, recipe: str) -> str:
        """A new secret of ``recipe``, shown this once; the old one leads nowhere any more."""
        token = new_token()
        self._file.change(lambda content: content.update({recipe: hash_of(token)}))
        return token

    def recipe_of(self, token: str) -> str | None:
        """The recipe whose secret ``token`` is; None where it is nobody's."""
        given, found = hash_of(token), None
        # All of them, so that the time tells nothing.
        for recipe, kept in self._file.read().items():
            if is_same(given, kept):
                found = recipe
        return found

    def has(self, recipe: str) -> bool:
        """Whether ``recipe`` has a secret."""
        return recipe in self._file.read()

    def remove(self, recipe: str) -> bool:
        """Let the secret of ``recipe`` lead nowhere; returns whether there was one."""
        return bool(self.remove_all([recipe]))

    def remove_all(self, recipes: Iterable[str]) -> list[str]:
        """Let the secrets of ``recipes`` lead nowhere; returns which there were."""
        known = self._file.read()
        there = [recipe for recipe in recipes if recipe in known]
        if there:
            self._file.change(lambda content: [content.pop(recipe, None) for recipe in there])
        return there
