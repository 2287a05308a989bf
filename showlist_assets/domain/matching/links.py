"""The artist page that an event site links to: the best evidence of who it is, if the names agree.

Ticketmaster links many of its attractions to Spotify (``externalLinks``), and some of them to
somebody else. What belongs here: reading and judging a link. What does not: when it is worth a call
(``ladder``) and looking the page up (``services.artist_matching``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from showlist_assets.domain.matching.equality import equality
from showlist_assets.domain.matching.pages import pool
from showlist_assets.domain.matching.readings import readings
from showlist_assets.domain.names import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from showlist_assets.domain.matching.types import Billing, Candidate

_LINK: Final = "spotify:artist:"
# The link is evidence of its own, so a slip or two of the name are no reason to doubt it.
_NEARLY: Final = 85


def link_query(artist_id: str) -> str:
    """What stands among a row's queries for an artist that was looked up by id."""
    return f"{_LINK}{artist_id}"


def linked_id(query: str) -> str | None:
    """The id in such a query; None where ``query`` is a search."""
    return query.removeprefix(_LINK) if query.startswith(_LINK) else None


def linked_candidate(
    billing: Billing, answers: Mapping[str, Sequence[Candidate]]
) -> Candidate | None:
    """The linked page, where any answer has it."""
    wanted = billing.spotify_artist_id
    return next((each for each in pool(answers.values()) if each.artist_id == wanted), None)


def names_agree(printed: str, page: str) -> bool:
    """Whether ``page`` may be meant by what is printed: equal, nearly so, or a reading of it."""
    named = [printed, *(reading.text for reading in readings(printed))]
    return any(equality(name, page) for name in named) or _nearly(named, page)


def _nearly(named: Iterable[str], page: str) -> bool:
    theirs = normalize(page)
    return any(fuzz.ratio(normalize(name), theirs) >= _NEARLY for name in named)
