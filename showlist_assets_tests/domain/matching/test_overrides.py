"""The file of matches decided by hand: read, refused with a reason, and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.matching.overrides import (
    Override,
    OverridesError,
    parse_overrides,
    with_override,
    without_override,
)
from showlist_assets.domain.names import performer_key

_ID = "6vWDO969PvNqNYHsOW5v0A"


@pytest.mark.parametrize(
    "artist",
    [
        _ID,
        f"spotify:artist:{_ID}",
        f"https://open.spotify.com/artist/{_ID}",
        f"https://open.spotify.com/artist/{_ID}?si=abc",
        f"https://open.spotify.com/intl-de/artist/{_ID}",
        f"https://open.spotify.com/intl-pt-BR/artist/{_ID}/",
        f"open.spotify.com/artist/{_ID}",
    ],
)
def test_an_artist_may_be_given_as_id_uri_or_link(artist):
    found = parse_overrides(f'- performer: "BEYONCÉ"\n  artist: {artist}\n')
    assert found == {"beyonce": Override("BEYONCÉ", "beyonce", _ID)}


def test_nobody_is_an_answer_too_and_a_note_is_kept():
    found = parse_overrides("- performer: Jazz Brunch\n  artist: Nobody\n  note: no act\n")
    assert found["jazz brunch"] == Override("Jazz Brunch", "jazz brunch", None, "no act")


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "[]"])
def test_a_file_without_entries_overrides_nothing(text):
    assert parse_overrides(text) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- performer: X\n  artits: nobody\n", ["line 2", "'artits'", "'artist'"]),
        ("- performer: X\n", ["line 1", "'artist'"]),
        ("- artist: nobody\n", ["line 1", "'performer'"]),
        (
            f"- performer: X\n  artist: spotify:track:{_ID}\n",
            ["spotify:track", "no Spotify artist"],
        ),
        ("- performer: X\n  artist: Wilco\n", ["'Wilco'", "nobody"]),
        ("performer: X\n", ["list"]),
        ("- X\n", ["line 1", "'performer'"]),
        ("- performer: [a\n", ["not valid YAML"]),
        ("- performer: X\n  artist: nobody\n  note: a\x07b\n", ["line 3", "U+0007"]),
        (f"- performer: X\n  artist: nobody\n  artist: {_ID}\n", ["line 3", "twice"]),
        ("- ? [a]\n  : b\n", ["line 1", "several parts"]),
        ("- performer: X\n  artist: [a]\n", ["line 2", "text"]),
        (
            "- performer: X\n  artist: nobody\n- performer: x\n  artist: nobody\n",
            ["line 3", "line 1", "'x'"],
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_and_remedy(text, words):
    with pytest.raises(OverridesError) as raised:
        parse_overrides(text, source="mine.yaml")
    said = str(raised.value)
    assert said.startswith("mine.yaml")
    assert "\n" not in said
    for word in words:
        assert word in said


def test_replacing_an_entry_leaves_every_other_line_as_it_was():
    before = (
        "# Ours.\n"
        "- performer: One  # the band\n  artist: nobody\n\n"
        "# About two.\n"
        f"- performer: Two\n  artist: {_ID}\n  note: old\n\n"
        "# The end.\n"
        "- performer: Three\n  artist: nobody\n"
    )
    after = with_override(before, Override("TWO", "two", None, "new: really"))
    assert after == before.replace(
        f"- performer: Two\n  artist: {_ID}\n  note: old\n",
        "- performer: TWO\n  artist: nobody\n  note: 'new: really'\n",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "  - performer: X\n    artist: nobody\n",
            f"  - performer: X\n    artist: {_ID}\n",
        ),
        (
            "- performer: X\r\n  artist: nobody\r\n# End.\r\n",
            f"- performer: X\r\n  artist: {_ID}\r\n# End.\r\n",
        ),
        (
            "- performer: X\n  artist: nobody\n  note: |\n    a\n    # b\n\n# End.\n",
            f"- performer: X\n  artist: {_ID}\n\n# End.\n",
        ),
        (
            "- {performer: X, artist: nobody}  # X\n# End.\n",
            f"- performer: X\n  artist: {_ID}\n# End.\n",
        ),
        ("- performer: X\n  artist: nobody", f"- performer: X\n  artist: {_ID}\n"),
    ],
    ids=["indented", "crlf", "block note", "flow entry", "no line break at the end"],
)
def test_an_entry_is_replaced_in_the_layout_of_the_file(before, after):
    assert with_override(before, Override("X", "x", _ID)) == after


@pytest.mark.parametrize(
    "text",
    [
        "[]\n",
        "-\n  performer: X\n  artist: nobody\n",
        "- performer: X\n  artist: &no nobody\n- performer: Y\n  artist: *no\n",
    ],
    ids=["flow list", "lone dash", "anchor"],
)
def test_a_layout_that_an_entry_would_break_is_refused_with_the_remedy(text):
    with pytest.raises(OverridesError, match=r"mine\.yaml: .*'X'.*'- performer:'"):
        with_override(text, Override("X", "x", _ID), source="mine.yaml")


def _one_line(text: str) -> str:
    return " ".join(text.split())


_NAMES = st.text(min_size=1, max_size=30).map(_one_line).filter(performer_key)
_NOTES = st.text(alphabet="abc: '\"#\u00e9-\u2028\U0001f3b8", max_size=20).map(_one_line)
_OVERRIDES = st.builds(
    lambda name, artist_id, note: Override(name, performer_key(name), artist_id, note),
    _NAMES,
    st.none() | st.just(_ID),
    _NOTES,
)


# The text is read anew after each entry, so a list of six is six examples.
@given(st.lists(_OVERRIDES, max_size=6))
def test_what_is_written_is_read_back_and_keeps_all_others(overrides):
    text, expected = "# Mine.\n", {}
    for override in overrides:
        text = with_override(text, override)
        expected[override.performer_key] = override
        assert parse_overrides(text) == expected
    assert text.startswith("# Mine.\n")


def test_a_name_and_a_note_of_several_lines_are_put_on_one():
    text = with_override("", Override(" A\x85B ", performer_key("A\x85B"), None, "one\ntwo\n"))
    assert text == "- performer: A B\n  artist: nobody\n  note: one two\n"
    assert set(parse_overrides(text)) == {performer_key("A\x85B")}


def test_taking_an_entry_out_leaves_every_other_line_as_it_was():
    before = (
        "# decided in spring\n- performer: Ana\n  artist: nobody\n"
        "# about Bo\n- performer: Bo\n  artist: nobody\n  note: x\n\n"
        "- {performer: Cy, artist: nobody}\n"
    )
    assert without_override(before, "bo") == (
        "# decided in spring\n- performer: Ana\n  artist: nobody\n"
        "# about Bo\n\n- {performer: Cy, artist: nobody}\n"
    )
    assert without_override(before, "cy") == before.removesuffix(
        "- {performer: Cy, artist: nobody}\n"
    )
    assert without_override(before, "dee") == before
    assert without_override("", "dee") == ""


@pytest.mark.parametrize(
    "text", ["[{performer: Ana, artist: nobody}, {performer: Bo, artist: nobody}]"]
)
def test_an_entry_that_cannot_be_taken_out_is_refused(text):
    with pytest.raises(OverridesError, match="cannot be taken out"):
        without_override(text, "ana")


@given(st.lists(st.text(min_size=1).filter(str.strip), max_size=6, unique_by=performer_key))
def test_what_is_put_in_and_taken_out_leaves_the_file_as_it_was(names):
    text = ""
    for name in names:
        try:
            text = with_override(text, Override(name, performer_key(name), None))
        except OverridesError:
            continue
    put_in = parse_overrides(text)
    try:
        more = with_override(text, Override("Night Bus", "night bus", _ID))
    except OverridesError:
        return
    if "night bus" not in put_in:
        assert parse_overrides(without_override(more, "night bus")) == put_in
