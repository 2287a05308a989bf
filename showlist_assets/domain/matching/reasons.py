"""A decision in words a listener understands, and the parts of its confidence."""

from __future__ import annotations

from dataclasses import replace

from showlist_assets.domain.matching.equality import EQUALITIES
from showlist_assets.domain.matching.pages import KNOWN_ACT, Page
from showlist_assets.domain.matching.types import Candidate, Decision, Level

# In Development Mode none of 788 high matches was wrong, 3 of 215 medium, none of 74 low.
_HIGH, _MEDIUM = 0.9, 0.75
_EQUALITY_WORDS = {
    "equal_name": "Same name as the artist page (ignoring case and accents)",
    "article": 'Same name as the artist page but for "The"',
    "spacing": "Same letters as the artist page, spaced differently",
    "sort_name": 'The artist page\'s name, listed as "Last, First"',
    "script": "Same name as the artist page, which also writes it in another script",
    "short_form": "Short form of the name on the artist page",
    "slip": "One letter off the artist page's name, and nobody else is as near",
}
# Below it a page's signs ("$NOT") are not the printed ones.
_SAME_KEY = 0.97
_OTHER_MARKS = ", though with other signs, which may be another act's"
_STEP_WORDS = {
    "notice": "leaving out a ticket notice",
    "evening_with": 'leaving out "An evening with"',
    "presents": "leaving out who presents it",
    "presenter": "the act that presents the show",
    "country_tag": "leaving out a country tag",
    "bracket": "leaving out what stands in brackets",
    "set": "leaving out the kind of set",
    "and_friends": "leaving out unnamed friends or band",
    "guest": "leaving out the guests",
    "sponsor": "leaving out the sponsor",
    "release": "leaving out the release it celebrates",
    "tour": "leaving out the tour",
    "place": "leaving out the place",
    "title": "leaving out the title of the show",
    "heading": "the act under the title of the show",
    "backing_band": "leaving out the backing band",
    "band_noun": 'leaving out "Band" or the like',
    "own_show": "leaving out what it plays of its own",
    "first_act": "the first act of a shared bill",
    "later_act": "a later act of a shared bill",
}
_REFUSALS = {
    "tribute": "The name says it is a tribute to or a show about another act, and no artist page "
    "carries that name itself",
    "occasion": "The name says it is an occasion (a festival, a party), not an act",
    "namesake": "An artist page has a name like this, but too little says it is the billed act",
    "no_equal_name": "No artist page has this name, nor a part of it that could be the act",
    "no_answer": "The search knows nobody by this name or one like it",
    "blank": "The listing has no name",
}


def level_of(confidence: float) -> Level:
    """How sure: high from 0.9, medium from 0.75, low above 0, none at 0."""
    if not confidence:
        return "none"
    return "high" if confidence >= _HIGH else "medium" if confidence >= _MEDIUM else "low"


def _namesakes_part(page: Page) -> tuple[float, str]:
    if page.namesakes < 2:
        return 1.0, ""
    shared = f"; {page.namesakes} pages share it, "
    if page.genre:
        return 0.95, shared + "this one plays the billed genre"
    if (page.candidate.popularity or 0) >= KNOWN_ACT:
        return 0.92, shared + "this one is the best known"
    return 0.8, shared + "this one comes first in the search"


def _genre_part(page: Page) -> tuple[float, str]:
    if page.genre is False:
        return 0.88, "; its genres are not the billed one"
    return 1.0, "; its genres fit" if page.genre and page.namesakes < 2 else ""


def matched(page: Page, step: str = "", trust: float = 1.0) -> Decision:
    """The decision for ``page``, found by ladder step ``step`` (the whole name if empty)."""
    how = "slip" if step == "slip" else page.equality
    namesakes, shared = _namesakes_part(page)
    genre, fits = _genre_part(page)
    parts = {
        "name": EQUALITIES[page.equality],
        "spelling": page.spelling,
        "step": trust,
        "namesakes": namesakes,
        "genre": genre,
    }
    # A product, so that each doubt lowers it. It orders matches for review (docs/adr/0007).
    confidence = 1.0
    for part in parts.values():
        confidence *= part
    marks = _OTHER_MARKS if page.spelling < _SAME_KEY else ""
    aside = f", {_STEP_WORDS[step]}" if step in _STEP_WORDS else ""
    return Decision(
        outcome="matched",
        candidate=page.candidate,
        confidence=round(confidence, 4),
        level=level_of(confidence),
        reason=f"{_EQUALITY_WORDS[how]}{marks}{aside}{shared}{fits}.",
        rule=step or page.equality,
        parts=parts,
    )


def linked(candidate: Candidate) -> Decision:
    """The decision where the event site itself links to the artist page, and the names agree."""
    return Decision(
        "matched", candidate, 1.0, "high",
        "The event site links to this artist page, and the names agree.",
        "source_link", {"link": 1.0},
    )  # fmt: skip


def rejected(rule: str) -> Decision:
    """Nobody, for the reason that ``rule``, a key of the refusals, stands for."""
    return Decision("rejected", None, 0.0, "none", f"{_REFUSALS[rule]}.", rule)


def doubted(page: Page) -> Decision:
    """Nobody, though ``page`` has the name: too little says that it is the billed act."""
    why = ": its genres are not the billed one" if page.genre is False else ""
    decision = rejected("namesake")
    return replace(decision, reason=f"{_REFUSALS['namesake']}{why} ({page.candidate.name}).")
