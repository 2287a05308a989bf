"""Lines of both directions, in the order in which they are seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.text_direction import base_level, in_visual_order, levels


def _seen(text: str) -> str:
    return "".join(in_visual_order(list(text), levels(text, base_level(text))))


@pytest.mark.parametrize(
    ("text", "level"), [("Live אב", 0), ("אב Live", 1), ("12 مرحبا", 1), ("2026", 0), ("", 0)]
)
def test_the_first_letter_decides_how_a_line_reads(text, level):
    assert base_level(text) == level


# As FriBiDi and unicode-bidi order them.
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Live in New York", "Live in New York"),
        ("אבג", "גבא"),
        ("Live in אב גד", "Live in דג בא"),
        ("אב Tin Owl גד", "דג Tin Owl בא"),
        ("אב 12", "12 בא"),
        ("אב $40", "$40 בא"),
        ("אב 3.5, 12:30", "12:30 ,3.5 בא"),
        ("Live (אב 1)", "Live (1 בא)"),
        # A bracket that reads from right to left is mirrored when it is drawn.
        ("Live אב (2026)", "Live )2026( בא"),
        ("اب 12", "12 با"),
    ],
)
def test_parts_stand_as_they_are_read(text, seen):
    assert _seen(text) == seen


@given(st.text(max_size=40))
def test_nothing_is_lost_and_every_character_has_a_level(text):
    for base in (0, 1):
        of = levels(text, base)
        assert len(of) == len(text)
        assert all(base <= level <= 2 for level in of)
        assert sorted(in_visual_order(list(text), of)) == sorted(text)
