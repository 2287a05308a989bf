"""Which of several pages with one name is meant, and whether the name alone is support enough."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from showlist_assets.domain.matching.equality import (
    EQUALITIES,
    compact,
    differs_at_its_end,
    equality,
    is_slip,
    spelled_alike,
    words,
)
from showlist_assets.domain.matching.genres import genres_agree
from showlist_assets.domain.matching.readings import bill_acts
from showlist_assets.domain.matching.types import Billing, Candidate

# Spotify popularity from which a page is taken for the act meant by one shared word, and from
# which a looser reading is worth believing. On the labelled listings 30 to 40 and 20 to 30
# differ by less than 0.001 of F1.
KNOWN_ACT = 40
SEEN_ACT = 20
_HEARD = 10
_OTHER_ACCENTS = 0.97
# In cross-validation 0.8 and 0.85 do alike (docs/matching.md, "How far to trust this").
_CAUTIOUS = 0.85
_ORDER = tuple(EQUALITIES)


class Page(NamedTuple):
    """A candidate that carries the name looked for, how it does, and how many others do too."""

    candidate: Candidate
    equality: str
    genre: bool | None
    namesakes: int
    spelling: float = 1.0


def pool(answers: Iterable[Iterable[Candidate]]) -> list[Candidate]:
    """Every candidate once, under its best rank in any answer."""
    best: dict[str, Candidate] = {}
    for candidate in (each for answer in answers for each in answer):
        seen = best.get(candidate.artist_id)
        if seen is None or candidate.rank < seen.rank:
            best[candidate.artist_id] = candidate
    return list(best.values())


def best_page(name: str, billing: Billing, candidates: Iterable[Candidate]) -> Page | None:
    """The page that carries ``name``: by equality, spelling, genre, popularity, order."""
    pages = [(each, how) for each in candidates if (how := equality(name, each.name))]
    if not pages:
        return None
    # The kind of equality first: no popularity makes up for a name that is less the same.
    surest = min((how for _, how in pages), key=_ORDER.index)
    namesakes = [each for each, how in pages if how == surest]

    # Genre before popularity: the best known namesake is often not the one who plays
    # (docs/adr/0007). Where neither is told, the order of the answer is the only signal.
    def preference(candidate: Candidate) -> tuple[bool, bool, bool, int, int, str]:
        alike = _alike(name, candidate, surest)
        return (
            alike < _OTHER_ACCENTS,
            genres_agree(billing.genres, candidate.genres) is not True,
            # A site that drops accents says nothing by it, so a page that hardly anybody hears is
            # not meant only because it has none.
            not (alike == 1.0 and _is_known(candidate, _HEARD)),
            -(candidate.popularity or 0),
            candidate.rank,
            candidate.artist_id,
        )

    chosen = min(namesakes, key=preference)
    return Page(
        chosen,
        surest,
        genres_agree(billing.genres, chosen.genres),
        len(namesakes),
        _alike(name, chosen, surest),
    )


def _alike(name: str, candidate: Candidate, how: str) -> float:
    return spelled_alike(name, candidate.name) if how == "equal_name" else 1.0


def leading_page(billing: Billing, candidates: Iterable[Candidate]) -> Page | None:
    """The page of a bill's first act, where a second act of it has its page in the answer, too.

    Two names side by side that are both pages' support each other as no popularity does.
    """
    acts = bill_acts(billing.name)
    if len(acts) < 2:
        return None
    found = [best_page(act, billing, candidates) for act in acts]
    exact = [page for page in found if page and page.equality == "equal_name"]
    first = found[0]
    return (
        first if first in exact and len(exact) > 1 and first and first.genre is not False else None
    )


def _is_known(candidate: Candidate, popularity: int) -> bool:
    return candidate.popularity is not None and candidate.popularity >= popularity


def carries_whole_name(page: Page, name: str) -> bool:
    """Whether ``page`` is the act billed as ``name`` itself.

    The equal name is, unless it is one word of another genre with namesakes or hardly a listener.
    A looser equality of one word is shared too easily ("The Smile", "Smile"): it needs an
    agreeing genre, some popularity, or to stand alone and first.
    """
    if page.genre is True:
        return True
    if page.equality == "equal_name":
        return not _is_likely_a_namesake(page, name)
    if page.equality == "short_form":
        return _is_known(page.candidate, KNOWN_ACT) or _stands_first(page, name)
    if words(name) > 1 or _is_known(page.candidate, SEEN_ACT):
        return True
    # Without these doubts 10 listings of 1,680 got a wrong artist instead of 6, and 45 acts were
    # missed instead of 55 (docs/matching.md, "What each rule buys").
    return page.candidate.rank == 1 and page.namesakes == 1


def _stands_first(page: Page, name: str) -> bool:
    """Whether the answer's order speaks for several words where popularity is not told."""
    alone = page.candidate.rank == 1 and page.namesakes == 1
    return alone and words(name) > 1 and page.candidate.popularity is None


def _is_likely_a_namesake(page: Page, name: str) -> bool:
    if page.genre is not False or words(name) > 1 or _is_known(page.candidate, KNOWN_ACT):
        return False
    return page.namesakes > 1 or not _is_untold_or_seen(page.candidate)


def _is_untold_or_seen(candidate: Candidate) -> bool:
    return candidate.popularity is None or candidate.popularity >= SEEN_ACT


def carries_reading(page: Page, name: str, trust: float) -> bool:
    """Whether ``page`` may be believed for ``name``, a shorter reading of the billing.

    Two words are rarely shared. One word needs an agreeing genre, a known act or, where
    popularity is not told, the first place alone. Never two guesses at once for one word.
    """
    if words(name) == 1 and page.equality != "equal_name" and page.equality != "spacing":
        return page.genre is True
    if page.genre is True or _is_known(page.candidate, KNOWN_ACT):
        return True
    untold = page.candidate.popularity is None
    if page.equality == "short_form":
        return False
    if words(name) > 1:
        return trust >= _CAUTIOUS or _is_untold_or_seen(page.candidate)
    # Without doubt about shorter readings: 13 wrong instead of 6, 44 missed instead of 55.
    return untold and trust > 0.8 and page.candidate.rank == 1 and page.namesakes == 1


def slipped_page(billing: Billing, candidates: list[Candidate]) -> Page | None:
    """The one page whose name is ``billing``'s with a slip of the pen, if there is just one name.

    One word alone needs an agreeing genre, a known act, or, where popularity is not told, ten
    letters and the first place: short words have neighbours that are bands too.
    """
    near = [
        each
        for each in candidates
        if is_slip(
            billing.name, each.name, [other.name for other in candidates if other.name != each.name]
        )
    ]
    if len({compact(each.name) for each in near}) != 1:
        return None
    page = best_page(near[0].name, billing, near)
    return page if page and page.genre is not False and _bears_a_slip(page, billing.name) else None


def _bears_a_slip(page: Page, name: str) -> bool:
    if words(name) > 1 or page.genre is True:
        return True
    # These lengths were written with all labelled listings in sight; slips buy 0.028 of F1 and
    # named one stranger in 60 matches (docs/matching.md).
    if differs_at_its_end(name, page.candidate.name):
        return False
    if page.candidate.popularity is not None:
        return len(compact(name)) > 8 and page.candidate.popularity >= KNOWN_ACT
    return len(compact(name)) > 9 and page.candidate.rank == 1
