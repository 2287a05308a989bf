"""A drawn cover for a playlist: shapes, its title and its dates. No photographs, no marks.

Needs the extra ``cover`` (Pillow, fontTools, Noto's fonts); nothing else of the platform does.
"""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Final

from showlist_assets.errors import ShowlistError
from showlist_assets.services.playlists.cover_fonts import FONT_PACKAGES
from showlist_assets.services.playlists.cover_text import Lettering
from showlist_assets.sources.spotify.playlists import COVER_BYTES_AT_MOST

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageDraw import ImageDraw as Draw

# The largest in which Spotify shows a cover; it scales it down to 300 and 60.
_SIDE: Final = 640
_MARGIN: Final = 48
# base64 is a third longer than the bytes it stands for.
LARGEST_COVER: Final = COVER_BYTES_AT_MOST * 3 // 4
_QUALITIES: Final = (90, 80, 65, 50, 30)
# Shapes in plain colours: Spotify's terms bind artwork, photographs and marks
# (https://developer.spotify.com/documentation/design).
_PALETTES: Final = (
    ("#1b1b3a", "#693668", "#a74482", "#f84aa7", "#ff3562"),
    ("#0b3954", "#087e8b", "#bfd7ea", "#ff5a5f", "#c81d25"),
    ("#22223b", "#4a4e69", "#9a8c98", "#c9ada7", "#f2e9e4"),
    ("#14213d", "#274690", "#576ca8", "#fca311", "#e5e5e5"),
    ("#2b2d42", "#5c374c", "#985277", "#ce6a85", "#ff8c61"),
)


# Letters in pixels, and the room below the base line of the last.
_SIZES: Final = range(84, 20, -6)
_SIZES_OF_DATES: Final = range(34, 16, -6)
_DESCENT: Final = 8
_GAP: Final = 26
_NEEDED: Final = {
    "PIL": "Pillow",
    "fontTools": "fontTools",
    **dict.fromkeys(FONT_PACKAGES, "Noto's fonts"),
}


class CoverError(ShowlistError):
    """No cover could be drawn; the message says what to do."""


def draw_cover(title: str, dates: str, *, seed: str) -> bytes:
    """A JPEG of 640 by 640 pixels, small enough for Spotify.

    The same ``seed`` gives the same shapes and colours, so that a playlist is known by them.

    Raises:
        CoverError: what it takes is not installed.
    """
    _refuse_without_the_extra()
    from PIL import Image, ImageDraw

    rng = Random(seed)
    background, *colours = rng.choice(_PALETTES)
    # Pillow draws hard edges: twice the size, then half of it, makes them smooth.
    large = Image.new("RGB", (2 * _SIDE, 2 * _SIDE), background)
    _draw_shapes(ImageDraw.Draw(large), colours, rng)
    picture = large.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    # The lower half stays dark enough for white letters, whatever was drawn there.
    shade = Image.new("RGB", (_SIDE, _SIDE), background)
    picture = Image.composite(shade, picture, _fade())
    _write(ImageDraw.Draw(picture), title, dates)
    return _jpeg(picture)


def _refuse_without_the_extra() -> None:
    missing = [named for module, named in _NEEDED.items() if not _is_installed(module)]
    if missing:
        raise CoverError(
            f"Covers are drawn with the extra 'cover', and {', '.join(dict.fromkeys(missing))} of "
            "it cannot be found: run `pip install 'showlist[cover]'`, or set 'cover: no' in the "
            "recipe."
        )


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    # A module that was made unimportable has no spec.
    except ValueError:
        return False


def _draw_shapes(draw: Draw, colours: list[str], rng: Random) -> None:
    for _ in range(9):
        x, y, radius = rng.randrange(2 * _SIDE), rng.randrange(2 * _SIDE), rng.randrange(120, 440)
        box = (x - radius, y - radius, x + radius, y + radius)
        colour = rng.choice(colours)
        if rng.random() < 0.5:
            draw.ellipse(box, fill=colour)
        else:
            start = rng.randrange(360)
            draw.arc(box, start, start + rng.randrange(90, 270), fill=colour, width=56)


def _fade() -> Picture:
    from PIL import Image

    fade = Image.linear_gradient("L").resize((_SIDE, _SIDE))
    return fade.point(lambda level: min(235, int(level * 1.9)))


def _write(draw: Draw, title: str, dates: str) -> None:
    lettering, width = Lettering(title), _SIDE - 2 * _MARGIN
    left, right, bottom = _MARGIN, _SIDE - _MARGIN, _SIDE - _MARGIN - _DESCENT
    if dates:
        below = Lettering(dates)
        lines, size = below.fitted(width, _SIZES_OF_DATES)
        at = right - round(below.width(lines[0], size)) if lettering.is_rtl else left
        bottom -= below.draw(draw, lines, size, (at, right, bottom)) + _GAP
    lines, size = lettering.fitted(width, _SIZES)
    lettering.draw(draw, lines, size, (left, right, bottom))


def _jpeg(picture: Picture) -> bytes:
    for quality in _QUALITIES:
        held = BytesIO()
        picture.save(held, "JPEG", quality=quality, optimize=True)
        if held.tell() <= LARGEST_COVER:
            break
    return held.getvalue()
