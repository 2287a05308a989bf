"""Whether an event goes ahead: what its source says, and what its title says.

What belongs here: telling a notice ("CANCELLED", "Postponed: new date TBA") from an act's own name.
What does not: which field a source says it in (``sources.*.reader``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.names import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The gravest first: of two notices, the one that keeps nobody waiting at a closed door wins.
_NOTICES: Final = {
    "cancelled": r"cancell?ed|cancell?ations?|called off|cxl(?:d|led)?",
    "postponed": r"post ?poned|postponement|ppd"
    r"|(?:new|rescheduled) dates? (?:is )?(?:tba|tbd|to be)",
    "rescheduled": r"re ?scheduled|relocated|moved"
    r"|(?:new|change of|changed) (?:dates?|times?|venue)|(?:venue|date|time) change[ds]?",
}
_WORDS: Final = re.compile(
    "|".join(rf"\b(?P<{name}>{words})\b" for name, words in _NOTICES.items())
)
# What may stand before and behind the word in a notice, and in no name of an act or a tour.
_BEFORE: Final = re.compile(
    r"(?:(?:the|this|all|both|shows?|events?|concerts?|gigs?|performances?|tonights?|todays?|is|are"
    r"|has|have|was|been|now|officially|unfortunately|sorry|update|notice|important|alert) )*"
)
_BEHIND: Final = re.compile(
    r"|(?: (?:to|until|till|from|due|because|by|for|at|on|per|date|dates|new|indefinitely|again|see"
    r"|tba|tbd|be|shows?|events?|concerts?|performances?|refunds?|notice|original|originally|was)\b"
    r".*)"
)
_BARE: Final = r"(?:cancell?ed|postponed|rescheduled)"
_BARE_WORD: Final = re.compile(_BARE)
# A dash within a word joins ("Twenty-One"), but not behind "POSTPONED-".
_PARTS: Final = re.compile(
    r"[\[\](){}<>|*~:;!/\u2022\xb7]+|\s+[-\u2013\u2014]+|[-\u2013\u2014]+\s+|[\u2013\u2014]"
    r"|(?<=[Ee][Dd])-"
)
# What every notice holds, looked for first: most titles have none of it. Signs that ``normalize``
# reads as letters, or leaves out between them, are read so here.
_OF_NOTICES: Final = re.compile("cancel|called|cxl|pone|ppd|schedule|locat|mov|date|time|venue")
_SIGNS: Final = str.maketrans({"$": "s", "!": "i", ".": None, "'": None, "`": None})
_SHOUTED: Final = re.compile(r"\b(?:CANCELL?ED|POSTPONED|RESCHEDULED)\b")


def event_status(printed: str | None, title: str | None, acts: Iterable[str]) -> str:
    """One of ``STATUSES``: the gravest of what the source's own field and the title say.

    An unknown word leaves the show on.

    Args:
        printed: The source's own word, in any spelling ("Canceled ", "event_postponed").
        title: The event's title as printed.
        acts: Names as billed: "Cancelled Flights" is an act, no notice.
    """
    found = _WORDS.search(normalize(printed or ""))
    said = {found.lastgroup} if found else set()
    if title and _may_hold_a_notice(title):
        said |= set(_notices(title, {normalize(name) for name in acts}))
    return next((status for status in _NOTICES if status in said), "scheduled")


def _may_hold_a_notice(title: str) -> bool:
    return not title.isascii() or bool(_OF_NOTICES.search(title.lower().translate(_SIGNS)))


def _notices(title: str, acts: set[str]) -> Iterator[str | None]:
    parts = [normalize(part) for part in _PARTS.split(title)]
    for part in parts:
        # A title of one part names the act where nobody is billed.
        if part not in acts and (acts or len(parts) > 1):
            yield _as_notice(part)
    yield _beside_an_act(normalize(title), acts)
    # "CANCELLED Summer Night": nobody shouts one word of a name.
    shouted = _SHOUTED.search(title)
    if shouted and any(letter.islower() for letter in title):
        yield _kind(shouted.group())


def _as_notice(part: str) -> str | None:
    """What ``part`` of a title says, if all of it is a notice."""
    start = _BEFORE.match(part)
    found = _WORDS.match(part, start.end() if start else 0)
    if not found or not _BEHIND.fullmatch(part, found.end()):
        return None
    # A show that was postponed from another day has its new one.
    if found.lastgroup == "postponed" and re.match(r" (?:from|was)\b", part[found.end() :]):
        return "rescheduled"
    return found.lastgroup


def _beside_an_act(title: str, acts: set[str]) -> str | None:
    """What the word before or behind the name of an act says, without any sign between."""
    # Most titles say nothing, and a pattern for each act takes longer than all the rest.
    for act in filter(None, acts) if _BARE_WORD.search(title) else ():
        name = re.escape(act)
        found = re.match(rf"(?P<word>{_BARE}) {name}\b", title) or re.search(
            rf"\b{name} (?:{_BEFORE.pattern})(?P<word>{_BARE})$", title
        )
        # Another act may begin or end with the word.
        if found and not any(other != act and found.group() in f" {other} " for other in acts):
            return _kind(found["word"])
    return None


def _kind(word: str) -> str | None:
    found = _WORDS.match(normalize(word))
    return found.lastgroup if found else None
