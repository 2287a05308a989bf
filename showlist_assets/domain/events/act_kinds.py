"""What a name on a bill is: an artist, a tribute, the festival itself, or no act at all.

What belongs here: telling the kinds apart by the name and the source's own word. What does not: who
an artist is (``domain.matching``), and what makes a name a tribute (``domain.homage``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from showlist_assets.domain.homage import is_homage
from showlist_assets.domain.names import normalize

if TYPE_CHECKING:
    from collections.abc import Mapping

# "Festival of Dead Deer" and a festival's own orchestra are acts.
_FESTIVAL: Final = re.compile(
    r"\bfest(?:ival)?\b(?!\s+of\b)(?!.*\b(?:orchestra|chorus|choir|singers|ensemble|band)\b)"
    r"|\bfest(?:ival)?s?\s+\d{4}\b"
)
# SeatGeek types a museum or an opening act that is not known yet as "band" all the same.
_PLACEHOLDER: Final = re.compile(
    r"^(?:open(?:s|ing)? (?:from|act)|special guests?|support(?: act)?|tba|tbd|to be announced"
    r"|and more|more tba|various artists|local (?:opener|support)|openers? tba)\b"
    r"|^(?:(?:very )?special )?guests?$|^openers?$"
)
# What is sold beside a show; whole names only of more than this word.
_OFFER: Final = re.compile(
    r"\w (?:parking|seating|membership|meet and greet|(?:vip|hotel) package)(?: pass| upgrade)?$"
    r"|\w (?:all[ -]access|season|(?<!\d )day) pass$"
)
# None where a name was read off a title. SeatGeek also has "theater", "ncaa_football" and more
# (recorded answers of 2017 to 2022).
_ARTIST_TYPES: Final = {None, "band", "music_festival", "concert"}


def act_kind(performer: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """``artist``, ``tribute``, ``festival`` or ``other``.

    Args:
        performer: ``name`` and the source's own ``kind`` ("band", "music_festival", "theater" ...).
        event: ``title``, ``kind``, ``performers`` and ``venue_name`` of the show.
    """
    name = normalize(performer["name"])
    # Festivals bill themselves, and a page of that name would be a stranger's.
    if performer["kind"] == "music_festival" or _is_the_festival(name, event):
        return "festival"
    if _names_nobody(name) or name == normalize(event["venue_name"] or ""):
        return "other"
    if performer["kind"] not in _ARTIST_TYPES:
        return "other"
    return "tribute" if is_homage(performer["name"]) else "artist"


def _is_the_festival(name: str, event: Mapping[str, Any]) -> bool:
    """A festival lists itself as a performer: its title begins with that name, or it says so."""
    if _names_festival(name):
        return True
    if event["kind"] != "music_festival":
        return False
    title = normalize(event["title"] or "")
    others = {normalize(one["name"]) for one in event["performers"] or ()} - {name, ""}
    # A title that goes on with another act of the bill is a list of acts, whose first one plays.
    lists_acts = any(f" {other} " in f"{title} " for other in others)
    begins = f"{title} ".startswith(f"{name} ")
    return bool(others) and begins and not lists_acts


@lru_cache(maxsize=50_000)
def _names_festival(name: str) -> bool:
    return bool(_FESTIVAL.search(name))


@lru_cache(maxsize=50_000)
def _names_nobody(name: str) -> bool:
    return bool(_PLACEHOLDER.search(name) or _OFFER.search(name))
