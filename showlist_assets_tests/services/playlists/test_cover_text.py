"""Text on a cover: which words are written, and into which lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showlist_assets.services.playlists import cover_fonts, cover_text
from showlist_assets.services.playlists.cover_text import Lettering

for _module in ("PIL", "fontTools", "manimgx_fonts", "manimgx_fonts_cjk"):
    pytest.importorskip(_module, reason="the extra `cover` is not installed")

_SIZES = range(84, 20, -6)
_WIDTH = 544


@pytest.mark.parametrize(
    "text",
    [
        "Sigur Rós, Mø & Björk", "Мумий Тролль, Ёлка", "Δέσποινα", "夜汽車の窓", "방탄소년단",
        "李宗盛",
        "נועה קירל", "🎸 ❤️ 👩‍🎤 🇺🇸 👍🏽 ★",
    ],
)  # fmt: skip
def test_every_character_of_these_scripts_can_be_written(text):
    assert Lettering(text).text == text


@pytest.mark.parametrize("text", ["فيروز", "हिन्दी संगीत", "ไทย"])
def test_scripts_whose_letters_join_are_written_where_they_can_be_joined(text, monkeypatch):
    if cover_fonts.can_shape():
        assert Lettering(text).text == text
    _take_away_shaping(monkeypatch)
    left = Lettering(f"Live: {text}").text
    assert left == ("Live: ไทย" if text == "ไทย" else "Live")


@pytest.mark.parametrize(
    ("text", "left"),
    [("𒀀𒀁 Sumer", "Sumer"), ("Live: 𒀀", "Live"), ("A, 𓂀, B", "A, B"), ("𒀀", ""), ("a𒀀 b", "b")],
)
def test_a_word_that_no_font_has_is_left_out(text, left):
    assert Lettering(text).text == left


def test_a_line_that_reads_from_right_to_left_is_told():
    assert Lettering("נועה Live").is_rtl
    assert not Lettering("Live נועה").is_rtl


def test_hebrew_is_drawn_in_the_same_order_with_and_without_the_library_for_it(monkeypatch):
    if not cover_fonts.can_shape():
        pytest.skip("FriBiDi is not installed")
    text = "Live אבג (2026)"
    joined = [piece.text for piece in Lettering(text)._pieces(text, 40)]
    _take_away_shaping(monkeypatch)
    pieces = Lettering(text)._pieces(text, 40)
    assert [piece.text for piece in pieces] == joined
    # Without the library, whoever writes a piece turns its letters and mirrors its brackets.
    assert "גבא" in "".join(piece._written for piece in pieces)
    assert "(2026)" in "".join(piece._written for piece in pieces)


def _take_away_shaping(monkeypatch):
    for module in (cover_fonts, cover_text):
        monkeypatch.setattr(module, "can_shape", lambda: False)
    cover_fonts.opened.cache_clear()


@pytest.fixture(autouse=True)
def _fresh_fonts():
    yield
    cover_fonts.opened.cache_clear()


def test_no_katakana_word_and_no_latin_word_is_broken_where_it_need_not_be():
    lines, _ = Lettering("夜汽車の窓、東京事変 ライブ").fitted(_WIDTH, _SIZES)
    assert "ライブ" in lines
    assert all(not line.startswith("、") for line in lines)
    lines, _ = Lettering("Live in New York: Paper Lantern").fitted(_WIDTH, _SIZES)
    assert " ".join(lines) == "Live in New York: Paper Lantern"


def test_what_does_not_fit_is_cut_with_an_ellipsis():
    lines, size = Lettering("夜" * 200).fitted(_WIDTH, _SIZES)
    assert (len(lines), size, lines[-1][-1]) == (4, _SIZES[-1], "…")


_TEXT = st.text(
    st.sampled_from("ab Zé,.-()12$夜窓、ライブ한글אבגمرحباЖΩ🎸\u200d\ufe0f\u0301𒀀"), max_size=60
)


@given(_TEXT)
def test_whatever_the_text_its_lines_fit(text):
    lettering = Lettering(text)
    lines, size = lettering.fitted(_WIDTH, _SIZES)
    assert 1 <= len(lines) <= 4
    assert all(lettering.width(line, size) <= _WIDTH for line in lines)
    assert set("".join(lines)) <= set(lettering.text) | {"…"}
