"""Which artist page a billing means, decided by rules on names; similarity never decides.

The ladder: the site's own link; a page with the billed name; refusal of tributes; a page equal
to a shorter reading of the billing; a slip of the pen; one or two more searches; nobody. A wrong
artist is worse than none, so each step down needs more support than the one before.

What belongs here: the ladder. What does not: searching, caching, overrides, storage. A decision
is a pure function of the billing and the answers seen, so stored answers can be decided again
under a newer ``MATCHER_VERSION`` without a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from showlist_assets.domain.homage import is_homage
from showlist_assets.domain.matching import reasons
from showlist_assets.domain.matching.equality import words
from showlist_assets.domain.matching.genres import from_country
from showlist_assets.domain.matching.links import (
    link_query,
    linked_candidate,
    linked_id,
    names_agree,
)
from showlist_assets.domain.matching.own_shows import (
    is_only_a_party,
    own_name_page,
    own_show_page,
)
from showlist_assets.domain.matching.pages import (
    Page,
    best_page,
    carries_reading,
    carries_whole_name,
    leading_page,
    pool,
    slipped_page,
)
from showlist_assets.domain.matching.readings import (
    Reading,
    is_around_an_act,
    is_festival,
    is_occasion,
    is_thrown_around,
    readings,
    tag_of,
)
from showlist_assets.domain.matching.types import AskFor, Billing, Candidate, Decision, Level

__all__ = [
    "MATCHER_VERSION",
    "MAX_SEARCHES",
    "AskFor",
    "Billing",
    "Candidate",
    "Decision",
    "Level",
    "decide",
    "first_query",
    "spares_a_search",
]

MATCHER_VERSION = "3"
# Of the matched names 99.0 % need one search, 0.9 % two and 0.1 % three; with one only, F1 falls
# from 0.977 to 0.972 (docs/matching.md). A day has some 500 calls.
MAX_SEARCHES = 3

# Below it a reading is a guess that is checked against the answers in hand but not paid for.
_WORTH_A_SEARCH = 0.8
# A tribute's own page must carry its whole name: looser equalities may lead to the original.
_OWN_PAGE = frozenset({"equal_name", "article", "spacing"})

Answers = Mapping[str, Sequence[Candidate]]


def first_query(billing: Billing) -> str:
    """What to search first: the billed name with its white space collapsed."""
    return " ".join(billing.name.split())


def decide(billing: Billing, answers: Answers) -> Decision | AskFor:
    """Who ``billing`` is, given the answers so far, or what to search before that can be said.

    Args:
        billing: the performer as printed.
        answers: every query asked so far with its candidates, best first. Ask for
            ``first_query(billing)`` first; at most ``MAX_SEARCHES`` are ever asked for.
    """
    query = first_query(billing)
    if not query:
        return reasons.rejected("blank")
    # Before any search: a festival costs no call.
    if billing.event_kind == "music_festival" and is_festival(billing.name):
        return reasons.rejected("occasion")
    if query not in answers:
        return AskFor(query, "the name as billed")
    # Whoever lists a tribute may link to the original.
    if billing.spotify_artist_id and not is_homage(billing.name):
        return _with_link(billing, billing.spotify_artist_id, answers)
    return _by_name(billing, answers)


def _with_link(billing: Billing, artist_id: str, answers: Answers) -> Decision | AskFor:
    """The linked page if its name agrees; looked up only where the name alone leads nowhere yet.

    So a link never costs more than the search that it spares.
    """
    linked = linked_candidate(billing, answers)
    if linked and names_agree(billing.name, linked.name):
        return reasons.linked(linked)
    verdict = _by_name(billing, answers)
    is_settled = isinstance(verdict, Decision) and verdict.outcome == "matched"
    if linked or is_settled or link_query(artist_id) in answers:
        return verdict
    return AskFor(link_query(artist_id), "the page that the event site links to")


def spares_a_search(billing: Billing, answers: Answers) -> bool:
    """Whether the name alone would need another search, so that the link has spared it."""
    searched = {query: found for query, found in answers.items() if linked_id(query) is None}
    return isinstance(_by_name(billing, searched), AskFor)


def _by_name(billing: Billing, answers: Answers) -> Decision | AskFor:
    """Who it is by the name alone, whose first search is answered."""
    homage = is_homage(billing.name)
    candidates = pool(answers.values())
    page = best_page(billing.name, billing, candidates)
    around = is_around_an_act(billing.name)
    own_page_only = homage or around
    if page and carries_whole_name(page, billing.name) and _may_be(page, own_page_only):
        return reasons.matched(page)
    # Before anything is taken off the name: what is left would be the act it is about. Without
    # this, 8 listings of 1,680 got a wrong artist instead of 3 (docs/matching.md).
    if homage:
        named = _its_own_name(billing, candidates, is_homage)
        played = named or _its_own_show(billing, answers, candidates)
        return played or reasons.rejected("tribute")
    if around:
        party = is_only_a_party(billing.name)
        named = _its_own_name(billing, candidates, is_thrown_around) if party else None
        return named or reasons.rejected("occasion")
    # "ACT play ALBUM": no word of it is a homage's, so if it is none, the ladder goes on.
    own_show = _its_own_show(billing, answers, candidates)
    if own_show:
        return own_show
    return _below_the_whole_name(billing, answers, candidates, page)


def _may_be(page: Page, own_page_only: bool) -> bool:
    return not own_page_only or page.equality in _OWN_PAGE


def _its_own_name(
    billing: Billing, candidates: list[Candidate], refuses: Callable[[str], bool]
) -> Decision | None:
    found = own_name_page(billing, candidates, refuses)
    return reasons.matched(found[0], found[1].rule, found[1].trust) if found else None


def _its_own_show(
    billing: Billing, answers: Answers, candidates: list[Candidate]
) -> Decision | AskFor | None:
    found = own_show_page(billing, candidates, tuple(answers))
    if found is None:
        return None
    page, unsure_of = found
    if unsure_of and len(answers) < MAX_SEARCHES:
        # "ACT plays NAME" is a tribute where NAME is an act.
        return AskFor(unsure_of, "whether what is played is another act")
    return None if unsure_of else reasons.matched(page, "own_show", 0.8)


def _below_the_whole_name(
    billing: Billing, answers: Answers, candidates: list[Candidate], doubted: Page | None
) -> Decision | AskFor:
    shorter = readings(billing.name)
    leading = leading_page(billing, candidates)
    for reading in shorter:
        page = best_page(reading.text, billing, candidates)
        if reading.rule == "country_tag":
            page = _page_of_the_country(reading, billing, candidates)
            if page:
                return reasons.matched(page, reading.rule, reading.trust)
            continue
        # A later act is never named while the page of the leading one is there.
        if leading and reading.rule == "later_act":
            return reasons.matched(leading, "first_act", 0.8)
        if page and carries_reading(page, reading.text, reading.trust):
            return reasons.matched(page, reading.rule, reading.trust)
    if leading:
        return reasons.matched(leading, "first_act", 0.8)
    slipped = slipped_page(billing, candidates)
    if slipped:
        # Always of low confidence, as ListenBrainz' mapper rates whatever it had to alter: a near
        # name may be another act ("George Clanton" is no George Clinton).
        return reasons.matched(slipped, "slip", 0.6)
    return _next_search(shorter, answers) or _nobody(billing, candidates, doubted)


def _page_of_the_country(
    reading: Reading, billing: Billing, candidates: list[Candidate]
) -> Page | None:
    """The page meant by a tag, if more than popularity says so: it tells namesakes apart."""
    tag = tag_of(billing.name)
    at_home = [each for each in candidates if from_country(tag, each.genres)]
    native = best_page(reading.text, billing, at_home)
    if native:
        return native
    page = best_page(reading.text, billing, candidates)
    rarely_shared = page and words(reading.text) > 1 and page.namesakes == 1
    if page and (rarely_shared or page.genre is True):
        foreign = from_country(tag, page.candidate.genres) is False
        believed = carries_reading(page, reading.text, reading.trust)
        return page if believed and (rarely_shared or not foreign) else None
    return None


def _next_search(shorter: Sequence[Reading], answers: Answers) -> AskFor | None:
    if len(answers) >= MAX_SEARCHES:
        return None
    for reading in shorter:
        if reading.trust >= _WORTH_A_SEARCH and reading.text not in answers:
            return AskFor(reading.text, f"a shorter reading of the name ({reading.rule})")
    return None


def _nobody(billing: Billing, candidates: list[Candidate], doubted: Page | None) -> Decision:
    if not candidates:
        return reasons.rejected("no_answer")
    if is_occasion(billing.name):
        return reasons.rejected("occasion")
    if doubted:
        return reasons.doubted(doubted)
    return reasons.rejected("no_equal_name")
