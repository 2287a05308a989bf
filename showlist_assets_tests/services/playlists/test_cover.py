"""The drawn cover: what Spotify takes, and the same for the same playlist."""

from __future__ import annotations

import sys
from io import BytesIO

import pytest

from showlist_assets.services.playlists.cover import LARGEST_COVER, CoverError, draw_cover

_EXTRA = ("PIL", "fontTools", "manimgx_fonts", "manimgx_fonts_cjk")


@pytest.fixture
def extra():
    for module in _EXTRA:
        pytest.importorskip(module, reason="the extra `cover` is not installed")


@pytest.mark.usefixtures("extra")
@pytest.mark.parametrize(
    "title",
    [
        "Live in New York", "", "x" * 100, "夜" * 100, "Two words " * 10, "夜汽車の窓 und Ångström",
        "הופעות בתל אביב (2026)", "حفلات بيروت", "Ёлка", "🔥 👩‍🎤 🇺🇸", "\u200d", "\ufe0f", "𒀀",
    ],
)  # fmt: skip
def test_a_cover_is_a_square_jpeg_that_spotify_takes(title):
    image = pytest.importorskip("PIL.Image")
    jpeg = draw_cover(title, "Nov 20 to Dec 3", seed="mine")
    picture = image.open(BytesIO(jpeg))
    assert (picture.format, picture.size) == ("JPEG", (640, 640))
    assert len(jpeg) <= LARGEST_COVER


@pytest.mark.usefixtures("extra")
def test_a_playlist_keeps_its_cover_and_another_has_another():
    first, again, other = (draw_cover("Live", "Nov 20", seed=seed) for seed in ("a", "a", "b"))
    assert first == again != other


@pytest.mark.usefixtures("extra")
def test_a_title_that_no_font_has_is_left_out_rather_than_drawn_as_boxes():
    without, cuneiform = (draw_cover(title, "Nov 20", seed="a") for title in ("", "𒀀𒀁 𓂀"))
    assert without == cuneiform
    assert draw_cover("夜汽車", "Nov 20", seed="a") != without


@pytest.mark.parametrize("module", _EXTRA)
def test_without_what_draws_it_a_cover_says_how_to_get_it(module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(CoverError, match=r"pip install 'showlist\[cover\]'"):
        draw_cover("Live", "Nov 20", seed="mine")
