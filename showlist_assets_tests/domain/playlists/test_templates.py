"""Titles and descriptions: which templates are taken, and that they fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.playlists.templates import (
    LONGEST_DESCRIPTION,
    TemplateError,
    check_template,
    fill,
)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Live in {plces}", "{places}"),
        ("Live in {places.__class__}", "no field"),
        ("Live in {places!r}", "no format"),
        ("Live in {places:>9}", "no format"),
        ("Live in {0}", "no field"),
        ("Live in {}", "no field"),
        ("Live in {places", "{{"),
        ("x" * 101, "101 characters"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(template, words):
    with pytest.raises(TemplateError, match=words):
        check_template(template, longest=100)


def test_a_description_stands_on_one_line_because_spotify_allows_no_other():
    assert check_template("Two\n  lines", longest=300) == "Two lines"


def test_a_list_names_as_many_as_fit():
    artists = ["Ada", "Bea", "Cleo", "Dora"]
    assert fill("With {artists}", {"artists": artists}, longest=40) == (
        "With Ada, Bea, Cleo and Dora"
    )
    assert fill("With {artists}", {"artists": artists}, longest=26) == "With Ada, Bea and 2 more"


@given(
    st.lists(st.text(min_size=1, max_size=400), max_size=60), st.text("abc {artists}", max_size=50)
)
def test_filled_text_fits_on_one_line(names, words):
    template = words.replace("{", "").replace("}", "") + "{artists}"
    text = fill(template, {"artists": names}, longest=LONGEST_DESCRIPTION)
    assert len(text) <= LONGEST_DESCRIPTION
    assert "\n" not in text
