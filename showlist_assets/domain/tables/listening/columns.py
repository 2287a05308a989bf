"""What columns of the listeners' tables have in common."""

from __future__ import annotations

from typing import Final

import dataframely as dy

SOURCES: Final = (
    "spotify_poll",
    "spotify_export",
    "spotify_account",
    "listenbrainz",
    "lastfm",
    "maloja",
)
"""Who can tell of a play: Spotify's recently played tracks, Spotify's two kinds of files, and the
files or services of others."""


def texts(description: str) -> dy.List:
    """A list of texts, empty where nothing is known."""
    return dy.List(dy.String(nullable=False), nullable=False, description=description)


def milliseconds(description: str) -> dy.Int64:
    """A length of time; may be unknown."""
    return dy.Int64(nullable=True, min=0, description=description)


def count(description: str) -> dy.Int64:
    """How many."""
    return dy.Int64(nullable=False, min=0, description=description)
