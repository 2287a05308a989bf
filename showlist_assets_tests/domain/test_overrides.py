"""The file of matches decided by hand: read, refused with a reason, and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.domain.names import performer_key
from showlist_assets.domain.overrides import (
    Override,
    OverridesError,
    parse_overrides,
    with_override,
)

_ID = "6vWDO969PvNqNYHsOW5v0A"


@pytest.mark.parametrize(
    "artist",
    [
        _ID,
        f"spotify:artist:{_ID}",
        f"https://open.spotify.com/artist/{_ID}",
        f"https://open.spotify.com/artist/{_ID}?si=abc",
        f"https://open.spotify.com/intl-de/artist/{_ID}",
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


_NAMES = st.text(min_size=1, max_size=30).filter(lambda name: bool(performer_key(name)))
_OVERRIDES = st.builds(
    lambda name, artist_id, note: Override(name.strip(), performer_key(name), artist_id, note),
    _NAMES.map(str.strip).filter(performer_key),
    st.none() | st.just(_ID),
    st.text(alphabet="abc: '\"#é-", max_size=20).map(str.strip),
)


@given(st.lists(_OVERRIDES, max_size=6))
def test_what_is_written_is_read_back_and_keeps_all_others(overrides):
    text, expected = "# Mine.\n", {}
    for override in overrides:
        text = with_override(text, override)
        expected[override.performer_key] = override
        found = parse_overrides(text)
        assert {key: (o.artist_id, o.note) for key, o in found.items()} == {
            key: (o.artist_id, o.note) for key, o in expected.items()
        }
    assert text.startswith("# Mine.\n")
