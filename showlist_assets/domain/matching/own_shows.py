"""When a name that a rule would refuse is an act's own: its show, or words of its own name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from showlist_assets.domain.homage import OwnShow, own_shows
from showlist_assets.domain.matching.equality import bare, words
from showlist_assets.domain.matching.pages import Page, best_page, carries_reading
from showlist_assets.domain.matching.readings import (
    Reading,
    is_thrown_around,
    readings,
)
from showlist_assets.domain.matching.types import Billing, Candidate

# A homage is asked about only where its head is a page: few are, and a mistake is a wrong artist.
_TRUST: Final = 0.85
# Parts of what is played; each may be an act by itself ("plays Glass Owls & Ink").
_PARTS: Final = re.compile(
    r"\s*[,/+;|&]\s*|\s+(?:and|by|from|vs\.?)\s+|['\u2019]s?\s+", re.IGNORECASE
)
# Words around an act's name that say what is played of it: "plays classic Glass Owls hits".
_OF_AN_ACT: Final = re.compile(
    r"^(?:(?:the|all|classic|early|best|greatest|biggest)\s+)*(?P<act>.+?)\s+"
    r"(?:hits|songs|classics|favou?rites|unplugged|music|catalog(?:ue)?|albums|sets?)$",
    re.IGNORECASE,
)
# Steps that take off what is not the act's; the others leave a part of several names.
_DRESSING: Final = frozenset({"notice", "evening_with", "presents", "bracket", "country_tag"})
_PARTY: Final = re.compile(r"\b(?:part(?:y|i|ies)|nite)\b", re.IGNORECASE)


def own_show_page(
    billing: Billing, candidates: Sequence[Candidate], asked: Sequence[str]
) -> tuple[Page, str] | None:
    """The page of the act that plays its own show, and what to search first ("" for nothing).

    None if no page has the head of the billing as its name, or if another act's name follows.
    """
    for show in own_shows(billing.name):
        page = _head_page(show, billing, candidates)
        if page and _may_play(page, show) and not _names_an_act(show, page, candidates):
            return page, _still_to_ask(show, asked)
    return None


def own_name_page(
    billing: Billing, candidates: Sequence[Candidate], refuses: Callable[[str], bool]
) -> tuple[Page, Reading] | None:
    """The page whose own name holds the words for which ``refuses`` minds the billing.

    So the rest of the billing must hold none: "Owl Party: Paper Tour" is Owl Party, and "Owl:
    Paper Party" is not Owl. Nor may another act follow a title: "Owl Party: Tessa Marlow".
    """
    others = {bare(each.name) for each in candidates}
    for reading in readings(billing.name):
        rest = billing.name.replace(reading.text, " ", 1)
        its_own = rest != billing.name and not refuses(rest) and refuses(f"{reading.text}: ")
        enough = words(reading.text) > 1 or reading.rule in _DRESSING
        if not its_own or not enough or reading.rule == "place":
            continue
        page = best_page(reading.text, billing, candidates)
        follows = reading.rule in ("title", "heading") and bare(rest) in others
        if page and page.equality == "equal_name" and not follows:
            return page, reading
    return None


def is_only_a_party(name: str) -> bool:
    """Whether "party" or the like is the only word for which ``name`` is no act's."""
    return not is_thrown_around(_PARTY.sub(" ", name))


def _head_page(show: OwnShow, billing: Billing, candidates: Sequence[Candidate]) -> Page | None:
    dressed = (each.text for each in readings(show.act) if each.rule in _DRESSING)
    for head in (show.act, *dressed):
        page = best_page(head, billing, candidates)
        if page and page.equality == "equal_name":
            return page
    return None


def _may_play(page: Page, show: OwnShow) -> bool:
    """Whether the head's page may be believed.

    Who plays stands before the verb, so one word of a page is enough there, though popularity is
    not told; of a guest or a title it may be any word.
    """
    if carries_reading(page, page.candidate.name, _TRUST):
        return True
    return bool(show.by_verb) and page.candidate.popularity is None and page.genre is not False


def _still_to_ask(show: OwnShow, asked: Sequence[str]) -> str:
    # A record may be called as its act is.
    known = show.by_another or bare(show.about) == bare(show.act) or show.about in asked
    return "" if known else show.about


def _names_an_act(show: OwnShow, head: Page, candidates: Sequence[Candidate]) -> bool:
    """Whether what follows names an act: whole, or in a part of it.

    A word within a title is none ("Paper Chaos" names no "Chaos").
    """
    acts = [each for each in candidates if each.artist_id != head.candidate.artist_id]
    names = {bare(each.name) for each in acts if _may_be_celebrated(each, show, head)}
    names -= {bare(show.act), bare(head.candidate.name)}
    if show.by_another:
        about = bare(show.about)
        every = {bare(each.name) for each in acts}
        return about not in every and any(f" {name} " in f" {about} " for name in every if name)
    parts = [show.about, *_PARTS.split(f"{show.about} ")]
    inner = [found["act"] for part in parts if (found := _OF_AN_ACT.match(part))]
    return any(bare(part) in names for part in (*parts, *inner) if part.strip())


def _may_be_celebrated(page: Candidate, show: OwnShow, head: Page) -> bool:
    """Whether ``page`` may be the act that a show is about, and not a record's title.

    Who plays another act's songs is less known than that act. Where popularity is not told, there
    is a page for nearly every word, so one word is a title: after "plays", or where the answer
    puts the head first.
    """
    known = head.candidate.popularity
    if known is not None:
        return page.popularity is None or page.popularity >= known
    if words(page.name) > 1 or not show.by_verb:
        return True
    return show.by_verb == "celebrat" and head.candidate.rank > 1
