"""Which answers about a whole text serve an act of it."""

from __future__ import annotations

import pytest

from showlist_assets.domain.matching.evidence import Evidence
from showlist_assets.domain.matching.printed_texts import decided_by_text, evidence_of_text
from showlist_assets.domain.matching.types import Candidate
from showlist_assets.domain.names import performer_key
from showlist_assets_tests.domain.matching.performers import performer
from showlist_assets_tests.rows import NOW, found_track

TEXT = "An Evening with Paper Lantern"
BILL = "Paper Lantern w/ Tin Sparrow"


def page(name, rank=1):
    return Candidate(f"id of {name}", name, (), None, rank)


def answered(text, *names, **more):
    pages = [page(name, rank) for rank, name in enumerate(names, start=1)]
    return Evidence(answers={text: pages}, tracks=[found_track("t1")], asked_at=NOW, **more)


def act(name="Paper Lantern", *texts):
    return performer(key=performer_key(name), name=name, billed_texts=texts)


@pytest.mark.parametrize("text", [TEXT, BILL])
def test_the_act_that_the_text_was_decided_to_be_is_decided_by_it(text):
    evidence = answered(text, "Tin Sparrow", "Paper Lantern")
    earlier = {performer_key(text): evidence}
    found = evidence_of_text(act("Paper Lantern", text), earlier)
    assert (found.answers, found.tracks, found.asked_at) == (
        evidence.answers, evidence.tracks, NOW,
    )  # fmt: skip
    decision = decided_by_text(act("Paper Lantern", text), found.answers)
    assert decision.candidate.name == "Paper Lantern"


def test_the_copy_is_the_act_s_own():
    earlier = {performer_key(BILL): answered(BILL, "Paper Lantern", misses=3)}
    found = evidence_of_text(act("Paper Lantern", BILL), earlier)
    found.answers["more"] = []
    found.tracks.clear()
    assert list(earlier[performer_key(BILL)].answers) == [BILL]
    assert earlier[performer_key(BILL)].tracks
    assert found.misses == 0


def test_the_other_act_of_the_bill_is_searched_for():
    earlier = {performer_key(BILL): answered(BILL, "Paper Lantern", "Tin Sparrow")}
    assert evidence_of_text(act("Tin Sparrow", BILL), earlier) is None


def test_a_search_for_the_act_itself_serves_and_decides():
    evidence = answered(TEXT, "Somebody Else")
    evidence.answers["Paper Lantern"] = [page("Paper Lantern")]
    earlier = {performer_key(TEXT): evidence}
    found = evidence_of_text(act("Paper Lantern", TEXT), earlier)
    assert found.answers == evidence.answers
    assert decided_by_text(act("Paper Lantern", TEXT), found.answers) is None, "the ladder's turn"


@pytest.mark.parametrize(
    "pages",
    [["Somebody Else"], [], ["Paper Lantern"] * 3],
    ids=["nobody of the name", "no page", "low confidence"],
)
def test_a_text_that_says_too_little_serves_nobody(pages):
    text = "Paper Lantern, Tin Sparrow, and Slow Miles"
    earlier = {performer_key(text): Evidence(answers={text: [
        Candidate(f"id {rank}", name, (), None, rank) for rank, name in enumerate(pages, start=1)
    ]}, asked_at=NOW)}  # fmt: skip
    assert evidence_of_text(act("Paper Lantern", text), earlier) is None


def test_a_performer_that_no_text_bills_has_no_such_evidence():
    earlier = {performer_key(TEXT): answered(TEXT, "Paper Lantern")}
    assert evidence_of_text(act(), earlier) is None
