"""One definition of a homage: the bill's label and the matcher's refusal never disagree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.act_kinds import act_kind
from showlist_assets.domain.homage import is_homage
from showlist_assets.domain.matching.ladder import (
    Billing,
    Candidate,
    Decision,
    decide,
    first_query,
)
from showlist_assets.domain.names import performer_key
from showlist_assets_tests.domain.events.bills import event, performer

# Every class of words that the bill's label or the matcher has ever called a homage.
PHRASES = (
    "A Tribute to {}",
    "{} Tributes",
    "{} Tribute Band",
    "The {} Experience",
    "Celebrating {}",
    "Celebrate the Music of {}",
    "A Celebration: {}",
    "The Music of {}",
    "The Songs of {}",
    "Greatest Hits of {}",
    "The Best of {}",
    "Night of {}",
    "The Sounds of {}",
    "The Legacy of {}",
    "The {} Story of Love",
    "In the Spirit of {}",
    "In the Style of {}",
    "{} Revisited",
    "Revisiting {}",
    "A Salute to {}",
    "Homage to {}",
    "Somebody plays {}",
    "Somebody performs {}",
    "Performing {}",
    "Paper Boats as Performed by {}",
    "{} Cover Band",
    "{} Covers",
    "Candlelight: {}",
    "{} Karaoke",
    "One Night with {}",
    "{} Impersonator",
)
# Spellings that sites and fans use, which only the folded name shows.
SPELLINGS = (
    str,
    str.upper,
    lambda text: text.replace(" ", "_"),
    lambda text: text.replace("i", "í"),
)
NAMES = st.lists(
    st.sampled_from([phrase.format("").strip() for phrase in PHRASES])
    | st.sampled_from(
        ["Tessa Marlow", "Glass Owls", "Distributed", "Discover", "Fest", "of", "TBA"]
    )
    | st.text(max_size=6),
    min_size=1,
    max_size=4,
).map(" ".join)


def kind_of(name):
    show = event(name, venue_name="The Barn").row(0, named=True)
    return act_kind(performer(name), show)


def decided(name, *pages):
    candidates = [Candidate(f"id of {page}", page, (), 80, rank) for rank, page in enumerate(pages)]
    billing = Billing(name)
    return decide(billing, {first_query(billing): candidates})


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_homage_is_a_tribute_on_the_bill_and_never_the_act_it_is_about(phrase, spelled):
    name = spelled(phrase.format("Tessa Marlow"))
    assert is_homage(name)
    assert kind_of(name) == "tribute"
    decision = decided(name, "Tessa Marlow")
    assert (decision.candidate, decision.rule) == (None, "tribute")


@pytest.mark.parametrize(
    "name", ["Distributed", "Discover", "Undercover", "Nightof", "Wilco", "Salutes"]
)
def test_a_word_that_only_contains_one_is_none(name):
    assert not is_homage(name)
    assert kind_of(name) == "artist"


@given(NAMES)
def test_the_label_and_the_matcher_always_agree(name):
    kind = kind_of(name) if name.strip() else "artist"
    assert (kind == "tribute") == (is_homage(name) and kind not in ("festival", "other"))


@given(NAMES, st.sampled_from(["Tessa Marlow", "Glass Owls"]))
def test_no_name_with_a_homage_in_it_yields_another_act_s_page(name, act):
    billed = f"{name} {act}"
    decision = decided(billed, act)
    # Who stands before the homage as well plays what is its own.
    if is_homage(billed) and act not in name:
        assert isinstance(decision, Decision)
        assert decision.candidate is None or performer_key(billed) == performer_key(act)


def test_a_page_that_carries_the_whole_name_is_still_believed():
    assert decided("Story of the Owls", "Story of the Owls").rule == "equal_name"
