"""When a name says that it is about another act: a tribute, a cover show, an evening of hits.

The one definition: a bill is labelled by it (``domain.events.act_kinds``), and the matcher never
leads such a name to the act that it is about (``domain.matching.ladder``). It errs on that side: an
act with such a word in its own name ("Story of the Year") is called a homage, too, and is found all
the same, because a page that carries the whole name is still believed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from showlist_assets.domain.names import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator

# Classes of words, never a name. What each costs and spares is measured on labelled real listings
# (docs/matching.md, "refusal of tributes").
# "Candlelight" is a series of concerts, each with the songs of one act.
_HOMAGE: Final = re.compile(
    r"\btributes?\b|\bexperience\b|\bcelebrat(?:e|es|ing|ion)\b|\b(?:music|songs|hits|best|night|"
    r"sounds?|legacy|story|spirit|style|retrospective) of\b|\brevisit(?:ed|ing)\b|"
    r"\bsalute\b|\bhomage\b|"
    r"\bplays\b|\bperform(?:s|ing)\b|\bas performed by\b|\bcovers?\b|\bcandlelight\b|"
    r"\bkaraoke\b|\bone night with\b|\b(?:in|dif)?fusion of\b|\bjourney (?:through|into|with)\b|"
    r"\binspired by\b|\bimpersonat\w+\b|"
    r"\brememb(?:er|ering) the\b|\bre-?imagin(?:ed|ing)\b|\brelived\b|\bsongbook\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=100_000)
def is_homage(name: str) -> bool:
    """Whether ``name`` says it is about another act, as printed or however it is spelled."""
    # As printed, since folding joins words ("covers!x"); folded, since sites print "Tríbute",
    # full-width letters and "Tribute_to".
    folded = normalize(name)
    return bool(_HOMAGE.search(name) or (folded != name and _HOMAGE.search(folded)))


class OwnShow(NamedTuple):
    """A homage that may be the act's own show: who would play, and what the words are about."""

    act: str
    about: str
    by_another: bool = False
    """Whether the homage is a guest of its own on the bill, so that ``about`` may be an act."""
    by_verb: Literal["", "play", "celebrat"] = ""
    """Whether the act is said to do it, and not only named before."""


# "ACT plays ALBUM", "ACT: Celebrating 20 Years of ALBUM". Nouns ("tribute", "experience") are not
# here: behind an act's name they make it another act's.
_OWN_VERB: Final = re.compile(
    r"\s*[(\[:|,~\u2013\u2014-]*\s*\b(?:plays?|playing|perform(?:s|ing)?|celebrat(?:es?|ing)|"
    r"revisit(?:s|ing))\s+",
    re.IGNORECASE,
)
# An anniversary that an act keeps: "ACT: 20 Year Anniversary Celebration".
_ANNIVERSARY: Final = re.compile(
    r"\s*[(\[:|,~\u2013\u2014-]*\s*(?:\b(?:the|its|his|her|their)\s+)?"
    r"\b(?:\d+(?:st|nd|rd|th)?|(?:twenti|thirti|forti|fifti)eth|tenth)[ -]"
    r"(?:years?(?:[ -]anniversary)?|anniversary) celebration\b(?:\s+of\b)?\s*",
    re.IGNORECASE,
)
_GUEST: Final = re.compile(r"\s+(?:with|w/|feat(?:uring)?\.?|ft\.?)\s*", re.IGNORECASE)
_TITLE: Final = re.compile(r"\s+[|\u2013\u2014-]+\s+|\s*:\s+", re.IGNORECASE)
# What an act plays of its own, whatever it is called.
_OF_ITS_OWN: Final = re.compile(
    r"(?:(?:the|its|his|her|their|all|biggest|greatest|classic|debut|own|very|best|new|entire|"
    r"first|second|third|latest|self-titled|beloved|seminal|iconic)\s+)*"
    r"(?:hits|classics|songs|albums?|records?|catalog(?:ue)?|favou?rites|music|discography)"
    r"(?: (?:and|&) (?:hits|songs|more|new songs|favou?rites))?|"
    r"an? (?:[\w-]+ ){0,3}(?:set|show|concert)|"
    r"(?:\d+(?:st|nd|rd|th)?\+?|(?:its|his|her|their) \d+(?:st|nd|rd|th)|the)"
    r"[ -](?:years?|anniversary)(?: (?:together|as a band|on the road|anniversary|in music|"
    r"of (?:music|rock(?: (?:and|&|'?n'?) roll)?|hits|songs|making music)))?",
    re.IGNORECASE,
)
_YEARS_OF: Final = re.compile(
    r"^(?:(?:the|their|its|his|her)\s+)?\d+(?:st|nd|rd|th)?\+?[ -](?:years?|anniversary)"
    r"(?:[ -]anniversary)? (?:of|since)\s+",
    re.IGNORECASE,
)
# "the album X", "their debut X": whatever X is, it is a record.
_RECORD: Final = re.compile(
    r"^(?:(?:the|its|his|her|their)\s+)(?:[\w-]+ ){0,3}?(?:album|record|lp|ep|debut)\s*[:,]?\s+",
    re.IGNORECASE,
)
_IN_FULL: Final = re.compile(
    r"[\s,:(\u2013\u2014-]+(?:live\b.*|in (?:full|order)\b.*|in (?:its|their) entirety\b.*|"
    r"and more|front to back\b.*|start to finish\b.*|cover to cover\b.*|tour|"
    r"(?:the )?(?:full |entire )?(?:album|record|lp|ep))\W*$",
    re.IGNORECASE,
)


_AROUND_A_TITLE: Final = " \"'\u2018\u2019\u201c\u201d"


def own_shows(name: str) -> list[OwnShow]:
    """How a homage may yet be billed by the act itself; whether it is, its pages tell.

    ``about`` is empty where it names what is the act's own whatever it is called ("the hits").
    """
    return [*_by_verb(name), *_by_anniversary(name), *_by_guest(name), *_by_title(name)]


def _by_verb(name: str) -> Iterator[OwnShow]:
    verb = _OWN_VERB.search(name)
    if verb is None or not verb.start() or is_homage(name[: verb.start()]):
        return
    about = name[verb.end() :].strip(" )]!.\"'")
    if not about or is_homage(about):
        return
    about = _IN_FULL.sub("", _YEARS_OF.sub("", about))
    about = "" if _OF_ITS_OWN.fullmatch(about) else _RECORD.sub("", about).strip(_AROUND_A_TITLE)
    for head in _heads(name[: verb.start()]):
        yield OwnShow(head, about, by_verb="celebrat" if "celebr" in verb[0].lower() else "play")


def _by_anniversary(name: str) -> Iterator[OwnShow]:
    kept = _ANNIVERSARY.search(name)
    if kept is None or not kept.start() or is_homage(name[: kept.start()]):
        return
    before, behind = name[: kept.start()], name[kept.end() :].strip(" )]!.")
    if is_homage(behind):
        return
    for head in _heads(before):
        # "ACT: ALBUM 20th Anniversary Celebration".
        title = before[len(head) :].lstrip("'\u2019s").strip(" -:|,([\u2013\u2014")
        about = _IN_FULL.sub("", behind or title).strip(_AROUND_A_TITLE)
        yield OwnShow(head, about, by_verb="celebrat")


def _by_guest(name: str) -> Iterator[OwnShow]:
    guest = _GUEST.search(name)
    if (
        guest
        and guest.start()
        and is_homage(name[: guest.start()]) + is_homage(name[guest.end() :])
    ):
        yield OwnShow(name[: guest.start()].strip(), name[guest.end() :].strip(), by_another=True)


def _by_title(name: str) -> Iterator[OwnShow]:
    title = _TITLE.search(name)
    if title and is_homage(name[: title.start()]) and not is_homage(name[title.end() :]):
        yield OwnShow(name[: title.start()].strip(), name[title.end() :].strip())


_POSSESSIVE: Final = re.compile(r"['\u2019]s?$")


def _heads(text: str) -> list[str]:
    """The act before a verb or an anniversary, which it may have as its own: "ACT's 20th".

    Before a title, too: "ACT: ALBUM 20th Anniversary", "ACT: Paper Tour - Performing ALBUM".
    """
    whole = text.strip(" -:|,([\u2013\u2014")
    title = _TITLE.search(whole)
    heads = [whole, _POSSESSIVE.sub("", whole), whole[: title.start()] if title else ""]
    return [head for head in dict.fromkeys(heads) if head]
