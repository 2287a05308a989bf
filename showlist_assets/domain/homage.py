"""When a name says that it is about another act: a tribute, a cover show, an evening of hits.

The one definition: a bill is labelled by it (``domain.events.act_kinds``), and the matcher never
leads such a name to the act that it is about (``domain.matching.ladder``). It errs on that side: an
act with such a word in its own name ("Story of the Year") is called a homage, too, and is found all
the same, because a page that carries the whole name is still believed.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from showlist_assets.domain.names import normalize

# Classes of words, never a name. What each costs and spares is measured on labelled real listings
# (docs/matching.md, "refusal of tributes").
# "Candlelight" is a series of concerts, each with the songs of one act.
_HOMAGE: Final = re.compile(
    r"\btributes?\b|\bexperience\b|\bcelebrat(?:e|es|ing|ion)\b|\b(?:music|songs|hits|best|night|"
    r"sounds?|legacy|story|spirit|style) of\b|\brevisit(?:ed|ing)\b|\bsalute\b|\bhomage\b|"
    r"\bplays\b|\bperform(?:s|ing)\b|\bas performed by\b|\bcovers?\b|\bcandlelight\b|"
    r"\bkaraoke\b|\bone night with\b|\b(?:in|dif)?fusion of\b|\bjourney (?:through|into|with)\b|"
    r"\binspired by\b|\bimpersonat\w+\b|"
    r"\brememb(?:er|ering) the\b|\bre-?imagin(?:ed|ing)\b|\brelived\b|\bsongbook\b",
    re.IGNORECASE,
)


def is_homage(name: str) -> bool:
    """Whether ``name`` says it is about another act, as printed or however it is spelled."""
    # As printed, since folding joins words ("covers!x"); folded, since sites print "Tríbute",
    # full-width letters and "Tribute_to".
    return bool(_HOMAGE.search(name) or _HOMAGE.search(normalize(name)))


class OwnShow(NamedTuple):
    """A homage that may be the act's own show: who would play, and what the words are about."""

    act: str
    about: str
    by_another: bool
    """Whether the homage is a guest of its own on the bill, so that ``about`` may be an act."""


# "ACT plays ALBUM", "ACT: Celebrating 20 Years of ALBUM". Nouns ("tribute", "experience") are not
# here: behind an act's name they make it another act's.
_OWN_VERB: Final = re.compile(
    r"\s*[(\[:|\u2013\u2014-]*\s*\b(?:plays|perform(?:s|ing)|celebrat(?:es|ing)|revisit(?:s|ing))\s+",
    re.IGNORECASE,
)
_GUEST: Final = re.compile(r"\s+(?:with|w/|feat(?:uring)?\.?|ft\.?)\s*", re.IGNORECASE)
_TITLE: Final = re.compile(r"\s+[|\u2013\u2014-]+\s+|\s*:\s+", re.IGNORECASE)
# What an act plays of its own, whatever it is called.
_OF_ITS_OWN: Final = re.compile(
    r"(?:(?:the|its|his|her|their|all|biggest|greatest|classic|debut|own|very|best)\s+)*"
    r"(?:hits|classics|songs|albums?|catalog(?:ue)?|favou?rites)|"
    r"an? (?:[\w-]+ ){0,3}(?:set|show|concert)|"
    r"(?:\d+(?:st|nd|rd|th)?|the) (?:years?|anniversary)",
    re.IGNORECASE,
)
_YEARS_OF: Final = re.compile(
    r"^(?:(?:the|their|its|his|her)\s+)?\d+(?:st|nd|rd|th)? (?:years?|anniversary) (?:of|since)\s+",
    re.IGNORECASE,
)
_IN_FULL: Final = re.compile(
    r"\s+(?:live\b.*|in full|in (?:its|their) entirety|and more|front to back)\s*$", re.IGNORECASE
)


def own_shows(name: str) -> list[OwnShow]:
    """How a homage may yet be billed by the act itself; whether it is, its pages tell.

    ``about`` is empty where it names what is the act's own whatever it is called ("the hits").
    """
    found = []
    verb = _OWN_VERB.search(name)
    if verb and verb.start() and not is_homage(name[: verb.start()]):
        about = name[verb.end() :].strip(" )]!.")
        if about and not is_homage(about):
            about = _IN_FULL.sub("", _YEARS_OF.sub("", about))
            own = _OF_ITS_OWN.fullmatch(about)
            found.append(OwnShow(name[: verb.start()].strip(), "" if own else about, False))
    guest = _GUEST.search(name)
    if (
        guest
        and guest.start()
        and is_homage(name[: guest.start()]) + is_homage(name[guest.end() :])
    ):
        found.append(OwnShow(name[: guest.start()].strip(), name[guest.end() :].strip(), True))
    title = _TITLE.search(name)
    if title and is_homage(name[: title.start()]) and not is_homage(name[title.end() :]):
        found.append(OwnShow(name[: title.start()].strip(), name[title.end() :].strip(), False))
    return found
