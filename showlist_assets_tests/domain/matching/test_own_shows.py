"""Words that make a name a tribute's or a party's, where they are the act's own."""

from __future__ import annotations

import pytest

from showlist_assets.domain.matching.ladder import AskFor, Billing, Candidate, decide

ACT = "Tessa Marlow"


def page(name, rank=1, popularity=None):
    return Candidate(f"id of {name}", name, popularity=popularity, rank=rank)


def found(billed, *names, popularity=None):
    """The name of the artist, where every search answers with pages of these names."""
    pages = [page(name, rank, popularity) for rank, name in enumerate(names, 1)]
    answers = {}
    while isinstance(verdict := decide(Billing(billed), answers), AskFor):
        answers[verdict.query] = pages
    return verdict.candidate.name if verdict.candidate else None


@pytest.mark.parametrize("popularity", [None, 50])
@pytest.mark.parametrize(
    "billed",
    [
        "Tessa Marlow performing Paper B.C",
        "Tessa Marlow performs Paper Boats in full",
        "Tessa Marlow performing Paper Boats in its entirety",
        "Tessa Marlow plays Paper Boats Front to Back",
        "Tessa Marlow play Paper Boats",
        "Tessa Marlow playing their debut album",
        "Tessa Marlow (Performing a Special Waltz Set)",
        "Tessa Marlow plays the classics",
        "Tessa Marlow: Celebrating 20 Years of Paper Boats",
        "Tessa Marlow Celebrating 20 Years",
        "Tessa Marlow Celebrates 30 Years of Music",
        "Tessa Marlow: 20 Year Anniversary Celebration",
        "Tessa Marlow's 20th Anniversary Celebration",
        "Tessa Marlow: Paper Boats 20th Anniversary Celebration",
        "Tessa Marlow: Paper Tour - Performing Paper Boats",
        "An Evening with Tessa Marlow Celebrating 20 Years",
        "SOLD OUT - Tessa Marlow performing Paper Boats",
        "Tessa Marlow revisits Paper Boats",
        "Tessa Marlow w/ The Paper Experience",
    ],
)
def test_an_act_that_plays_or_celebrates_its_own_is_that_act(billed, popularity):
    assert found(billed, ACT, popularity=popularity) == ACT


@pytest.mark.parametrize(
    "billed",
    [
        "Tessa Marlow plays Glass Owls",
        "Tessa Marlow performing classic Glass Owls songs",
        "Tessa Marlow performing Glass Owls' Paper Boats",
        "Tessa Marlow plays Ink Lamp & Glass Owls",
        "Tessa Marlow: Celebrating 50 Years of Glass Owls",
        "Tessa Marlow: Glass Owls 50th Anniversary Celebration",
        "Paper Boats: Tessa Marlow Celebration",
        "Celebrating 20 Years of Tessa Marlow",
        "Paper Boats: A Celebration of Tessa Marlow",
        "Tessa Marlow Tribute - 20 Years of Paper Boats",
    ],
)
def test_who_plays_another_act_is_nobody(billed):
    assert found(billed, ACT, "Glass Owls") is None


def test_a_page_for_a_word_of_the_title_does_not_make_it_another_act():
    assert found("Owls performing Chaos D.C", "Owls", "Chaos", "D.C.") == "Owls"
    assert found("Tessa Marlow plays Antics", ACT, "Antics") == ACT


def test_who_is_less_known_than_the_act_that_plays_is_not_what_is_played():
    pages = [page(ACT, 1, 60), page("Paper Boats", 2, 5)]
    verdict = decide(
        Billing("Tessa Marlow plays Paper Boats"),
        {"Tessa Marlow plays Paper Boats": pages, "Paper Boats": pages},
    )
    assert verdict.candidate == pages[0]


@pytest.mark.parametrize(
    "billed",
    [
        "Story of the Owls",
        "Story of the Owls - 20 Years of Ink",
        "Story of the Owls (21+)",
        "Story of the Owls w/ Ink Lamp",
        "Story of the Owls, Ink Lamp",
        "Story of the Owls: Paper Tour",
        "Sold Out: Story of the Owls",
        "An Evening with Story of the Owls",
    ],
)
def test_an_act_with_a_homage_s_word_in_its_name_is_read_as_others_are(billed):
    assert found(billed, "Story of the Owls") == "Story of the Owls"


@pytest.mark.parametrize(
    ("billed", "listed"),
    [
        ("Bell Party: Paper Tour", "Bell Party"),
        ("Bell Party - Paper Tour", "Bell Party"),
        ("Birthday Party: Paper Tour", "Birthday Party"),
        ("Party Owls: Paper Tour", "Party Owls"),
        ("Owl Nite: Paper Tour", "Owl Nite"),
        ("Dance Otto Dance: Paper Tour", "Dance Otto Dance"),
        ("An Evening with Bell Party", "Bell Party"),
    ],
)
def test_a_party_that_is_part_of_an_act_s_name_is_none(billed, listed):
    assert found(billed, listed) == listed


@pytest.mark.parametrize(
    "billed",
    ["Birthday Party: Tessa Marlow", "Tessa Marlow: Dance Party", "Tessa Marlow Party: Boats"],
)
def test_a_party_around_an_act_is_not_the_act(billed):
    assert found(billed, ACT, "Birthday Party") is None


@pytest.mark.parametrize(
    "billed",
    [
        "Tessa Marlow - Fast Lane",
        "Tessa Marlow: Lounge Access",
        "Tessa Marlow - Camping",
        "Tessa Marlow (VIP)",
        "Tessa Marlow Tailgate",
        "Tessa Marlow - Locker Rental",
        "Tessa Marlow - Gift Card",
        "Tessa Marlow Pre-Party",
        "Paper Saga - Live to Film",
        "Tessa Marlow - Planetarium Evening",
        "Tessa Marlow Sing-Along",
        "A Musical Retrospective of Tessa Marlow",
    ],
)
def test_what_goes_with_an_act_is_not_the_act(billed):
    assert found(billed, ACT, "Paper Saga") is None


@pytest.mark.parametrize(
    "billed",
    [
        "LOW TICKET ALERT: Tessa Marlow",
        "Selling Fast: Tessa Marlow",
        "Show Added: Tessa Marlow",
        "Added Show - Tessa Marlow",
        "Rescheduled Date: Tessa Marlow",
        "8pm - Tessa Marlow",
        "Tessa Marlow 7pm Show",
        "Seated Show: Tessa Marlow",
        "Tessa Marlow GA Standing",
        "Live: Tessa Marlow",
        "Tessa Marlow 2 Night Pass",
        "Two Nights with Tessa Marlow",
        "Tessa Marlow An Evening With",
        "and Tessa Marlow",
        "Tessa Marlow Birthday Show",
        "Tessa Marlow New Year's Eve",
        "Tessa Marlow NYE 2027",
        "NYE with Tessa Marlow",
        "Tessa Marlow Halloween Show",
        "Tessa Marlow Residency",
        "Tessa Marlow Tour 2027",
        "Tessa Marlow plus Ink",
        "Tessa Marlow >> Ink",
        "Tessa Marlow \u2605 Ink",
        "Tessa Marlow/Ink Lamp",
        "Tessa Marlow \\ Ink",
    ],
)
def test_a_notice_an_occasion_or_a_separator_comes_off(billed):
    assert found(billed, ACT) == ACT


@pytest.mark.parametrize(
    ("billed", "listed"),
    [("Christmas with the Owls", "The Owls"), ("Oak, Ash and Thorn", "Oak"), ("AB/CD", "AB")],
)
def test_one_word_of_a_title_or_a_trio_is_not_the_act(billed, listed):
    assert found(billed, listed) is None


def test_one_word_under_a_series_or_before_a_list_is_the_act_that_comes_first():
    assert found("Owl Spring Jam with Quillon", "Quillon") == "Quillon"
    assert found("Quillon, Ink, Lamp", "Quillon") == "Quillon"
