"""Secrets that travel in an address: made here, kept only as what they hash to."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 bits that nobody guesses, as they stand in an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token.

    A fast hash is enough: nobody can try 2**256 tokens, unlike passwords.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two hashes are equal, in a time that tells nothing of where they differ."""
    return secrets.compare_digest(one.encode(), other.encode())
