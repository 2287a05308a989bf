"""When a name with a homage in it is billed by the act itself, told by its pages."""

from __future__ import annotations

from collections.abc import Sequence

from showlist_assets.domain.homage import OwnShow, own_shows
from showlist_assets.domain.matching.equality import bare
from showlist_assets.domain.matching.pages import Page, best_page, carries_reading
from showlist_assets.domain.matching.types import Billing, Candidate

# A homage is asked about only where its head is a page: few are, and a mistake is a wrong artist.
_TRUST = 0.85


def own_show_page(
    billing: Billing, candidates: Sequence[Candidate], asked: Sequence[str]
) -> tuple[Page, str] | None:
    """The page of the act that plays its own show, and what to search first ("" for nothing).

    None if no page has the head of the billing as its name, or if another act's name follows.
    """
    for show in own_shows(billing.name):
        page = best_page(show.act, billing, candidates)
        if page is None or page.equality != "equal_name":
            continue
        if carries_reading(page, show.act, _TRUST) and not _names_an_act(show, candidates):
            return page, _still_to_ask(show, asked)
    return None


def _still_to_ask(show: OwnShow, asked: Sequence[str]) -> str:
    return "" if show.by_another or show.about in asked else show.about


def _names_an_act(show: OwnShow, candidates: Sequence[Candidate]) -> bool:
    """Whether what follows names an act, or holds the name of one."""
    about = f" {bare(show.about)} "
    names = {bare(each.name) for each in candidates}
    if show.by_another and about.strip() in names - {bare(show.act)}:
        return False
    return any(f" {name} " in about for name in names if name)
