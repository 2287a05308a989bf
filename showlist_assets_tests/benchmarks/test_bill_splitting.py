"""What counts as a bill in the listings, and the measured bar on a sample of them."""

from __future__ import annotations

import pytest

from showlist_assets_tests.benchmarks.bill_splitting import Listing, is_a_bill, measure


@pytest.mark.parametrize(
    ("title", "performers", "is_one"),
    [
        ("Tin Owl w/ Mud Lark & Fen", ("Tin Owl", "Mud Lark", "Fen"), True),
        ("TIN OWL, Mud Lark", ("Tin Owl", "Mud Lark"), True),
        ("Tin Owl: Paper Tour with Mud Lark", ("Tin Owl", "Mud Lark"), False),
        ("Tin Owl, Mud Lark", ("Tin Owl", "Mud Lark", "Fen"), False),
        ("Tin Owl & Mud Lark", ("Tin Owl & Mud Lark",), False),
    ],
)
def test_a_title_of_nothing_but_its_performers_is_a_bill(title, performers, is_one):
    assert is_a_bill(Listing(title, performers)) == is_one


@pytest.mark.slow
def test_texts_are_rarely_taken_apart_wrongly():
    found = measure(every=4)
    assert found.acts_share >= 0.9
    assert found.whole_share >= 0.9
