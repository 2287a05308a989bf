"""Text on a cover: in any script, from left to right or the other way, in lines that fit.

A word of which no font has every character is left out: nobody reads boxes. What belongs here:
setting text. What does not: which font has what (``cover_fonts``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Final

from showlist_assets.domain.text_direction import base_level, in_visual_order, levels
from showlist_assets.services.playlists.cover_fonts import (
    can_shape,
    clusters,
    fonts_for,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageDraw import ImageDraw as Draw
    from PIL.ImageFont import FreeTypeFont

    from showlist_assets.services.playlists.cover_fonts import FontFile

_MOST_LINES: Final = 4
_LINE_HEIGHT: Final = 1.2
# Down to this size, a text in smaller letters is better than one that is broken within words.
_SMALLEST_WHOLE: Final = 72
_ELLIPSIS: Final = "…"
# Written without blanks between words, so that a line may end behind nearly every character.
_UNSPACED: Final = re.compile(
    r"[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
# Japanese typesetting begins no line with the former and ends none with the latter (JIS X 4051).
_NEVER_FIRST: Final = frozenset(
    "、。，．・：；？！ー’”）〕］｝〉》」』】々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…"  # noqa: RUF001
)
_NEVER_LAST: Final = frozenset("‘“（〔［｛〈《「『【")  # noqa: RUF001
_KATAKANA: Final = re.compile(r"[\u30a0-\u30ff]")
# Letters change their shape with their neighbours: Arabic and what is like it, India's scripts and
# those of South-East Asia.
_SHAPED: Final = re.compile(
    r"[\u0600-\u08ff\u0900-\u0dff\u0e80-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufeff]"
)
_MIRRORED: Final = str.maketrans("()[]{}<>", ")(][}{><")
_HANGING: Final = " ,;:\u00b7&-\u2013\u2014"


@dataclass(frozen=True)
class _Piece:
    """A piece of text in one font and one direction."""

    text: str
    font: FreeTypeFont
    is_rtl: bool

    @property
    def _direction(self) -> str | None:
        if not can_shape():
            return None
        return "rtl" if self.is_rtl else "ltr"

    @property
    def _written(self) -> str:
        if can_shape() or not self.is_rtl:
            return self.text
        return "".join(reversed(list(clusters(self.text)))).translate(_MIRRORED)

    @cached_property
    def length(self) -> float:
        return self.font.getlength(self._written, direction=self._direction)

    def draw(self, draw: Draw, x: float, y: float) -> None:
        draw.text(
            (x, y),
            self._written,
            font=self.font,
            fill="white",
            anchor="ls",
            direction=self._direction,
        )


class Lettering:
    """A text as it can be lettered, in whatever size."""

    def __init__(self, text: str) -> None:
        self._fonts = fonts_for(text)
        self.text = self._without_unknown_words(" ".join(text.split()))
        self._base = base_level(self.text)

    @property
    def is_rtl(self) -> bool:
        """Whether it reads from right to left as a whole."""
        return bool(self._base)

    def fitted(self, width: int, sizes: range) -> tuple[list[str], int]:
        """Its lines, and the largest of ``sizes`` in which at most four of ``width`` hold it.

        What fits in none is cut.
        """
        whole = [f"{word} " for word in self.text.split(" ")]
        tries = (
            *((whole, size) for size in sizes if size >= _SMALLEST_WHOLE),
            *((list(_words(self.text)), size) for size in sizes),
            *((list(clusters(self.text)), size) for size in sizes),
        )
        for words, size in tries:
            lines = self._lines(words, width, size)
            if len(lines) <= _MOST_LINES and all(self.width(line, size) <= width for line in lines):
                return lines, size
        last = lines[_MOST_LINES - 1][:-1].rstrip() + _ELLIPSIS
        return [*lines[: _MOST_LINES - 1], last], size

    def draw(self, draw: Draw, lines: list[str], size: int, box: tuple[int, int, int]) -> int:
        """Write ``lines`` from the bottom of ``box`` (left, right, bottom) upwards.

        Returns:
            How high they are.
        """
        left, right, bottom = box
        step = round(size * _LINE_HEIGHT)
        for index, line in enumerate(reversed(lines)):
            x = right - self.width(line, size) if self.is_rtl else float(left)
            for piece in self._pieces(line, size):
                piece.draw(draw, x, bottom - index * step)
                x += piece.length
        return step * len(lines)

    def _without_unknown_words(self, text: str) -> str:
        words = (word for word in text.split(" ") if all(map(self._can_write, clusters(word))))
        kept = " ".join(words)
        return kept if kept == text else kept.strip(_HANGING)

    def _can_write(self, cluster: str) -> bool:
        if self._font(cluster) is None:
            return False
        return can_shape() or not _SHAPED.search(cluster)

    def _font(self, cluster: str) -> FontFile | None:
        return next((font for font in self._fonts if font.has(cluster)), None)

    def _lines(self, words: list[str], width: int, size: int) -> list[str]:
        lines: list[str] = []
        for word in words:
            longer = f"{lines[-1]}{word}" if lines else word
            if lines and self.width(longer.rstrip(), size) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return [line.strip() for line in lines]

    def width(self, line: str, size: int) -> float:
        """How wide a ``line`` of it is."""
        return sum(piece.length for piece in self._pieces(line, size))

    def _pieces(self, line: str, size: int) -> list[_Piece]:
        """The pieces of ``line`` from left to right."""
        depths, place = levels(line, self._base), 0
        written: list[tuple[str, FontFile | None, int]] = []
        for cluster in clusters(line):
            written.append((cluster, self._font(cluster), depths[place]))
            place += len(cluster)
        pieces: list[tuple[_Piece, int]] = []
        for (font, level), run in groupby(written, key=lambda one: one[1:]):
            if font is not None:
                text = "".join(cluster for cluster, *_ in run)
                pieces.append((_Piece(text, opened(font, size), level % 2 == 1), level))
        return in_visual_order([piece for piece, _ in pieces], [level for _, level in pieces])


def _words(text: str) -> Iterator[str]:
    """Pieces behind each of which a line may end, with the blanks that follow them."""
    word = ""
    for cluster in clusters(text):
        if word and _may_break(word, cluster):
            yield word
            word = ""
        word += cluster
    if word:
        yield word


def _may_break(word: str, cluster: str) -> bool:
    if cluster == " ":
        return False
    if word.endswith(" "):
        return True
    if _KATAKANA.match(word[-1]) and _KATAKANA.match(cluster):
        return False
    is_between = bool(_UNSPACED.match(word[-1]) or _UNSPACED.match(cluster))
    return is_between and cluster[0] not in _NEVER_FIRST and word[-1] not in _NEVER_LAST
