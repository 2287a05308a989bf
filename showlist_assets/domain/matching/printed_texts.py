"""Answers about a text that was searched whole, for the act that it turned out to bill.

"An Evening with A" costs a search before it is taken apart, and its answer may say who A is: then A
is decided on that answer, and costs none.

What belongs here: which of a text's answers serve an act of it. What does not: taking texts apart
(``domain.events.bill_texts``) and the rules themselves (``ladder``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from showlist_assets.domain.matching.evidence import Evidence
from showlist_assets.domain.matching.ladder import Answers, decide, first_query
from showlist_assets.domain.matching.types import Decision
from showlist_assets.domain.names import performer_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from showlist_assets.domain.matching.due import Performer


def evidence_of_text(performer: Performer, earlier: Mapping[str, Evidence]) -> Evidence | None:
    """A copy of what was answered about a text that bills the act, if it says who the act is.

    Args:
        performer: The act.
        earlier: Evidence by performer key, the texts' among them.
    """
    for text in performer.billed_texts:
        whole = earlier.get(performer_key(text))
        if whole is None:
            continue
        asked = first_query(performer.as_billed) in whole.answers
        if asked or decided_by_text(performer, whole.answers):
            return Evidence(
                answers=dict(whole.answers),
                image_urls=dict(whole.image_urls),
                tracks=list(whole.tracks),
                song_queries=list(whole.song_queries),
                asked_at=whole.asked_at,
            )
    return None


def decided_by_text(performer: Performer, answers: Answers) -> Decision | None:
    """The ladder's decision of a text that bills the act, where it names that very act.

    None where the act itself was searched for, which tells more; and where the decision is of low
    confidence, so that a search for the act alone is worth its call.
    """
    billed = performer.as_billed
    if first_query(billed) in answers:
        return None
    for text in performer.billed_texts:
        whole = replace(billed, name=text)
        if first_query(whole) not in answers:
            continue
        verdict = decide(whole, answers)
        if (
            isinstance(verdict, Decision)
            and verdict.candidate
            and verdict.level != "low"
            and performer_key(verdict.candidate.name) == performer.key
        ):
            return verdict
    return None
