from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.events.bill_texts import KnownActs, acts_of, known_acts, names_in
from showlist_assets.domain.names import performer_key
from showlist_assets_tests.rows import frame


def keys(*names):
    return frozenset(performer_key(name) for name in names)


def page(name):
    return {
        "query": name, "rank": 1, "artist_id": "a", "name": name, "genres": [], "popularity": None,
        "image_url": None,
    }  # fmt: skip


def refuted(text, *pages):
    """What a search of the whole told: nobody of that name, and pages of these."""
    return KnownActs(nobody=keys(text), pages=keys(*pages))


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("Mossgate w/ Tin Sparrow", ["Mossgate", "Tin Sparrow"]),
        ("Mossgate // Tin Sparrow", ["Mossgate", "Tin Sparrow"]),
        ("Mossgate \u00b7 Tin Sparrow", ["Mossgate", "Tin Sparrow"]),
        ("Mossgate; Tin Sparrow; Ferrow", ["Mossgate", "Tin Sparrow", "Ferrow"]),
        ("Mossgate, Tin Sparrow, and Ferrow", ["Mossgate", "Tin Sparrow", "Ferrow"]),
        ("Velvet Mole / Tin Sparrow", ["Velvet Mole", "Tin Sparrow"]),
        ("Velvet Mole & Tin Sparrow", ["Velvet Mole", "Tin Sparrow"]),
        ("Hall Nine presents: Tin Sparrow", ["Tin Sparrow"]),
        ("Winter Dance Party with Tin Sparrow", ["Tin Sparrow"]),
        ("Mossgate w/ special guest Ferrow; special guests", ["Mossgate", "Ferrow"]),
        ("Mossgate w/ Tin Sparrow, Velvet Mole", ["Mossgate", "Tin Sparrow", "Velvet Mole"]),
        ("Mossgate: Farewell Tour with Ferrow", ["Mossgate: Farewell Tour", "Ferrow"]),
        ("Mossgate Release Party with Ferrow", ["Mossgate Release Party", "Ferrow"]),
    ],
)
def test_a_text_that_nobody_carries_is_its_known_acts(text, acts):
    assert acts_of(text, refuted(text, *acts)) == acts


@pytest.mark.parametrize(
    "text",
    [
        "Mossgate, Slate & Ember",
        "Mossgate, the Warden",
        "Mossgate & Ferrow",
        "MG/FR",
        "Mossgate / Ferrow",
    ],
)
@pytest.mark.parametrize("known", [KnownActs(), None])
def test_without_evidence_or_with_a_page_of_the_whole_a_text_stays_one(text, known):
    whole = KnownActs(pages=keys(text), billed=keys("Mossgate", "Ferrow", "Slate"))
    assert acts_of(text, known or whole) == [text]


def test_a_list_of_three_names_needs_two_that_are_known():
    text = "Velvet Mole, Ferrow, Tin Sparrow"
    acts = ["Velvet Mole", "Ferrow", "Tin Sparrow"]
    assert acts_of(text, refuted(text, "Velvet Mole", "Tin Sparrow")) == acts
    assert acts_of(text, refuted(text, "Velvet Mole", "Ferrow")) == [text]
    assert acts_of(text, KnownActs(pages=keys("Velvet Mole", "Tin Sparrow"))) == [text]
    # Three words with a page each may be one name.
    trio = "Oak, Ash and Thorn"
    assert acts_of(trio, refuted(trio, "Oak", "Ash", "Thorn")) == [trio]


@pytest.mark.parametrize("text", ["Paper With Feathers", "December with the Owls"])
def test_the_word_with_is_no_mark_between_words_that_only_have_pages(text):
    first, second = re.split(" with ", text, flags=re.IGNORECASE)
    assert acts_of(text, refuted(text, first, second)) == [text]
    billed = KnownActs(nobody=keys(text), billed=keys(first, second))
    assert acts_of(text, billed) == [first, second]


def test_a_weak_mark_needs_both_the_refusal_of_the_whole_and_every_part():
    text = "Velvet Mole & Tin Sparrow"
    assert acts_of(text, KnownActs(billed=keys("Velvet Mole", "Tin Sparrow"))) == [text]
    assert acts_of(text, refuted(text, "Velvet Mole")) == [text]


def test_a_page_makes_no_act_of_a_single_word_beside_a_weak_mark_but_a_bill_of_its_own_does():
    text = "Mossgate & Ferrow"
    assert acts_of(text, refuted(text, "Mossgate", "Ferrow")) == [text]
    billed = KnownActs(nobody=keys(text), billed=keys("Mossgate", "Ferrow"))
    assert acts_of(text, billed) == ["Mossgate", "Ferrow"]


def test_a_strong_mark_is_believed_where_every_part_is_billed_by_itself():
    known = KnownActs(billed=keys("Mossgate", "Ferrow"))
    assert acts_of("Mossgate w/ Ferrow", known) == ["Mossgate", "Ferrow"]
    assert acts_of("Mossgate / Ferrow", known) == ["Mossgate / Ferrow"]


def test_a_band_that_follows_its_leader_is_no_act_of_its_own():
    text = "Velvet Mole & The Tin Sparrows"
    assert acts_of(text, refuted(text, "Velvet Mole", "The Tin Sparrows")) == [text]


def test_a_text_once_taken_apart_stays_so_until_it_is_decided_by_hand():
    text = "Mossgate w/ Ferrow"
    assert acts_of(text, KnownActs(apart=keys(text))) == ["Mossgate", "Ferrow"]
    assert acts_of(text, KnownActs(apart=keys(text), whole=keys(text))) == [text]


def test_a_homage_is_never_taken_apart():
    text = "A Tribute to Mossgate; Ferrow"
    assert acts_of(text, refuted(text, "Mossgate", "Ferrow", "A Tribute to Mossgate")) == [text]


def test_evidence_is_what_searches_returned_and_who_stands_alone():
    text = "Mossgate w/ Ferrow"
    earlier = frame(
        "matched_artists",
        {"performer_key": performer_key(text), "candidates": [page("Mossgate")]},
    )
    known = known_acts([text, "Ferrow"], earlier, apart=[], whole=[])
    assert known == KnownActs(
        billed=keys("Ferrow"), pages=keys("Mossgate"), nobody=keys("Mossgate w/ Ferrow")
    )
    assert keys(text, "Mossgate", "Ferrow") <= set(names_in([text, "Slate"]))
    assert names_in(["Slate"]) == []


WORDS = st.sampled_from(["Mossgate", "Ferrow", "Tin Sparrow", "the Warden", "more", "X"])
MARKS = st.sampled_from([" w/ ", ", ", ", and ", " & ", "/", " // ", "; ", " presents: ", " with "])
TEXTS = st.lists(st.one_of(WORDS, MARKS), min_size=1, max_size=7).map("".join)


@given(TEXTS, st.sets(WORDS), st.booleans())
def test_acts_are_never_none_never_blank_never_twice_and_always_in_the_text(text, billed, searched):
    known = KnownActs(billed=keys(*billed), nobody=keys(text) if searched else frozenset())
    acts = acts_of(text, known)
    assert acts
    assert len({performer_key(act) for act in acts}) == len(acts)
    assert all(act in text for act in acts)
