"""What the doctor says of the services that know what is played together: do they answer, and how.

What belongs here: ListenBrainz, its Labs and MusicBrainz. What does not: how much of it is known of
the performers nearby.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from showlist_assets.cli.findings import Finding, tried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from showlist_assets.wiring import Platform

_UNKNOWN_CALLER = (
    "answers. Without LISTENBRAINZ_TOKEN it looks no song up by its name, and does not tell how "
    "many people play an artist, which neighbours are divided by: a token is free, at "
    "https://listenbrainz.org/settings."
)


def listening_findings(platform: Platform) -> Iterator[Finding]:
    """Each service, tried; nobody is asked anything where no listener has a history."""
    settings = platform.settings
    if not settings.listenbrainz_token and not platform.listening_store.accounts():
        yield Finding(
            "Listening",
            "note",
            "no listener has a history, so ListenBrainz is not asked: `showlist import FILE` "
            "brings one, and shows are ranked by taste.",
        )
        return
    token = "answers, and takes the token." if settings.listenbrainz_token else _UNKNOWN_CALLER
    yield tried("ListenBrainz", platform.listenbrainz, token)
    words = f"answers, and knows the algorithm {settings.listenbrainz_algorithm}."
    yield tried("ListenBrainz Labs", platform.labs, words)
    yield tried("MusicBrainz", platform.musicbrainz, "answers.")
