"""The name of a venue in an address: no source has an id of a house that others share."""

from __future__ import annotations

from functools import lru_cache

from showlist_assets.domain.names import without_article
from showlist_assets.domain.places import city_key
from showlist_assets.domain.states import BY_CODE

_BETWEEN = "--"


@lru_cache(maxsize=20_000)
def venue_key(name: str, city: str | None, state: str) -> str:
    """Name, city and state as "the-boiler-room--albany--ny" has them, without the article.

    Spellings of one house share a key ("The Boiler Room", "BOILER ROOM"; "St. Louis", "Saint
    Louis"), houses of one name in two cities have two. Safe as one segment of a path.
    """
    parts = (without_article(name), city_key(city or ""), state.lower())
    return _BETWEEN.join(map(_segment, parts))


def state_of_venue_key(key: str) -> str | None:
    """The USPS code in a key; None where the text is no key."""
    state = key.rpartition(_BETWEEN)[2].upper()
    return state if state in BY_CODE else None


def _segment(words: str) -> str:
    # Words are parted by one blank, so two hyphens stand between parts only; what else is no
    # letter is left only of names of signs alone ("+/-"), and a slash would end the segment.
    return "".join(
        "-" if sign == " " else sign if sign.isalnum() or not sign.isascii() else f"u{ord(sign):x}"
        for sign in words
    )
