"""A drawn cover for a playlist: shapes, its title and its dates. No photographs, no marks.

Needs Pillow, the extra ``cover``; nothing else of the platform does.
"""

from __future__ import annotations

from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Final

from showlist_assets.errors import ShowlistError
from showlist_assets.sources.spotify.playlists import COVER_BYTES_AT_MOST

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageDraw import ImageDraw as Draw
    from PIL.ImageFont import FreeTypeFont, ImageFont

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


class CoverError(ShowlistError):
    """No cover could be drawn; the message says what to do."""


def draw_cover(title: str, dates: str, *, seed: str) -> bytes:
    """A JPEG of 640 by 640 pixels, small enough for Spotify.

    The same ``seed`` gives the same shapes and colours, so that a playlist is known by them.

    Raises:
        CoverError: Pillow is not installed.
    """
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        raise CoverError(
            "Covers are drawn with Pillow, which is not installed: run "
            "`pip install 'showlist[cover]'`, or set 'cover: no' in the recipe."
        ) from None
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
    lines, font = _fitting(draw, title)
    small = _font(34)
    bottom = _SIDE - _MARGIN
    if dates:
        draw.text((_MARGIN, bottom), dates, font=small, fill="white", anchor="ls")
        bottom -= 60
    draw.multiline_text(
        (_MARGIN, bottom), "\n".join(lines), font=font, fill="white", anchor="ld", spacing=8
    )


def _fitting(draw: Draw, title: str) -> tuple[list[str], FreeTypeFont | ImageFont]:
    """The title in the largest letters that give at most four lines."""
    for size in range(84, 20, -6):
        font = _font(size)
        lines = _wrapped(draw, title, font)
        wide = max((draw.textlength(line, font=font) for line in lines), default=0)
        if len(lines) <= 4 and wide <= _SIDE - 2 * _MARGIN:
            return lines, font
    return lines[:4], font


def _wrapped(draw: Draw, text: str, font: FreeTypeFont | ImageFont) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and draw.textlength(longer, font=font) <= _SIDE - 2 * _MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _font(size: int) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    # Pillow's own, which it scales since 10.1: no font to ship, nor one that each machine lacks.
    return ImageFont.load_default(size=size)


def _jpeg(picture: Picture) -> bytes:
    for quality in _QUALITIES:
        held = BytesIO()
        picture.save(held, "JPEG", quality=quality, optimize=True)
        if held.tell() <= LARGEST_COVER:
            break
    return held.getvalue()
