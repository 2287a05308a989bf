"""The drawn cover: what Spotify takes, and the same for the same playlist."""

from __future__ import annotations

import sys
from io import BytesIO

import pytest

from showlist_assets.services.playlists.cover import LARGEST_COVER, CoverError, draw_cover


@pytest.mark.parametrize(
    "title", ["Live in New York", "", "x" * 100, "Two words " * 10, "夜汽車の窓 und Ångström"]
)
def test_a_cover_is_a_square_jpeg_that_spotify_takes(title):
    image = pytest.importorskip("PIL.Image")
    jpeg = draw_cover(title, "Nov 20 to Dec 3", seed="mine")
    picture = image.open(BytesIO(jpeg))
    assert (picture.format, picture.size) == ("JPEG", (640, 640))
    assert len(jpeg) <= LARGEST_COVER


def test_a_playlist_keeps_its_cover_and_another_has_another():
    pytest.importorskip("PIL.Image")
    first, again, other = (draw_cover("Live", "Nov 20", seed=seed) for seed in ("a", "a", "b"))
    assert first == again != other


def test_without_pillow_a_cover_says_how_to_get_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(CoverError, match=r"pip install 'showlist\[cover\]'"):
        draw_cover("Live", "Nov 20", seed="mine")
