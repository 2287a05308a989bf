"""When a name says that it is about another act: a tribute, a cover show, an evening of hits.

The one definition: a bill is labelled by it (``domain.events.act_kinds``), and the matcher never
leads such a name to the act that it is about (``domain.matching.ladder``). It errs on that side: an
act with such a word in its own name ("Story of the Year") is called a homage, too, and is found all
the same, because a page that carries the whole name is still believed.
"""

from __future__ import annotations

import re
from typing import Final

from showlist_assets.domain.names import normalize

# Classes of words, never a name. What each costs and spares is measured on labelled real listings
# (docs/matching.md, "refusal of tributes").
# "Candlelight" is a series of concerts, each with the songs of one act.
_HOMAGE: Final = re.compile(
    r"\btributes?\b|\bexperience\b|\bcelebrat(?:e|es|ing|ion)\b|\b(?:music|songs|hits|best|night|"
    r"sounds?|legacy|story|spirit|style) of\b|\brevisit(?:ed|ing)\b|\bsalute\b|\bhomage\b|"
    r"\bplays\b|\bperform(?:s|ing)\b|\bas performed by\b|\bcovers?\b|\bcandlelight\b|\bkaraoke\b|"
    r"\bone night with\b|\bimpersonat\w+\b",
    re.IGNORECASE,
)


def is_homage(name: str) -> bool:
    """Whether ``name`` says it is about another act, as printed or however it is spelled."""
    # As printed, since folding joins words ("covers!x"); folded, since sites print "Tríbute",
    # full-width letters and "Tribute_to".
    return bool(_HOMAGE.search(name) or _HOMAGE.search(normalize(name)))
