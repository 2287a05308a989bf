"""Identifiers that look like Spotify's (22 base-62 characters) and are the same on every run."""

from __future__ import annotations

import hashlib
import string

_ALPHABET = string.digits + string.ascii_letters
_POSITION_DIGITS = 5
_SPACE = 62**_POSITION_DIGITS
# Any number without a common factor with 62 permutes the space, so that neighbours look unrelated.
_SCRAMBLE = 387_420_489
_UNSCRAMBLE: int = pow(_SCRAMBLE, -1, _SPACE)


def spotify_id(*parts: object) -> str:
    """A 22-character id that depends on nothing but ``parts``."""
    return _base62(_digest(parts), 22)


def placed_id(position: int, *parts: object) -> str:
    """Like ``spotify_id``, but ``position_of`` reads ``position`` (0 to 62**5 - 1) back from it.

    A track made up on demand can so be found again by its id after a restart, without a list of
    every track that could be made up.
    """
    return _base62(position * _SCRAMBLE % _SPACE, _POSITION_DIGITS) + _base62(_digest(parts), 17)


def position_of(identifier: str) -> int | None:
    """The position in a ``placed_id``; ``None`` for what cannot be one."""
    if len(identifier) != 22 or not identifier.isascii() or not identifier.isalnum():
        return None
    number = 0
    for character in identifier[:_POSITION_DIGITS]:
        number = number * 62 + _ALPHABET.index(character)
    position: int = number * _UNSCRAMBLE % _SPACE
    return position


def _digest(parts: tuple[object, ...]) -> int:
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=17).digest(), "big")


def _base62(number: int, digits: int) -> str:
    characters = []
    for _ in range(digits):
        number, rest = divmod(number, 62)
        characters.append(_ALPHABET[rest])
    return "".join(reversed(characters))
